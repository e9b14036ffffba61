"""Jobs and sheets as the wire shows them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

import conductor_api as api
from conductord import output
from conductord.definition import decode_spec
from conductord.engine.ledger import moment
from conductord.insight.eta import estimate
from conductord.job import BUSY_SHEETS, Hold, JobState, SheetState
from conductord.spec import JobSpec, SheetSpec
from conductord.store import AttemptRow, JobHead, JobRow, SheetRow, Store
from conductord.views import attempts as attempt_views
from conductord.views import words
from conductord.views.waiting import Waits

ATTEMPTS_SHOWN = 20
"""Newest attempts of a sheet in its state."""
ERROR_TAIL_BYTES = 500
"""End of each output in the history of errors."""
ALL_TAILS_BYTES = 4 * 2**20
"""End of all outputs together in one state object."""


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """What a view must know that no row says."""

    now: float
    """Seconds since the epoch."""
    holds: frozenset[Hold]
    """Holds of the daemon itself."""
    jobs_dir: Path


def plan_of(store: Store, job: JobRow) -> JobSpec:
    """The compiled job."""
    return decode_spec(store.texts.get(f"plan:{job.plan_hash}"))


def job_state(
    store: Store, job: JobRow, outside: Outside, output_bytes: int = api.JOB_STATUS_OUTPUT_BYTES_DEFAULT
) -> api.JobState:
    """Everything about one job. output_bytes: how much of the end of each output to include."""
    sheets = store.sheets.of_job(job.id)
    plan = plan_of(store, job)
    tail_bytes = min(output_bytes, ALL_TAILS_BYTES // (2 * max(len(sheets), 1)))
    busy = [sheet.n for sheet in sheets if sheet.state in BUSY_SHEETS]
    input_tokens, output_tokens, cost = store.attempts.usage(job.id)
    return api.JobState(
        job_id=job.job_id,
        job_name=job.name,
        request_id=job.request_id,
        config_path=job.config_path,
        config_hash=job.file_hash,
        workspace=job.workspace,
        directory=str(outside.jobs_dir / str(job.id)),
        status=words.state_status(job, outside.holds),
        created_at=moment(job.submitted),
        updated_at=moment(job.updated),
        started_at=words.time_or_none(job.started),
        completed_at=words.time_or_none(job.ended),
        total_sheets=job.sheets,
        last_completed_sheet=job.done,
        current_sheet=job.current,
        sheets_in_progress=busy,
        sheets={str(sheet.n): sheet_state(store, sheet, plan.sheet(sheet.n), tail_bytes) for sheet in sheets},
        instruments_used=sorted({sheet.instrument for sheet in sheets if sheet.attempts}),
        holds=words.holds(job, outside.holds),
        waiting_for=Waits(store, outside.holds, job.id).of(job),
        cancelling=job.state is JobState.CANCELLING,
        recovered=job.recovered,
        cause=words.cause(job.cause),
        error_message=job.error,
        total_retry_count=job.retries,
        rate_limit_waits=job.limit_waits,
        total_input_tokens=input_tokens,
        total_output_tokens=output_tokens,
        total_estimated_cost=cost,
        eta_seconds=_eta(store, job, sheets, outside.now),
        seq=store.events.last_seq(),
    )


def _eta(store: Store, job: JobRow, sheets: Sequence[SheetRow], now: float) -> api.Eta | None:
    if job.state not in {JobState.QUEUED, JobState.RUNNING}:
        return None
    running = {attempt.sheet: now - attempt.started for attempt in store.attempts.unfinished(job.id)}
    found = estimate(sheets, store.statistics.quantiles(job.name), running, now)
    return None if found is None else api.Eta(p50=found.p50, p90=found.p90, runs=found.runs)


def sheet_state(store: Store, sheet: SheetRow, spec: SheetSpec, tail_bytes: int) -> api.SheetState:
    """Everything about one sheet."""
    attempts = store.attempts.of_sheet(sheet.job, sheet.n, ATTEMPTS_SHOWN)
    ended = [attempt for attempt in attempts if attempt.ended is not None]
    state = api.SheetState(
        sheet_num=sheet.n,
        name=sheet.name,
        status=api.SheetStatus(sheet.state.value),
        needs=sheet.need_list,
        command=list(spec.argv),
        instrument_name=sheet.instrument,
        started_at=words.time_or_none(sheet.started),
        completed_at=words.time_or_none(sheet.ended),
        fire_at=words.time_or_none(sheet.due),
        rate_limit_expires_at=words.time_or_none(sheet.due if sheet.state is SheetState.WAITING else None),
        attempt_count=sheet.attempts,
        normal_attempts=sheet.counted,
        max_retries=spec.retry.max,
        cause=words.cause(sheet.cause),
        error_message=sheet.error,
        error_code=None if sheet.cause is None else words.error_code(sheet.cause),
        error_history=[e for a in ended if (e := attempt_views.error(a, ERROR_TAIL_BYTES)) is not None],
        total_duration_seconds=sheet.spent,
        sheet_timeout_seconds=spec.timeout,
        success_without_retry=_at_once(sheet),
        recovered=sheet.recovered,
        attempts=[attempt_views.summary(attempt) for attempt in attempts],
    )
    _fill_end(state, ended[-1:])
    _fill_checks(state, sheet)
    _fill_output(state, attempts[-1:], tail_bytes)
    return state


def _at_once(sheet: SheetRow) -> bool:
    return sheet.state is SheetState.COMPLETED and sheet.attempts == 1 and not sheet.recovered


def _fill_end(state: api.SheetState, last: Sequence[AttemptRow]) -> None:
    """What the last attempt that ended says."""
    for attempt in last:
        state.exit_code = attempt.exit_code
        state.exit_signal = attempt.signal
        state.exit_reason = words.exit_reason(attempt)
        state.execution_duration_seconds = attempt_views.duration(attempt)
        if state.cause is not None:
            state.error_category = words.error_type(attempt)


def _fill_checks(state: api.SheetState, sheet: SheetRow) -> None:
    """What the newest validations say."""
    checks = attempt_views.checks_of(sheet.checks)
    if checks is None:
        return
    passed = [check.description for check in checks if check.passed]
    state.validation_passed = len(passed) == len(checks)
    state.validation_details = attempt_views.validation_results(checks)
    state.passed_validations = passed
    state.failed_validations = [check.description for check in checks if not check.passed]
    state.last_pass_percentage = 100.0 * len(passed) / len(checks)


def _fill_output(state: api.SheetState, newest: Sequence[AttemptRow], tail_bytes: int) -> None:
    """The end of what the newest attempt wrote."""
    for attempt in newest:
        state.last_activity_at = moment(attempt.last_output or attempt.started)
        state.stdout_tail = output.tail_text(attempt.dir, "stdout", tail_bytes)
        state.stderr_tail = output.tail_text(attempt.dir, "stderr", tail_bytes)
        state.output_truncated = max(attempt.out_bytes, attempt.err_bytes) > tail_bytes


def job_entry(job: JobHead, waits: Waits, outside: Outside) -> api.JobEntry:
    """One job in the list of jobs."""
    return api.JobEntry(
        job_id=job.job_id,
        job_name=job.name,
        status=words.job_status(job, outside.holds),
        config_path=job.config_path,
        workspace=job.workspace,
        submitted_at=job.submitted,
        started_at=job.started,
        completed_at=job.ended,
        current_sheet=job.current,
        total_sheets=job.sheets,
        progress_completed=job.done,
        progress_total=job.sheets,
        holds=words.holds(job, outside.holds),
        waiting_for=waits.of(job),
        cancelling=job.state is JobState.CANCELLING,
        cause=words.cause(job.cause),
        error_message=job.error,
    )
