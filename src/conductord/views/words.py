"""From the engine's words to those of the wire (CONDUCTOR part 0)."""

from datetime import datetime
from functools import lru_cache

import conductor_api as api
from conductord.engine.ledger import moment
from conductord.job import Cause, Hold, JobState, shown_as_paused
from conductord.store import AttemptRow, JobHead
from conductord.store.rows import stored_holds

_NEEDS_NO_RETRY = frozenset({Cause.INTERRUPTED, Cause.CANCELLED})
_KILLED = frozenset({Cause.SIGNAL, Cause.OUTPUT_LIMIT, Cause.CANCELLED})
_TOO_LONG = frozenset({Cause.TIMEOUT, Cause.IDLE})
_NO_RESULT = frozenset({Cause.SPAWN, Cause.INTERRUPTED})


def time_or_none(seconds: float | None) -> datetime | None:
    """An instant of the store as one of the wire."""
    return None if seconds is None else moment(seconds)


def job_status(job: JobHead, daemon_holds: frozenset[Hold] = frozenset()) -> api.JobStatus:
    """The word for a job in lists and answers. What is being cancelled still runs."""
    return _job_status(job.state, job.holds, job.busy > 0, daemon_holds)


@lru_cache  # a long list has few kinds of jobs
def _job_status(state: JobState, held: str, busy: bool, daemon_holds: frozenset[Hold]) -> api.JobStatus:
    if shown_as_paused(state, stored_holds(held) | daemon_holds, busy=busy):
        return api.JobStatus.PAUSED
    if state is JobState.CANCELLING:
        return api.JobStatus.RUNNING
    return api.JobStatus(state.value)


def state_status(job: JobHead, daemon_holds: frozenset[Hold] = frozenset()) -> api.JobStatus:
    """The word for a job in its state object, which has no `queued` (WIRE part B.5)."""
    status = job_status(job, daemon_holds)
    return api.JobStatus.PENDING if status is api.JobStatus.QUEUED else status


def holds(job: JobHead, daemon_holds: frozenset[Hold]) -> list[api.Hold]:
    """Who holds a job: those of its own, and of the daemon's if it could run otherwise."""
    if not job.holds and not daemon_holds:
        return []
    active = job.state in {JobState.QUEUED, JobState.RUNNING}
    found = job.hold_set | daemon_holds if active else job.hold_set
    return [api.Hold(hold.value) for hold in sorted(found)]


def cause(value: Cause | None) -> api.Cause | None:
    """Why something failed."""
    return None if value is None else api.Cause(value.value)


def error_code(value: Cause) -> str:
    """The code of a cause, such as `E_TIMEOUT`."""
    return f"E_{value.value.upper()}"


def error_type(attempt: AttemptRow) -> api.ErrorType:
    """What kind of failure an attempt was."""
    if attempt.cause is Cause.LIMIT:
        return api.ErrorType.RATE_LIMIT
    if attempt.retriable or attempt.cause in _NEEDS_NO_RETRY:
        return api.ErrorType.TRANSIENT
    return api.ErrorType.PERMANENT


def exit_reason(attempt: AttemptRow) -> api.ExitReason | None:
    """How the process of an attempt ended, None while it runs."""
    if attempt.ended is None:
        return None
    if attempt.cause in _TOO_LONG:
        return api.ExitReason.TIMEOUT
    if attempt.cause in _NO_RESULT:
        return api.ExitReason.ERROR
    if attempt.cause in _KILLED or attempt.signal is not None:
        return api.ExitReason.KILLED
    return api.ExitReason.COMPLETED
