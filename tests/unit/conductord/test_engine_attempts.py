"""How an attempt comes to its end, and what follows for its sheet and its job."""

from pathlib import Path

import pytest

from conductord.job import AttemptState, Cause, Hold, JobState, SheetState
from support.engine import World, job_text

S = SheetState
RETRY = ", retry: {max: 1, backoff: 10s}"


def test_a_job_completes_with_its_last_sheet(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b"))
    world.run()
    row = world.job(job)
    assert (row.state, row.done, row.error) == (JobState.COMPLETED, 2, None)
    assert world.events(job) == [
        "job.submitted",
        "job.started",
        *("sheet.started", "observer.process_started", "observer.process_exited", "sheet.completed") * 2,
        "job.completed",
    ]


def test_attempt_sheet_job_and_event_are_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.start()
    before = world.events(job)

    def fail(*_: object) -> None:
        raise OSError("as if the daemon died here")

    monkeypatch.setattr(world.engine.ledger, "settle", fail)
    with pytest.raises(OSError, match="died"):
        world.end(attempt)
    assert world.store.attempts.get(attempt.id).state is AttemptState.RUNNING
    assert world.states(job) == [S.IN_PROGRESS]
    assert world.events(job) == before


def test_the_end_of_an_attempt_is_written_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b"))
    (attempt,) = world.start()
    world.end(attempt)
    world.end(attempt, Cause.EXIT)
    assert world.store.attempts.get(attempt.id).state is AttemptState.SUCCEEDED
    assert world.states(job) == [S.COMPLETED, S.READY]


def test_a_failure_that_would_come_again_is_not_tried_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b", a=RETRY))
    (attempt,) = world.start()
    world.end(attempt, Cause.SPAWN, retriable=False)
    row = world.job(job)
    assert (row.state, row.cause) == (JobState.FAILED, Cause.SPAWN)
    assert row.error == "sheet 1 (a): it was spawn"
    assert world.states(job) == [S.FAILED, S.PENDING]


def test_what_runs_beside_a_failed_sheet_is_finished_and_nothing_new_starts(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b", "c", "d", b=", needs: []", c=", needs: [b]", d=", needs: []"))
    first, second, fourth = world.start()
    world.end(first, Cause.EXIT, retriable=False)
    assert world.job(job).state is JobState.RUNNING
    assert world.job(job).hold_set == {Hold.FAILURE}
    world.end(second)
    assert world.start() == []
    world.end(fourth)
    assert world.job(job).state is JobState.FAILED
    assert world.states(job) == [S.FAILED, S.COMPLETED, S.PENDING, S.COMPLETED]


def test_a_sheet_that_waits_when_its_job_fails_is_put_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b", a=", retry: {max: 5, backoff: 100s}", b=", needs: []"))
    first, second = world.start()
    world.end(first, Cause.EXIT)
    assert world.sheet(job, 1).state is S.RETRY_SCHEDULED
    world.end(second, Cause.SPAWN, retriable=False)
    assert world.job(job).state is JobState.FAILED
    assert world.states(job) == [S.PENDING, S.FAILED]
    assert world.engine.scheduler.next_wake() is None, "no timer is left behind"


def test_an_interruption_uses_up_no_retry(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.INTERRUPTED)
    assert world.sheet(job, 1).tries == 0
    assert world.sheet(job, 1).counted == 0
    (again,) = world.start()
    assert again.n == 2
    assert again.dir != attempt.dir
    world.end(again)
    assert world.job(job).state is JobState.COMPLETED


def test_interruptions_in_a_row_come_with_growing_distance(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", a=", retry: {max: 0, backoff: 10s, factor: 2}"))
    distances = []
    for _ in range(4):
        (attempt,) = world.start()
        world.end(attempt, Cause.INTERRUPTED)
        due = world.sheet(job, 1).due or world.now
        distances.append(due - world.now)
        world.now = due
    assert distances == [0, 10, 20, 40]


def test_a_limit_uses_up_no_retry(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.LIMIT, until=world.now + 100)
    assert world.sheet(job, 1).tries == 0
    assert world.job(job).limit_waits == 1
    world.now += 200
    world.run()
    assert world.job(job).state is JobState.COMPLETED


def test_a_limit_outlives_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.LIMIT, until=world.now + 100)
    world.store.close()
    world.open()
    assert world.start() == []
    assert world.states(job) == [S.WAITING]
    world.now += 200
    world.run()
    assert world.job(job).state is JobState.COMPLETED


def test_an_error_of_the_conductor_itself_is_not_tried_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", a=RETRY))
    (attempt,) = world.start()
    world.end(attempt, Cause.INTERRUPTED, counted=True, retriable=False)
    assert world.job(job).state is JobState.FAILED


def test_outputs_count_as_fresh_from_the_first_attempt_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", a=RETRY))
    begin = world.now
    (attempt,) = world.start()
    world.end(attempt, Cause.INVALID)
    world.now += 100
    world.start()
    assert world.sheet(job, 1).fresh_since == begin


def test_a_sheet_says_why_it_failed_last_and_nothing_once_it_is_done(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", a=RETRY))
    (attempt,) = world.start()
    world.end(attempt, Cause.EXIT)
    assert (world.sheet(job, 1).cause, world.sheet(job, 1).error) == (Cause.EXIT, "it was exit")
    world.now += 100
    (attempt,) = world.start()
    world.end(attempt)
    assert (world.sheet(job, 1).cause, world.sheet(job, 1).error) == (None, None)
    assert world.sheet(job, 1).spent == pytest.approx(2.0)


def test_hooks_are_written_with_the_end_of_the_job(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(
        job_text("a", rest="on_event: {finished: 'echo {job} {state}', failed: [echo, failed], completed: echo ok}")
    )
    world.run()
    hooks = world.store.hooks.of_job(job.id)
    assert [(hook.hook, hook.state) for hook in hooks] == [("finished", "pending"), ("completed", "pending")]
    assert "demo#1 completed" in hooks[0].argv
