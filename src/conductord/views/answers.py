"""Answers to requests that change something. A refusal is a result, not an error (WIRE part B.3)."""

from collections.abc import Iterable, Sequence

import conductor_api as api
from conductord.engine.commands import Continuation
from conductord.engine.refusal import Refused
from conductord.engine.revision import Fate
from conductord.job import Hold
from conductord.problems import FileProblemsError, Problem
from conductord.spec import JobSpec
from conductord.store import JobRow, SheetRow
from conductord.validate import Check, describe
from conductord.views import words
from conductord.views.attempts import validation_results

Holds = frozenset[Hold]


def _problem(problem: Problem) -> api.ConfigProblem:
    return api.ConfigProblem(
        file=problem.file,
        line=problem.line,
        column=problem.column,
        where=problem.where,
        message=problem.message,
        hint=problem.hint,
    )


def _refusal(refused: Refused) -> api.Refusal:
    return api.Refusal(refused.reason.value)


def _job_id(refused: Refused) -> str:
    return "" if refused.job is None else refused.job.job_id


def _state(job: JobRow | None, holds: Holds) -> api.JobStatus | None:
    return None if job is None else words.job_status(job, holds)


# ---------------------------------------------------------------------- submit


def submitted(job: JobRow, *, created: bool, warnings: Iterable[str], seq: int, holds: Holds) -> api.JobResponse:
    """A job was taken on, or had been before."""
    return api.JobResponse(
        job_id=job.job_id,
        status=api.SubmitStatus.ACCEPTED,
        message=None if created else f"submitted before as job '{job.job_id}'",
        created=created,
        state=words.job_status(job, holds),
        warnings=list(warnings),
        seq=seq,
    )


def dry_run(
    spec: JobSpec, start_sheet: int | None, *, warnings: Iterable[str], existing: JobRow | None
) -> api.JobResponse:
    """What a job would do. existing: the job that this request id has made before."""
    already = "" if existing is None else f"; this request_id has made job '{existing.job_id}' before"
    return api.JobResponse(
        job_id="",
        status=api.SubmitStatus.ACCEPTED,
        message=f"dry run: nothing was started{already}",
        warnings=list(warnings),
        plan=[_planned(spec, number, start_sheet or 1) for number in range(1, len(spec.sheets) + 1)],
    )


def _planned(spec: JobSpec, number: int, first: int) -> api.PlannedSheet:
    sheet = spec.sheet(number)
    return api.PlannedSheet(
        sheet_num=number,
        name=sheet.name,
        needs=list(sheet.needs),
        instrument=sheet.instrument,
        command=list(sheet.argv),
        validations=[describe(rule) for rule in sheet.validations],
        skipped=number < first,
    )


def submission_refused(refused: Refused) -> api.JobResponse:
    """No job was made."""
    return api.JobResponse(job_id="", status=api.SubmitStatus.REJECTED, message=str(refused), reason=_refusal(refused))


def file_refused(error: FileProblemsError) -> api.JobResponse:
    """No job was made, because the file is wrong."""
    return api.JobResponse(
        job_id="",
        status=api.SubmitStatus.REJECTED,
        message=str(error),
        reason=api.Refusal.INVALID_CONFIG,
        problems=[_problem(problem) for problem in error.problems],
    )


# ---------------------------------------------------------------------- pause, resume, modify, cancel


def paused(job: JobRow, sheets_in_progress: Sequence[int]) -> api.PauseResult:
    """A job is held."""
    return api.PauseResult(paused=True, job_id=job.job_id, sheets_in_progress=list(sheets_in_progress))


def pause_refused(refused: Refused) -> api.PauseResult:
    """A job is not held."""
    return api.PauseResult(paused=False, error=str(refused), reason=_refusal(refused), job_id=_job_id(refused))


def resumed(continued: Continuation, *, seq: int, holds: Holds) -> api.ResumeResult:
    """A job goes on."""
    job, applied = continued.job, continued.applied
    return api.ResumeResult(
        job_id=job.job_id,
        status=api.SubmitStatus.ACCEPTED,
        message=None if applied else "the change holds as soon as the sheets that run have ended",
        state=words.job_status(job, holds),
        applied=applied,
        changes=[_change(fate) for fate in continued.fates],
        seq=seq,
    )


def _change(fate: Fate) -> api.SheetChange:
    return api.SheetChange(
        sheet_num=fate.sheet.number,
        name=fate.sheet.name,
        action=api.SheetAction(fate.action.value),
        why=fate.why,
    )


def resume_refused(refused: Refused, holds: Holds) -> api.ResumeResult:
    """A job does not go on."""
    return api.ResumeResult(
        job_id=_job_id(refused),
        status=api.SubmitStatus.REJECTED,
        message=str(refused),
        reason=_refusal(refused),
        state=_state(refused.job, holds),
    )


def resume_file_refused(job: JobRow, error: FileProblemsError, holds: Holds) -> api.ResumeResult:
    """A job does not go on, because the file is wrong."""
    return api.ResumeResult(
        job_id=job.job_id,
        status=api.SubmitStatus.REJECTED,
        message=str(error),
        reason=api.Refusal.INVALID_CONFIG,
        problems=[_problem(problem) for problem in error.problems],
        state=words.job_status(job, holds),
    )


def cancelled(job: JobRow, holds: Holds) -> api.CancelResult:
    """A job is cancelled, or is being cancelled."""
    return api.CancelResult(
        cancelled=True, cancelling=job.ended is None, job_id=job.job_id, state=words.job_status(job, holds)
    )


def cancel_refused(refused: Refused, holds: Holds) -> api.CancelResult:
    """Nothing was cancelled."""
    return api.CancelResult(
        cancelled=False,
        job_id=_job_id(refused),
        state=_state(refused.job, holds),
        message=str(refused),
        reason=_refusal(refused),
    )


# ---------------------------------------------------------------------- recover


def recovered_sheet(sheet: SheetRow, checks: list[Check]) -> api.RecoveredSheet:
    """What a recovery found about one sheet."""
    wrong = [check for check in checks if not check.passed]
    if not checks:
        message = "it has no validations, so nothing can tell that it is done"
    elif wrong:
        message = "; ".join(f"{check.description}: {check.message}" for check in wrong)
    else:
        message = "all validations pass"
    return api.RecoveredSheet(
        sheet_num=sheet.n,
        name=sheet.name,
        recovered=bool(checks) and not wrong,
        message=message,
        validations=validation_results(checks),
    )
