"""What starts when: needs, bounds, waits, holds."""

from pathlib import Path

from conductord.job import Cause, JobState, SheetState
from conductord.store import LimitRow
from support.engine import World, job_text

S = SheetState
CLAUDE = "instruments: {claude: {command: [echo, '{prompt}'], concurrency: 1, limit: {patterns: [x]}}}"
PATIENCE = "instruments: {claude: {command: [echo, '{prompt}'], limit: {patterns: [x], max_wait: 100}}}"


def claude_job(*names: str, rest: str = CLAUDE) -> str:
    sheets = [f"  - {{name: {name}, prompt: do, instrument: claude, needs: []}}" for name in names]
    return "\n".join(["name: demo", rest, "sheets:", *sheets])


def test_sheets_run_one_after_the_other_unless_they_say_what_they_need(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b", "c", b=", needs: []", c=", needs: [a, b]"))
    first = world.start()
    assert [attempt.sheet for attempt in first] == [1, 2]
    world.end(first[0])
    assert world.start() == []
    world.end(first[1])
    assert [attempt.sheet for attempt in world.start()] == [3]
    assert world.job(job).state is JobState.RUNNING


def test_an_attempt_is_on_record_before_its_process(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.plan()
    assert (attempt.state, attempt.pid) == ("starting", None)
    assert world.states(job) == [S.DISPATCHED]
    assert not Path(attempt.dir).exists()


def test_no_more_jobs_run_than_the_settings_allow(tmp_path: Path) -> None:
    world = World(tmp_path, jobs=2)
    jobs = [world.submit(job_text("a", "b")) for _ in range(4)]
    started = world.start()
    assert [attempt.job for attempt in started] == [jobs[0].id, jobs[1].id]
    world.end(started[0])
    assert [attempt.job for attempt in world.start()] == [jobs[0].id], "a job under way goes before a queued one"
    world.run()


def test_a_job_that_waits_for_a_retry_keeps_its_place(tmp_path: Path) -> None:
    world = World(tmp_path, jobs=1)
    world.submit(job_text("a", a=", retry: {max: 1, backoff: 10s}"))
    world.submit(job_text("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.EXIT)
    assert world.start() == []
    world.now += 11
    assert [attempt.n for attempt in world.start()] == [2]


def test_a_job_that_waits_for_a_limit_gives_its_place_to_another(tmp_path: Path) -> None:
    world = World(tmp_path, jobs=1)
    limited = world.submit(claude_job("a"))
    other = world.submit(job_text("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.LIMIT, until=world.now + 1000)
    (second,) = world.start()
    assert second.job == other.id
    world.now += 1001
    assert world.start() == [], "and waits for a place when the limit is over"
    assert world.states(limited) == [S.READY]
    world.end(second)
    assert [attempt.job for attempt in world.start()] == [limited.id]


def test_no_more_sheets_run_than_the_settings_allow(tmp_path: Path) -> None:
    world = World(tmp_path, sheets=3)
    for _ in range(3):
        world.submit(job_text("a", "b", a=", needs: []", b=", needs: []"))
    assert len(world.start()) == 3


def test_an_instrument_bounds_its_sheets_over_all_jobs(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.submit(claude_job("a", "b"))
    world.submit(claude_job("a"))
    other = world.submit(job_text("a"))
    started = world.start()
    assert [attempt.job for attempt in started] == [1, other.id]
    world.end(started[0])
    assert [(attempt.job, attempt.sheet) for attempt in world.start()] == [(1, 2)]


def test_all_sheets_of_a_limited_instrument_wait_and_go_on_at_its_end(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(claude_job("a", "b"))
    (attempt,) = world.start()
    until = world.now + 500
    world.end(attempt, Cause.LIMIT, until=until)
    assert world.start() == []
    assert world.states(job) == [S.WAITING, S.WAITING]
    assert world.engine.scheduler.next_wake() == until
    world.now = until + 1
    (again,) = world.start()
    assert (again.sheet, again.n) == (1, 2)
    assert "rate_limit.cleared" in [event.event for event in world.store.events.after(0, 100)]


def test_a_queued_job_behind_a_limit_does_not_stand_in_the_way(tmp_path: Path) -> None:
    world = World(tmp_path, jobs=3)
    world.submit(claude_job("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.LIMIT, until=world.now + 500)
    for _ in range(5):
        world.submit(claude_job("a"))
    free = world.submit(job_text("a"))
    assert [attempt.job for attempt in world.start()] == [free.id]


def test_a_limit_is_lifted_by_hand(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.submit(claude_job("a"))
    (attempt,) = world.start()
    world.end(attempt, Cause.LIMIT, until=world.now + 500)
    assert world.commands.lift_limits("nobody", world.now) == 0
    assert world.commands.lift_limits("claude", world.now) == 1
    assert [attempt.n for attempt in world.start()] == [2]


def test_a_queued_job_waits_for_its_turn_behind_any_limit(tmp_path: Path) -> None:
    """`max_wait` counts for a job that has begun; one that has not loses nothing by waiting."""
    world = World(tmp_path, jobs=1)
    world.submit(claude_job("a"))
    impatient = world.submit(claude_job("a", "b", rest=PATIENCE))
    (attempt,) = world.start()
    world.end(attempt, Cause.LIMIT, until=world.now + 500)
    assert world.start() == []
    assert world.job(impatient).state is JobState.QUEUED
    assert world.states(impatient) == [S.READY, S.READY]


def test_a_running_job_does_not_wait_longer_than_max_wait(tmp_path: Path) -> None:
    world = World(tmp_path)
    text = claude_job("a", rest=PATIENCE) + "\n  - {name: b, command: [echo, b], needs: []}"
    impatient = world.submit(text)
    attempts = world.start()
    world.end(attempts[0], Cause.INTERRUPTED)
    with world.store.transaction():
        world.store.limits.put(LimitRow("claude", world.now, world.now + 500, "r", "e"))
    world.start()
    assert world.sheet(impatient, 1).state is S.FAILED
    assert "longer than max_wait" in str(world.sheet(impatient, 1).error)
    assert world.job(impatient).hold_set == {"failure"}
    world.end(attempts[1])
    assert world.job(impatient).state is JobState.FAILED


def test_nothing_starts_while_the_daemon_holds_all_jobs(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    assert world.plan(blocked=True) == []
    assert world.states(job) == [S.READY]
    assert world.job(job).hold_set == frozenset(), "a hold of the daemon is not stored"
    assert len(world.plan()) == 1


def test_a_retry_waits_its_time_and_no_longer(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", a=", retry: {max: 3, backoff: 10s, factor: 2, max_delay: 25s}"))
    waits = []
    for _ in range(3):
        (attempt,) = world.start()
        world.end(attempt, Cause.EXIT)
        due = world.sheet(job, 1).due
        assert due is not None
        waits.append(due - world.now)
        world.now = due - 0.5
        assert world.start() == []
        world.now = due
    assert waits == [10, 20, 25]
    (attempt,) = world.start()
    world.end(attempt, Cause.EXIT)
    assert world.job(job).state is JobState.FAILED
    assert world.job(job).retries == 3
