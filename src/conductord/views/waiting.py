"""What a job waits for, while nothing of it runs."""

from functools import cached_property

import conductor_api as api
from conductord.engine.ledger import moment
from conductord.job import Hold, JobState, SheetState
from conductord.store import JobHead, LimitRow, SheetRow, Store
from conductord.views import words

_UNDER_WAY = frozenset({JobState.QUEUED, JobState.RUNNING})

_WHO = {
    Hold.USER: "paused by a person",
    Hold.FAILURE: "a sheet failed",
    Hold.RESOURCE: "the disk of the state directory is nearly full",
    Hold.SHUTDOWN: "the daemon is going down",
}
# Of a thousand jobs that wait most wait for the same, and answers are only read: they share it.
_OTHER_JOBS = api.WaitingFor(kind=api.WaitKind.SLOT, detail="other jobs run")
_OTHER_SHEETS = api.WaitingFor(kind=api.WaitKind.SLOT, detail="other sheets run")


class Waits:
    """What jobs wait for. What the answers have in common is read once, for a whole list of jobs or for one."""

    def __init__(self, store: Store, daemon_holds: frozenset[Hold], job: int | None = None) -> None:
        """job: number of the only job that will be asked about."""
        self._store = store
        self._daemon_holds = daemon_holds
        self._job = job

    def of(self, job: JobHead) -> api.WaitingFor | None:
        """What a job waits for, None when it does not wait (it runs, or has ended)."""
        if job.busy or job.state not in _UNDER_WAY:
            return None
        if job.holds or self._daemon_holds:
            held = sorted(job.hold_set | self._daemon_holds)
            return api.WaitingFor(kind=api.WaitKind.HOLD, detail=", ".join(_WHO[hold] for hold in held))
        if job.state is JobState.QUEUED:
            return self._queued(job.id)
        if job.id in self._ready:
            return _OTHER_SHEETS
        first = self._due.get(job.id)
        return None if first is None else _timed(first)

    @cached_property
    def _limits(self) -> dict[str, LimitRow]:
        return {limit.instrument: limit for limit in self._store.limits.all()}

    @cached_property
    def _limited(self) -> dict[str, api.WaitingFor]:
        return {
            limit.instrument: api.WaitingFor(
                kind=api.WaitKind.LIMIT,
                until=moment(limit.until),
                instrument=limit.instrument,
                detail=f"limit of {limit.instrument}: {limit.reason}",
            )
            for limit in self._limits.values()
        }

    @cached_property
    def _ready(self) -> dict[int, set[str]]:
        return self._store.sheets.ready_instruments(self._job)

    @cached_property
    def _due(self) -> dict[int, SheetRow]:
        return self._store.sheets.first_due(self._job)

    def _queued(self, number: int) -> api.WaitingFor:
        """A queued job waits for its place, or for a limit that lets none of its sheets start."""
        limits = self._limits
        instruments = self._ready.get(number, set[str]()) if limits else set[str]()
        if instruments and instruments <= limits.keys():
            return self._limited[min(instruments, key=lambda instrument: limits[instrument].until)]
        return _OTHER_JOBS


def _timed(first: SheetRow) -> api.WaitingFor:
    """The wait that ends first."""
    if first.state is SheetState.WAITING:
        return api.WaitingFor(
            kind=api.WaitKind.LIMIT,
            until=words.time_or_none(first.due),
            instrument=first.instrument,
            detail=f"sheet {first.n} ({first.name}) waits for the limit of {first.instrument}",
        )
    return api.WaitingFor(
        kind=api.WaitKind.RETRY,
        until=words.time_or_none(first.due),
        detail=f"sheet {first.n} ({first.name}) is tried again after: {first.error}",
    )
