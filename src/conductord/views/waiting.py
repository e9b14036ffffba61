"""What a job waits for, while nothing of it runs."""

import conductor_api as api
from conductord.engine.ledger import moment
from conductord.job import Hold, JobState, SheetState
from conductord.store import JobRow, SheetRow, Store

_WHO = {
    Hold.USER: "paused by a person",
    Hold.FAILURE: "a sheet failed",
    Hold.RESOURCE: "the disk of the state directory is nearly full",
    Hold.SHUTDOWN: "the daemon is going down",
}


def job_waits_for(store: Store, job: JobRow, daemon_holds: frozenset[Hold]) -> api.WaitingFor | None:
    """What a job waits for, None when it does not wait (it runs, or has ended)."""
    if job.busy or job.state not in {JobState.QUEUED, JobState.RUNNING}:
        return None
    held = sorted(job.hold_set | daemon_holds)
    if held:
        return api.WaitingFor(kind=api.WaitKind.HOLD, detail=", ".join(_WHO[hold] for hold in held))
    if job.state is JobState.QUEUED:
        return _queued(store, job)
    sheets = store.sheets.of_job(job.id)
    if any(sheet.state is SheetState.READY for sheet in sheets):
        return api.WaitingFor(kind=api.WaitKind.SLOT, detail="other sheets run")
    return _timed([sheet for sheet in sheets if sheet.due is not None])


def _queued(store: Store, job: JobRow) -> api.WaitingFor:
    """A queued job waits for its place, or for a limit that lets none of its sheets start."""
    limits = {limit.instrument: limit for limit in store.limits.all()}
    if limits:
        ready = store.sheets.ready(job.id)
        if ready and all(sheet.instrument in limits for sheet in ready):
            limit = min((limits[sheet.instrument] for sheet in ready), key=lambda found: found.until)
            return api.WaitingFor(
                kind=api.WaitKind.LIMIT,
                until=moment(limit.until),
                instrument=limit.instrument,
                detail=f"limit of {limit.instrument}: {limit.reason}",
            )
    return api.WaitingFor(kind=api.WaitKind.SLOT, detail="other jobs run")


def _timed(sheets: list[SheetRow]) -> api.WaitingFor | None:
    """The wait that ends first."""
    first = min(sheets, key=lambda sheet: sheet.due or 0.0, default=None)
    if first is None or first.due is None:
        return None
    if first.state is SheetState.WAITING:
        return api.WaitingFor(
            kind=api.WaitKind.LIMIT,
            until=moment(first.due),
            instrument=first.instrument,
            detail=f"sheet {first.n} ({first.name}) waits for the limit of {first.instrument}",
        )
    return api.WaitingFor(
        kind=api.WaitKind.RETRY,
        until=moment(first.due),
        detail=f"sheet {first.n} ({first.name}) is tried again after: {first.error}",
    )
