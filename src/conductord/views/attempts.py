"""Attempts as the wire shows them."""

import msgspec

import conductor_api as api
from conductord import output
from conductord.engine.ledger import moment
from conductord.store import AttemptRow, Store
from conductord.validate import Check
from conductord.views import words

LAST_LINES = 10
"""Lines of output that an error shows."""


class StepText(msgspec.Struct):
    """What an attempt started."""

    command: list[str] = []
    prompt: str | None = None


def checks_of(text: str | None) -> list[Check] | None:
    """Stored results of validations; None when none ran or there are none."""
    return (msgspec.json.decode(text, type=list[Check]) or None) if text is not None else None


def validation_results(checks: list[Check]) -> list[api.ValidationResult]:
    """Results of validations."""
    return [
        api.ValidationResult(
            rule_type=api.RuleType(check.rule_type),
            description=check.description,
            path=check.path,
            pattern=check.pattern,
            passed=check.passed,
            message=check.message,
        )
        for check in checks
    ]


def duration(attempt: AttemptRow) -> float | None:
    """Seconds it took, None while it runs."""
    return None if attempt.ended is None else max(0.0, attempt.ended - attempt.started)


def cpu_seconds(attempt: AttemptRow) -> float | None:
    """Processor time, None if unknown."""
    return None if attempt.utime is None or attempt.stime is None else attempt.utime + attempt.stime


def output_bytes(attempt: AttemptRow) -> int | None:
    """Size of both outputs, None while it runs."""
    return None if attempt.ended is None else attempt.out_bytes + attempt.err_bytes


def summary(attempt: AttemptRow) -> api.AttemptSummary:
    """One attempt in the state of its sheet."""
    return api.AttemptSummary(
        attempt_num=attempt.n,
        status=api.AttemptStatus(attempt.state.value),
        cause=words.cause(attempt.cause),
        exit_code=attempt.exit_code,
        exit_signal=attempt.signal,
        counted=attempt.counted,
        pid=attempt.pid,
        started_at=moment(attempt.started),
        completed_at=words.time_or_none(attempt.ended),
        duration_seconds=duration(attempt),
        cpu_seconds=cpu_seconds(attempt),
        max_rss_kb=attempt.maxrss_kb,
        output_bytes=output_bytes(attempt),
        directory=attempt.dir,
        stdout_path=f"{attempt.dir}/stdout",
        stderr_path=f"{attempt.dir}/stderr",
    )


def error(attempt: AttemptRow, tail_bytes: int) -> api.AttemptError | None:
    """A failed attempt in the history of its sheet; None for one that did not fail."""
    if attempt.cause is None or attempt.ended is None:
        return None
    return api.AttemptError(
        timestamp=moment(attempt.ended),
        error_type=words.error_type(attempt),
        error_code=words.error_code(attempt.cause),
        cause=api.Cause(attempt.cause.value),
        error_message=attempt.error or attempt.cause.value,
        attempt_number=attempt.n,
        stdout_tail=output.tail_text(attempt.dir, "stdout", tail_bytes),
        stderr_tail=output.tail_text(attempt.dir, "stderr", tail_bytes),
    )


def last_lines(attempt: AttemptRow) -> list[str]:
    """The last lines of output, of standard error if it has any."""
    text = output.tail_text(attempt.dir, "stderr", 4096) or output.tail_text(attempt.dir, "stdout", 4096) or ""
    return [line for line in text.splitlines() if line.strip()][-LAST_LINES:]


def error_record(attempt: AttemptRow) -> api.ErrorRecord | None:
    """A failed attempt, as a person looks for it; None for one that did not fail."""
    if attempt.cause is None or attempt.ended is None:
        return None
    return api.ErrorRecord(
        sheet_num=attempt.sheet,
        sheet_name=attempt.sheet_name,
        attempt_num=attempt.n,
        timestamp=moment(attempt.ended),
        code=words.error_code(attempt.cause),
        cause=api.Cause(attempt.cause.value),
        error_type=words.error_type(attempt),
        message=attempt.error or attempt.cause.value,
        signature=attempt.signature or attempt.cause.value,
        last_lines=last_lines(attempt),
        retriable=words.error_type(attempt) is not api.ErrorType.PERMANENT,
        exit_code=attempt.exit_code,
        exit_signal=attempt.signal,
        failed_validations=[c.description for c in checks_of(attempt.checks) or [] if not c.passed],
        stdout_path=f"{attempt.dir}/stdout",
        stderr_path=f"{attempt.dir}/stderr",
    )


def step_text(store: Store, attempt: AttemptRow) -> StepText:
    """What an attempt started, also when the job file says something else by now."""
    return msgspec.json.decode(store.texts.get(f"step:{attempt.step}"), type=StepText)


def record(store: Store, attempt: AttemptRow, tail_bytes: int) -> api.ExecutionRecord:
    """One attempt in the history of its job."""
    step = step_text(store, attempt)
    return api.ExecutionRecord(
        id=attempt.id,
        job_id=attempt.job_id,
        sheet_num=attempt.sheet,
        sheet_name=attempt.sheet_name,
        attempt_num=attempt.n,
        prompt=step.prompt,
        command=step.command,
        output=output.tail_text(attempt.dir, "stdout", tail_bytes),
        error_output=output.tail_text(attempt.dir, "stderr", tail_bytes),
        status=api.AttemptStatus(attempt.state.value),
        cause=words.cause(attempt.cause),
        counted=attempt.counted,
        exit_code=attempt.exit_code,
        exit_signal=attempt.signal,
        error_message=attempt.error,
        duration_seconds=duration(attempt),
        cpu_seconds=cpu_seconds(attempt),
        max_rss_kb=attempt.maxrss_kb,
        output_bytes=output_bytes(attempt),
        input_tokens=attempt.input_tokens,
        output_tokens=attempt.output_tokens,
        cost=attempt.cost,
        executed_at=moment(attempt.started),
        completed_at=words.time_or_none(attempt.ended),
        stdout_path=f"{attempt.dir}/stdout",
        stderr_path=f"{attempt.dir}/stderr",
    )
