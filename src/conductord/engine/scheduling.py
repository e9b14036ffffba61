"""Which sheets start now, and when to look again. Time is an argument.

The order: jobs under way before queued ones, older jobs before newer ones, and sheets in the order of their numbers.
Three bounds hold: jobs at a time, sheets at a time, and sheets of one instrument at a time (as the job that asks
says). A job occupies a place while something of it runs or it waits for a retry; while it waits for a limit,
another job has its place.
"""

from collections.abc import Iterator

from msgspec import Struct

from conductord.engine.attempts import AttemptBook
from conductord.engine.ledger import Ledger, moment
from conductord.engine.plans import UnreadablePlanError
from conductord.job import Cause, JobState, SheetMove
from conductord.spec import LimitRule
from conductord.store import AttemptRow, JobRow, LimitRow, SheetRow

PAGE = 32
"""Sheets that are looked at before it is asked whether more can start: a job may have thousands."""


class Bounds(Struct, frozen=True, kw_only=True):
    """How much may run at a time, over all jobs."""

    jobs: int
    sheets: int


class Scheduler:
    """Decides which sheets start."""

    def __init__(self, ledger: Ledger, attempts: AttemptBook, bounds: Bounds) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._attempts = attempts
        self._bounds = bounds

    def next_wake(self) -> float | None:
        """When a wait ends next, in seconds since the epoch."""
        times = [limit.until for limit in self._store.limits.all()]
        due = self._store.sheets.next_due()
        return min(times if due is None else [*times, due], default=None)

    def plan(self, now: float, *, blocked: bool = False) -> list[AttemptRow]:
        """End the waits that are over, and write down an attempt for each sheet that starts now.

        blocked: the daemon holds all jobs (it is stopping, or short of disk); nothing starts.
        """
        with self._store.transaction():
            self._end_waits(now)
            return [] if blocked else Round(self._ledger, self._attempts, self._bounds, now).start_all()

    def lift(self, limit: LimitRow, now: float) -> None:
        """A limit is over, or a person says so: the sheets that wait for it may start."""
        self._store.limits.forget(limit.instrument)
        self._ledger.note("rate_limit.cleared", now, instrument=limit.instrument)
        for sheet in self._store.sheets.limited(limit.instrument):
            self._store.sheets.move(sheet, SheetMove.WAKE)

    def _end_waits(self, now: float) -> None:
        for limit in self._store.limits.all():
            if limit.until <= now:
                self.lift(limit, now)
        for sheet in self._store.sheets.due(now):
            self._store.sheets.move(sheet, SheetMove.WAKE)


class Round:
    """One look at everything that may start."""

    def __init__(self, ledger: Ledger, attempts: AttemptBook, bounds: Bounds, now: float) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._attempts = attempts
        self._now = now
        self._limits = {limit.instrument: limit for limit in self._store.limits.all()}
        self._running = self._store.sheets.busy_by_instrument()
        self._full = set(self._limits)
        self._holders = self._store.sheets.slot_holders()
        self._free_jobs = bounds.jobs - len(self._holders)
        self._free_sheets = bounds.sheets - sum(self._running.values())
        self._started: list[AttemptRow] = []

    def start_all(self) -> list[AttemptRow]:
        """Write down an attempt for each sheet that starts."""
        for sheet in self._of_running_jobs():
            self._consider(sheet)
        while self._free_sheets > 0 and self._free_jobs > 0:
            found = self._store.sheets.startable(JobState.QUEUED, exclude=sorted(self._full), limit=1)
            if not found:
                break
            for sheet in [*found, *(s for s in self._store.sheets.ready(found[0].job) if s.n != found[0].n)]:
                self._consider(sheet)
        return self._started

    def _of_running_jobs(self) -> Iterator[SheetRow]:
        """Ready sheets of running jobs, until no more can start; all of them while there is a limit to wait for."""
        last = (0, 0)
        while self._free_sheets > 0 or self._limits:
            page = self._store.sheets.startable(JobState.RUNNING, after=last, limit=PAGE)
            yield from page
            if len(page) < PAGE:
                return
            last = (page[-1].job, page[-1].n)

    def _consider(self, sheet: SheetRow) -> None:
        """Start a sheet that is ready, let it wait for the limit of its instrument, or leave it as it is."""
        limit = self._limits.get(sheet.instrument)
        if limit is None and self._free_sheets <= 0:
            return
        job = self._store.jobs.get(sheet.job)
        try:
            instrument = self._ledger.plans.of(job).instruments[sheet.instrument]
        except UnreadablePlanError as error:  # must not keep other jobs from starting
            self._attempts.give_up(job, sheet, Cause.SPAWN, str(error), self._now)
            self._ledger.settle(job.id, self._now)
            return
        most = instrument.concurrency
        if limit is not None and instrument.limit.on_limit == "wait":
            self._await(job, sheet, limit, instrument.limit)
        elif most is not None and self._running.get(sheet.instrument, 0) >= most:
            self._full.add(sheet.instrument)
        elif self._free_sheets > 0 and (job.id in self._holders or self._free_jobs > 0):
            self._take(sheet)
            self._started.append(self._attempts.begin(job, sheet, self._now))

    def _take(self, sheet: SheetRow) -> None:
        self._free_sheets -= 1
        self._running[sheet.instrument] = self._running.get(sheet.instrument, 0) + 1
        if sheet.job not in self._holders:
            self._holders.add(sheet.job)
            self._free_jobs -= 1

    def _await(self, job: JobRow, sheet: SheetRow, limit: LimitRow, rule: LimitRule) -> None:
        """The instrument is limited, as another sheet has found."""
        since = sheet.limited_since if sheet.limited_since is not None else self._now
        if rule.max_wait is None or limit.until - since <= rule.max_wait:
            self._attempts.await_limit(job, sheet, limit, since, self._now)
            return
        until = f"{moment(limit.until):%Y-%m-%d %H:%M:%SZ}"
        error = f"{limit.instrument} is limited until {until}, longer than max_wait allows"
        self._attempts.give_up(job, sheet, Cause.LIMIT, error, self._now)
        self._ledger.settle(job.id, self._now)
