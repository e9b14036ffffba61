"""Hypothesis strategies for the types of the Daemon service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from daemonrpc import UNSET
from daemonrpc.testing.schemas import ServiceValues
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .errors import JobNotFoundData, JobNotResumableData, ResourceExhaustedData, WorkspaceNotFoundData
from .methods import SERVICE
from .types import (
    AttemptError,
    AttemptStatus,
    AttemptSummary,
    CancelJobParams,
    CancelResult,
    Cause,
    ClearedLimits,
    ClearJobsParams,
    ClearRateLimitsParams,
    ClearResult,
    ConfigParams,
    ConfigProblem,
    DaemonConfig,
    DaemonStatus,
    DiagnoseParams,
    Diagnosis,
    EndReason,
    Environment,
    ErrorCode,
    ErrorRecord,
    ErrorType,
    Eta,
    EventData,
    EventName,
    EventsParams,
    ExecutionRecord,
    ExitReason,
    Finding,
    FindingSeverity,
    GetErrorsParams,
    GetExecutionHistoryParams,
    GetJobStatusParams,
    GpuMetric,
    Health,
    HealthParams,
    HealthStatus,
    History,
    Hold,
    JobEntry,
    JobErrors,
    JobEvent,
    JobName,
    JobProgress,
    JobRef,
    JobResponse,
    JobState,
    JobStatus,
    LearningPatternsParams,
    ListJobsParams,
    ModifyJobParams,
    MonitorParams,
    NotReadyReason,
    ObserverEvents,
    ObserverEventsParams,
    Pattern,
    Patterns,
    PatternStage,
    PatternType,
    PauseJobParams,
    PauseResult,
    PlannedSheet,
    PressureLevel,
    ProcessEvent,
    ProcessEvents,
    ProcessEventType,
    ProcessMetric,
    RateLimit,
    RateLimits,
    RateLimitsParams,
    Readiness,
    ReadinessParams,
    ReadyStatus,
    RecoveredSheet,
    RecoverJobParams,
    RecoverResult,
    Refusal,
    RequestId,
    ResumeJobParams,
    ResumeResult,
    RuleType,
    SheetAction,
    SheetChange,
    SheetNumber,
    SheetState,
    SheetStatus,
    ShutdownParams,
    ShutdownResult,
    SnapshotFile,
    SocketConfig,
    StatusParams,
    StreamEnd,
    StreamKind,
    SubmitJobParams,
    SubmitStatus,
    SystemSnapshot,
    TimelineEntry,
    TimelineKind,
    TopParams,
    TopStreamParams,
    ValidationResult,
    WaitingFor,
    WaitKind,
)

_INVALID = ServiceValues(SERVICE)


def job_name() -> SearchStrategy[JobName]:
    """Values of JobName."""
    return st.from_regex("[A-Za-z0-9][A-Za-z0-9._-]*", fullmatch=True).filter(lambda text: len(text) <= 100)


def job_ref() -> SearchStrategy[JobRef]:
    """Values of JobRef."""
    return st.from_regex("[A-Za-z0-9#][A-Za-z0-9._#-]*", fullmatch=True).filter(lambda text: len(text) <= 120)


def request_id() -> SearchStrategy[RequestId]:
    """Values of RequestId."""
    return st.text(min_size=1, max_size=200)


def sheet_number() -> SearchStrategy[SheetNumber]:
    """Values of SheetNumber."""
    return st.integers(1, 2**63 - 1)


def error_code() -> SearchStrategy[ErrorCode]:
    """Values of ErrorCode."""
    return st.from_regex("E_[A-Z_]+", fullmatch=True)


def job_status() -> SearchStrategy[JobStatus]:
    """Values of JobStatus."""
    return st.sampled_from(JobStatus)


def sheet_status() -> SearchStrategy[SheetStatus]:
    """Values of SheetStatus."""
    return st.sampled_from(SheetStatus)


def attempt_status() -> SearchStrategy[AttemptStatus]:
    """Values of AttemptStatus."""
    return st.sampled_from(AttemptStatus)


def cause() -> SearchStrategy[Cause]:
    """Values of Cause."""
    return st.sampled_from(Cause)


def error_type() -> SearchStrategy[ErrorType]:
    """Values of ErrorType."""
    return st.sampled_from(ErrorType)


def exit_reason() -> SearchStrategy[ExitReason]:
    """Values of ExitReason."""
    return st.sampled_from(ExitReason)


def hold() -> SearchStrategy[Hold]:
    """Values of Hold."""
    return st.sampled_from(Hold)


def wait_kind() -> SearchStrategy[WaitKind]:
    """Values of WaitKind."""
    return st.sampled_from(WaitKind)


def submit_status() -> SearchStrategy[SubmitStatus]:
    """Values of SubmitStatus."""
    return st.sampled_from(SubmitStatus)


def refusal() -> SearchStrategy[Refusal]:
    """Values of Refusal."""
    return st.sampled_from(Refusal)


def rule_type() -> SearchStrategy[RuleType]:
    """Values of RuleType."""
    return st.sampled_from(RuleType)


def sheet_action() -> SearchStrategy[SheetAction]:
    """Values of SheetAction."""
    return st.sampled_from(SheetAction)


def stream_kind() -> SearchStrategy[StreamKind]:
    """Values of StreamKind."""
    return st.sampled_from(StreamKind)


def event_name() -> SearchStrategy[EventName]:
    """Values of EventName."""
    return st.sampled_from(EventName)


def end_reason() -> SearchStrategy[EndReason]:
    """Values of EndReason."""
    return st.sampled_from(EndReason)


def health_status() -> SearchStrategy[HealthStatus]:
    """Values of HealthStatus."""
    return st.sampled_from(HealthStatus)


def ready_status() -> SearchStrategy[ReadyStatus]:
    """Values of ReadyStatus."""
    return st.sampled_from(ReadyStatus)


def not_ready_reason() -> SearchStrategy[NotReadyReason]:
    """Values of NotReadyReason."""
    return st.sampled_from(NotReadyReason)


def pressure_level() -> SearchStrategy[PressureLevel]:
    """Values of PressureLevel."""
    return st.sampled_from(PressureLevel)


def process_event_type() -> SearchStrategy[ProcessEventType]:
    """Values of ProcessEventType."""
    return st.sampled_from(ProcessEventType)


def pattern_type() -> SearchStrategy[PatternType]:
    """Values of PatternType."""
    return st.sampled_from(PatternType)


def pattern_stage() -> SearchStrategy[PatternStage]:
    """Values of PatternStage."""
    return st.sampled_from(PatternStage)


def finding_severity() -> SearchStrategy[FindingSeverity]:
    """Values of FindingSeverity."""
    return st.sampled_from(FindingSeverity)


def timeline_kind() -> SearchStrategy[TimelineKind]:
    """Values of TimelineKind."""
    return st.sampled_from(TimelineKind)


def waiting_for() -> SearchStrategy[WaitingFor]:
    """Values of WaitingFor."""
    return st.builds(
        WaitingFor,
        kind=wait_kind(),
        until=st.none() | st.datetimes(timezones=st.just(UTC)),
        instrument=st.none() | st.text(),
        detail=st.text(),
    )


def eta() -> SearchStrategy[Eta]:
    """Values of Eta."""
    return st.builds(
        Eta,
        p50=st.floats(allow_nan=False, allow_infinity=False),
        p90=st.floats(allow_nan=False, allow_infinity=False),
        runs=st.integers(-(2**63), 2**63 - 1),
    )


def validation_result() -> SearchStrategy[ValidationResult]:
    """Values of ValidationResult."""
    return st.builds(
        ValidationResult,
        rule_type=rule_type(),
        description=st.text(),
        path=st.none() | st.text(),
        pattern=st.none() | st.text(),
        passed=st.booleans(),
        message=st.text(),
    )


def attempt_error() -> SearchStrategy[AttemptError]:
    """Values of AttemptError."""
    return st.builds(
        AttemptError,
        timestamp=st.datetimes(timezones=st.just(UTC)),
        error_type=error_type(),
        error_code=error_code(),
        cause=cause(),
        error_message=st.text(),
        attempt_number=st.integers(1, 2**63 - 1),
        stdout_tail=st.none() | st.text(),
        stderr_tail=st.none() | st.text(),
    )


def attempt_summary() -> SearchStrategy[AttemptSummary]:
    """Values of AttemptSummary."""
    return st.builds(
        AttemptSummary,
        attempt_num=st.integers(1, 2**63 - 1),
        status=attempt_status(),
        cause=st.none() | cause(),
        exit_code=st.none() | st.integers(-(2**63), 2**63 - 1),
        exit_signal=st.none() | st.integers(-(2**63), 2**63 - 1),
        counted=st.booleans(),
        pid=st.none() | st.integers(-(2**63), 2**63 - 1),
        started_at=st.datetimes(timezones=st.just(UTC)),
        completed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        duration_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        cpu_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        max_rss_kb=st.none() | st.integers(-(2**63), 2**63 - 1),
        output_bytes=st.none() | st.integers(-(2**63), 2**63 - 1),
        directory=st.text(),
        stdout_path=st.text(),
        stderr_path=st.text(),
    )


def sheet_state() -> SearchStrategy[SheetState]:
    """Values of SheetState."""
    return st.builds(
        SheetState,
        sheet_num=sheet_number(),
        name=st.text(),
        status=sheet_status(),
        needs=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
        command=st.lists(st.text(), max_size=5),
        instrument_name=st.text(),
        started_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        completed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        last_activity_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        fire_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        rate_limit_expires_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        attempt_count=st.integers(-(2**63), 2**63 - 1),
        normal_attempts=st.integers(-(2**63), 2**63 - 1),
        max_retries=st.integers(-(2**63), 2**63 - 1),
        exit_code=st.none() | st.integers(-(2**63), 2**63 - 1),
        exit_signal=st.none() | st.integers(-(2**63), 2**63 - 1),
        exit_reason=st.none() | exit_reason(),
        cause=st.none() | cause(),
        error_message=st.none() | st.text(),
        error_category=st.none() | error_type(),
        error_code=st.none() | error_code(),
        error_history=st.lists(attempt_error(), max_size=5),
        validation_passed=st.none() | st.booleans(),
        validation_details=st.none() | st.lists(validation_result(), max_size=5),
        passed_validations=st.lists(st.text(), max_size=5),
        failed_validations=st.lists(st.text(), max_size=5),
        last_pass_percentage=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        execution_duration_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        total_duration_seconds=st.floats(allow_nan=False, allow_infinity=False),
        sheet_timeout_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        success_without_retry=st.booleans(),
        recovered=st.booleans(),
        stdout_tail=st.none() | st.text(),
        stderr_tail=st.none() | st.text(),
        output_truncated=st.booleans(),
        attempts=st.lists(attempt_summary(), max_size=5),
    )


def job_state() -> SearchStrategy[JobState]:
    """Values of JobState."""
    return st.builds(
        JobState,
        job_id=st.text(),
        job_name=st.text(),
        request_id=st.none() | st.text(),
        config_path=st.none() | st.text(),
        config_hash=st.text(),
        workspace=st.text(),
        directory=st.text(),
        status=job_status(),
        created_at=st.datetimes(timezones=st.just(UTC)),
        updated_at=st.datetimes(timezones=st.just(UTC)),
        started_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        completed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        total_sheets=st.integers(1, 2**63 - 1),
        last_completed_sheet=st.integers(-(2**63), 2**63 - 1),
        current_sheet=st.none() | st.integers(-(2**63), 2**63 - 1),
        sheets_in_progress=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
        sheets=st.dictionaries(st.text(), sheet_state(), max_size=5),
        instruments_used=st.lists(st.text(), max_size=5),
        holds=st.lists(hold(), max_size=5),
        waiting_for=st.none() | waiting_for(),
        cancelling=st.booleans(),
        recovered=st.booleans(),
        cause=st.none() | cause(),
        error_message=st.none() | st.text(),
        total_retry_count=st.integers(-(2**63), 2**63 - 1),
        rate_limit_waits=st.integers(-(2**63), 2**63 - 1),
        total_input_tokens=st.integers(-(2**63), 2**63 - 1),
        total_output_tokens=st.integers(-(2**63), 2**63 - 1),
        total_estimated_cost=st.floats(allow_nan=False, allow_infinity=False),
        eta_seconds=st.none() | eta(),
        seq=st.integers(-(2**63), 2**63 - 1),
    )


def job_entry() -> SearchStrategy[JobEntry]:
    """Values of JobEntry."""
    return st.builds(
        JobEntry,
        job_id=st.text(),
        job_name=st.text(),
        status=job_status(),
        config_path=st.none() | st.text(),
        workspace=st.text(),
        submitted_at=st.floats(allow_nan=False, allow_infinity=False),
        started_at=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        completed_at=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        current_sheet=st.none() | st.integers(-(2**63), 2**63 - 1),
        total_sheets=st.integers(-(2**63), 2**63 - 1),
        progress_completed=st.integers(-(2**63), 2**63 - 1),
        progress_total=st.integers(-(2**63), 2**63 - 1),
        holds=st.lists(hold(), max_size=5),
        waiting_for=st.none() | waiting_for(),
        cancelling=st.booleans(),
        cause=st.none() | cause(),
        error_message=st.none() | st.text(),
    )


def config_problem() -> SearchStrategy[ConfigProblem]:
    """Values of ConfigProblem."""
    return st.builds(
        ConfigProblem,
        file=st.text(),
        line=st.integers(-(2**63), 2**63 - 1),
        column=st.integers(-(2**63), 2**63 - 1),
        where=st.text(),
        message=st.text(),
        hint=st.none() | st.text(),
    )


def planned_sheet() -> SearchStrategy[PlannedSheet]:
    """Values of PlannedSheet."""
    return st.builds(
        PlannedSheet,
        sheet_num=sheet_number(),
        name=st.text(),
        needs=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
        instrument=st.text(),
        command=st.lists(st.text(), max_size=5),
        validations=st.lists(st.text(), max_size=5),
        skipped=st.booleans(),
    )


def job_response() -> SearchStrategy[JobResponse]:
    """Values of JobResponse."""
    return st.builds(
        JobResponse,
        job_id=st.text(),
        status=submit_status(),
        message=st.none() | st.text(),
        reason=st.none() | refusal(),
        problems=st.lists(config_problem(), max_size=5),
        created=st.booleans(),
        state=st.none() | job_status(),
        warnings=st.lists(st.text(), max_size=5),
        seq=st.integers(-(2**63), 2**63 - 1),
        plan=st.lists(planned_sheet(), max_size=5),
    )


def pause_result() -> SearchStrategy[PauseResult]:
    """Values of PauseResult."""
    return st.builds(
        PauseResult,
        paused=st.booleans(),
        error=st.none() | st.text(),
        reason=st.none() | refusal(),
        job_id=st.text(),
        sheets_in_progress=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    )


def sheet_change() -> SearchStrategy[SheetChange]:
    """Values of SheetChange."""
    return st.builds(SheetChange, sheet_num=sheet_number(), name=st.text(), action=sheet_action(), why=st.text())


def resume_result() -> SearchStrategy[ResumeResult]:
    """Values of ResumeResult."""
    return st.builds(
        ResumeResult,
        job_id=st.text(),
        status=submit_status(),
        message=st.none() | st.text(),
        reason=st.none() | refusal(),
        problems=st.lists(config_problem(), max_size=5),
        state=st.none() | job_status(),
        applied=st.booleans(),
        changes=st.lists(sheet_change(), max_size=5),
        seq=st.integers(-(2**63), 2**63 - 1),
    )


def cancel_result() -> SearchStrategy[CancelResult]:
    """Values of CancelResult."""
    return st.builds(
        CancelResult,
        cancelled=st.booleans(),
        cancelling=st.booleans(),
        job_id=st.text(),
        state=st.none() | job_status(),
        message=st.none() | st.text(),
        reason=st.none() | refusal(),
    )


def clear_result() -> SearchStrategy[ClearResult]:
    """Values of ClearResult."""
    return st.builds(
        ClearResult,
        deleted=st.integers(-(2**63), 2**63 - 1),
        job_ids=st.lists(st.text(), max_size=5),
        dry_run=st.booleans(),
    )


def error_record() -> SearchStrategy[ErrorRecord]:
    """Values of ErrorRecord."""
    return st.builds(
        ErrorRecord,
        sheet_num=sheet_number(),
        sheet_name=st.text(),
        attempt_num=st.integers(1, 2**63 - 1),
        timestamp=st.datetimes(timezones=st.just(UTC)),
        code=error_code(),
        cause=cause(),
        error_type=error_type(),
        message=st.text(),
        signature=st.text(),
        last_lines=st.lists(st.text(), max_size=5),
        retriable=st.booleans(),
        exit_code=st.none() | st.integers(-(2**63), 2**63 - 1),
        exit_signal=st.none() | st.integers(-(2**63), 2**63 - 1),
        failed_validations=st.lists(st.text(), max_size=5),
        stdout_path=st.text(),
        stderr_path=st.text(),
    )


def job_errors() -> SearchStrategy[JobErrors]:
    """Values of JobErrors."""
    return st.builds(JobErrors, state=job_state(), errors=st.lists(error_record(), max_size=5))


def finding() -> SearchStrategy[Finding]:
    """Values of Finding."""
    return st.builds(
        Finding,
        code=st.text(),
        severity=finding_severity(),
        sheet_num=st.none() | st.integers(-(2**63), 2**63 - 1),
        message=st.text(),
        evidence=st.lists(st.text(), max_size=5),
        hint=st.text(),
        command=st.none() | st.text(),
    )


def timeline_entry() -> SearchStrategy[TimelineEntry]:
    """Values of TimelineEntry."""
    return st.builds(
        TimelineEntry,
        kind=timeline_kind(),
        sheet_num=st.none() | st.integers(-(2**63), 2**63 - 1),
        sheet_name=st.none() | st.text(),
        attempt_num=st.none() | st.integers(-(2**63), 2**63 - 1),
        status=st.none() | attempt_status(),
        cause=st.none() | cause(),
        waited_for=st.none() | wait_kind(),
        started_at=st.datetimes(timezones=st.just(UTC)),
        ended_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        duration_seconds=st.floats(allow_nan=False, allow_infinity=False),
        detail=st.text(),
    )


def environment() -> SearchStrategy[Environment]:
    """Values of Environment."""
    return st.builds(
        Environment,
        daemon_version=st.text(),
        python_version=st.text(),
        platform=st.text(),
        state_dir=st.text(),
        workspace=st.text(),
        workspace_exists=st.booleans(),
        disk_free_mb=st.floats(allow_nan=False, allow_infinity=False),
        memory_available_mb=st.floats(allow_nan=False, allow_infinity=False),
        programs=st.dictionaries(st.text(), st.none() | st.text(), max_size=5),
    )


def diagnosis() -> SearchStrategy[Diagnosis]:
    """Values of Diagnosis."""
    return st.builds(
        Diagnosis,
        state=job_state(),
        workspace=st.text(),
        findings=st.lists(finding(), max_size=5),
        timeline=st.lists(timeline_entry(), max_size=5),
        environment=environment(),
    )


def execution_record() -> SearchStrategy[ExecutionRecord]:
    """Values of ExecutionRecord."""
    return st.builds(
        ExecutionRecord,
        id=st.integers(-(2**63), 2**63 - 1),
        job_id=st.text(),
        sheet_num=sheet_number(),
        sheet_name=st.text(),
        attempt_num=st.integers(1, 2**63 - 1),
        prompt=st.none() | st.text(),
        command=st.lists(st.text(), max_size=5),
        output=st.none() | st.text(),
        error_output=st.none() | st.text(),
        status=attempt_status(),
        cause=st.none() | cause(),
        counted=st.booleans(),
        exit_code=st.none() | st.integers(-(2**63), 2**63 - 1),
        exit_signal=st.none() | st.integers(-(2**63), 2**63 - 1),
        error_message=st.none() | st.text(),
        duration_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        cpu_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        max_rss_kb=st.none() | st.integers(-(2**63), 2**63 - 1),
        output_bytes=st.none() | st.integers(-(2**63), 2**63 - 1),
        input_tokens=st.none() | st.integers(-(2**63), 2**63 - 1),
        output_tokens=st.none() | st.integers(-(2**63), 2**63 - 1),
        cost=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        executed_at=st.datetimes(timezones=st.just(UTC)),
        completed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        stdout_path=st.text(),
        stderr_path=st.text(),
    )


def history() -> SearchStrategy[History]:
    """Values of History."""
    return st.builds(
        History,
        job_id=st.text(),
        records=st.lists(execution_record(), max_size=5),
        has_history=st.booleans(),
        has_more=st.booleans(),
    )


def recovered_sheet() -> SearchStrategy[RecoveredSheet]:
    """Values of RecoveredSheet."""
    return st.builds(
        RecoveredSheet,
        sheet_num=sheet_number(),
        name=st.text(),
        recovered=st.booleans(),
        message=st.text(),
        validations=st.lists(validation_result(), max_size=5),
    )


def recover_result() -> SearchStrategy[RecoverResult]:
    """Values of RecoverResult."""
    return st.builds(
        RecoverResult,
        state=job_state(),
        workspace=st.text(),
        dry_run=st.booleans(),
        sheet_num=st.none() | st.integers(-(2**63), 2**63 - 1),
        sheets=st.lists(recovered_sheet(), max_size=5),
        resumed=st.booleans(),
    )


def daemon_status() -> SearchStrategy[DaemonStatus]:
    """Values of DaemonStatus."""
    return st.builds(
        DaemonStatus,
        pid=st.integers(-(2**63), 2**63 - 1),
        uptime_seconds=st.floats(allow_nan=False, allow_infinity=False),
        running_jobs=st.integers(-(2**63), 2**63 - 1),
        queued_jobs=st.integers(-(2**63), 2**63 - 1),
        paused_jobs=st.integers(-(2**63), 2**63 - 1),
        total_jobs_active=st.integers(-(2**63), 2**63 - 1),
        memory_usage_mb=st.floats(allow_nan=False, allow_infinity=False),
        version=st.text(),
        state_dir=st.text(),
        socket_path=st.text(),
        log_file=st.text(),
        seq=st.integers(-(2**63), 2**63 - 1),
    )


def health() -> SearchStrategy[Health]:
    """Values of Health."""
    return st.builds(
        Health,
        status=health_status(),
        pid=st.integers(-(2**63), 2**63 - 1),
        uptime_seconds=st.floats(allow_nan=False, allow_infinity=False),
        shutting_down=st.booleans(),
    )


def readiness() -> SearchStrategy[Readiness]:
    """Values of Readiness."""
    return st.builds(
        Readiness,
        status=ready_status(),
        running_jobs=st.integers(-(2**63), 2**63 - 1),
        memory_mb=st.floats(allow_nan=False, allow_infinity=False),
        memory_limit_mb=st.floats(allow_nan=False, allow_infinity=False),
        child_processes=st.integers(-(2**63), 2**63 - 1),
        process_limit=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        pressure=pressure_level(),
        accepting_work=st.booleans(),
        shutting_down=st.booleans(),
        failure_rate_elevated=st.booleans(),
        notifications_degraded=st.booleans(),
        uptime_seconds=st.floats(allow_nan=False, allow_infinity=False),
        job_ids=st.lists(st.text(), max_size=5),
        reasons=st.lists(not_ready_reason(), max_size=5),
    )


def shutdown_result() -> SearchStrategy[ShutdownResult]:
    """Values of ShutdownResult."""
    return st.builds(ShutdownResult, shutting_down=st.booleans(), pid=st.integers(-(2**63), 2**63 - 1))


def socket_config() -> SearchStrategy[SocketConfig]:
    """Values of SocketConfig."""
    return st.builds(
        SocketConfig,
        path=st.text(),
        permissions=st.integers(-(2**63), 2**63 - 1),
        backlog=st.integers(-(2**63), 2**63 - 1),
    )


def daemon_config() -> SearchStrategy[DaemonConfig]:
    """Values of DaemonConfig."""
    return st.builds(
        DaemonConfig,
        socket=socket_config(),
        config_file=st.text(),
        state_dir=st.text(),
        database=st.text(),
        log_file=st.text(),
        pid_file=st.text(),
        max_connections=st.integers(-(2**63), 2**63 - 1),
        max_concurrent_requests=st.integers(-(2**63), 2**63 - 1),
        max_concurrent_jobs=st.integers(-(2**63), 2**63 - 1),
        max_concurrent_sheets=st.integers(-(2**63), 2**63 - 1),
        grace=st.floats(allow_nan=False, allow_infinity=False),
        shutdown_grace=st.floats(allow_nan=False, allow_infinity=False),
        event_retention=st.floats(allow_nan=False, allow_infinity=False),
        disk_low=st.integers(-(2**63), 2**63 - 1),
        log_level=st.text(),
        access_log=st.text(),
        origins=st.dictionaries(st.text(), st.text(), max_size=5),
    )


def process_metric() -> SearchStrategy[ProcessMetric]:
    """Values of ProcessMetric."""
    return st.builds(
        ProcessMetric,
        pid=st.integers(-(2**63), 2**63 - 1),
        ppid=st.integers(-(2**63), 2**63 - 1),
        command=st.text(),
        state=st.text(),
        cpu_percent=st.floats(allow_nan=False, allow_infinity=False),
        rss_mb=st.floats(allow_nan=False, allow_infinity=False),
        vms_mb=st.floats(allow_nan=False, allow_infinity=False),
        threads=st.integers(-(2**63), 2**63 - 1),
        open_fds=st.integers(-(2**63), 2**63 - 1),
        age_seconds=st.floats(allow_nan=False, allow_infinity=False),
        job_id=st.none() | st.text(),
        sheet_num=st.none() | st.integers(-(2**63), 2**63 - 1),
    )


def gpu_metric() -> SearchStrategy[GpuMetric]:
    """Values of GpuMetric."""
    return st.builds(
        GpuMetric,
        index=st.integers(-(2**63), 2**63 - 1),
        utilization_pct=st.floats(allow_nan=False, allow_infinity=False),
        memory_used_mb=st.floats(allow_nan=False, allow_infinity=False),
        memory_total_mb=st.floats(allow_nan=False, allow_infinity=False),
        temperature_c=st.just(UNSET) | st.floats(allow_nan=False, allow_infinity=False),
    )


def job_progress() -> SearchStrategy[JobProgress]:
    """Values of JobProgress."""
    return st.builds(
        JobProgress,
        job_id=st.text(),
        total_sheets=st.integers(1, 2**63 - 1),
        last_completed_sheet=st.integers(-(2**63), 2**63 - 1),
        current_sheet=st.none() | st.integers(-(2**63), 2**63 - 1),
        status=job_status(),
    )


def system_snapshot() -> SearchStrategy[SystemSnapshot]:
    """Values of SystemSnapshot."""
    return st.builds(
        SystemSnapshot,
        timestamp=st.floats(allow_nan=False, allow_infinity=False),
        daemon_pid=st.integers(-(2**63), 2**63 - 1),
        system_memory_total_mb=st.floats(allow_nan=False, allow_infinity=False),
        system_memory_available_mb=st.floats(allow_nan=False, allow_infinity=False),
        system_memory_used_mb=st.floats(allow_nan=False, allow_infinity=False),
        daemon_rss_mb=st.floats(allow_nan=False, allow_infinity=False),
        load_avg_1=st.floats(allow_nan=False, allow_infinity=False),
        load_avg_5=st.floats(allow_nan=False, allow_infinity=False),
        load_avg_15=st.floats(allow_nan=False, allow_infinity=False),
        processes=st.lists(process_metric(), max_size=5),
        gpus=st.lists(gpu_metric(), max_size=5),
        pressure_level=pressure_level(),
        running_jobs=st.integers(-(2**63), 2**63 - 1),
        active_sheets=st.integers(-(2**63), 2**63 - 1),
        zombie_count=st.integers(-(2**63), 2**63 - 1),
        zombie_pids=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
        job_progress=st.lists(job_progress(), max_size=5),
        conductor_uptime_seconds=st.floats(allow_nan=False, allow_infinity=False),
    )


def snapshot_file() -> SearchStrategy[SnapshotFile]:
    """Values of SnapshotFile."""
    return st.builds(
        SnapshotFile,
        jsonl_path=st.text(),
        interval_seconds=st.floats(allow_nan=False, allow_infinity=False),
    )


def process_event() -> SearchStrategy[ProcessEvent]:
    """Values of ProcessEvent."""
    return st.builds(
        ProcessEvent,
        timestamp=st.floats(allow_nan=False, allow_infinity=False),
        pid=st.integers(-(2**63), 2**63 - 1),
        event_type=process_event_type(),
        exit_code=st.none() | st.integers(-(2**63), 2**63 - 1),
        signal_num=st.none() | st.integers(-(2**63), 2**63 - 1),
        job_id=st.none() | st.text(),
        sheet_num=st.none() | st.integers(-(2**63), 2**63 - 1),
        details=st.text(),
    )


def process_events() -> SearchStrategy[ProcessEvents]:
    """Values of ProcessEvents."""
    return st.builds(ProcessEvents, events=st.lists(process_event(), max_size=5))


def observer_events() -> SearchStrategy[ObserverEvents]:
    """Values of ObserverEvents."""
    return st.builds(ObserverEvents, events=st.lists(job_event(), max_size=5))


def event_data() -> SearchStrategy[EventData]:
    """Values of EventData."""
    return st.builds(
        EventData,
        job_name=st.just(UNSET) | st.text(),
        status=st.just(UNSET) | job_status(),
        sheet_count=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        all_success=st.just(UNSET) | st.booleans(),
        sheet_name=st.just(UNSET) | st.text(),
        attempt_num=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        instrument=st.just(UNSET) | st.text(),
        pid=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        exit_code=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        exit_signal=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        cause=st.just(UNSET) | cause(),
        message=st.just(UNSET) | st.text(),
        duration_seconds=st.just(UNSET) | st.floats(allow_nan=False, allow_infinity=False),
        delay_seconds=st.just(UNSET) | st.floats(allow_nan=False, allow_infinity=False),
        until=st.just(UNSET) | st.datetimes(timezones=st.just(UTC)),
        hold=st.just(UNSET) | hold(),
        path=st.just(UNSET) | st.text(),
        stream=st.just(UNSET) | stream_kind(),
        offset=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        size=st.just(UNSET) | st.integers(-(2**63), 2**63 - 1),
        text=st.just(UNSET) | st.text(),
    )


def job_event() -> SearchStrategy[JobEvent]:
    """Values of JobEvent."""
    return st.builds(
        JobEvent,
        seq=st.integers(-(2**63), 2**63 - 1),
        job_id=st.text(),
        sheet_num=st.integers(-(2**63), 2**63 - 1),
        event=event_name(),
        data=st.none() | event_data(),
        timestamp=st.floats(allow_nan=False, allow_infinity=False),
    )


def stream_end() -> SearchStrategy[StreamEnd]:
    """Values of StreamEnd."""
    return st.builds(
        StreamEnd,
        reason=end_reason(),
        last_seq=st.integers(-(2**63), 2**63 - 1),
        status=st.none() | job_status(),
    )


def rate_limit() -> SearchStrategy[RateLimit]:
    """Values of RateLimit."""
    return st.builds(
        RateLimit,
        instrument=st.text(),
        until=st.datetimes(timezones=st.just(UTC)),
        seconds_remaining=st.floats(allow_nan=False, allow_infinity=False),
        reason=st.text(),
        evidence=st.text(),
        waiting_jobs=st.lists(st.text(), max_size=5),
    )


def rate_limits() -> SearchStrategy[RateLimits]:
    """Values of RateLimits."""
    return st.builds(
        RateLimits,
        backends=st.dictionaries(st.text(), rate_limit(), max_size=5),
        active_limits=st.integers(-(2**63), 2**63 - 1),
        recent_events_count=st.integers(-(2**63), 2**63 - 1),
    )


def cleared_limits() -> SearchStrategy[ClearedLimits]:
    """Values of ClearedLimits."""
    return st.builds(ClearedLimits, cleared=st.integers(-(2**63), 2**63 - 1), instrument=st.none() | st.text())


def pattern() -> SearchStrategy[Pattern]:
    """Values of Pattern."""
    return st.builds(
        Pattern,
        id=st.text(),
        pattern_type=pattern_type(),
        pattern_name=st.text(),
        description=st.none() | st.text(),
        effectiveness_score=st.floats(allow_nan=False, allow_infinity=False),
        priority_score=st.floats(allow_nan=False, allow_infinity=False),
        occurrence_count=st.integers(-(2**63), 2**63 - 1),
        last_seen=st.datetimes(timezones=st.just(UTC)),
        quarantine_status=pattern_stage(),
        trust_score=st.floats(allow_nan=False, allow_infinity=False),
        job_name=st.text(),
        sheet=st.text(),
        instrument=st.text(),
        runs=st.integers(-(2**63), 2**63 - 1),
        success_rate=st.floats(allow_nan=False, allow_infinity=False),
        flaky_rate=st.floats(allow_nan=False, allow_infinity=False),
        p50=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        p90=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        durations=st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5),
        top_error=st.none() | st.text(),
        mean_cost=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        suggestion=st.none() | st.text(),
    )


def patterns() -> SearchStrategy[Patterns]:
    """Values of Patterns."""
    return st.builds(Patterns, patterns=st.lists(pattern(), max_size=5))


def submit_job_params() -> SearchStrategy[SubmitJobParams]:
    """Values of SubmitJobParams."""
    return st.builds(
        SubmitJobParams,
        config_path=st.none() | st.text(),
        config_text=st.none() | st.text(max_size=4000000),
        request_id=st.just(UNSET) | request_id(),
        client_cwd=st.none() | st.text(),
        job_name=st.none() | job_name(),
        variables=st.none() | st.dictionaries(st.text(), st.text(), max_size=5),
        workspace=st.none() | st.text(),
        start_sheet=st.none() | st.integers(1, 2**63 - 1),
        dry_run=st.booleans(),
        fresh=st.booleans(),
        self_healing=st.booleans(),
        self_healing_auto_confirm=st.booleans(),
        chain_depth=st.none() | st.integers(-(2**63), 2**63 - 1),
    )


def get_job_status_params() -> SearchStrategy[GetJobStatusParams]:
    """Values of GetJobStatusParams."""
    return st.builds(
        GetJobStatusParams,
        job_id=job_ref(),
        workspace=st.none() | st.text(),
        output_bytes=st.integers(0, 10240),
    )


def pause_job_params() -> SearchStrategy[PauseJobParams]:
    """Values of PauseJobParams."""
    return st.builds(PauseJobParams, job_id=job_ref(), workspace=st.none() | st.text())


def resume_job_params() -> SearchStrategy[ResumeJobParams]:
    """Values of ResumeJobParams."""
    return st.builds(
        ResumeJobParams,
        job_id=job_ref(),
        workspace=st.none() | st.text(),
        config_path=st.none() | st.text(),
        no_reload=st.booleans(),
        client_cwd=st.none() | st.text(),
        from_sheet=st.none() | st.integers(1, 2**63 - 1),
    )


def modify_job_params() -> SearchStrategy[ModifyJobParams]:
    """Values of ModifyJobParams."""
    return st.builds(
        ModifyJobParams,
        job_id=job_ref(),
        config_path=st.none() | st.text(),
        workspace=st.none() | st.text(),
        client_cwd=st.none() | st.text(),
        config_text=st.none() | st.text(max_size=4000000),
    )


def cancel_job_params() -> SearchStrategy[CancelJobParams]:
    """Values of CancelJobParams."""
    return st.builds(
        CancelJobParams,
        job_id=job_ref(),
        grace_seconds=st.floats(min_value=0.0, max_value=3600.0, allow_nan=False, allow_infinity=False),
    )


def list_jobs_params() -> SearchStrategy[ListJobsParams]:
    """Values of ListJobsParams."""
    return st.builds(
        ListJobsParams,
        statuses=st.none() | st.lists(job_status(), max_size=5),
        limit=st.integers(0, 10000),
    )


def clear_jobs_params() -> SearchStrategy[ClearJobsParams]:
    """Values of ClearJobsParams."""
    return st.builds(
        ClearJobsParams,
        statuses=st.none() | st.lists(job_status(), max_size=5),
        older_than_seconds=st.none() | st.floats(min_value=0.0, allow_nan=False, allow_infinity=False),
        job_ids=st.none() | st.lists(job_ref(), max_size=5),
        dry_run=st.booleans(),
    )


def get_errors_params() -> SearchStrategy[GetErrorsParams]:
    """Values of GetErrorsParams."""
    return st.builds(GetErrorsParams, job_id=job_ref(), workspace=st.none() | st.text())


def diagnose_params() -> SearchStrategy[DiagnoseParams]:
    """Values of DiagnoseParams."""
    return st.builds(DiagnoseParams, job_id=job_ref(), workspace=st.none() | st.text())


def get_execution_history_params() -> SearchStrategy[GetExecutionHistoryParams]:
    """Values of GetExecutionHistoryParams."""
    return st.builds(
        GetExecutionHistoryParams,
        job_id=job_ref(),
        workspace=st.none() | st.text(),
        sheet_num=st.none() | st.integers(1, 2**63 - 1),
        limit=st.integers(1, 1000),
        before_id=st.none() | st.integers(1, 2**63 - 1),
        attempt_num=st.none() | st.integers(1, 2**63 - 1),
        output_bytes=st.integers(0, 1048576),
    )


def recover_job_params() -> SearchStrategy[RecoverJobParams]:
    """Values of RecoverJobParams."""
    return st.builds(
        RecoverJobParams,
        job_id=job_ref(),
        workspace=st.none() | st.text(),
        sheet_num=st.none() | st.integers(1, 2**63 - 1),
        dry_run=st.booleans(),
        resume=st.booleans(),
    )


def status_params() -> SearchStrategy[StatusParams]:
    """Values of StatusParams."""
    return st.builds(StatusParams)


def health_params() -> SearchStrategy[HealthParams]:
    """Values of HealthParams."""
    return st.builds(HealthParams)


def readiness_params() -> SearchStrategy[ReadinessParams]:
    """Values of ReadinessParams."""
    return st.builds(ReadinessParams)


def shutdown_params() -> SearchStrategy[ShutdownParams]:
    """Values of ShutdownParams."""
    return st.builds(ShutdownParams, graceful=st.booleans())


def config_params() -> SearchStrategy[ConfigParams]:
    """Values of ConfigParams."""
    return st.builds(ConfigParams)


def top_params() -> SearchStrategy[TopParams]:
    """Values of TopParams."""
    return st.builds(TopParams)


def top_stream_params() -> SearchStrategy[TopStreamParams]:
    """Values of TopStreamParams."""
    return st.builds(TopStreamParams)


def events_params() -> SearchStrategy[EventsParams]:
    """Values of EventsParams."""
    return st.builds(EventsParams, limit=st.integers(1, 1000))


def observer_events_params() -> SearchStrategy[ObserverEventsParams]:
    """Values of ObserverEventsParams."""
    return st.builds(ObserverEventsParams, job_id=st.none() | job_ref(), limit=st.integers(1, 1000))


def monitor_params() -> SearchStrategy[MonitorParams]:
    """Values of MonitorParams."""
    return st.builds(
        MonitorParams,
        since_seq=st.none() | st.integers(0, 2**63 - 1),
        job_id=st.none() | job_ref(),
        events=st.none() | st.lists(event_name(), max_size=5),
        include_output=st.booleans(),
        until_job_ends=st.booleans(),
        follow=st.booleans(),
    )


def rate_limits_params() -> SearchStrategy[RateLimitsParams]:
    """Values of RateLimitsParams."""
    return st.builds(RateLimitsParams)


def clear_rate_limits_params() -> SearchStrategy[ClearRateLimitsParams]:
    """Values of ClearRateLimitsParams."""
    return st.builds(ClearRateLimitsParams, instrument=st.none() | st.text())


def learning_patterns_params() -> SearchStrategy[LearningPatternsParams]:
    """Values of LearningPatternsParams."""
    return st.builds(LearningPatternsParams, limit=st.integers(1, 1000))


def job_not_found_data() -> SearchStrategy[JobNotFoundData]:
    """Values of JobNotFoundData."""
    return st.builds(JobNotFoundData, job_id=st.text(), candidates=st.lists(st.text(), max_size=5))


def resource_exhausted_data() -> SearchStrategy[ResourceExhaustedData]:
    """Values of ResourceExhaustedData."""
    return st.builds(ResourceExhaustedData, resource=st.text(), limit=st.integers(-(2**63), 2**63 - 1))


def job_not_resumable_data() -> SearchStrategy[JobNotResumableData]:
    """Values of JobNotResumableData."""
    return st.builds(JobNotResumableData, job_id=st.text(), status=job_status())


def workspace_not_found_data() -> SearchStrategy[WorkspaceNotFoundData]:
    """Values of WorkspaceNotFoundData."""
    return st.builds(WorkspaceNotFoundData, job_id=st.text(), workspace=st.text())


def _list_jobs_result() -> SearchStrategy[list[JobEntry]]:
    """Values of `list[JobEntry]`."""
    return st.lists(job_entry(), max_size=5)


def invalid_job_name() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobName: one thing in it is wrong."""
    return _INVALID.invalid_type("JobName")


def invalid_job_ref() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobRef: one thing in it is wrong."""
    return _INVALID.invalid_type("JobRef")


def invalid_request_id() -> SearchStrategy[Any]:
    """JSON that no reader takes as RequestId: one thing in it is wrong."""
    return _INVALID.invalid_type("RequestId")


def invalid_sheet_number() -> SearchStrategy[Any]:
    """JSON that no reader takes as SheetNumber: one thing in it is wrong."""
    return _INVALID.invalid_type("SheetNumber")


def invalid_error_code() -> SearchStrategy[Any]:
    """JSON that no reader takes as ErrorCode: one thing in it is wrong."""
    return _INVALID.invalid_type("ErrorCode")


def invalid_job_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("JobStatus")


def invalid_sheet_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as SheetStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("SheetStatus")


def invalid_attempt_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as AttemptStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("AttemptStatus")


def invalid_cause() -> SearchStrategy[Any]:
    """JSON that no reader takes as Cause: one thing in it is wrong."""
    return _INVALID.invalid_type("Cause")


def invalid_error_type() -> SearchStrategy[Any]:
    """JSON that no reader takes as ErrorType: one thing in it is wrong."""
    return _INVALID.invalid_type("ErrorType")


def invalid_exit_reason() -> SearchStrategy[Any]:
    """JSON that no reader takes as ExitReason: one thing in it is wrong."""
    return _INVALID.invalid_type("ExitReason")


def invalid_hold() -> SearchStrategy[Any]:
    """JSON that no reader takes as Hold: one thing in it is wrong."""
    return _INVALID.invalid_type("Hold")


def invalid_wait_kind() -> SearchStrategy[Any]:
    """JSON that no reader takes as WaitKind: one thing in it is wrong."""
    return _INVALID.invalid_type("WaitKind")


def invalid_submit_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as SubmitStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("SubmitStatus")


def invalid_refusal() -> SearchStrategy[Any]:
    """JSON that no reader takes as Refusal: one thing in it is wrong."""
    return _INVALID.invalid_type("Refusal")


def invalid_rule_type() -> SearchStrategy[Any]:
    """JSON that no reader takes as RuleType: one thing in it is wrong."""
    return _INVALID.invalid_type("RuleType")


def invalid_sheet_action() -> SearchStrategy[Any]:
    """JSON that no reader takes as SheetAction: one thing in it is wrong."""
    return _INVALID.invalid_type("SheetAction")


def invalid_stream_kind() -> SearchStrategy[Any]:
    """JSON that no reader takes as StreamKind: one thing in it is wrong."""
    return _INVALID.invalid_type("StreamKind")


def invalid_event_name() -> SearchStrategy[Any]:
    """JSON that no reader takes as EventName: one thing in it is wrong."""
    return _INVALID.invalid_type("EventName")


def invalid_end_reason() -> SearchStrategy[Any]:
    """JSON that no reader takes as EndReason: one thing in it is wrong."""
    return _INVALID.invalid_type("EndReason")


def invalid_health_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as HealthStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("HealthStatus")


def invalid_ready_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as ReadyStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("ReadyStatus")


def invalid_not_ready_reason() -> SearchStrategy[Any]:
    """JSON that no reader takes as NotReadyReason: one thing in it is wrong."""
    return _INVALID.invalid_type("NotReadyReason")


def invalid_pressure_level() -> SearchStrategy[Any]:
    """JSON that no reader takes as PressureLevel: one thing in it is wrong."""
    return _INVALID.invalid_type("PressureLevel")


def invalid_process_event_type() -> SearchStrategy[Any]:
    """JSON that no reader takes as ProcessEventType: one thing in it is wrong."""
    return _INVALID.invalid_type("ProcessEventType")


def invalid_pattern_type() -> SearchStrategy[Any]:
    """JSON that no reader takes as PatternType: one thing in it is wrong."""
    return _INVALID.invalid_type("PatternType")


def invalid_pattern_stage() -> SearchStrategy[Any]:
    """JSON that no reader takes as PatternStage: one thing in it is wrong."""
    return _INVALID.invalid_type("PatternStage")


def invalid_finding_severity() -> SearchStrategy[Any]:
    """JSON that no reader takes as FindingSeverity: one thing in it is wrong."""
    return _INVALID.invalid_type("FindingSeverity")


def invalid_timeline_kind() -> SearchStrategy[Any]:
    """JSON that no reader takes as TimelineKind: one thing in it is wrong."""
    return _INVALID.invalid_type("TimelineKind")


def invalid_waiting_for() -> SearchStrategy[Any]:
    """JSON that no reader takes as WaitingFor: one thing in it is wrong."""
    return _INVALID.invalid_type("WaitingFor")


def invalid_eta() -> SearchStrategy[Any]:
    """JSON that no reader takes as Eta: one thing in it is wrong."""
    return _INVALID.invalid_type("Eta")


def invalid_validation_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as ValidationResult: one thing in it is wrong."""
    return _INVALID.invalid_type("ValidationResult")


def invalid_attempt_error() -> SearchStrategy[Any]:
    """JSON that no reader takes as AttemptError: one thing in it is wrong."""
    return _INVALID.invalid_type("AttemptError")


def invalid_attempt_summary() -> SearchStrategy[Any]:
    """JSON that no reader takes as AttemptSummary: one thing in it is wrong."""
    return _INVALID.invalid_type("AttemptSummary")


def invalid_sheet_state() -> SearchStrategy[Any]:
    """JSON that no reader takes as SheetState: one thing in it is wrong."""
    return _INVALID.invalid_type("SheetState")


def invalid_job_state() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobState: one thing in it is wrong."""
    return _INVALID.invalid_type("JobState")


def invalid_job_entry() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobEntry: one thing in it is wrong."""
    return _INVALID.invalid_type("JobEntry")


def invalid_config_problem() -> SearchStrategy[Any]:
    """JSON that no reader takes as ConfigProblem: one thing in it is wrong."""
    return _INVALID.invalid_type("ConfigProblem")


def invalid_planned_sheet() -> SearchStrategy[Any]:
    """JSON that no reader takes as PlannedSheet: one thing in it is wrong."""
    return _INVALID.invalid_type("PlannedSheet")


def invalid_job_response() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobResponse: one thing in it is wrong."""
    return _INVALID.invalid_type("JobResponse")


def invalid_pause_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as PauseResult: one thing in it is wrong."""
    return _INVALID.invalid_type("PauseResult")


def invalid_sheet_change() -> SearchStrategy[Any]:
    """JSON that no reader takes as SheetChange: one thing in it is wrong."""
    return _INVALID.invalid_type("SheetChange")


def invalid_resume_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as ResumeResult: one thing in it is wrong."""
    return _INVALID.invalid_type("ResumeResult")


def invalid_cancel_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as CancelResult: one thing in it is wrong."""
    return _INVALID.invalid_type("CancelResult")


def invalid_clear_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as ClearResult: one thing in it is wrong."""
    return _INVALID.invalid_type("ClearResult")


def invalid_error_record() -> SearchStrategy[Any]:
    """JSON that no reader takes as ErrorRecord: one thing in it is wrong."""
    return _INVALID.invalid_type("ErrorRecord")


def invalid_job_errors() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobErrors: one thing in it is wrong."""
    return _INVALID.invalid_type("JobErrors")


def invalid_finding() -> SearchStrategy[Any]:
    """JSON that no reader takes as Finding: one thing in it is wrong."""
    return _INVALID.invalid_type("Finding")


def invalid_timeline_entry() -> SearchStrategy[Any]:
    """JSON that no reader takes as TimelineEntry: one thing in it is wrong."""
    return _INVALID.invalid_type("TimelineEntry")


def invalid_environment() -> SearchStrategy[Any]:
    """JSON that no reader takes as Environment: one thing in it is wrong."""
    return _INVALID.invalid_type("Environment")


def invalid_diagnosis() -> SearchStrategy[Any]:
    """JSON that no reader takes as Diagnosis: one thing in it is wrong."""
    return _INVALID.invalid_type("Diagnosis")


def invalid_execution_record() -> SearchStrategy[Any]:
    """JSON that no reader takes as ExecutionRecord: one thing in it is wrong."""
    return _INVALID.invalid_type("ExecutionRecord")


def invalid_history() -> SearchStrategy[Any]:
    """JSON that no reader takes as History: one thing in it is wrong."""
    return _INVALID.invalid_type("History")


def invalid_recovered_sheet() -> SearchStrategy[Any]:
    """JSON that no reader takes as RecoveredSheet: one thing in it is wrong."""
    return _INVALID.invalid_type("RecoveredSheet")


def invalid_recover_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as RecoverResult: one thing in it is wrong."""
    return _INVALID.invalid_type("RecoverResult")


def invalid_daemon_status() -> SearchStrategy[Any]:
    """JSON that no reader takes as DaemonStatus: one thing in it is wrong."""
    return _INVALID.invalid_type("DaemonStatus")


def invalid_health() -> SearchStrategy[Any]:
    """JSON that no reader takes as Health: one thing in it is wrong."""
    return _INVALID.invalid_type("Health")


def invalid_readiness() -> SearchStrategy[Any]:
    """JSON that no reader takes as Readiness: one thing in it is wrong."""
    return _INVALID.invalid_type("Readiness")


def invalid_shutdown_result() -> SearchStrategy[Any]:
    """JSON that no reader takes as ShutdownResult: one thing in it is wrong."""
    return _INVALID.invalid_type("ShutdownResult")


def invalid_socket_config() -> SearchStrategy[Any]:
    """JSON that no reader takes as SocketConfig: one thing in it is wrong."""
    return _INVALID.invalid_type("SocketConfig")


def invalid_daemon_config() -> SearchStrategy[Any]:
    """JSON that no reader takes as DaemonConfig: one thing in it is wrong."""
    return _INVALID.invalid_type("DaemonConfig")


def invalid_process_metric() -> SearchStrategy[Any]:
    """JSON that no reader takes as ProcessMetric: one thing in it is wrong."""
    return _INVALID.invalid_type("ProcessMetric")


def invalid_gpu_metric() -> SearchStrategy[Any]:
    """JSON that no reader takes as GpuMetric: one thing in it is wrong."""
    return _INVALID.invalid_type("GpuMetric")


def invalid_job_progress() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobProgress: one thing in it is wrong."""
    return _INVALID.invalid_type("JobProgress")


def invalid_system_snapshot() -> SearchStrategy[Any]:
    """JSON that no reader takes as SystemSnapshot: one thing in it is wrong."""
    return _INVALID.invalid_type("SystemSnapshot")


def invalid_snapshot_file() -> SearchStrategy[Any]:
    """JSON that no reader takes as SnapshotFile: one thing in it is wrong."""
    return _INVALID.invalid_type("SnapshotFile")


def invalid_process_event() -> SearchStrategy[Any]:
    """JSON that no reader takes as ProcessEvent: one thing in it is wrong."""
    return _INVALID.invalid_type("ProcessEvent")


def invalid_process_events() -> SearchStrategy[Any]:
    """JSON that no reader takes as ProcessEvents: one thing in it is wrong."""
    return _INVALID.invalid_type("ProcessEvents")


def invalid_observer_events() -> SearchStrategy[Any]:
    """JSON that no reader takes as ObserverEvents: one thing in it is wrong."""
    return _INVALID.invalid_type("ObserverEvents")


def invalid_event_data() -> SearchStrategy[Any]:
    """JSON that no reader takes as EventData: one thing in it is wrong."""
    return _INVALID.invalid_type("EventData")


def invalid_job_event() -> SearchStrategy[Any]:
    """JSON that no reader takes as JobEvent: one thing in it is wrong."""
    return _INVALID.invalid_type("JobEvent")


def invalid_stream_end() -> SearchStrategy[Any]:
    """JSON that no reader takes as StreamEnd: one thing in it is wrong."""
    return _INVALID.invalid_type("StreamEnd")


def invalid_rate_limit() -> SearchStrategy[Any]:
    """JSON that no reader takes as RateLimit: one thing in it is wrong."""
    return _INVALID.invalid_type("RateLimit")


def invalid_rate_limits() -> SearchStrategy[Any]:
    """JSON that no reader takes as RateLimits: one thing in it is wrong."""
    return _INVALID.invalid_type("RateLimits")


def invalid_cleared_limits() -> SearchStrategy[Any]:
    """JSON that no reader takes as ClearedLimits: one thing in it is wrong."""
    return _INVALID.invalid_type("ClearedLimits")


def invalid_pattern() -> SearchStrategy[Any]:
    """JSON that no reader takes as Pattern: one thing in it is wrong."""
    return _INVALID.invalid_type("Pattern")


def invalid_patterns() -> SearchStrategy[Any]:
    """JSON that no reader takes as Patterns: one thing in it is wrong."""
    return _INVALID.invalid_type("Patterns")


def invalid_submit_job_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as SubmitJobParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.submit")


def invalid_get_job_status_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as GetJobStatusParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.status")


def invalid_pause_job_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as PauseJobParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.pause")


def invalid_resume_job_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ResumeJobParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.resume")


def invalid_modify_job_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ModifyJobParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.modify")


def invalid_cancel_job_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as CancelJobParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.cancel")


def invalid_list_jobs_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ListJobsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.list")


def invalid_clear_jobs_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ClearJobsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.clear")


def invalid_get_errors_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as GetErrorsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.errors")


def invalid_diagnose_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as DiagnoseParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.diagnose")


def invalid_get_execution_history_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as GetExecutionHistoryParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.history")


def invalid_recover_job_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as RecoverJobParams: one thing in it is wrong."""
    return _INVALID.invalid_params("job.recover")


def invalid_status_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as StatusParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.status")


def invalid_health_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as HealthParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.health")


def invalid_readiness_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ReadinessParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.ready")


def invalid_shutdown_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ShutdownParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.shutdown")


def invalid_config_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ConfigParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.config")


def invalid_top_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as TopParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.top")


def invalid_top_stream_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as TopStreamParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.top.stream")


def invalid_events_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as EventsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.events")


def invalid_observer_events_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ObserverEventsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.observer_events")


def invalid_monitor_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as MonitorParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.monitor.stream")


def invalid_rate_limits_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as RateLimitsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.rate_limits")


def invalid_clear_rate_limits_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ClearRateLimitsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.clear_rate_limits")


def invalid_learning_patterns_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as LearningPatternsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("daemon.learning.patterns")


def invalid_job_not_found_data() -> SearchStrategy[Any]:
    """JSON that no client takes as JobNotFoundData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("JobNotFound")


def invalid_resource_exhausted_data() -> SearchStrategy[Any]:
    """JSON that no client takes as ResourceExhaustedData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("ResourceExhausted")


def invalid_job_not_resumable_data() -> SearchStrategy[Any]:
    """JSON that no client takes as JobNotResumableData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("JobNotResumable")


def invalid_workspace_not_found_data() -> SearchStrategy[Any]:
    """JSON that no client takes as WorkspaceNotFoundData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("WorkspaceNotFound")


RESULTS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "job.submit": job_response,
    "job.status": job_state,
    "job.pause": pause_result,
    "job.resume": resume_result,
    "job.modify": resume_result,
    "job.cancel": cancel_result,
    "job.list": _list_jobs_result,
    "job.clear": clear_result,
    "job.errors": job_errors,
    "job.diagnose": diagnosis,
    "job.history": history,
    "job.recover": recover_result,
    "daemon.status": daemon_status,
    "daemon.health": health,
    "daemon.ready": readiness,
    "daemon.shutdown": shutdown_result,
    "daemon.config": daemon_config,
    "daemon.top": system_snapshot,
    "daemon.top.stream": snapshot_file,
    "daemon.events": process_events,
    "daemon.observer_events": observer_events,
    "daemon.monitor.stream": stream_end,
    "daemon.rate_limits": rate_limits,
    "daemon.clear_rate_limits": cleared_limits,
    "daemon.learning.patterns": patterns,
}
"""For each method what makes its results."""

ITEMS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "daemon.monitor.stream": job_event,
}
"""For each stream what makes its items."""
