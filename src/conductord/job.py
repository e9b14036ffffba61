"""Where a job and a sheet may stand, and every way from one place to another.

Theory of operation. Two small state machines, each one table, and nothing else in the conductor changes a
state: `JOB_MOVES` and `SHEET_MOVES` map a move (what happened) to the states it may start from and the one it leads
to. A move that the table does not name raises `IllegalMove`; it is a bug of the conductor, never an answer.

A job does not have a state "paused". It has a set of holds, and it runs if and only if the set is empty. Who holds a
job takes away their own hold and no other: a full disk that clears does not wake a job that a person paused, and
neither does a restart of the daemon. `user` and `failure` are kept with the job. `resource` and `shutdown` belong to
the daemon, hold all jobs alike, and end with the condition (or the process) that made them; they are never stored.

"Waiting" is not a state of a job either: it is what one sees when nothing of it runs and a sheet waits.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar


class JobState(StrEnum):
    """Where a job stands, in the engine's words."""

    QUEUED = "queued"
    """Nothing of it has run since it was submitted or resumed."""
    RUNNING = "running"
    """It has had a step since then, and is not at its end."""
    CANCELLING = "cancelling"
    """It is to end; processes of it may still live."""
    COMPLETED = "completed"
    """Every sheet is completed, recovered or skipped."""
    FAILED = "failed"
    """A sheet failed for good and nothing of the job runs."""
    CANCELLED = "cancelled"
    """It was cancelled and nothing of it runs."""


class SheetState(StrEnum):
    """Where a sheet stands. The words are those of the wire (WIRE part B.5)."""

    PENDING = "pending"
    """A sheet that it needs is not done."""
    READY = "ready"
    """May start as soon as there is room."""
    DISPATCHED = "dispatched"
    """Its attempt is written down; the process is not known yet."""
    IN_PROGRESS = "in_progress"
    """Its process runs, or its outputs are being checked."""
    WAITING = "waiting"
    """Its instrument reached a limit."""
    RETRY_SCHEDULED = "retry_scheduled"
    """It failed and will be tried again at a known time."""
    COMPLETED = "completed"
    """Its outputs checked out."""
    FAILED = "failed"
    """It failed and has no retry left."""
    SKIPPED = "skipped"
    """It was left out on purpose."""
    CANCELLED = "cancelled"
    """Its job was cancelled before it was done."""


class Hold(StrEnum):
    """A reason why a job may start nothing new."""

    USER = "user"
    """A person paused it. Only a person's resume takes this away."""
    FAILURE = "failure"
    """A sheet failed; what runs beside it may finish, nothing new starts."""
    RESOURCE = "resource"
    """The daemon is short of disk. Of the daemon, not stored."""
    SHUTDOWN = "shutdown"
    """The daemon is stopping. Of the daemon, not stored."""


class AttemptState(StrEnum):
    """Where an attempt stands."""

    STARTING = "starting"
    """Written down; no process is known."""
    RUNNING = "running"
    """Its process is known by pid and start time, or its outputs are being checked."""
    SUCCEEDED = "succeeded"
    """It exited well and its outputs checked out."""
    FAILED = "failed"
    """It ended otherwise, for a known cause."""


class Cause(StrEnum):
    """Why an attempt did not succeed. The words are those of the wire."""

    EXIT = "exit"
    """The exit code says failure."""
    SIGNAL = "signal"
    """A signal that the conductor did not send ended it."""
    INVALID = "invalid"
    """It exited well, and its outputs did not check out."""
    TIMEOUT = "timeout"
    """It ran longer than its sheet allows."""
    IDLE = "idle"
    """It printed nothing for longer than its sheet allows."""
    OUTPUT_LIMIT = "output_limit"
    """It printed more than its sheet allows."""
    LIMIT = "limit"
    """Its instrument reported a limit."""
    SPAWN = "spawn"
    """The process could not be started."""
    INTERRUPTED = "interrupted"
    """It was lost through no fault of its own."""
    CANCELLED = "cancelled"
    """Its job was cancelled."""


class JobMove(StrEnum):
    """What may happen to a job."""

    START = "start"
    CANCEL = "cancel"
    EMPTY = "empty"
    """Nothing of a cancelling job runs any more."""
    COMPLETE = "complete"
    FAIL = "fail"
    REOPEN = "reopen"
    """It is to go on: resumed after its end."""
    RECOVER = "recover"
    """Its failed sheets check out after all."""


class SheetMove(StrEnum):
    """What may happen to a sheet."""

    PROMOTE = "promote"
    """All that it needs is done."""
    DISPATCH = "dispatch"
    BEGIN = "begin"
    COMPLETE = "complete"
    RETRY = "retry"
    FAIL = "fail"
    LIMIT = "limit"
    """Its instrument is limited."""
    INTERRUPT = "interrupt"
    WAKE = "wake"
    """The time it waited for has come, or the limit was cleared."""
    SKIP = "skip"
    CANCEL = "cancel"
    SETTLE = "settle"
    """Its job ended without it."""
    REOPEN = "reopen"
    """It is to run (again)."""
    RECOVER = "recover"
    """Its outputs check out after all."""


State = TypeVar("State", JobState, SheetState)


class Way(NamedTuple):
    """One line of a table: where a move may start, and where it leads."""

    sources: frozenset[StrEnum]
    target: StrEnum


def _way(target: StrEnum, *sources: StrEnum) -> Way:
    return Way(frozenset(sources), target)


_J, _S = JobState, SheetState

JOB_MOVES: Mapping[JobMove, Way] = {
    JobMove.START: _way(_J.RUNNING, _J.QUEUED),
    JobMove.CANCEL: _way(_J.CANCELLING, _J.QUEUED, _J.RUNNING),
    JobMove.EMPTY: _way(_J.CANCELLED, _J.CANCELLING),
    JobMove.COMPLETE: _way(_J.COMPLETED, _J.QUEUED, _J.RUNNING),
    JobMove.FAIL: _way(_J.FAILED, _J.QUEUED, _J.RUNNING),
    JobMove.REOPEN: _way(_J.QUEUED, _J.COMPLETED, _J.FAILED, _J.CANCELLED),
    JobMove.RECOVER: _way(_J.COMPLETED, _J.FAILED, _J.CANCELLED),
}
"""Every way of a job. An ended job goes on through the queue like any other."""

SHEET_MOVES: Mapping[SheetMove, Way] = {
    SheetMove.PROMOTE: _way(_S.READY, _S.PENDING),
    SheetMove.DISPATCH: _way(_S.DISPATCHED, _S.READY),
    SheetMove.BEGIN: _way(_S.IN_PROGRESS, _S.DISPATCHED),
    # A step may have run to its end while the daemon was dead, its pid never written down: hence DISPATCHED.
    SheetMove.COMPLETE: _way(_S.COMPLETED, _S.DISPATCHED, _S.IN_PROGRESS),
    SheetMove.RETRY: _way(_S.RETRY_SCHEDULED, _S.DISPATCHED, _S.IN_PROGRESS),
    SheetMove.FAIL: _way(_S.FAILED, _S.DISPATCHED, _S.IN_PROGRESS, _S.WAITING, _S.READY),
    SheetMove.LIMIT: _way(_S.WAITING, _S.READY, _S.DISPATCHED, _S.IN_PROGRESS),
    SheetMove.INTERRUPT: _way(_S.READY, _S.DISPATCHED, _S.IN_PROGRESS),
    SheetMove.WAKE: _way(_S.READY, _S.WAITING, _S.RETRY_SCHEDULED),
    SheetMove.SKIP: _way(_S.SKIPPED, _S.PENDING, _S.READY),
    SheetMove.CANCEL: _way(
        _S.CANCELLED, _S.PENDING, _S.READY, _S.DISPATCHED, _S.IN_PROGRESS, _S.WAITING, _S.RETRY_SCHEDULED
    ),
    SheetMove.SETTLE: _way(_S.PENDING, _S.READY, _S.WAITING, _S.RETRY_SCHEDULED),
    SheetMove.REOPEN: _way(
        _S.PENDING,
        *(_S.PENDING, _S.READY, _S.WAITING, _S.RETRY_SCHEDULED),
        *(_S.COMPLETED, _S.FAILED, _S.SKIPPED, _S.CANCELLED),
    ),
    SheetMove.RECOVER: _way(
        _S.COMPLETED, _S.FAILED, _S.CANCELLED, _S.PENDING, _S.READY, _S.WAITING, _S.RETRY_SCHEDULED
    ),
}
"""Every way of a sheet."""

ENDED_JOBS = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})
"""States that only a person's command leaves."""
DONE_SHEETS = frozenset({SheetState.COMPLETED, SheetState.SKIPPED})
"""States that let a sheet which needs this one start."""
BUSY_SHEETS = frozenset({SheetState.DISPATCHED, SheetState.IN_PROGRESS})
"""States in which an attempt is open."""
WAITING_SHEETS = frozenset({SheetState.WAITING, SheetState.RETRY_SCHEDULED})
"""States that end at a time."""


class IllegalMove(Exception):
    """The table names no way for this move from this state: a bug of the conductor."""

    def __init__(self, move: StrEnum, state: StrEnum) -> None:
        super().__init__(f"{type(move).__name__} {move.value!r} is not possible from {state.value!r}")


def next_job_state(state: JobState, move: JobMove) -> JobState:
    """Where `move` leads a job from `state`. Raises IllegalMove."""
    return JobState(_follow(JOB_MOVES[move], move, state))


def next_sheet_state(state: SheetState, move: SheetMove) -> SheetState:
    """Where `move` leads a sheet from `state`. Raises IllegalMove."""
    return SheetState(_follow(SHEET_MOVES[move], move, state))


def _follow(way: Way, move: StrEnum, state: StrEnum) -> StrEnum:
    if state not in way.sources:
        raise IllegalMove(move, state)
    return way.target


def can_move(state: SheetState, move: SheetMove) -> bool:
    """Whether a sheet in `state` may make `move`."""
    return state in SHEET_MOVES[move].sources


def startable(states: Mapping[int, SheetState], needs: Mapping[int, Iterable[int]]) -> list[int]:
    """The pending sheets whose needs are all done, in the order of their numbers.

    states: sheet number -> state. needs: sheet number -> numbers of the sheets it needs.
    """
    return [
        number
        for number, state in sorted(states.items())
        if state is SheetState.PENDING and all(states[need] in DONE_SHEETS for need in needs[number])
    ]


def dependents(start: Iterable[int], needs: Mapping[int, Iterable[int]]) -> set[int]:
    """`start` and every sheet that needs one of them, directly or through others."""
    reached = set(start)
    grew = True
    while grew:
        further = {n for n, wanted in needs.items() if n not in reached and not reached.isdisjoint(wanted)}
        reached |= further
        grew = bool(further)
    return reached


def outcome(states: Iterable[SheetState]) -> JobMove | None:
    """How a job with these sheets ends, or None while something of it is still to come.

    A failed sheet ends the job as soon as nothing beside it runs: the failure hold lets nothing new start.
    """
    seen = set(states)
    if seen & BUSY_SHEETS:
        return None
    if SheetState.FAILED in seen:
        return JobMove.FAIL
    return JobMove.COMPLETE if seen <= DONE_SHEETS else None


def shown_as_paused(state: JobState, holds: Iterable[Hold], busy: bool) -> bool:
    """Whether the wire says `paused`: the job is held and the sheet that ran at the time is through."""
    return state in {JobState.QUEUED, JobState.RUNNING} and bool(set(holds)) and not busy
