"""The life of an attempt in the books (CONDUCTOR part 2).

(1) its row, (2) the process, (3) pid and start time, (4) exit.json, (5) validations, (6) one transaction for attempt,
sheet, job and event. A daemon that dies between any two of them finds out at its next start how far it had come.
"""

import random
from collections.abc import Callable, Sequence

import msgspec

from conductord.engine.ledger import Ledger, moment
from conductord.engine.verdict import Judgement
from conductord.job import AttemptState, Cause, Hold, JobMove, JobState, SheetMove
from conductord.runner import ProcessRef
from conductord.spec import SheetSpec
from conductord.store import AttemptRow, JobRow, LimitRow, SheetRow
from conductord.store.attempts import AttemptEnd
from conductord.supervise import Outcome
from conductord.usage import Usage
from conductord.validate import Check


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended, judged."""

    judgement: Judgement
    outcome: Outcome | None
    """What was seen of the process; None when it never came to be."""
    checks: Sequence[Check] | None = None
    """Results of the validations, None when none ran."""
    usage: Usage = Usage()
    """What the instrument says it used."""


class AttemptBook:
    """Writes down attempts and what follows from them."""

    def __init__(self, ledger: Ledger, spread: Callable[[], float] = random.random) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._spread = spread
        """Chance for the jitter of retries, 0 to 1."""

    # ------------------------------------------------------------------ beginning

    def begin(self, job: JobRow, sheet: SheetRow, now: float) -> AttemptRow:
        """Step 1: the row, before there is a process."""
        if job.state is JobState.QUEUED:
            job = self._start_job(job, now)
        number = sheet.attempts + 1
        step = self._ledger.plans.sheet(job, sheet)
        self._keep_step(step)
        attempt = self._store.attempts.insert(
            job=job.id,
            sheet=sheet.n,
            n=number,
            job_name=job.name,
            sheet_name=sheet.name,
            step=step.hash,
            instrument=sheet.instrument,
            dir=self._directory(job.id, sheet.n, number),
            started=now,
        )
        self._store.sheets.move(
            sheet,
            SheetMove.DISPATCH,
            attempts=number,
            started=now if sheet.started is None else sheet.started,
            fresh_since=now if sheet.fresh_since is None else sheet.fresh_since,
            ended=None,
        )
        self._store.jobs.recount(job.id, now)
        return attempt

    def _start_job(self, job: JobRow, now: float) -> JobRow:
        started = now if job.started is None else job.started
        job = self._store.jobs.move(job, JobMove.START, now, started=started)
        self._ledger.note("job.started", now, job, job_name=job.name, sheet_count=job.sheets, status=job.state)
        return job

    def _keep_step(self, step: SheetSpec) -> None:
        text = msgspec.json.encode({"command": step.argv, "prompt": step.prompt}).decode()
        self._store.texts.put(f"step:{step.hash}", text)

    def _directory(self, job: int, sheet: int, attempt: int) -> str:
        """Where its files go. A changed job file may give a sheet the number that another one had before."""
        first = self._ledger.attempt_dir(job, sheet, attempt)
        directory, again = first, 1
        while self._store.attempts.uses(job, str(directory)):
            again += 1
            directory = first.with_name(f"{attempt}.{again}")
        return str(directory)

    def begun(self, number: int, process: ProcessRef, now: float) -> AttemptRow:
        """Step 3: the process is known. Not durable: no process survives a power cut, so its pid need not either."""
        with self._store.transaction(durable=False):
            attempt = self._store.attempts.begun(number, process.pid, process.start_time)
            job = self._store.jobs.get(attempt.job)
            sheet = self._store.sheets.get(attempt.job, attempt.sheet)
            sheet = self._store.sheets.move(sheet, SheetMove.BEGIN)
            self._store.jobs.recount(job.id, now)
            about = {"attempt_num": attempt.n, "pid": process.pid}
            self._ledger.note_sheet("sheet.started", now, job, sheet, **about)
            self._ledger.note_sheet("observer.process_started", now, job, sheet, **about)
        return attempt

    # ------------------------------------------------------------------ end

    def ended(self, number: int, ending: Ending, now: float) -> JobRow:
        """Step 6: attempt, sheet, job and event in one transaction. A second call for an attempt does nothing."""
        with self._store.transaction():
            attempt = self._store.attempts.get(number)
            job = self._store.jobs.get(attempt.job)
            if attempt.state not in {AttemptState.STARTING, AttemptState.RUNNING}:
                return job
            if job.state is JobState.CANCELLING:
                ending = _cancelled(ending)
            attempt = self._close(attempt, ending, now)
            self._note_exit(job, attempt, now)
            self._move_sheet(job, attempt, ending.judgement, now)
            job = self._ledger.settle(job.id, now)
            self._ledger.note_paused(job, now)
            return job

    def _close(self, attempt: AttemptRow, ending: Ending, now: float) -> AttemptRow:
        judged, outcome = ending.judgement, ending.outcome
        values = AttemptEnd(
            counted=judged.counted,
            retriable=judged.retriable,
            error=judged.message or None,
            signature=judged.signature,
            input_tokens=ending.usage.input_tokens,
            output_tokens=ending.usage.output_tokens,
            cost=ending.usage.cost,
            checks=None if ending.checks is None else msgspec.json.encode(ending.checks).decode(),
        )
        if outcome is not None:
            values |= AttemptEnd(out_bytes=outcome.stdout_bytes, err_bytes=outcome.stderr_bytes)
        if outcome is not None and outcome.exit is not None:
            exit = outcome.exit
            values |= AttemptEnd(exit_code=exit.exit, signal=exit.signal)
            values |= AttemptEnd(utime=exit.utime, stime=exit.stime, maxrss_kb=exit.maxrss_kb)
            now = exit.ended  # a step may have ended long before a daemon was there to see it
        return self._store.attempts.ended(attempt.id, judged.cause, now, **values)

    def _note_exit(self, job: JobRow, attempt: AttemptRow, now: float) -> None:
        if attempt.pid is not None:
            sheet = self._store.sheets.get(job.id, attempt.sheet)
            self._ledger.note_sheet("observer.process_exited", now, job, sheet, **_about(attempt))

    def _move_sheet(self, job: JobRow, attempt: AttemptRow, judged: Judgement, now: float) -> None:
        sheet = self._store.sheets.get(job.id, attempt.sheet)
        spent = sheet.spent + ((attempt.ended or now) - attempt.started)
        counted = sheet.counted + judged.counted
        sheet = self._store.sheets.change(
            sheet,
            spent=spent,
            counted=counted,
            cause=judged.cause,
            error=judged.message or None,
            checks=attempt.checks,
        )
        if judged.cause is None:
            self._complete(job, sheet, attempt, now)
        elif judged.cause is Cause.CANCELLED:
            self._store.sheets.move(sheet, SheetMove.CANCEL, ended=now)
        elif judged.cause is Cause.INTERRUPTED and not judged.counted:
            self._interrupt(job, sheet, attempt, now)
        elif judged.limit is not None:
            self._limit(job, sheet, judged, now)
        else:
            self._fail(job, sheet, attempt, judged, now)

    def _complete(self, job: JobRow, sheet: SheetRow, attempt: AttemptRow, now: float) -> None:
        sheet = self._store.sheets.move(sheet, SheetMove.COMPLETE, ended=now, lost=0, limited_since=None)
        self._ledger.note_sheet("sheet.completed", now, job, sheet, **_about(attempt))

    def _interrupt(self, job: JobRow, sheet: SheetRow, attempt: AttemptRow, now: float) -> None:
        """Lost through no fault of its own: at once again, and with growing distance if it happens in a row."""
        rule = self._ledger.plans.sheet(job, sheet).retry
        delay = rule.delay(sheet.lost, spread=self._spread()) if sheet.lost else None
        if delay is None:
            sheet = self._store.sheets.move(sheet, SheetMove.INTERRUPT, lost=sheet.lost + 1)
        else:
            sheet = self._store.sheets.move(sheet, SheetMove.RETRY, lost=sheet.lost + 1, due=now + delay)
        self._ledger.note_sheet("sheet.interrupted", now, job, sheet, **_about(attempt), delay_seconds=delay)

    def _limit(self, job: JobRow, sheet: SheetRow, judged: Judgement, now: float) -> None:
        hit = judged.limit
        assert hit is not None
        limit = self._store.limits.put(LimitRow(sheet.instrument, now, hit.until, hit.reason, hit.evidence))
        self._ledger.note(
            "rate_limit.active",
            now,
            instrument=sheet.instrument,
            until=moment(limit.until),
            message=hit.evidence,
        )
        self._store.jobs.count_wait(job.id, limit_waits=1)
        since = now if sheet.limited_since is None else sheet.limited_since
        self.await_limit(job, sheet, limit, since, now)
        self._store.sheets.postpone(sheet.instrument, limit.until)

    def _fail(self, job: JobRow, sheet: SheetRow, attempt: AttemptRow, judged: Judgement, now: float) -> None:
        rule = self._ledger.plans.sheet(job, sheet).retry if judged.retriable else None
        tries = sheet.tries + 1
        if rule is None or tries > rule.max:
            self.give_up(job, sheet, judged.cause or Cause.EXIT, judged.message, now, **_about(attempt))
            return
        delay = rule.delay(tries, spread=self._spread())
        sheet = self._store.sheets.move(
            sheet, SheetMove.RETRY, tries=tries, lost=0, limited_since=None, due=now + delay
        )
        self._store.jobs.count_wait(job.id, retries=1)
        self._ledger.note_sheet(
            "sheet.retry_scheduled",
            now,
            job,
            sheet,
            **_about(attempt),
            delay_seconds=delay,
            until=moment(now + delay),
        )

    # ------------------------------------------------------------------ also used by the scheduler

    def await_limit(self, job: JobRow, sheet: SheetRow, limit: LimitRow, since: float, now: float) -> None:
        """Let a sheet wait for the limit of its instrument. since: when its present row of such waits began."""
        sheet = self._store.sheets.move(sheet, SheetMove.LIMIT, due=limit.until, limited_since=since, lost=0)
        self._ledger.note_sheet("sheet.waiting", now, job, sheet, until=moment(limit.until), message=limit.reason)

    def give_up(self, job: JobRow, sheet: SheetRow, cause: Cause, error: str, now: float, /, **about: object) -> None:
        """A sheet failed for good. What runs beside it may finish; nothing new of its job starts."""
        sheet = self._store.sheets.move(
            sheet, SheetMove.FAIL, tries=sheet.tries + 1, ended=now, cause=cause, error=error
        )
        self._ledger.note_sheet("sheet.failed", now, job, sheet, **{"cause": cause, "message": error, **about})
        self._ledger.hold(job, Hold.FAILURE, now)


def _cancelled(ending: Ending) -> Ending:
    judgement = Judgement(cause=Cause.CANCELLED, message="the job was cancelled", counted=False)
    return msgspec.structs.replace(ending, judgement=judgement)


def _about(attempt: AttemptRow) -> dict[str, object]:
    """What an event says of an attempt."""
    return {
        "attempt_num": attempt.n,
        "pid": attempt.pid,
        "exit_code": attempt.exit_code,
        "exit_signal": attempt.signal,
        "cause": attempt.cause,
        "message": attempt.error,
        "duration_seconds": attempt.ended - attempt.started if attempt.ended is not None else None,
    }
