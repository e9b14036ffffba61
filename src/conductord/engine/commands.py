"""What people may ask of jobs: submit, pause, resume, modify, cancel, recover, clear. Time is an argument.

A request that cannot be granted raises `Refused`; nothing has been changed then.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from conductord.definition import Definition, Source
from conductord.engine.ledger import Change, Ledger
from conductord.engine.refusal import Reason, Refused
from conductord.engine.revision import Fate, new_row
from conductord.engine.scheduling import Scheduler
from conductord.job import (
    BUSY_SHEETS,
    ENDED_JOBS,
    Cause,
    Hold,
    JobMove,
    JobState,
    SheetMove,
    SheetState,
    can_move,
)
from conductord.store import JobRow, SheetRow
from conductord.validate import Check


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A request to run a job file."""

    definition: Definition
    request_id: str | None = None
    start_sheet: int | None = None


class Continuation(msgspec.Struct, frozen=True, kw_only=True):
    """A job that goes on, and what becomes of each sheet."""

    job: JobRow
    fates: Sequence[Fate]
    applied: bool = True
    """False: the change waits until the sheets that run have ended."""


class Commands:
    """Grants or refuses requests."""

    def __init__(self, ledger: Ledger, scheduler: Scheduler) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._scheduler = scheduler

    # ------------------------------------------------------------------ submit

    def submit(self, wanted: Submission, now: float) -> tuple[JobRow, bool]:
        """The job, and whether this call made it. Raises Refused for a request id that meant another file."""
        with self._store.transaction():
            before = self.known(wanted)
            if before is not None:
                return before, False
            check_start_sheet(wanted)
            job = self._insert(wanted, now)
            self._ledger.note("job.submitted", now, job, job_name=job.name, sheet_count=job.sheets)
            self._skip_before(job, wanted.start_sheet, now)
            return self._ledger.settle(job.id, now), True

    def known(self, wanted: Submission) -> JobRow | None:
        """The job that the same request has made before. Raises Refused when it was for another file."""
        if wanted.request_id is None:
            return None
        job = self._store.jobs.by_request(wanted.request_id)
        if job is None or job.file_hash == wanted.definition.file_hash:
            return job
        message = f"request_id {wanted.request_id!r} was used before, for another job file: job '{job.job_id}'"
        raise Refused(Reason.CONFLICT, message, job)

    def _insert(self, wanted: Submission, now: float) -> JobRow:
        definition = wanted.definition
        number = self._store.jobs.insert(
            name=definition.spec.name,
            request_id=wanted.request_id,
            config_path=definition.source.config_path,
            workspace=str(definition.spec.workspace),
            file_hash=definition.file_hash,
            plan_hash=self._ledger.plans.keep(definition),
            source=msgspec.json.encode(definition.source).decode(),
            submitted=now,
            sheets=len(definition.spec.sheets),
        )
        self._store.sheets.replace(number, [new_row(number, sheet) for sheet in definition.spec.sheets])
        return self._store.jobs.get(number)

    def _skip_before(self, job: JobRow, first: int | None, now: float) -> None:
        for sheet in self._store.sheets.of_job(job.id)[: (first or 1) - 1]:
            sheet = self._store.sheets.move(sheet, SheetMove.SKIP, ended=now)
            self._ledger.note_sheet("sheet.skipped", now, job, sheet)

    # ------------------------------------------------------------------ pause, resume, modify

    def pause(self, job: JobRow, now: float) -> JobRow:
        """Hold a job at the next boundary between sheets. Raises Refused for an ended job."""
        if job.state in ENDED_JOBS or job.state is JobState.CANCELLING:
            raise Refused(Reason.WRONG_STATE, f"Job '{job.job_id}' is {job.state}, not running", job)
        if Hold.USER in job.hold_set:
            return job
        with self._store.transaction():
            job = self._ledger.hold(job, Hold.USER, now)
            self._ledger.note_paused(job, now)
        return job

    def check_resumable(self, job: JobRow, from_sheet: int | None) -> None:
        """Raises Refused for a job that is not paused, failed or cancelled (completed: only with from_sheet)."""
        paused = job.state in {JobState.QUEUED, JobState.RUNNING} and bool(job.hold_set)
        ended = job.state in {JobState.FAILED, JobState.CANCELLED}
        if not paused and not ended and (job.state is not JobState.COMPLETED or from_sheet is None):
            message = f"Job '{job.job_id}' is {job.state}, only paused, failed and cancelled jobs can be resumed"
            raise Refused(Reason.WRONG_STATE, message, job)

    def check_modifiable(self, job: JobRow) -> None:
        """Raises Refused for a job that is completed or being cancelled."""
        if job.state in {JobState.COMPLETED, JobState.CANCELLING}:
            message = f"Job '{job.job_id}' is {job.state}, and can be modified no more"
            raise Refused(Reason.WRONG_STATE, message, job)

    def resume(self, job: JobRow, definition: Definition | None, from_sheet: int | None, now: float) -> Continuation:
        """Let a job go on. definition: the file, read again; None keeps what it has. Raises Refused."""
        self.check_resumable(job, from_sheet)
        return self._go_on(job, definition, from_sheet, now)

    def modify(self, job: JobRow, definition: Definition, now: float) -> Continuation:
        """Give a job another definition and let it go on. Raises Refused."""
        self.check_modifiable(job)
        return self._go_on(job, definition, None, now)

    def _go_on(self, job: JobRow, definition: Definition | None, from_sheet: int | None, now: float) -> Continuation:
        with self._store.transaction():
            change = self._change(job, definition, from_sheet)
            self._check_sheet(job, change)
            held = bool(job.hold_set)
            job = self._ledger.release(job, now)
            if job.state in ENDED_JOBS:
                job = self._store.jobs.move(
                    job, JobMove.REOPEN, now, ended=None, cause=None, error=None, recovered=False
                )
                held = True
            if held:
                self._ledger.note("job.resuming", now, job, job_name=job.name, sheet_count=job.sheets)
            applied = True
            if not job.busy:
                job, fates = self._ledger.apply(job, change, now)
            else:
                fates = self._ledger.preview(job, change)
                applied = change.plan_hash == job.plan_hash and not any(fate.reopens for fate in fates)
                if not applied:
                    self._ledger.defer(job, change, now)
            job = self._ledger.settle(job.id, now)
            return Continuation(job=job, fates=fates, applied=applied)

    def _change(self, job: JobRow, definition: Definition | None, from_sheet: int | None) -> Change:
        if definition is not None:
            return self._ledger.change_of(definition, from_sheet)
        if job.next_change is not None:
            pending = msgspec.json.decode(job.next_change, type=Change)
            return msgspec.structs.replace(pending, from_sheet=from_sheet or pending.from_sheet)
        source = msgspec.json.decode(job.source, type=Source)
        return Change(plan_hash=job.plan_hash, file_hash=job.file_hash, source=source, from_sheet=from_sheet)

    def _check_sheet(self, job: JobRow, change: Change) -> None:
        count = len(self._ledger.plans.by_hash(change.plan_hash).sheets)
        if change.from_sheet is not None and change.from_sheet > count:
            message = f"from_sheet {change.from_sheet}: the job has {count} sheets"
            raise Refused(Reason.INVALID_CONFIG, message, job)

    # ------------------------------------------------------------------ cancel

    def cancel(self, job: JobRow, now: float) -> JobRow:
        """Begin to end a job. What of it runs is the caller's to kill. Raises Refused for an ended job."""
        if job.state in ENDED_JOBS:
            raise Refused(Reason.WRONG_STATE, f"Job '{job.job_id}' is {job.state} already", job)
        if job.state is JobState.CANCELLING:
            return job
        with self._store.transaction():
            job = self._store.jobs.move(job, JobMove.CANCEL, now, holds="", next_change=None)
            self._ledger.set_sheets(job, SheetMove.CANCEL)
            return self._ledger.settle(job.id, now)

    # ------------------------------------------------------------------ recover

    def to_recover(self, job: JobRow, number: int | None) -> list[SheetRow]:
        """The sheets whose validations may be run again: tried, and neither done nor running. Raises Refused."""
        if job.busy or (job.state not in ENDED_JOBS and not job.hold_set):
            raise Refused(Reason.WRONG_STATE, f"Job '{job.job_id}' is running", job)
        sheets = self._store.sheets.of_job(job.id)
        if number is not None and number > len(sheets):
            raise Refused(Reason.NOT_FOUND, f"Job '{job.job_id}' has no sheet {number}", job)
        lost = {SheetState.FAILED, SheetState.CANCELLED}
        return [
            sheet
            for sheet in sheets
            if sheet.attempts
            and (sheet.state in lost or sheet.cause is Cause.INTERRUPTED or sheet.n == number)
            and can_move(sheet.state, SheetMove.RECOVER)
            and number in {None, sheet.n}
        ]

    def recover(self, job: JobRow, results: Mapping[int, Sequence[Check]], now: float, *, resume: bool) -> JobRow:
        """Count sheets as done whose outputs check out after all; the job too, when no sheet is left.

        results: sheet number -> results of its validations. resume: let the job go on with what is left.
        """
        with self._store.transaction():
            for number, checks in sorted(results.items()):
                self._recover_sheet(job, self._store.sheets.get(job.id, number), checks, now)
            job = self._store.jobs.recount(job.id, now)
            if job.state in {JobState.FAILED, JobState.CANCELLED} and job.done == job.sheets:
                return self._complete(job, now)
            if resume and (job.state in ENDED_JOBS or job.hold_set):
                return self._go_on(job, None, None, now).job
            return self._ledger.settle(job.id, now)

    def _recover_sheet(self, job: JobRow, sheet: SheetRow, checks: Sequence[Check], now: float) -> None:
        if sheet.state in BUSY_SHEETS:  # somebody resumed the job while the validations ran
            return
        sheet = self._store.sheets.change(sheet, checks=msgspec.json.encode(checks).decode())
        if not checks or not all(check.passed for check in checks) or not can_move(sheet.state, SheetMove.RECOVER):
            return
        sheet = self._store.sheets.move(sheet, SheetMove.RECOVER, recovered=True, ended=now, cause=None, error=None)
        self._ledger.note_sheet("sheet.recovered", now, job, sheet)

    def _complete(self, job: JobRow, now: float) -> JobRow:
        job = self._ledger.release(job, now)
        job = self._store.jobs.move(job, JobMove.RECOVER, now, ended=now, recovered=True, cause=None, error=None)
        self._ledger.note("job.completed", now, job, job_name=job.name, status=job.state, all_success=True)
        return job

    # ------------------------------------------------------------------ clear

    def to_clear(
        self, states: Iterable[JobState] | None, submitted_before: float | None, jobs: Sequence[JobRow] | None
    ) -> list[JobRow]:
        """Ended jobs that pass every condition. None is no condition; an empty list lets nothing pass."""
        wanted = ENDED_JOBS if states is None else ENDED_JOBS & set(states)
        chosen = None if jobs is None else {job.id for job in jobs}
        return [
            job
            for job in self._store.jobs.in_state(*wanted)
            if (submitted_before is None or job.submitted < submitted_before) and (chosen is None or job.id in chosen)
        ]

    def clear(self, jobs: Iterable[JobRow]) -> None:
        """Forget ended jobs. Their directories are the caller's to remove."""
        with self._store.transaction():
            for job in jobs:
                self._store.jobs.delete(job.id)
            self._store.texts.drop_unused()

    # ------------------------------------------------------------------ limits

    def lift_limits(self, instrument: str | None, now: float) -> int:
        """Lift the limit of an instrument, or all; how many there were."""
        with self._store.transaction():
            found = [limit for limit in self._store.limits.all() if instrument in {None, limit.instrument}]
            for limit in found:
                self._scheduler.lift(limit, now)
        return len(found)


def check_start_sheet(wanted: Submission) -> None:
    """Raises Refused when the job has no such sheet to begin with."""
    count = len(wanted.definition.spec.sheets)
    if wanted.start_sheet is not None and wanted.start_sheet > count:
        message = f"start_sheet {wanted.start_sheet}: the job has {count} sheets"
        raise Refused(Reason.INVALID_CONFIG, message)
