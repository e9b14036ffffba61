"""Types of the Daemon service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from datetime import datetime
from typing import Annotated

from daemonrpc import UNSET, Constraint, OpenEnum, UnsetType
from msgspec import Struct

JobName = Annotated[str, Constraint(max_length=100, pattern="[A-Za-z0-9][A-Za-z0-9._-]*")]
"""Name of a job, as its file or its submitter gives it."""

JobRef = Annotated[str, Constraint(max_length=120, pattern="[A-Za-z0-9#][A-Za-z0-9._#-]*")]
"""How a caller names a job: its identifier (`fix-tests#7`), its number (`7` or `#7`), its name, or the
beginning of one name only (either gives the newest job of that name).
"""

RequestId = Annotated[str, Constraint(min_length=1, max_length=200)]
"""Identifier that the submitter chose for one submission."""

SheetNumber = Annotated[int, Constraint(minimum=1)]
"""Place of a sheet in its job, counted from 1."""

ErrorCode = Annotated[str, Constraint(pattern="E_[A-Z_]+")]
"""`E_` and the cause in capitals, such as `E_TIMEOUT`."""


class JobStatus(OpenEnum):
    """Where a job stands."""

    QUEUED = "queued"
    """Waits for a place among the running jobs; the state object calls this `pending`."""
    PENDING = "pending"
    """Has not started yet."""
    RUNNING = "running"
    """Its sheets are worked on, or it waits by itself for a limit or a retry."""
    PAUSED = "paused"
    """Held, so that nothing starts until somebody resumes it."""
    COMPLETED = "completed"
    """Every sheet ended well."""
    FAILED = "failed"
    """A sheet failed for good."""
    CANCELLED = "cancelled"
    """Stopped at somebody's wish, and for good."""


class SheetStatus(OpenEnum):
    """Where a sheet stands."""

    PENDING = "pending"
    """Waits for the sheets that it needs."""
    READY = "ready"
    """May start and waits for a slot."""
    DISPATCHED = "dispatched"
    """Its attempt is on record and the process is being started."""
    IN_PROGRESS = "in_progress"
    """Its process runs, or its outputs are being checked."""
    WAITING = "waiting"
    """Waits until the limit of its instrument is over."""
    RETRY_SCHEDULED = "retry_scheduled"
    """Failed and waits for its next attempt."""
    COMPLETED = "completed"
    """Ended, and its outputs check out."""
    FAILED = "failed"
    """Failed, and no attempt is left."""
    SKIPPED = "skipped"
    """Left out at the submitter's wish."""
    CANCELLED = "cancelled"
    """Stopped together with its job."""


class AttemptStatus(OpenEnum):
    """Where an attempt stands."""

    STARTING = "starting"
    """On record, its process not yet confirmed."""
    RUNNING = "running"
    """Its process runs, or its outputs are being checked."""
    SUCCEEDED = "succeeded"
    """The process ended well and every validation passed."""
    FAILED = "failed"
    """Ended without success, for the reason that `cause` names."""


class Cause(OpenEnum):
    """Why an attempt, a sheet or a job ended without success."""

    EXIT = "exit"
    """The process ended with an exit code that counts as failure."""
    SIGNAL = "signal"
    """A signal from outside the conductor ended the process."""
    INVALID = "invalid"
    """The process ended well but a validation did not pass."""
    TIMEOUT = "timeout"
    """The attempt ran longer than its timeout."""
    IDLE = "idle"
    """The process wrote nothing for longer than its idle timeout."""
    OUTPUT_LIMIT = "output_limit"
    """The process wrote more than it may."""
    LIMIT = "limit"
    """The instrument's limit was reached, which does not use up a retry."""
    SPAWN = "spawn"
    """The process could not be started."""
    INTERRUPTED = "interrupted"
    """The process was lost or stopped through no fault of its own, which does not use up a retry."""
    CANCELLED = "cancelled"
    """The job was cancelled."""


class ErrorType(OpenEnum):
    """What kind of failure it was, as far as another attempt is concerned."""

    TRANSIENT = "transient"
    """Another attempt may succeed."""
    RATE_LIMIT = "rate_limit"
    """The instrument said to come back later."""
    PERMANENT = "permanent"
    """Another attempt would fail the same way."""


class ExitReason(OpenEnum):
    """How a process ended."""

    COMPLETED = "completed"
    """It ended by itself."""
    TIMEOUT = "timeout"
    """The conductor ended it for running or idling too long."""
    KILLED = "killed"
    """A signal ended it."""
    ERROR = "error"
    """It could not be started, or it was gone without a result."""


class Hold(OpenEnum):
    """Who holds a job; it goes on when no hold is left."""

    USER = "user"
    """Somebody paused it."""
    FAILURE = "failure"
    """A sheet failed and the job waits to be told how to go on."""
    RESOURCE = "resource"
    """The machine is short of disk or memory."""
    SHUTDOWN = "shutdown"
    """The daemon is going down."""


class WaitKind(OpenEnum):
    """What something waits for."""

    SLOT = "slot"
    """A place among the running jobs or sheets."""
    LIMIT = "limit"
    """The end of an instrument's limit."""
    RETRY = "retry"
    """The time of the next attempt."""
    HOLD = "hold"
    """Somebody who lifts the hold."""


class SubmitStatus(OpenEnum):
    """What became of a request to run something."""

    ACCEPTED = "accepted"
    """It was taken on."""
    REJECTED = "rejected"
    """It was not, and nothing was changed; `message` and `reason` say why."""


class Refusal(OpenEnum):
    """Why a request was turned down, for programs."""

    NOT_FOUND = "not_found"
    """No job is meant by that name, or more than one."""
    WRONG_STATE = "wrong_state"
    """The job is in a state in which that is not possible."""
    INVALID_CONFIG = "invalid_config"
    """The job file is wrong; `problems` lists where."""
    CONFLICT = "conflict"
    """The same request_id was used before with another job file."""
    UNSUPPORTED = "unsupported"
    """The request asks for something that this daemon does not do."""
    RESOURCE_EXHAUSTED = "resource_exhausted"
    """The daemon is at one of its limits."""
    SHUTTING_DOWN = "shutting_down"
    """The daemon takes no new work because it is going down."""


class RuleType(OpenEnum):
    """Kind of a validation."""

    EXIT_CODE = "exit_code"
    """The exit code is among those that count as success."""
    FILE = "file"
    """A file exists, is fresh and is large enough."""
    CONTAINS = "contains"
    """A file contains a text."""
    REGEX = "regex"
    """A file matches a regular expression."""
    JSON = "json"
    """A file is JSON and fits its schema."""
    COMMAND = "command"
    """A command ends with exit code 0."""


class SheetAction(OpenEnum):
    """What a resumed or changed job does with a sheet."""

    RUN = "run"
    """It will run."""
    KEEP = "keep"
    """Its result stands."""
    FINISH = "finish"
    """Its attempt goes on as it was started; the sheet runs again afterwards if its definition has
    changed.
    """
    SKIP = "skip"
    """It stays left out."""


class StreamKind(OpenEnum):
    """Which output of a process."""

    STDOUT = "stdout"
    """Standard output."""
    STDERR = "stderr"
    """Standard error."""


class EventName(OpenEnum):
    """What happened."""

    JOB_SUBMITTED = "job.submitted"
    """A job was taken on."""
    JOB_STARTED = "job.started"
    """The first sheet of a job may start."""
    JOB_PAUSED = "job.paused"
    """A job is held and none of its sheets runs any more."""
    JOB_RESUMING = "job.resuming"
    """A hold was lifted and the job goes on."""
    JOB_MODIFIED = "job.modified"
    """A job was given a new definition."""
    JOB_COMPLETED = "job.completed"
    """Every sheet ended well."""
    JOB_FAILED = "job.failed"
    """A sheet failed for good."""
    JOB_CANCELLED = "job.cancelled"
    """A job was cancelled and its processes are gone."""
    JOB_INTERRUPTED = "job.interrupted"
    """The daemon came up and found the job in the middle of its work."""
    SHEET_STARTED = "sheet.started"
    """The process of an attempt was started."""
    SHEET_COMPLETED = "sheet.completed"
    """A sheet ended and its outputs check out."""
    SHEET_FAILED = "sheet.failed"
    """A sheet failed and no attempt is left."""
    SHEET_RETRY_SCHEDULED = "sheet.retry_scheduled"
    """An attempt failed and another will follow."""
    SHEET_INTERRUPTED = "sheet.interrupted"
    """An attempt was lost while the daemon was down."""
    SHEET_WAITING = "sheet.waiting"
    """A sheet waits for the limit of its instrument."""
    SHEET_SKIPPED = "sheet.skipped"
    """A sheet was left out."""
    SHEET_RECOVERED = "sheet.recovered"
    """A failed sheet's outputs check out after all."""
    SHEET_OUTPUT = "sheet.output"
    """A process wrote something."""
    RATE_LIMIT_ACTIVE = "rate_limit.active"
    """A limit of an instrument was seen."""
    RATE_LIMIT_CLEARED = "rate_limit.cleared"
    """A limit of an instrument is over or was lifted by hand."""
    OBSERVER_PROCESS_STARTED = "observer.process_started"
    """A process of a running job was started."""
    OBSERVER_PROCESS_EXITED = "observer.process_exited"
    """A process of a running job ended."""
    OBSERVER_FILE_CREATED = "observer.file_created"
    """A file of the workspace is new since the attempt's start."""
    OBSERVER_FILE_MODIFIED = "observer.file_modified"
    """A file of the workspace changed since the attempt's start."""
    OBSERVER_FILE_DELETED = "observer.file_deleted"
    """A file of the workspace is gone since the attempt's start."""
    DAEMON_STARTED = "daemon.started"
    """The daemon is up and has put its jobs in order."""
    DAEMON_STOPPING = "daemon.stopping"
    """The daemon is going down."""


class EndReason(OpenEnum):
    """Why a stream of events ended."""

    JOB_ENDED = "job_ended"
    """The job that was followed has ended and all its events were sent."""
    CAUGHT_UP = "caught_up"
    """Every stored event was sent and the caller did not ask to wait for more."""
    SHUTTING_DOWN = "shutting_down"
    """The daemon is going down; follow again from `last_seq`."""


class HealthStatus(OpenEnum):
    """Whether the daemon is alive."""

    OK = "ok"
    """It answers."""


class ReadyStatus(OpenEnum):
    """Whether the daemon takes on work."""

    READY = "ready"
    """It does."""
    NOT_READY = "not_ready"
    """It does not; `reasons` says why."""


class NotReadyReason(OpenEnum):
    """Why the daemon takes on no work."""

    RECOVERING = "recovering"
    """It is still putting the jobs of its last life in order."""
    DRAINING = "draining"
    """It is going down."""
    DISK_LOW = "disk_low"
    """The disk of its state directory is nearly full."""


class PressureLevel(OpenEnum):
    """How near the machine is to the nearer of two limits: its memory, and the number of processes that
    the user may have.
    """

    NONE = "none"
    """Less than 70 % is used."""
    LOW = "low"
    """70 % or more is used."""
    MEDIUM = "medium"
    """80 % or more is used."""
    HIGH = "high"
    """90 % or more is used."""
    CRITICAL = "critical"
    """97 % or more is used."""


class ProcessEventType(OpenEnum):
    """What happened to a process."""

    SPAWN = "spawn"
    """It was started."""
    EXIT = "exit"
    """It ended by itself, or was gone without a result (exit_code is null then)."""
    SIGNAL = "signal"
    """A signal from outside the conductor ended it."""
    KILL = "kill"
    """The conductor ended it: cancelled, too long, idle, or too much output."""


class PatternType(OpenEnum):
    """What the past attempts of a sheet look like."""

    RELIABLE = "reliable"
    """Nearly every attempt succeeds at once."""
    FLAKY = "flaky"
    """Some attempts fail, and a later one of the same job succeeds."""
    FAILING = "failing"
    """Most jobs in which the sheet ran did not get past it."""


class PatternStage(OpenEnum):
    """How far a pattern can be relied on."""

    PENDING = "pending"
    """Fewer than five attempts were seen."""
    VALIDATED = "validated"
    """Five attempts or more were seen."""
    QUARANTINED = "quarantined"
    """The newest five results and the older ones contradict each other (success rates more than 50 points
    apart).
    """
    RETIRED = "retired"
    """The sheet has not run for 30 days."""


class FindingSeverity(OpenEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The job does not get on because of it."""
    WARNING = "warning"
    """It costs time or hides a fault."""
    INFO = "info"
    """It explains what is seen."""


class TimelineKind(OpenEnum):
    """What a stretch of the timeline is."""

    ATTEMPT = "attempt"
    """A process ran."""
    WAIT = "wait"
    """Nothing ran, because of a retry, a limit or a hold."""


class WaitingFor(Struct, kw_only=True):
    """What a job or a sheet waits for."""

    kind: WaitKind
    """What it waits for."""
    until: datetime | None = None
    """When the wait is over, null when nobody knows."""
    instrument: str | None = None
    """Instrument whose limit it is, null for other waits."""
    detail: str = ""
    """The same in words for a person."""


class Eta(Struct, kw_only=True):
    """Time still needed, estimated from earlier runs of the same sheets."""

    p50: float
    """Seconds that are enough in half of the cases."""
    p90: float
    """Seconds that are enough in nine of ten cases."""
    runs: int
    """Number of earlier successful attempts behind the estimate."""


class ValidationResult(Struct, kw_only=True):
    """Result of one validation of one attempt."""

    rule_type: RuleType
    """Kind of the validation."""
    description: str
    """The rule in words."""
    path: str | None = None
    """File that was looked at, null for the standard output or none."""
    pattern: str | None = None
    """Text, expression or command of the rule."""
    passed: bool
    """Whether the rule holds."""
    message: str
    """What was found."""


class AttemptError(Struct, kw_only=True):
    """One failed attempt in the history of a sheet."""

    timestamp: datetime
    """When the attempt ended."""
    error_type: ErrorType
    """Kind of the failure."""
    error_code: ErrorCode
    """Code of the cause."""
    cause: Cause
    """Why the attempt failed."""
    error_message: str
    """What happened in a sentence."""
    attempt_number: Annotated[int, Constraint(minimum=1)]
    """Which attempt of the sheet it was."""
    stdout_tail: str | None = None
    """Last lines of its standard output, at most 500 bytes."""
    stderr_tail: str | None = None
    """Last lines of its standard error, at most 500 bytes."""


class AttemptSummary(Struct, kw_only=True):
    """One attempt of a sheet."""

    attempt_num: Annotated[int, Constraint(minimum=1)]
    """Which attempt of the sheet it is, counted from 1."""
    status: AttemptStatus
    """Where it stands."""
    cause: Cause | None = None
    """Why it failed, null while it runs and after success."""
    exit_code: int | None = None
    """Exit code of the process, null if it has none."""
    exit_signal: int | None = None
    """Signal that ended the process, null if none did."""
    counted: bool = True
    """Whether it used up one of the sheet's attempts."""
    pid: int | None = None
    """Process id of the step, null before it is known."""
    started_at: datetime
    """When it was put on record."""
    completed_at: datetime | None = None
    """When it ended, null while it runs."""
    duration_seconds: float | None = None
    """Time from start to end, null while it runs."""
    cpu_seconds: float | None = None
    """Processor time of the process and its children, null if unknown."""
    max_rss_kb: int | None = None
    """Largest memory use in KiB, null if unknown."""
    output_bytes: int | None = None
    """Size of standard output and standard error, null while it runs."""
    directory: str
    """Directory that holds the files of the attempt."""
    stdout_path: str
    """File with its standard output."""
    stderr_path: str
    """File with its standard error."""


class SheetState(Struct, kw_only=True):
    """Everything about one sheet of a job."""

    sheet_num: SheetNumber
    """Place in the job."""
    name: str
    """Name from the job file."""
    status: SheetStatus
    """Where it stands."""
    needs: list[int] = []
    """Numbers of the sheets that must have ended well before."""
    command: list[str] = []
    """Program and arguments as they are started."""
    instrument_name: str = "shell"
    """Instrument that runs it, `shell` for a plain command."""
    started_at: datetime | None = None
    """When its first attempt started."""
    completed_at: datetime | None = None
    """When it ended for good."""
    last_activity_at: datetime | None = None
    """When its running or last attempt last wrote something, or started."""
    fire_at: datetime | None = None
    """When the next attempt is due, null if none is scheduled."""
    rate_limit_expires_at: datetime | None = None
    """When the limit that it waits for is over, null if it waits for none."""
    attempt_count: int = 0
    """Attempts so far."""
    normal_attempts: int = 0
    """Attempts so far that used up a retry; limits and interruptions do not."""
    max_retries: int = 0
    """How many times it may be tried again."""
    exit_code: int | None = None
    """Exit code of the last attempt that ended."""
    exit_signal: int | None = None
    """Signal that ended the last attempt."""
    exit_reason: ExitReason | None = None
    """How the process of the last attempt ended, null if none ended."""
    cause: Cause | None = None
    """Why the last attempt failed, null if it did not."""
    error_message: str | None = None
    """The last failure in a sentence."""
    error_category: ErrorType | None = None
    """Kind of the last failure."""
    error_code: ErrorCode | None = None
    """Code of the last failure."""
    error_history: list[AttemptError] = []
    """Failed attempts, oldest first, the newest 20 of them."""
    validation_passed: bool | None = None
    """Whether all validations passed, null if none ran."""
    validation_details: list[ValidationResult] | None = None
    """Result of each validation, null if none ran."""
    passed_validations: list[str] = []
    """Descriptions of the validations that passed."""
    failed_validations: list[str] = []
    """Descriptions of the validations that did not pass."""
    last_pass_percentage: float | None = None
    """Share of validations that passed in per cent, null if none ran."""
    execution_duration_seconds: float | None = None
    """Duration of the last attempt that ended."""
    total_duration_seconds: float = 0.0
    """Duration of all attempts together."""
    sheet_timeout_seconds: float | None = None
    """How long one attempt may run, null if there is no limit."""
    success_without_retry: bool = False
    """Whether it ended well at the first attempt."""
    recovered: bool = False
    """Whether a recovery, not an attempt, found its outputs in order."""
    stdout_tail: str | None = None
    """End of the standard output of the newest attempt, null if there is none."""
    stderr_tail: str | None = None
    """End of the standard error of the newest attempt, null if there is none."""
    output_truncated: bool = False
    """Whether there was more output than the tails show."""
    attempts: list[AttemptSummary] = []
    """Attempts, oldest first, the newest 20 of them."""


class JobState(Struct, kw_only=True):
    """Everything about one job."""

    job_id: str
    """Identifier: name, `#` and a number that is used once."""
    job_name: str
    """Name from the job file or the submitter."""
    request_id: str | None = None
    """Identifier that the submitter gave the submission."""
    config_path: str | None = None
    """Job file that it was read from, null if it was sent inline."""
    config_hash: str
    """Digest of what the job does; equal digests mean the same job."""
    workspace: str
    """Directory in which its sheets run."""
    directory: str
    """Directory in which the daemon keeps the files of its attempts."""
    status: JobStatus
    """Where it stands; a queued job says `pending` here."""
    created_at: datetime
    """When it was submitted."""
    updated_at: datetime
    """When something last happened to it."""
    started_at: datetime | None = None
    """When its first sheet started, null before."""
    completed_at: datetime | None = None
    """When it ended, null before."""
    total_sheets: Annotated[int, Constraint(minimum=1)]
    """Number of sheets."""
    last_completed_sheet: int = 0
    """Number of sheets that ended well or were skipped."""
    current_sheet: int | None = None
    """Lowest number among the sheets that run, null if none runs."""
    sheets_in_progress: list[int] = []
    """Numbers of the sheets that run."""
    sheets: dict[str, SheetState]
    """The sheets by their number, written as text."""
    instruments_used: list[str] = []
    """Instruments of sheets that were tried."""
    holds: list[Hold] = []
    """Who holds it; empty if nobody does."""
    waiting_for: WaitingFor | None = None
    """What it waits for while no sheet runs, null if it does not wait."""
    cancelling: bool = False
    """Whether a cancellation is under way."""
    recovered: bool = False
    """Whether a recovery turned it from failed to completed."""
    cause: Cause | None = None
    """Why it failed, null if it did not."""
    error_message: str | None = None
    """The failure in a sentence."""
    total_retry_count: int = 0
    """Attempts beyond the first of each sheet that used up a retry."""
    rate_limit_waits: int = 0
    """Attempts that ended in a limit."""
    total_input_tokens: int = 0
    """Tokens that its instruments say they read, 0 if they say nothing."""
    total_output_tokens: int = 0
    """Tokens that its instruments say they wrote, 0 if they say nothing."""
    total_estimated_cost: float = 0.0
    """Cost in US dollars that its instruments report, 0 if they report none."""
    eta_seconds: Eta | None = None
    """Time still needed, null when earlier runs do not tell or the job has ended."""
    seq: int
    """Number of the newest event that this answer includes; follow with `since_seq` of this value."""


class JobEntry(Struct, kw_only=True):
    """One job in the list of jobs."""

    job_id: str
    """Identifier."""
    job_name: str
    """Name."""
    status: JobStatus
    """Where it stands."""
    config_path: str | None = None
    """Job file, null if it was sent inline."""
    workspace: str
    """Directory in which its sheets run."""
    submitted_at: float
    """When it was submitted, in seconds since 1970."""
    started_at: float | None = None
    """When it started, in seconds since 1970, null before."""
    completed_at: float | None = None
    """When it ended, in seconds since 1970, null before."""
    current_sheet: int | None = None
    """Lowest number among the sheets that run, null if none runs."""
    total_sheets: int
    """Number of sheets."""
    progress_completed: int
    """Number of sheets that ended well or were skipped."""
    progress_total: int
    """Number of sheets."""
    holds: list[Hold] = []
    """Who holds it."""
    waiting_for: WaitingFor | None = None
    """What it waits for while no sheet runs, null if it does not wait."""
    cancelling: bool = False
    """Whether a cancellation is under way."""
    cause: Cause | None = None
    """Why it failed, null if it did not."""
    error_message: str | None = None
    """The failure in a sentence."""


class ConfigProblem(Struct, kw_only=True):
    """One mistake in a job file."""

    file: str
    """The file as the submitter named it."""
    line: int = 0
    """Line, counted from 1; 0 when the mistake has no place in the text."""
    column: int = 0
    """Column, counted from 1; 0 when the mistake has no place in the text."""
    where: str = ""
    """Path in words, such as `in sheet 'plan', 'timeout'`; empty for the file as a whole."""
    message: str
    """What is wrong in a sentence."""
    hint: str | None = None
    """What to write instead, null if there is no advice."""


class PlannedSheet(Struct, kw_only=True):
    """What a job would do with one sheet."""

    sheet_num: SheetNumber
    """Place in the job."""
    name: str
    """Name from the job file."""
    needs: list[int] = []
    """Numbers of the sheets that must have ended well before."""
    instrument: str = "shell"
    """Instrument that would run it, `shell` for a plain command."""
    command: list[str] = []
    """Program and arguments as they would be started."""
    validations: list[str] = []
    """Descriptions of its validations."""
    skipped: bool = False
    """Whether it would be left out because of `start_sheet`."""


class JobResponse(Struct, kw_only=True):
    """Answer to a submission."""

    job_id: str
    """Identifier of the job, empty when there is none (rejected, or a dry run)."""
    status: SubmitStatus
    """Accepted or rejected."""
    message: str | None = None
    """Detail for a person."""
    reason: Refusal | None = None
    """Why it was rejected, null when accepted."""
    problems: list[ConfigProblem] = []
    """Faults of the job file."""
    created: bool = False
    """Whether this call made the job; false when the same request_id had made it before."""
    state: JobStatus | None = None
    """Where the job stands now, null when there is none."""
    warnings: list[str] = []
    """What the submitter ought to know although the job was accepted."""
    seq: int = 0
    """Number of the last event before the job was made; follow it with `since_seq` of this value."""
    plan: list[PlannedSheet] = []
    """What would run; filled for a dry run only."""


class PauseResult(Struct, kw_only=True):
    """Answer to a request to pause."""

    paused: bool
    """Whether the job is held now; a sheet that runs is finished first."""
    error: str | None = None
    """Why it is not, null when it is."""
    reason: Refusal | None = None
    """Why it is not, for programs."""
    job_id: str = ""
    """Identifier of the job that was meant, empty if there is none."""
    sheets_in_progress: list[int] = []
    """Sheets that still run and are finished first."""


class SheetChange(Struct, kw_only=True):
    """What a resumed or changed job does with one sheet."""

    sheet_num: SheetNumber
    """Place in the job."""
    name: str
    """Name from the job file."""
    action: SheetAction
    """What is done with it."""
    why: str
    """The reason in words."""


class ResumeResult(Struct, kw_only=True):
    """Answer to a request to resume or to change a job."""

    job_id: str
    """Identifier of the job that was meant, empty if there is none."""
    status: SubmitStatus
    """Accepted or rejected."""
    message: str | None = None
    """Detail for a person."""
    reason: Refusal | None = None
    """Why it was rejected, null when accepted."""
    problems: list[ConfigProblem] = []
    """Faults of the job file."""
    state: JobStatus | None = None
    """Where the job stands now, null when there is none."""
    applied: bool = False
    """Whether the change holds already; an accepted one that does not waits until the sheets that run have
    ended.
    """
    changes: list[SheetChange] = []
    """What becomes of each sheet; empty when rejected."""
    seq: int = 0
    """Number of the last event before the job went on; follow it with `since_seq` of this value."""


class CancelResult(Struct, kw_only=True):
    """Answer to a request to cancel."""

    cancelled: bool
    """Whether the job is cancelled or being cancelled because of this call; false for unknown and ended
    jobs.
    """
    cancelling: bool = False
    """Whether some of its processes were still alive when the answer was given."""
    job_id: str = ""
    """Identifier of the job that was meant, empty if there is none."""
    state: JobStatus | None = None
    """Where the job stands now, null when there is none."""
    message: str | None = None
    """Why nothing was cancelled, null when something was."""
    reason: Refusal | None = None
    """Why nothing was cancelled, for programs."""


class ClearResult(Struct, kw_only=True):
    """Answer to a request to delete ended jobs."""

    deleted: int
    """Number of jobs that were deleted, or would be in a dry run."""
    job_ids: list[str] = []
    """Their identifiers."""
    dry_run: bool = False
    """Whether nothing was really deleted."""


class ErrorRecord(Struct, kw_only=True):
    """One failed attempt, as a person looks for it."""

    sheet_num: SheetNumber
    """Sheet that failed."""
    sheet_name: str
    """Its name."""
    attempt_num: Annotated[int, Constraint(minimum=1)]
    """Which attempt of the sheet it was."""
    timestamp: datetime
    """When the attempt ended."""
    code: ErrorCode
    """Code of the cause."""
    cause: Cause
    """Why it failed."""
    error_type: ErrorType
    """Kind of the failure."""
    message: str
    """What happened in a sentence."""
    signature: str
    """Short text that is the same for failures of the same kind: cause, exit code and the last line of
    output without its numbers.
    """
    last_lines: list[str] = []
    """Last lines of output, of standard error if it has any."""
    retriable: bool
    """Whether another attempt may succeed."""
    exit_code: int | None = None
    """Exit code, null if there is none."""
    exit_signal: int | None = None
    """Signal, null if there is none."""
    failed_validations: list[str] = []
    """Descriptions of the validations that did not pass."""
    stdout_path: str
    """File with its standard output."""
    stderr_path: str
    """File with its standard error."""


class JobErrors(Struct, kw_only=True):
    """Failures of a job."""

    state: JobState
    """The job."""
    errors: list[ErrorRecord] = []
    """Its failed attempts, oldest first, the newest 200 of them."""


class Finding(Struct, kw_only=True):
    """One thing that a diagnosis found."""

    code: str
    """Short name of the kind of finding, such as `validation_failed`."""
    severity: FindingSeverity
    """How much it matters."""
    sheet_num: int | None = None
    """Sheet that it is about, null for the whole job."""
    message: str
    """What was found in a sentence."""
    evidence: list[str] = []
    """Lines that show it: output, rules, times."""
    hint: str
    """What to do about it in a sentence."""
    command: str | None = None
    """Command line that does it, null if there is none."""


class TimelineEntry(Struct, kw_only=True):
    """One stretch of time in the life of a job."""

    kind: TimelineKind
    """What it is."""
    sheet_num: int | None = None
    """Sheet that it belongs to, null for the whole job."""
    sheet_name: str | None = None
    """Name of that sheet."""
    attempt_num: int | None = None
    """Attempt, null for a wait."""
    status: AttemptStatus | None = None
    """Where the attempt stands, null for a wait."""
    cause: Cause | None = None
    """Why the attempt failed, null if it did not."""
    waited_for: WaitKind | None = None
    """What a wait was for, null for an attempt."""
    started_at: datetime
    """When it began."""
    ended_at: datetime | None = None
    """When it ended, null while it lasts."""
    duration_seconds: float
    """How long it lasted or has lasted so far."""
    detail: str = ""
    """What to know about it in a few words, such as the failed validation."""


class Environment(Struct, kw_only=True):
    """What a job runs in."""

    daemon_version: str
    """Version of the conductor."""
    python_version: str
    """Version of Python that runs it."""
    platform: str
    """Name and version of the system."""
    state_dir: str
    """Directory in which the daemon keeps everything."""
    workspace: str
    """Directory in which the sheets run."""
    workspace_exists: bool
    """Whether that directory is there."""
    disk_free_mb: float
    """Free space of the disk of the state directory in MiB."""
    memory_available_mb: float
    """Memory that is available on the machine in MiB."""
    programs: dict[str, str | None] = {}
    """Programs that the sheets start, each with the path that was found, null if none was."""


class Diagnosis(Struct, kw_only=True):
    """What stands in a job's way."""

    state: JobState
    """The job."""
    workspace: str
    """Directory in which its sheets run."""
    findings: list[Finding] = []
    """What was found, the most important first."""
    timeline: list[TimelineEntry] = []
    """Attempts and waits in the order of their start, the newest 1000 of them."""
    environment: Environment
    """What the job runs in."""


class ExecutionRecord(Struct, kw_only=True):
    """One attempt in the history of a job."""

    id: int
    """Number of the attempt in the store, ever growing."""
    job_id: str
    """Identifier of the job."""
    sheet_num: SheetNumber
    """Sheet."""
    sheet_name: str
    """Name of the sheet."""
    attempt_num: Annotated[int, Constraint(minimum=1)]
    """Which attempt of the sheet it is."""
    prompt: str | None = None
    """Prompt of the sheet, null if it has none."""
    command: list[str] = []
    """Program and arguments that were started."""
    output: str | None = None
    """End of its standard output, null if it wrote none or was not asked for."""
    error_output: str | None = None
    """End of its standard error, null if it wrote none or was not asked for."""
    status: AttemptStatus
    """Where the attempt stands."""
    cause: Cause | None = None
    """Why it failed, null if it did not."""
    counted: bool = True
    """Whether it used up one of the sheet's attempts."""
    exit_code: int | None = None
    """Exit code, null if it has none."""
    exit_signal: int | None = None
    """Signal that ended it, null if none did."""
    error_message: str | None = None
    """The failure in a sentence, null if there was none."""
    duration_seconds: float | None = None
    """Time from start to end, null while it runs."""
    cpu_seconds: float | None = None
    """Processor time of the process and its children, null if unknown."""
    max_rss_kb: int | None = None
    """Largest memory use in KiB, null if unknown."""
    output_bytes: int | None = None
    """Size of standard output and standard error, null while it runs."""
    input_tokens: int | None = None
    """Tokens that the instrument says it read, null if it says nothing."""
    output_tokens: int | None = None
    """Tokens that the instrument says it wrote, null if it says nothing."""
    cost: float | None = None
    """Cost in US dollars that the instrument reports, null if it reports none."""
    executed_at: datetime
    """When it was put on record."""
    completed_at: datetime | None = None
    """When it ended, null while it runs."""
    stdout_path: str
    """File with its standard output."""
    stderr_path: str
    """File with its standard error."""


class History(Struct, kw_only=True):
    """Attempts of a job."""

    job_id: str
    """Identifier of the job."""
    records: list[ExecutionRecord]
    """Attempts, newest first."""
    has_history: bool
    """Whether the job has any attempt at all."""
    has_more: bool = False
    """Whether there are older ones; ask for those with `before_id` of the last record."""


class RecoveredSheet(Struct, kw_only=True):
    """What a recovery found about one sheet."""

    sheet_num: SheetNumber
    """Place in the job."""
    name: str
    """Name from the job file."""
    recovered: bool
    """Whether all its validations pass, so that it counts (or would count) as done."""
    message: str
    """The reason in words."""
    validations: list[ValidationResult] = []
    """Result of each validation."""


class RecoverResult(Struct, kw_only=True):
    """Answer to a request to recover a job."""

    state: JobState
    """The job as it stands now."""
    workspace: str
    """Directory in which its sheets run."""
    dry_run: bool
    """Whether nothing was changed."""
    sheet_num: int | None = None
    """Sheet that was asked about, null for all."""
    sheets: list[RecoveredSheet] = []
    """Sheets that were looked at."""
    resumed: bool = False
    """Whether the job goes on with the sheets that are left."""


class DaemonStatus(Struct, kw_only=True):
    """What the daemon is doing."""

    pid: int
    """Process id of the daemon."""
    uptime_seconds: float
    """Time since it started."""
    running_jobs: int
    """Number of jobs that run."""
    queued_jobs: int = 0
    """Number of jobs that wait for a place."""
    paused_jobs: int = 0
    """Number of jobs that are held."""
    total_jobs_active: int
    """Number of jobs that have not ended."""
    memory_usage_mb: float
    """Memory of the daemon itself in MiB."""
    version: str
    """Version of the conductor."""
    state_dir: str = ""
    """Directory in which it keeps everything."""
    socket_path: str = ""
    """Socket on which it answers."""
    log_file: str = ""
    """File of its log, empty if it logs to its terminal."""
    seq: int = 0
    """Number of the newest event."""


class Health(Struct, kw_only=True):
    """That the daemon is alive."""

    status: HealthStatus
    """Always ok; a daemon that is not gives no answer."""
    pid: int
    """Process id of the daemon."""
    uptime_seconds: float
    """Time since it started."""
    shutting_down: bool
    """Whether it is going down."""


class Readiness(Struct, kw_only=True):
    """Whether the daemon takes on work."""

    status: ReadyStatus
    """Ready or not."""
    running_jobs: int
    """Number of jobs that run."""
    memory_mb: float
    """Memory of the daemon and its processes in MiB."""
    memory_limit_mb: float
    """Memory of the machine in MiB."""
    child_processes: int
    """Number of processes under the daemon."""
    process_limit: int | UnsetType = UNSET
    """Number of processes that the user may have (RLIMIT_NPROC), absent if there is no limit."""
    pressure: PressureLevel
    """How near it is to its limits."""
    accepting_work: bool
    """Whether a job submitted now would be accepted."""
    shutting_down: bool
    """Whether it is going down."""
    failure_rate_elevated: bool
    """Whether more than half of the attempts that ended in the last hour failed, of at least four."""
    notifications_degraded: bool
    """Whether a reader of the event stream is more than 1000 events behind."""
    uptime_seconds: float
    """Time since the daemon started."""
    job_ids: list[str] = []
    """Identifiers of the jobs that run."""
    reasons: list[NotReadyReason] = []
    """Why it takes on no work, empty when it does."""


class ShutdownResult(Struct, kw_only=True):
    """Answer to a request to go down."""

    shutting_down: bool
    """Always true; the process ends a moment later."""
    pid: int = 0
    """Process to wait for; 0 if it is not told."""


class SocketConfig(Struct, kw_only=True):
    """The socket of the daemon."""

    path: str
    """Where it is."""
    permissions: int
    """Its mode as a number, such as 384 for 0600."""
    backlog: int
    """How many connections may wait to be accepted."""


class DaemonConfig(Struct, kw_only=True):
    """The settings with which the daemon runs; the names are those of its flags, its settings file and its
    variables.
    """

    socket: SocketConfig
    """Its socket."""
    config_file: str
    """File of settings: where it is, or would be."""
    state_dir: str
    """Directory in which it keeps everything."""
    database: str
    """Its database."""
    log_file: str
    """Its log when it runs in the background."""
    pid_file: str
    """File that holds its process id."""
    max_connections: int
    """How many connections are served at a time."""
    max_concurrent_requests: int
    """How many calls are worked on at a time."""
    max_concurrent_jobs: int
    """How many jobs may run at a time."""
    max_concurrent_sheets: int
    """How many sheets of all jobs may run at a time."""
    grace: float
    """Seconds between asking a process to end and killing it."""
    shutdown_grace: float
    """Seconds that the daemon waits for open calls when it goes down."""
    event_retention: float
    """Seconds for which an event stays readable after its job has ended."""
    disk_low: int
    """Free bytes of the disk of the state directory below which no job is accepted."""
    log_level: str
    """How much is logged: debug, info, warning or error."""
    access_log: str = "none"
    """Which calls get a line in the log: none, problems or all."""
    origins: dict[str, str] = {}
    """Where each value came from: `default`, a flag, a variable, or a line of the file."""


class ProcessMetric(Struct, kw_only=True):
    """One process of a running step, or the daemon itself."""

    pid: int
    """Process id."""
    ppid: int
    """Process id of its parent."""
    command: str
    """Its command line, at most 200 characters."""
    state: str
    """State as ps prints it: R, S, D, Z or T."""
    cpu_percent: float
    """Share of one processor in per cent since it started."""
    rss_mb: float
    """Resident memory in MiB."""
    vms_mb: float
    """Virtual memory in MiB."""
    threads: int
    """Number of threads."""
    open_fds: int
    """Number of open descriptors."""
    age_seconds: float
    """Time since it started."""
    job_id: str | None = None
    """Job that it works for, null for the daemon."""
    sheet_num: int | None = None
    """Sheet that it works for, null for the daemon."""


class GpuMetric(Struct, kw_only=True):
    """One graphics processor that publishes its load under /sys/class/drm."""

    index: int
    """Number of the card."""
    utilization_pct: float
    """Load in per cent."""
    memory_used_mb: float
    """Memory in use in MiB."""
    memory_total_mb: float
    """Memory in MiB."""
    temperature_c: float | UnsetType = UNSET
    """Temperature in degrees Celsius, absent if it is not told."""


class JobProgress(Struct, kw_only=True):
    """How far one active job is."""

    job_id: str
    """Identifier."""
    total_sheets: Annotated[int, Constraint(minimum=1)]
    """Number of sheets."""
    last_completed_sheet: int
    """Number of sheets that ended well or were skipped."""
    current_sheet: int | None = None
    """Lowest number among the sheets that run, null if none runs."""
    status: JobStatus
    """Where it stands."""


class SystemSnapshot(Struct, kw_only=True):
    """The machine and the conductor at one moment."""

    timestamp: float
    """When it was taken, in seconds since 1970."""
    daemon_pid: int
    """Process id of the daemon."""
    system_memory_total_mb: float
    """Memory of the machine in MiB."""
    system_memory_available_mb: float
    """Memory that is available in MiB."""
    system_memory_used_mb: float
    """Memory that is in use in MiB."""
    daemon_rss_mb: float
    """Memory of the daemon itself in MiB."""
    load_avg_1: float
    """Load of the machine over one minute."""
    load_avg_5: float
    """Load of the machine over five minutes."""
    load_avg_15: float
    """Load of the machine over fifteen minutes."""
    processes: list[ProcessMetric] = []
    """The daemon and all processes of running steps."""
    gpus: list[GpuMetric] = []
    """Graphics processors whose driver publishes their load."""
    pressure_level: PressureLevel
    """How near the daemon is to its limits."""
    running_jobs: int
    """Number of jobs that run."""
    active_sheets: int
    """Number of sheets that run."""
    zombie_count: int
    """Number of ended processes below the daemon that nobody has waited for."""
    zombie_pids: list[int] = []
    """Their process ids."""
    job_progress: list[JobProgress] = []
    """How far each active job is."""
    conductor_uptime_seconds: float
    """Time since the daemon started."""


class SnapshotFile(Struct, kw_only=True):
    """Where the snapshots are written."""

    jsonl_path: str
    """File to which the daemon appends one snapshot a line, as daemon.top answers them."""
    interval_seconds: float
    """Time between two lines."""


class ProcessEvent(Struct, kw_only=True):
    """Start or end of the process of an attempt."""

    timestamp: float
    """When it happened, in seconds since 1970."""
    pid: int
    """Process id."""
    event_type: ProcessEventType
    """What happened."""
    exit_code: int | None = None
    """Exit code, null if there is none."""
    signal_num: int | None = None
    """Signal, null if there is none."""
    job_id: str | None = None
    """Job that it worked for."""
    sheet_num: int | None = None
    """Sheet that it worked for."""
    details: str = ""
    """Attempt, and what ended it, in words."""


class ProcessEvents(Struct, kw_only=True):
    """Starts and ends of processes."""

    events: list[ProcessEvent]
    """Newest first."""


class EventData(Struct, kw_only=True):
    """Details of an event; each name uses some of these fields and leaves the others out."""

    job_name: str | UnsetType = UNSET
    """Name of the job."""
    status: JobStatus | UnsetType = UNSET
    """Where the job stands after the event."""
    sheet_count: int | UnsetType = UNSET
    """Number of sheets of the job."""
    all_success: bool | UnsetType = UNSET
    """Whether every sheet ended well."""
    sheet_name: str | UnsetType = UNSET
    """Name of the sheet."""
    attempt_num: int | UnsetType = UNSET
    """Which attempt of the sheet it is about."""
    instrument: str | UnsetType = UNSET
    """Instrument of the sheet or of the limit."""
    pid: int | UnsetType = UNSET
    """Process id."""
    exit_code: int | UnsetType = UNSET
    """Exit code of the process."""
    exit_signal: int | UnsetType = UNSET
    """Signal that ended the process."""
    cause: Cause | UnsetType = UNSET
    """Why it failed."""
    message: str | UnsetType = UNSET
    """What happened in a sentence."""
    duration_seconds: float | UnsetType = UNSET
    """How long the attempt or the job took."""
    delay_seconds: float | UnsetType = UNSET
    """Time until the next attempt."""
    until: datetime | UnsetType = UNSET
    """When the wait is over: the next attempt, or the end of the limit."""
    hold: Hold | UnsetType = UNSET
    """Hold that was set or lifted."""
    path: str | UnsetType = UNSET
    """File of the workspace that was made, changed or deleted, seen from the workspace."""
    stream: StreamKind | UnsetType = UNSET
    """Output that was written to."""
    offset: int | UnsetType = UNSET
    """Place of the text in that output, in bytes from its start."""
    size: int | UnsetType = UNSET
    """Length of the text in bytes, at most 65536."""
    text: str | UnsetType = UNSET
    """The text that was written; absent when the file of the output is gone."""


class JobEvent(Struct, kw_only=True):
    """Something that happened."""

    seq: int
    """Number of the event: each is greater than the one before, over restarts too."""
    job_id: str
    """Job that it is about, empty for the daemon and for limits."""
    sheet_num: int
    """Sheet that it is about, 0 for the whole job."""
    event: EventName
    """What happened."""
    data: EventData | None = None
    """Details, null if there are none."""
    timestamp: float
    """When it happened, in seconds since 1970."""


class ObserverEvents(Struct, kw_only=True):
    """What was seen of the processes and files of running jobs."""

    events: list[JobEvent]
    """Newest first."""


class StreamEnd(Struct, kw_only=True):
    """End of a stream of events."""

    reason: EndReason
    """Why it ended."""
    last_seq: int
    """Number up to which all matching events were sent; go on from here."""
    status: JobStatus | None = None
    """Where the job that was followed stands, null if no single job was followed."""


class RateLimit(Struct, kw_only=True):
    """A limit of an instrument that is waited out."""

    instrument: str
    """Name of the instrument."""
    until: datetime
    """When it is over."""
    seconds_remaining: float
    """Time until then."""
    reason: str
    """How the end was found out."""
    evidence: str
    """Line of output in which the limit was seen."""
    waiting_jobs: list[str] = []
    """Identifiers of the jobs that wait for it."""


class RateLimits(Struct, kw_only=True):
    """Limits that are waited out."""

    backends: dict[str, RateLimit]
    """The limits by the name of the instrument."""
    active_limits: int
    """Number of limits."""
    recent_events_count: int
    """Number of times that a limit was seen in the last hour."""


class ClearedLimits(Struct, kw_only=True):
    """Answer to a request to lift limits."""

    cleared: int
    """Number of limits that were lifted."""
    instrument: str | None = None
    """Instrument that was asked for, null for all."""


class Pattern(Struct, kw_only=True):
    """What the past attempts of one sheet of one job name with one instrument tell."""

    id: str
    """Stable name of the pattern: job name, sheet and instrument."""
    pattern_type: PatternType
    """What the attempts look like."""
    pattern_name: str
    """Job name, a slash and the name of the sheet."""
    description: str | None = None
    """The pattern in a sentence."""
    effectiveness_score: float
    """Share of attempts that succeeded, 0 to 1; the same as success_rate."""
    priority_score: float
    """Share of the time of all attempts that was lost in failed ones, 0 to 1."""
    occurrence_count: int
    """Number of attempts; the same as runs."""
    last_seen: datetime
    """When the newest attempt ended."""
    quarantine_status: PatternStage
    """How far it can be relied on."""
    trust_score: float
    """How far the number of attempts supports the figures: runs / (runs + 5)."""
    job_name: str
    """Name of the jobs."""
    sheet: str
    """Name of the sheet."""
    instrument: str
    """Instrument, `shell` for a plain command."""
    runs: int
    """Number of attempts that ended and counted."""
    success_rate: float
    """Share of them that succeeded, 0 to 1."""
    flaky_rate: float
    """Share of the jobs in which it failed first and succeeded later, 0 to 1."""
    p50: float | None = None
    """Median duration of successful attempts in seconds, null if none succeeded."""
    p90: float | None = None
    """90th percentile of the same."""
    durations: list[float] = []
    """Durations of the newest 20 attempts in seconds, oldest first."""
    top_error: str | None = None
    """Most frequent signature of a failure, null if there was none."""
    mean_cost: float | None = None
    """Mean cost of an attempt in US dollars, null if none was reported."""
    suggestion: str | None = None
    """What to change in the job file, null if nothing stands out."""


class Patterns(Struct, kw_only=True):
    """What past attempts tell."""

    patterns: list[Pattern]
    """The patterns, the one that costs most time first."""


class SubmitJobParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.submit."""

    config_path: str | None = None
    """Path of the job file."""
    config_text: Annotated[str, Constraint(max_length=4000000)] | None = None
    """The job file itself as YAML, instead of a path."""
    request_id: RequestId | UnsetType = UNSET
    """Name of this submission: the same name and the same file give the same job, however often it is
    sent.
    """
    client_cwd: str | None = None
    """Absolute directory against which relative paths are taken; null takes the daemon's own for
    config_path, and that of the job file for what stands in it.
    """
    job_name: JobName | None = None
    """Name for the job, instead of the one in the job file."""
    variables: dict[str, str] | None = None
    """Values for the `{name}` variables of the job file, over those that it sets."""
    workspace: str | None = None
    """Directory in which the sheets run, instead of the one that the job file names."""
    start_sheet: Annotated[int, Constraint(minimum=1)] | None = None
    """Sheet to begin with, the earlier ones are skipped; null begins with the first."""
    dry_run: bool = False
    """Check everything and answer the plan, but make no job."""
    fresh: bool = False
    """Has no effect. Deprecated: every submission without a request_id makes a new job; leave it out."""
    self_healing: bool = False
    """True is rejected. Deprecated: this daemon does not heal jobs; leave it out."""
    self_healing_auto_confirm: bool = False
    """Has no effect. Deprecated: this daemon does not heal jobs; leave it out."""
    chain_depth: int | None = None
    """Has no effect. Deprecated: jobs are not chained; leave it out."""


JOB_STATUS_OUTPUT_BYTES_DEFAULT = 2000
"""Default of output_bytes of job.status."""


class GetJobStatusParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.status."""

    job_id: JobRef
    """Job to look at."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""
    output_bytes: Annotated[int, Constraint(minimum=0, maximum=10240)] = JOB_STATUS_OUTPUT_BYTES_DEFAULT
    """How much of the end of each output to include, cut down so that all sheets together stay below 4
    MiB.
    """


class PauseJobParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.pause."""

    job_id: JobRef
    """Job to hold."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""


class ResumeJobParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.resume."""

    job_id: JobRef
    """Job to go on with."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""
    config_path: str | None = None
    """Job file to read instead of the one that the job was made from."""
    no_reload: bool = False
    """Go on with the definition as it was last read."""
    client_cwd: str | None = None
    """Absolute directory against which a relative config_path is taken; null takes the daemon's own."""
    from_sheet: Annotated[int, Constraint(minimum=1)] | None = None
    """Run this sheet and all later ones again, even those that ended well."""


class ModifyJobParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.modify."""

    job_id: JobRef
    """Job to change."""
    config_path: str | None = None
    """Path of the new job file."""
    workspace: str | None = None
    """Has no effect. Deprecated: a job keeps its workspace; leave it out."""
    client_cwd: str | None = None
    """Absolute directory against which a relative config_path is taken; null takes the daemon's own."""
    config_text: Annotated[str, Constraint(max_length=4000000)] | None = None
    """The new job file itself as YAML, instead of a path."""


JOB_CANCEL_GRACE_SECONDS_DEFAULT = 10.0
"""Default of grace_seconds of job.cancel."""


class CancelJobParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.cancel."""

    job_id: JobRef
    """Job to stop."""
    grace_seconds: Annotated[float, Constraint(minimum=0, maximum=3600)] = JOB_CANCEL_GRACE_SECONDS_DEFAULT
    """How long the processes may take to end after they were asked to."""


class ListJobsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.list."""

    statuses: list[JobStatus] | None = None
    """Only jobs that stand there; null or an empty list gives all."""
    limit: Annotated[int, Constraint(minimum=0, maximum=10000)] = 50
    """How many ended jobs to include."""


class ClearJobsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.clear."""

    statuses: list[JobStatus] | None = None
    """Only jobs that ended this way; null means completed, failed and cancelled, and an empty list none."""
    older_than_seconds: Annotated[float, Constraint(minimum=0)] | None = None
    """Only jobs that were submitted longer ago than this; null means any age."""
    job_ids: list[JobRef] | None = None
    """Only these jobs; null means all, and an empty list none."""
    dry_run: bool = False
    """Only say which jobs would be deleted."""


class GetErrorsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.errors."""

    job_id: JobRef
    """Job to look at."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""


class DiagnoseParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.diagnose."""

    job_id: JobRef
    """Job to look at."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""


JOB_HISTORY_OUTPUT_BYTES_DEFAULT = 2000
"""Default of output_bytes of job.history."""


class GetExecutionHistoryParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.history."""

    job_id: JobRef
    """Job to look at."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""
    sheet_num: Annotated[int, Constraint(minimum=1)] | None = None
    """Only attempts of this sheet."""
    limit: Annotated[int, Constraint(minimum=1, maximum=1000)] = 50
    """How many attempts to answer."""
    before_id: Annotated[int, Constraint(minimum=1)] | None = None
    """Only attempts with a smaller id than this."""
    attempt_num: Annotated[int, Constraint(minimum=1)] | None = None
    """Only this attempt of each sheet."""
    output_bytes: Annotated[int, Constraint(minimum=0, maximum=1048576)] = JOB_HISTORY_OUTPUT_BYTES_DEFAULT
    """How much of the end of each output to include."""


class RecoverJobParams(Struct, kw_only=True, omit_defaults=True):
    """Params of job.recover."""

    job_id: JobRef
    """Job to recover; it must not be running."""
    workspace: str | None = None
    """Has no effect. Deprecated: the daemon knows the workspace of each job; leave it out."""
    sheet_num: Annotated[int, Constraint(minimum=1)] | None = None
    """Only this sheet; null means every failed and interrupted one."""
    dry_run: bool = False
    """Only say what the validations find; commands among them are run all the same."""
    resume: bool = False
    """Let the job go on afterwards with the sheets that are left."""


class StatusParams(Struct, kw_only=True):
    """Params of daemon.status."""


class HealthParams(Struct, kw_only=True):
    """Params of daemon.health."""


class ReadinessParams(Struct, kw_only=True):
    """Params of daemon.ready."""


class ShutdownParams(Struct, kw_only=True, omit_defaults=True):
    """Params of daemon.shutdown."""

    graceful: bool = True
    """True lets running attempts go on until they end, for as long as the shutdown grace of the settings,
    before the daemon exits; false does not wait for them; either way none is killed.
    """


class ConfigParams(Struct, kw_only=True):
    """Params of daemon.config."""


class TopParams(Struct, kw_only=True):
    """Params of daemon.top."""


class TopStreamParams(Struct, kw_only=True):
    """Params of daemon.top.stream."""


class EventsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of daemon.events."""

    limit: Annotated[int, Constraint(minimum=1, maximum=1000)] = 50
    """How many events to answer."""


class ObserverEventsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of daemon.observer_events."""

    job_id: JobRef | None = None
    """Only this job, null for all."""
    limit: Annotated[int, Constraint(minimum=1, maximum=1000)] = 50
    """How many events to answer."""


class MonitorParams(Struct, kw_only=True, omit_defaults=True):
    """Params of daemon.monitor.stream."""

    since_seq: Annotated[int, Constraint(minimum=0)] | None = None
    """Only events with a greater number, stored ones first; 0 gives all, null only those that happen from
    now on.
    """
    job_id: JobRef | None = None
    """Only events of this job, null for all."""
    events: list[EventName] | None = None
    """Only events of these names; null or an empty list gives all."""
    include_output: bool = False
    """Whether to send what the processes write; without it sheet.output is left out."""
    until_job_ends: bool = False
    """End the stream when the job has ended; needs job_id."""
    follow: bool = True
    """Wait for further events; false ends the stream after the stored ones."""


class RateLimitsParams(Struct, kw_only=True):
    """Params of daemon.rate_limits."""


class ClearRateLimitsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of daemon.clear_rate_limits."""

    instrument: str | None = None
    """Instrument whose limit to lift, null for all."""


class LearningPatternsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of daemon.learning.patterns."""

    limit: Annotated[int, Constraint(minimum=1, maximum=1000)] = 20
    """How many patterns to answer."""
