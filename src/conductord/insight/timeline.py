"""The life of a job as stretches of time: its attempts, and what it waited for in between."""

from collections.abc import Iterable, Sequence

import msgspec

from conductord.job import Cause, JobState, SheetState
from conductord.store import AttemptRow, EventRow, JobRow, SheetRow

WORTH_SHOWING = 0.5
"""A wait that is shorter, in seconds, is left out."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time. Times are seconds since the epoch; no end while it lasts."""

    started: float
    ended: float | None
    sheet: int | None = None
    sheet_name: str | None = None
    attempt: AttemptRow | None = None
    """None: a wait."""
    waited_for: str | None = None
    """slot, limit, retry or hold."""
    detail: str = ""


def timeline(
    job: JobRow,
    sheets: Sequence[SheetRow],
    attempts: Sequence[AttemptRow],
    events: Sequence[EventRow],
    now: float,
) -> list[Stretch]:
    """All stretches in the order of their start. attempts, events (pauses, resumptions, ends): oldest first."""
    found = [_attempt(attempt) for attempt in attempts]
    found += _queue(job)
    found += _between(attempts)
    found += _holds(events, job)
    found += _now_waiting(sheets, attempts)
    worth = [s for s in found if s.attempt is not None or (s.ended or now) - s.started >= WORTH_SHOWING]
    return sorted(worth, key=lambda stretch: stretch.started)


def _attempt(attempt: AttemptRow) -> Stretch:
    return Stretch(
        started=attempt.started,
        ended=attempt.ended,
        sheet=attempt.sheet,
        sheet_name=attempt.sheet_name,
        attempt=attempt,
        detail=attempt.error or "",
    )


def _queue(job: JobRow) -> list[Stretch]:
    end = job.started if job.started is not None else job.ended
    if job.started is None and job.state is not JobState.QUEUED and job.ended is None:
        return []
    return [Stretch(started=job.submitted, ended=end, waited_for="slot", detail="queued")]


def _between(attempts: Iterable[AttemptRow]) -> list[Stretch]:
    """The waits between two attempts of one sheet: for a limit, or for the time of the retry."""
    last: dict[int, AttemptRow] = {}
    found: list[Stretch] = []
    for attempt in attempts:
        before = last.get(attempt.sheet)
        if before is not None and before.ended is not None:
            found.append(_wait(before, before.ended, attempt.started))
        last[attempt.sheet] = attempt
    return found


def _wait(before: AttemptRow, started: float, ended: float | None) -> Stretch:
    limited = before.cause is Cause.LIMIT
    return Stretch(
        started=started,
        ended=ended,
        sheet=before.sheet,
        sheet_name=before.sheet_name,
        waited_for="limit" if limited else "retry",
        detail=f"limit of {before.instrument}" if limited else f"after attempt {before.n}",
    )


def _now_waiting(sheets: Sequence[SheetRow], attempts: Sequence[AttemptRow]) -> list[Stretch]:
    newest = {attempt.sheet: attempt for attempt in attempts}
    waiting = [s for s in sheets if s.state in {SheetState.WAITING, SheetState.RETRY_SCHEDULED}]
    found: list[Stretch] = []
    for sheet in waiting:
        attempt = newest.get(sheet.n)
        if attempt is not None and attempt.ended is not None:
            found.append(_wait(attempt, attempt.ended, None))
    return found


def _holds(events: Iterable[EventRow], job: JobRow) -> list[Stretch]:
    """From each pause to the next resumption, or the end of the job."""
    found: list[Stretch] = []
    since: float | None = None
    for event in events:
        if event.event == "job.paused" and since is None:
            since = event.at
        elif event.event != "job.paused" and since is not None:
            found.append(Stretch(started=since, ended=event.at, waited_for="hold", detail="paused"))
            since = None
    if since is not None:
        found.append(Stretch(started=since, ended=job.ended, waited_for="hold", detail="paused"))
    return found
