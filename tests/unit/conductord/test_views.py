"""From the engine's words to those of the wire: nothing is without a word, and every word is one of the schema."""

import itertools
from pathlib import Path

import msgspec
import pytest

import conductor_api as api
from conductord.engine.refusal import Reason
from conductord.engine.revision import Action
from conductord.job import ENDED_JOBS, AttemptState, Cause, Hold, JobState, SheetState
from conductord.views import words
from conductord.views.events import OBSERVER_EVENTS, EventViews
from conductord.views.waiting import Waits
from support.engine import World, job_text


@pytest.mark.parametrize(
    ("ours", "wire"),
    [
        (SheetState, api.SheetStatus),
        (Cause, api.Cause),
        (Hold, api.Hold),
        (AttemptState, api.AttemptStatus),
        (Action, api.SheetAction),
        (Reason, api.Refusal),
    ],
)
def test_words_are_those_of_the_schema(ours: type, wire: type) -> None:
    assert {word.value for word in ours} == {word.value for word in wire}  # type: ignore[attr-defined]  # both are enums


def test_every_state_of_a_job_has_a_word(tmp_path: Path) -> None:
    world = World(tmp_path)
    row = world.submit(job_text("a"))
    for state, held, busy in itertools.product(JobState, (False, True), (False, True)):
        job = msgspec.structs.replace(row, state=state, holds="user" if held else "", busy=int(busy))
        status = words.job_status(job)
        assert status.is_known
        if state in ENDED_JOBS:
            assert status.value == state.value
        elif state is JobState.CANCELLING or busy:
            assert status in {api.JobStatus.RUNNING, api.JobStatus.QUEUED}
        elif held:
            assert status is api.JobStatus.PAUSED


def test_every_event_name_of_the_engine_is_one_of_the_schema(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", "b", a=", retry: {max: 1, backoff: 1s}"), start_sheet=1)
    (attempt,) = world.start()
    world.end(attempt, Cause.EXIT)
    world.now += 10
    (attempt,) = world.start()
    world.commands.pause(world.job(job), world.now)
    world.end(attempt, Cause.LIMIT, until=world.now + 1)
    world.commands.resume(world.job(job), None, None, world.now)
    world.now += 10
    (attempt,) = world.start()
    world.end(attempt, Cause.INTERRUPTED)
    world.run()
    views = EventViews(world.store)
    events = [views.event(row) for row in world.store.events.after(0, 1000)]
    assert all(event.event.is_known for event in events)
    assert {event.job_id for event in events} == {"demo#1", ""}
    retry = next(event for event in events if event.event is api.EventName.SHEET_RETRY_SCHEDULED)
    assert retry.data is not None
    assert (retry.data.delay_seconds, retry.data.cause, retry.data.attempt_num) == (1.0, api.Cause.EXIT, 1)
    assert set(OBSERVER_EVENTS) > {"observer.process_started"}


def test_what_a_job_waits_for(tmp_path: Path) -> None:
    world = World(tmp_path, jobs=1, sheets=1)
    waits = lambda job, holds=frozenset(): Waits(world.store, holds, job.id).of(world.job(job))  # noqa: E731
    first, second = world.submit(job_text("a", "b", b=", needs: []")), world.submit(job_text("a"))
    queued = waits(second)
    assert queued is not None
    assert queued.kind is api.WaitKind.SLOT
    (attempt,) = world.start()
    assert waits(first) is None
    world.end(attempt, Cause.LIMIT, until=world.now + 50)
    world.start()
    limited = waits(second)
    assert limited is not None
    assert (limited.kind, limited.instrument) == (api.WaitKind.LIMIT, "shell")
    held = waits(first, frozenset({Hold.SHUTDOWN}))
    assert held is not None
    assert (held.kind, held.detail) == (api.WaitKind.HOLD, "the daemon is going down")
    world.commands.cancel(world.job(first), world.now)
    assert waits(first) is None


def test_ends_of_processes_in_the_words_of_the_reference(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.submit(job_text("a"))
    (attempt,) = world.start()
    reasons = {
        cause: words.exit_reason(msgspec.structs.replace(attempt, cause=cause, ended=1.0)) for cause in [None, *Cause]
    }
    assert reasons == {
        None: "completed",
        Cause.EXIT: "completed",
        Cause.INVALID: "completed",
        Cause.LIMIT: "completed",
        Cause.SIGNAL: "killed",
        Cause.OUTPUT_LIMIT: "killed",
        Cause.CANCELLED: "killed",
        Cause.TIMEOUT: "timeout",
        Cause.IDLE: "timeout",
        Cause.SPAWN: "error",
        Cause.INTERRUPTED: "error",
    }
    assert words.exit_reason(attempt) is None
