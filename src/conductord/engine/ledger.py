"""The book that every decision is entered in: a change and its event, in one transaction.

`settle` is the heart: after anything moved, it lets the next sheets start, and ends the job when it is at its end.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from conductord.definition import Definition, Source
from conductord.engine.plans import Plans, UnreadablePlanError
from conductord.engine.revision import Fate, revise, revised_rows
from conductord.job import (
    BUSY_SHEETS,
    ENDED_JOBS,
    Hold,
    JobMove,
    JobState,
    SheetMove,
    SheetState,
    can_move,
    outcome,
    startable,
)
from conductord.spec import fill_hook
from conductord.store import JobRow, SheetRow, Store
from conductord.store.rows import format_holds


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A new definition for a job, by its digests; stored while the job waits for the sheet boundary."""

    plan_hash: str
    file_hash: str
    source: Source
    from_sheet: int | None = None


class Ledger:
    """Changes of jobs and sheets together with their events. All methods want a transaction around them."""

    def __init__(self, store: Store, attempt_dir: Callable[[int, int, int], Path]) -> None:
        self.store = store
        self.plans = Plans(store)
        self.attempt_dir = attempt_dir
        """Directory of attempt n of a sheet of a job."""

    def note(self, event: str, now: float, job: JobRow | None = None, sheet: int = 0, **data: Any) -> None:
        """An event, of a job or (None) of the daemon."""
        self.store.events.append(event, now, job.id if job is not None else None, sheet, **data)

    def note_sheet(self, event: str, now: float, job: JobRow, sheet: SheetRow, **data: Any) -> None:
        """An event of a sheet."""
        self.note(event, now, job, sheet.n, sheet_name=sheet.name, instrument=sheet.instrument, **data)

    # ------------------------------------------------------------------ after something moved

    def settle(self, number: int, now: float) -> JobRow:
        """Let a job take its next step after something of it moved."""
        job = self.store.jobs.recount(number, now)
        if job.state in ENDED_JOBS or (job.state is JobState.CANCELLING and job.busy):
            return job
        if job.state is JobState.CANCELLING:
            return self._end(job, JobMove.EMPTY, now)
        if job.next_change is not None and not job.busy:
            change = msgspec.json.decode(job.next_change, type=Change)
            job, _ = self.apply(job, change, now)
        return self._advance(job, now)

    def _advance(self, job: JobRow, now: float) -> JobRow:
        states, needs = self.store.sheets.states(job.id), self.store.sheets.pending_needs(job.id)
        for number in startable(states, needs):
            self.store.sheets.move(self.store.sheets.get(job.id, number), SheetMove.PROMOTE)
        end = outcome(states.values())
        return job if end is None or job.next_change is not None else self._end(job, end, now)

    def _end(self, job: JobRow, move: JobMove, now: float) -> JobRow:
        """The end of a job, and the hooks that are to run because of it."""
        if move is JobMove.FAIL:
            job = self._blame(job, now)
            self.set_sheets(job, SheetMove.SETTLE)
        job = self.store.jobs.move(job, move, now, ended=now)
        job = self.store.jobs.recount(job.id, now)
        self.note(
            f"job.{job.state}",
            now,
            job,
            job_name=job.name,
            status=job.state,
            all_success=job.state is JobState.COMPLETED,
            cause=job.cause,
            message=job.error,
            duration_seconds=now - job.started if job.started is not None else None,
        )
        self._plan_hooks(job, now)
        return job

    def _blame(self, job: JobRow, now: float) -> JobRow:
        """Say with the job why it failed: the first sheet that did."""
        failed = [sheet for sheet in self.store.sheets.of_job(job.id) if sheet.state is SheetState.FAILED]
        first = min(failed, key=lambda sheet: (sheet.ended or now, sheet.n))
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        error = f"sheet {first.n} ({first.name}): {first.error}{more}"
        return self.store.jobs.change(job.id, now, cause=first.cause, error=error)

    def _plan_hooks(self, job: JobRow, now: float) -> None:
        try:
            wanted = self.plans.of(job).on_event
        except UnreadablePlanError:
            return  # which is why it failed
        for hook in ("finished", job.state.value):
            if hook in wanted:
                argv = fill_hook(wanted[hook], job=job.job_id, state=job.state.value)
                self.store.hooks.add(job.id, hook, argv, now)

    def set_sheets(self, job: JobRow, move: SheetMove) -> None:
        """Make every sheet of the job that can make this move, and does not run, make it."""
        for sheet in self.store.sheets.of_job(job.id):
            if can_move(sheet.state, move) and sheet.state not in BUSY_SHEETS:
                self.store.sheets.move(sheet, move)

    # ------------------------------------------------------------------ holds

    def hold(self, job: JobRow, hold: Hold, now: float) -> JobRow:
        """Hold a job."""
        return self.store.jobs.change(job.id, now, holds=format_holds(job.hold_set | {hold}))

    def release(self, job: JobRow, now: float) -> JobRow:
        """Take away the holds of a person and of a failure."""
        return self.store.jobs.change(job.id, now, holds="")

    def note_paused(self, job: JobRow, now: float) -> None:
        """Say that a job stands still, if that is so: held by a person and nothing of it runs."""
        if Hold.USER in job.hold_set and not job.busy and job.state not in ENDED_JOBS:
            self.note("job.paused", now, job, job_name=job.name, status="paused", hold=Hold.USER)

    # ------------------------------------------------------------------ definitions

    def change_of(self, definition: Definition, from_sheet: int | None = None) -> Change:
        """Store a definition and answer how it is referred to."""
        return Change(
            plan_hash=self.plans.keep(definition),
            file_hash=definition.file_hash,
            source=definition.source,
            from_sheet=from_sheet,
        )

    def preview(self, job: JobRow, change: Change) -> list[Fate]:
        """What `change` would do with each sheet."""
        return revise(self.store.sheets.of_job(job.id), self.plans.by_hash(change.plan_hash), change.from_sheet)

    def defer(self, job: JobRow, change: Change, now: float) -> JobRow:
        """Let a change wait until nothing of the job runs; until then nothing of it starts either."""
        return self.store.jobs.change(job.id, now, next_change=msgspec.json.encode(change).decode())

    def apply(self, job: JobRow, change: Change, now: float) -> tuple[JobRow, list[Fate]]:
        """Give a job of which nothing runs another definition."""
        fates = self.preview(job, change)
        self._follow_names(job, fates)
        rows = revised_rows(job.id, fates, self.store.attempts.sheet_names(job.id))
        self.store.sheets.replace(job.id, rows)
        changed = change.plan_hash != job.plan_hash
        self.store.jobs.change(
            job.id,
            now,
            plan_hash=change.plan_hash,
            file_hash=change.file_hash,
            source=msgspec.json.encode(change.source).decode(),
            config_path=change.source.config_path,
            next_change=None,
        )
        job = self.store.jobs.recount(job.id, now)
        if changed:
            self.note("job.modified", now, job, job_name=job.name, sheet_count=job.sheets)
        return job, fates

    def _follow_names(self, job: JobRow, fates: Sequence[Fate]) -> None:
        """Attempts go with their sheets; those of sheets that are gone stand behind the last one."""
        numbers = {fate.sheet.name: fate.sheet.number for fate in fates}
        gone = [name for name in self.store.attempts.sheet_names(job.id) if name not in numbers]
        numbers.update({name: len(fates) + place for place, name in enumerate(gone, start=1)})
        self.store.attempts.renumber(job.id, numbers)


def moment(seconds: float) -> datetime:
    """An instant from seconds since the epoch, in UTC as on the wire."""
    return datetime.fromtimestamp(seconds, UTC)
