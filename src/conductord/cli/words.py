"""The words and marks by which a person reads a state."""

import time

from conductor_api import (
    AttemptStatus,
    Cause,
    JobEntry,
    JobState,
    JobStatus,
    SheetState,
    SheetStatus,
    WaitingFor,
    WaitKind,
)
from conductord.cli.table import Cell
from conductord.cli.times import until

ENDED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})
"""Statuses in which a job stays until somebody resumes it."""

_JOB_STYLES = {
    JobStatus.RUNNING: "busy",
    JobStatus.PAUSED: "warn",
    JobStatus.COMPLETED: "good",
    JobStatus.FAILED: "bad",
    JobStatus.CANCELLED: "warn",
}

_SHEET_MARKS = {
    SheetStatus.PENDING: Cell("·", "dim"),
    SheetStatus.READY: Cell("·", "dim"),
    SheetStatus.DISPATCHED: Cell("▸", "busy"),
    SheetStatus.IN_PROGRESS: Cell("▸", "busy"),
    SheetStatus.WAITING: Cell("⏸", "warn"),
    SheetStatus.RETRY_SCHEDULED: Cell("↻", "warn"),
    SheetStatus.COMPLETED: Cell("✓", "good"),
    SheetStatus.FAILED: Cell("✗", "bad"),
    SheetStatus.SKIPPED: Cell("-", "dim"),
    SheetStatus.CANCELLED: Cell("✗", "warn"),
}

_CAUSES = {
    Cause.EXIT: "failed",
    Cause.SIGNAL: "killed",
    Cause.INVALID: "invalid",
    Cause.TIMEOUT: "timeout",
    Cause.IDLE: "idle",
    Cause.OUTPUT_LIMIT: "too much output",
    Cause.LIMIT: "rate limit",
    Cause.SPAWN: "not started",
    Cause.INTERRUPTED: "interrupted",
    Cause.CANCELLED: "cancelled",
}


def job_status(job: JobEntry | JobState) -> Cell:
    """Status of a job in a word, with what the enum does not say."""
    if job.cancelling:
        return Cell("cancelling", "warn")
    if job.status is JobStatus.RUNNING and job.waiting_for is not None:
        return Cell("waiting", "warn")
    return Cell(str(job.status), _JOB_STYLES.get(job.status))


def sheet_mark(status: SheetStatus) -> Cell:
    """One character for the status of a sheet."""
    return _SHEET_MARKS.get(status, Cell("?"))


def attempt_result(status: AttemptStatus, cause: Cause | None) -> Cell:
    """Result of an attempt in a word."""
    if status is AttemptStatus.SUCCEEDED:
        return Cell("ok", "good")
    if status is AttemptStatus.FAILED and cause is not None:
        return Cell(_CAUSES.get(cause, str(cause)), "bad")
    return Cell(str(status), "busy")


def waiting(wait: WaitingFor | None, now: float | None = None) -> str:
    """What something waits for, with the time at which that is over; empty for None."""
    if wait is None:
        return ""
    what = {
        WaitKind.SLOT: "a free place",
        WaitKind.LIMIT: f"the limit of {wait.instrument}",
        WaitKind.RETRY: "the next attempt",
        WaitKind.HOLD: "somebody to resume it",
    }.get(wait.kind, wait.detail or str(wait.kind))
    end = f", until {until(wait.until, now)}" if wait.until is not None else ""
    return f"waits for {what}{end}"


def sheet_note(sheet: SheetState, now: float | None = None) -> str:
    """What to know about a sheet beside its status."""
    moment = time.time() if now is None else now
    if sheet.status is SheetStatus.WAITING and sheet.rate_limit_expires_at is not None:
        return f"limit of {sheet.instrument_name}, until {until(sheet.rate_limit_expires_at, moment)}"
    if sheet.status is SheetStatus.RETRY_SCHEDULED and sheet.fire_at is not None:
        return f"next attempt {until(sheet.fire_at, moment)}; {sheet.error_message or ''}".rstrip("; ")
    if sheet.status is SheetStatus.COMPLETED:
        return "recovered" if sheet.recovered else ordinal_attempt(sheet.attempt_count)
    return sheet.error_message or ""


def ordinal_attempt(number: int) -> str:
    """`2nd attempt`; empty for the first, which needs no word."""
    if number < 2:
        return ""
    teens = 10 < number % 100 < 20
    suffix = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix} attempt"


def plural(number: int, noun: str) -> str:
    """`1 job`, `2 jobs`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
