"""Estimates, findings, timelines and patterns: pure, over rows of a real store."""

from pathlib import Path

import msgspec
import pytest

from conductord.insight.eta import Estimate, estimate
from conductord.insight.findings import Symptoms, diagnose
from conductord.insight.patterns import Result, interpret
from conductord.insight.timeline import timeline
from conductord.job import Cause, Hold
from conductord.store import AttemptRow, JobRow
from conductord.store.statistics import Quantiles, SheetRecord
from support.engine import World, job_text

HISTORY = {name: Quantiles(name, p50, p50 * 2, 7) for name, p50 in (("a", 10.0), ("b", 20.0), ("c", 5.0))}


class TestEta:
    def of(self, world: World, job: JobRow, running: dict[int, float] | None = None) -> Estimate | None:
        return estimate(world.store.sheets.of_job(job.id), HISTORY, running or {}, world.now)

    def test_the_longest_chain_of_needs_counts(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        assert self.of(world, world.submit(job_text("a", "b", "c"))) == Estimate(35, 70, 7)
        side = world.submit(job_text("a", "b", "c", b=", needs: [a]", c=", needs: [a]"))
        assert self.of(world, side) == Estimate(30, 60, 7)

    def test_needs_may_point_forwards(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        assert self.of(world, world.submit(job_text("a", "b", a=", needs: [b]", b=", needs: []"))) == Estimate(
            30, 60, 7
        )

    def test_what_is_done_and_what_has_run_is_not_counted(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b"))
        (attempt,) = world.start()
        assert self.of(world, job, {1: 4.0}) == Estimate(26, 56, 7)
        assert self.of(world, job, {1: 400.0}) == Estimate(20, 40, 7)
        world.end(attempt)
        assert self.of(world, job) == Estimate(20, 40, 7)

    def test_a_wait_is_counted(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", a=", retry: {max: 1, backoff: 100s}"))
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT)
        assert self.of(world, job) == Estimate(110, 120, 7)

    def test_without_history_of_every_sheet_nobody_can_tell(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        assert self.of(world, world.submit(job_text("a", "unknown"))) is None
        job = world.submit(job_text("a"))
        world.run()
        assert self.of(world, job) is None


class TestFindings:
    def symptoms(self, world: World, job: JobRow, **more: object) -> Symptoms:
        values: dict[str, object] = {
            "job": world.job(job),
            "sheets": world.store.sheets.of_job(job.id),
            "attempts": world.store.attempts.of_job(job.id, 100),
            "last_lines": {1: ["last words"]},
            "failed_checks": {1: ["out exists: there is no such file"]},
            "limits": world.store.limits.all(),
            "history": {},
            "daemon_holds": frozenset(),
            "workspace_exists": True,
            "missing_programs": [],
            "file_changed": False,
            "now": world.now,
        }
        return Symptoms(**{**values, **more})  # type: ignore[arg-type]  # a table of values

    def codes(self, symptoms: Symptoms) -> list[str]:
        return [finding.code for finding in diagnose(symptoms)]

    @pytest.mark.parametrize("cause", sorted(set(Cause) - {Cause.CANCELLED}))
    def test_every_cause_has_a_finding_with_evidence_hint_and_command(self, tmp_path: Path, cause: Cause) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        (attempt,) = world.start()
        world.end(attempt, cause, retriable=False, counted=True)
        (finding,) = diagnose(self.symptoms(world, job))
        assert finding.severity == "error"
        assert list(finding.evidence) == ["out exists: there is no such file", "last words"]
        assert finding.hint
        assert finding.command is not None
        assert job.job_id in finding.command

    def test_surroundings(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.start()
        assert self.codes(
            self.symptoms(
                world,
                job,
                workspace_exists=False,
                missing_programs=["claude"],
                daemon_holds=frozenset({Hold.RESOURCE}),
                file_changed=True,
            )
        ) == ["workspace_missing", "program_missing", "disk_low", "file_changed"]

    def test_waits(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        assert self.codes(self.symptoms(world, job)) == ["queued"]
        (attempt,) = world.start()
        world.end(attempt, Cause.LIMIT, until=world.now + 100)
        (finding,) = diagnose(self.symptoms(world, job))
        assert (finding.code, finding.command) == ("rate_limited", "conductor limits clear shell")
        assert finding.evidence[0] == "limit reached"
        world.commands.pause(world.job(job), world.now)
        assert self.codes(self.symptoms(world, job)) == ["rate_limited", "paused"]

    def test_the_same_failure_again_and_again(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", a=", retry: {max: 5, backoff: 1s}"))
        for _ in range(3):
            (attempt,) = world.start()
            world.end(attempt, Cause.EXIT)
            world.now += 100
        assert self.codes(self.symptoms(world, job)) == ["same_failure"]

    def test_interruptions_again_and_again(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        for _ in range(3):
            (attempt,) = world.start()
            world.end(attempt, Cause.INTERRUPTED)
            world.now += 1000
        assert self.codes(self.symptoms(world, job)) == ["interrupted_often"]

    def test_silence_and_slowness(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.start()
        world.now += 1000
        history = {"a": Quantiles("a", 10.0, 20.0, 5)}
        assert self.codes(self.symptoms(world, job, history=history)) == ["silent", "slow"]


class TestTimeline:
    def of(self, world: World, job: JobRow) -> list[tuple[str | None, float, float | None]]:
        """What, begin and end of each stretch, in seconds from the beginning."""
        events = [e for e in world.store.events.after(0, 1000, job.id) if e.event.startswith("job.")]
        pauses = [e for e in events if e.event not in {"job.submitted", "job.started"}]
        attempts = world.store.attempts.of_job(job.id, 100)
        row = world.job(job)
        found = timeline(row, world.store.sheets.of_job(job.id), attempts, pauses, world.now)
        begin = row.submitted
        return [(s.waited_for, s.started - begin, None if s.ended is None else s.ended - begin) for s in found]

    def test_attempts_and_what_was_waited_for(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b", a=", retry: {max: 1, backoff: 10s}"))
        world.now += 2
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT, seconds=3)
        world.now += 10
        (attempt,) = world.start()
        world.end(attempt, Cause.LIMIT, until=world.now + 101, seconds=1)
        world.now += 100
        (attempt,) = world.start()
        world.commands.pause(world.job(job), world.now)
        world.end(attempt, seconds=1)
        world.now += 7
        world.commands.resume(world.job(job), None, None, world.now)
        (attempt,) = world.start()
        assert self.of(world, job) == [
            ("slot", 0, 2),
            (None, 2, 5),
            ("retry", 5, 15),
            (None, 15, 16),
            ("limit", 16, 116),
            (None, 116, 117),
            ("hold", 117, 124),
            (None, 124, None),
        ]

    def test_a_wait_that_lasts_has_no_end(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", a=", retry: {max: 1, backoff: 10s}"))
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT)
        world.now += 5
        assert self.of(world, job)[-1] == ("retry", 1, None)

    def test_an_empty_life(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.now += 5
        assert self.of(world, job) == [("slot", 0, None)]
        world.commands.cancel(world.job(job), world.now)
        assert self.of(world, job) == [("slot", 0, 5)]


class TestPatterns:
    RECORD = SheetRecord("job", "sheet", "shell", 10, 10, 10, 0, 0, 100.0, 0.0, 1_000_000.0, None)
    GOOD = [Result(True, 1.0)] * 10

    def of(self, results: list[Result] | None = None, now: float = 1_000_001.0, **values: object) -> object:
        record = msgspec.structs.replace(self.RECORD, **values)
        return interpret(
            record, self.GOOD if results is None else results, Quantiles("sheet", 5, 9, 10), "idle: x", now
        )

    def test_kinds(self) -> None:
        kind = lambda **values: self.of(**values).kind  # type: ignore[attr-defined]  # noqa: E731
        assert kind() == "reliable"
        assert kind(successes=8, jobs_flaky=2) == "flaky"
        assert kind(successes=2, jobs_stuck=8) == "failing"

    def test_stages(self) -> None:
        stage = lambda *args, **values: self.of(*args, **values).stage  # type: ignore[attr-defined]  # noqa: E731
        bad = [Result(False, 1.0)] * 5
        assert stage() == "validated"
        assert stage(runs=4, successes=4) == "pending"
        assert stage(bad + self.GOOD) == "quarantined"
        assert stage(bad) == "validated"
        assert stage(now=1_000_000.0 + 31 * 86400) == "retired"

    def test_a_suggestion_only_where_something_stands_out(self) -> None:
        assert self.of().suggestion is None  # type: ignore[attr-defined]
        assert "idle_timeout" in self.of(successes=8).suggestion  # type: ignore[attr-defined]

    def test_attempts_that_did_not_count_are_left_out(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        world.submit(job_text("a"))
        for cause in (Cause.INTERRUPTED, Cause.INTERRUPTED, Cause.LIMIT):
            (attempt,) = world.start()
            world.end(attempt, cause, until=world.now + 10 if cause is Cause.LIMIT else None)
            world.now += 1000
        world.run()
        (record,) = world.store.statistics.records(10)
        assert (record.runs, record.successes, record.jobs, record.jobs_flaky) == (1, 1, 1, 0)

    def test_what_loses_most_time_comes_first(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        world.submit(job_text("good", "bad", bad=", retry: {max: 1, backoff: 1s}"))
        (attempt,) = world.start()
        world.end(attempt, seconds=100)
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT, seconds=2)
        world.now += 10
        world.run()
        records = world.store.statistics.records(10)
        assert [record.sheet_name for record in records] == ["bad", "good"]
        assert (records[0].jobs_flaky, records[0].seconds_lost) == (1, pytest.approx(2.0))


def test_rows_read_back_as_they_were(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.submit(job_text("a"))
    (attempt,) = world.start()
    assert isinstance(attempt, AttemptRow)
    assert world.store.attempts.get(attempt.id) == attempt
