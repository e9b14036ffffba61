"""What people may ask of jobs."""

from pathlib import Path

import msgspec
import pytest

from conductord.engine.lookup import find_job
from conductord.engine.refusal import Reason, Refused, UnknownJob
from conductord.job import Cause, Hold, JobState, SheetState
from conductord.validate import Check
from support.engine import World, job_text

S = SheetState


def check(*, passed: bool = True) -> Check:
    return Check(rule_type="file", description="x exists", passed=passed, message="-")


class TestSubmit:
    def test_each_submission_starts_over(self, tmp_path: Path) -> None:
        """`fresh` of the reference had no effect; here there is nothing that a job could inherit."""
        world = World(tmp_path)
        first, second = world.submit(job_text("a")), world.submit(job_text("a"))
        assert first.job_id == "demo#1"
        assert second.job_id == "demo#2"

    def test_the_same_request_gives_the_same_job(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        jobs = {world.submit(job_text("a"), request_id="r").id for _ in range(200)}
        assert jobs == {1}
        assert world.store.jobs.numbers() == {1}

    def test_the_same_request_for_another_file_is_a_conflict(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        world.submit(job_text("a"), request_id="r")
        with pytest.raises(Refused, match=r"'r' was used before, for another job file: job 'demo#1'") as refused:
            world.submit(job_text("b"), request_id="r")
        assert refused.value.reason is Reason.CONFLICT
        assert world.store.jobs.numbers() == {1}

    def test_start_sheet_is_honoured(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b", "c"), start_sheet=3)
        assert world.states(job) == [S.SKIPPED, S.SKIPPED, S.READY]
        assert [attempt.sheet for attempt in world.start()] == [3]

    def test_start_sheet_beyond_the_last_is_refused(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        with pytest.raises(Refused, match="start_sheet 4: the job has 3 sheets"):
            world.submit(job_text("a", "b", "c"), start_sheet=4)
        assert world.store.jobs.numbers() == set()


class TestPause:
    def test_a_paused_job_finishes_its_sheet_and_starts_no_other(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b"))
        (attempt,) = world.start()
        world.commands.pause(world.job(job), world.now)
        assert "job.paused" not in world.events(job)
        world.end(attempt)
        assert world.events(job)[-1] == "job.paused"
        assert world.start() == []
        assert world.states(job) == [S.COMPLETED, S.READY]

    def test_a_user_paused_job_stays_paused_after_a_restart(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.commands.pause(job, world.now)
        world.store.close()
        world.open()
        assert world.start() == []
        assert world.job(job).hold_set == {Hold.USER}

    def test_pausing_twice_succeeds(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        job = world.commands.pause(job, world.now)
        assert world.commands.pause(job, world.now) == job

    def test_an_ended_job_cannot_be_paused(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.run()
        with pytest.raises(Refused, match="is completed, not running"):
            world.commands.pause(world.job(job), world.now)

    def test_an_automatic_hold_is_not_taken_for_a_pause(self, tmp_path: Path) -> None:
        """A hold of the daemon ends by itself and leaves the user's alone."""
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.commands.pause(job, world.now)
        world.plan(blocked=True)
        assert world.start() == []
        assert world.job(job).hold_set == {Hold.USER}


class TestResume:
    def test_a_failed_job_runs_its_failed_sheet_again(self, tmp_path: Path) -> None:
        """In the reference failed sheets stayed terminal: accepted, nothing ran, failed again."""
        world = World(tmp_path)
        job = world.submit(job_text("a", "b", "c"))
        (attempt,) = world.start()
        world.end(attempt)
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT, retriable=False)
        done = world.commands.resume(world.job(job), None, None, world.now)
        assert [(fate.action, fate.why) for fate in done.fates] == [
            ("keep", "completed"),
            ("run", "failed before"),
            ("run", "has not run yet"),
        ]
        assert done.job.state is JobState.QUEUED
        world.run()
        assert world.job(job).state is JobState.COMPLETED
        assert world.sheet(job, 1).attempts == 1
        assert world.sheet(job, 2).attempts == 2

    def test_a_running_job_cannot_be_resumed(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        with pytest.raises(Refused, match="is queued, only paused, failed and cancelled jobs can be resumed"):
            world.commands.resume(world.job(job), None, None, world.now)

    def test_a_cancelled_job_goes_on(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.commands.cancel(job, world.now)
        assert world.states(job) == [S.CANCELLED]
        world.commands.resume(world.job(job), None, None, world.now)
        world.run()
        assert world.job(job).state is JobState.COMPLETED

    def test_from_sheet_runs_later_ones_again_even_of_a_completed_job(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b", "c"))
        world.run()
        with pytest.raises(Refused):
            world.commands.resume(world.job(job), None, None, world.now)
        world.commands.resume(world.job(job), None, 2, world.now)
        world.run()
        assert [world.sheet(job, n).attempts for n in (1, 2, 3)] == [1, 2, 2]

    def test_from_sheet_beyond_the_last_changes_nothing(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        job = world.commands.pause(job, world.now)
        with pytest.raises(Refused, match="from_sheet 2: the job has 1 sheets"):
            world.commands.resume(job, None, 2, world.now)
        assert world.job(job) == job

    def test_a_file_that_was_read_again_runs_what_changed_and_what_needs_it(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        text = job_text("a", "b", "c", "d", c=", needs: [a]", d=", needs: [b, c]")
        job = world.submit(text)
        world.run()
        new = world.definition(text.replace("[echo, b]", "[echo, other]"))
        done = world.commands.resume(world.job(job), new, 4, world.now)
        assert [(fate.sheet.name, fate.action) for fate in done.fates] == [
            ("a", "keep"),
            ("b", "run"),
            ("c", "keep"),
            ("d", "run"),
        ]
        assert done.fates[1].why == "its definition changed"
        world.run()
        assert [world.sheet(job, n).attempts for n in (1, 2, 3, 4)] == [1, 2, 1, 2]

    def test_a_changed_sheet_wants_new_outputs(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        (attempt,) = world.start()
        world.end(attempt, Cause.INVALID, retriable=False)
        first = world.sheet(job, 1).fresh_since
        world.commands.resume(world.job(job), None, None, world.now)
        assert world.sheet(job, 1).fresh_since == first, "the same sheet: its earlier outputs still count"
        (attempt,) = world.start()
        world.end(attempt, Cause.INVALID, retriable=False)
        new = world.definition(job_text("a").replace("echo", "cat"))
        world.commands.resume(world.job(job), new, None, world.now)
        world.start()
        assert world.sheet(job, 1).fresh_since == world.now

    def test_a_retry_that_was_due_later_starts_at_once_and_keeps_its_count(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", a=", retry: {max: 1, backoff: 1000s}"))
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT)
        world.commands.pause(world.job(job), world.now)
        world.commands.resume(world.job(job), None, None, world.now)
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT)
        assert world.job(job).state is JobState.FAILED

    def test_a_failed_sheet_runs_again_although_another_still_runs(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b", b=", needs: []"))
        first, second = world.start()
        world.end(first, Cause.EXIT, retriable=False)
        done = world.commands.resume(world.job(job), None, None, world.now)
        assert not done.applied
        world.end(second)
        world.run()
        assert world.job(job).state is JobState.COMPLETED
        assert world.sheet(job, 1).attempts == 2


class TestModify:
    def test_a_running_job_goes_on_by_its_new_file_at_the_boundary(self, tmp_path: Path) -> None:
        """The reference said it would resume, and the job ended cancelled."""
        world = World(tmp_path)
        job = world.submit(job_text("a", "b"))
        (attempt,) = world.start()
        new = world.definition(job_text("a", "b", "c"))
        done = world.commands.modify(world.job(job), new, world.now)
        assert not done.applied
        assert [fate.action for fate in done.fates] == ["finish", "run", "run"]
        assert world.start() == [], "nothing starts by the old file any more"
        world.end(attempt)
        assert "job.modified" in world.events(job)
        world.run()
        assert world.job(job).state is JobState.COMPLETED
        assert world.job(job).sheets == 3

    def test_a_change_that_waits_survives_a_restart(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b"))
        (attempt,) = world.start()
        world.commands.modify(world.job(job), world.definition(job_text("a", "c")), world.now)
        world.store.close()
        world.open()
        world.end(attempt)
        world.run()
        assert [sheet.name for sheet in world.store.sheets.of_job(job.id)] == ["a", "c"]

    def test_a_paused_job_is_resumed_by_a_change(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.commands.pause(job, world.now)
        world.commands.modify(world.job(job), world.definition(job_text("b")), world.now)
        world.run()
        assert world.job(job).state is JobState.COMPLETED

    def test_attempts_follow_their_sheet_to_its_new_number(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "gone", "b"))
        world.run()
        new = world.definition(job_text("first", "b", "a"))
        world.commands.resume(world.job(job), new, 1, world.now)
        found = {attempt.sheet_name: attempt.sheet for attempt in world.store.attempts.of_job(job.id, 10)}
        assert found == {"a": 3, "b": 2, "gone": 4}, "one that is gone stands behind the last"
        world.run()
        directories = [attempt.dir for attempt in world.store.attempts.of_job(job.id, 10)]
        assert len(set(directories)) == len(directories)
        assert [world.sheet(job, n).attempts for n in (1, 2, 3)] == [1, 2, 2]

    def test_a_completed_job_cannot_be_changed(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.run()
        with pytest.raises(Refused, match="can be modified no more"):
            world.commands.modify(world.job(job), world.definition(job_text("b")), world.now)


class TestCancel:
    def test_a_job_is_cancelled_when_the_last_attempt_of_it_has_ended(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b"))
        (attempt,) = world.start()
        assert world.commands.cancel(world.job(job), world.now).state is JobState.CANCELLING
        assert world.start() == []
        world.end(attempt)
        assert world.job(job).state is JobState.CANCELLED
        assert world.states(job) == [S.CANCELLED, S.CANCELLED]
        assert world.store.attempts.get(attempt.id).cause is Cause.CANCELLED

    def test_a_queued_job_is_cancelled_at_once(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        assert world.commands.cancel(job, world.now).state is JobState.CANCELLED

    def test_an_ended_job_cannot_be_cancelled(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.run()
        with pytest.raises(Refused, match="is completed already"):
            world.commands.cancel(world.job(job), world.now)

    def test_a_change_that_waited_is_forgotten(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a", "b"))
        (attempt,) = world.start()
        world.commands.modify(world.job(job), world.definition(job_text("a", "c")), world.now)
        world.commands.cancel(world.job(job), world.now)
        world.end(attempt)
        assert world.job(job).state is JobState.CANCELLED
        assert [sheet.name for sheet in world.store.sheets.of_job(job.id)] == ["a", "b"]


class TestRecover:
    def failed(self, world: World, *names: str) -> int:
        job = world.submit(job_text(*names))
        (attempt,) = world.start()
        world.end(attempt, Cause.INVALID, retriable=False)
        return job.id

    def test_a_job_is_completed_when_no_sheet_is_left(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.store.jobs.get(self.failed(world, "a"))
        assert [sheet.n for sheet in world.commands.to_recover(job, None)] == [1]
        job = world.commands.recover(job, {1: [check()]}, world.now, resume=False)
        assert (job.state, job.recovered, job.error, job.hold_set) == (JobState.COMPLETED, True, None, frozenset())
        assert world.sheet(job, 1).recovered

    def test_a_sheet_whose_outputs_are_wrong_stays_failed(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.store.jobs.get(self.failed(world, "a"))
        job = world.commands.recover(job, {1: [check(), check(passed=False)]}, world.now, resume=False)
        assert job.state is JobState.FAILED
        assert world.states(job) == [S.FAILED]

    def test_without_validations_nothing_can_tell(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.store.jobs.get(self.failed(world, "a"))
        job = world.commands.recover(job, {1: []}, world.now, resume=False)
        assert job.state is JobState.FAILED

    def test_the_job_goes_on_with_what_is_left_if_asked(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.store.jobs.get(self.failed(world, "a", "b"))
        left = world.commands.recover(job, {1: [check()]}, world.now, resume=False)
        assert left.state is JobState.FAILED
        world.commands.recover(world.job(job), {}, world.now, resume=True)
        world.run()
        assert world.job(job).state is JobState.COMPLETED
        assert world.sheet(job, 1).attempts == 1

    def test_a_running_job_cannot_be_recovered(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.submit(job_text("a"))
        world.start()
        with pytest.raises(Refused, match="is running"):
            world.commands.to_recover(world.job(job), None)

    def test_a_sheet_that_does_not_exist(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.store.jobs.get(self.failed(world, "a"))
        with pytest.raises(Refused, match="has no sheet 2"):
            world.commands.to_recover(job, 2)

    def test_a_job_that_was_resumed_meanwhile_is_left_alone(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        job = world.store.jobs.get(self.failed(world, "a"))
        world.commands.resume(job, None, None, world.now)
        world.start()
        job = world.commands.recover(world.job(job), {1: [check()]}, world.now, resume=False)
        assert world.states(job) == [S.IN_PROGRESS]


class TestClear:
    def prepare(self, world: World) -> None:
        world.submit(job_text("a"))
        world.run()
        world.now += 100
        world.submit(job_text("a"))
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT, retriable=False)
        world.commands.pause(world.submit(job_text("a")), world.now)

    def test_conditions_are_joined_by_and(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        self.prepare(world)
        numbers = lambda *args: [job.id for job in world.commands.to_clear(*args)]  # noqa: E731
        jobs = [world.store.jobs.get(1)]
        assert numbers(None, None, None) == [1, 2]
        assert numbers([JobState.FAILED], None, None) == [2]
        assert numbers([JobState.FAILED], None, jobs) == []
        assert numbers(None, world.now - 50, None) == [1]
        assert numbers([JobState.COMPLETED], world.now - 50, jobs) == [1]

    def test_an_empty_list_means_none(self, tmp_path: Path) -> None:
        """In the reference an empty list of statuses deleted everything."""
        world = World(tmp_path)
        self.prepare(world)
        assert world.commands.to_clear([], None, None) == []
        assert world.commands.to_clear(None, None, []) == []

    def test_a_job_that_has_not_ended_is_never_deleted(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        self.prepare(world)
        paused = world.store.jobs.get(3)
        assert world.commands.to_clear([JobState.QUEUED, JobState.RUNNING], None, [paused]) == []


class TestLookup:
    def test_ways_to_name_a_job(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        for _ in range(12):
            world.submit(job_text("a"))
        for reference, number in [("demo#3", 3), ("3", 3), ("#3", 3), ("demo", 12), ("de", 12), ("demo#12", 12)]:
            assert find_job(world.store, reference).id == number, reference

    def test_no_such_job_names_the_candidates(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        for _ in range(11):
            world.submit(job_text("a"))
        with pytest.raises(UnknownJob, match="Job 'dmeo' not found") as unknown:
            find_job(world.store, "dmeo")
        assert unknown.value.candidates == ["demo"]
        for reference in ("other#1", "99", "demo#99", "%", "d_mo", "x"):
            with pytest.raises(UnknownJob):
                find_job(world.store, reference)

    def test_a_prefix_of_two_names_means_none(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        world.submit(job_text("a"))
        world.submit(job_text("a").replace("demo", "dent"))
        with pytest.raises(UnknownJob) as unknown:
            find_job(world.store, "de")
        assert unknown.value.candidates == ["dent#2", "demo#1"]


def test_a_definition_that_cannot_be_read_fails_its_job_and_no_other(tmp_path: Path) -> None:
    world = World(tmp_path)
    broken, fine = world.submit(job_text("a")), world.submit(job_text("b"))
    with world.store.transaction():
        world.store.jobs.change(broken.id, world.now, plan_hash="of nothing")
    world.run()
    assert world.job(broken).state is JobState.FAILED
    assert "cannot be read" in str(world.job(broken).error)
    assert world.job(fine).state is JobState.COMPLETED


def test_a_compiled_job_round_trips(tmp_path: Path) -> None:
    world = World(tmp_path)
    rich = job_text(
        "a",
        rest="instruments: {c: {command: [x, '{prompt}'], stdin: '{prompt}', limit: {patterns: [y], max_wait: 6h}}}",
        a=", retry: {max: 2, on_exit: [3]}, timeout: 5m,"
        " validate: [{file: x, fresh: true}, {json: y}, {exit_code: [0, 3]},"
        " {contains: z}, {command: 'true'}, {contains: {path: p, regex: q}}]",
    )
    job = world.submit(rich)
    world.store.close()
    world.open()
    assert msgspec.json.encode(world.engine.plans.of(job), enc_hook=str) == msgspec.json.encode(
        world.definition(rich).spec, enc_hook=str
    )
    assert world.engine.plans.of(job).sheets == world.definition(rich).spec.sheets
