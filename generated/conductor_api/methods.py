"""Methods of the Daemon service, as client and server both see them.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import Method, ServiceInfo, StreamMethod

from .errors import JobNotFound, JobNotResumable, ResourceExhausted, WorkspaceNotFound
from .types import (
    CancelJobParams,
    CancelResult,
    ClearedLimits,
    ClearJobsParams,
    ClearRateLimitsParams,
    ClearResult,
    ConfigParams,
    DaemonConfig,
    DaemonStatus,
    DiagnoseParams,
    Diagnosis,
    EventsParams,
    GetErrorsParams,
    GetExecutionHistoryParams,
    GetJobStatusParams,
    Health,
    HealthParams,
    History,
    JobEntry,
    JobErrors,
    JobEvent,
    JobResponse,
    JobState,
    LearningPatternsParams,
    ListJobsParams,
    ModifyJobParams,
    MonitorParams,
    ObserverEvents,
    ObserverEventsParams,
    Patterns,
    PauseJobParams,
    PauseResult,
    ProcessEvents,
    RateLimits,
    RateLimitsParams,
    Readiness,
    ReadinessParams,
    RecoverJobParams,
    RecoverResult,
    ResumeJobParams,
    ResumeResult,
    ShutdownParams,
    ShutdownResult,
    SnapshotFile,
    StatusParams,
    StreamEnd,
    SubmitJobParams,
    SystemSnapshot,
    TopParams,
    TopStreamParams,
)

JOB_SUBMIT: Method[SubmitJobParams, JobResponse] = Method(
    "job.submit",
    python_name="submit_job",
    params=SubmitJobParams,
    result=JobResponse,
    safety="keyed",
    key="request_id",
    access="group",
    detached=True,
)
"""Submit a job for execution; give exactly one of config_path and config_text. A job file that is wrong, a
daemon that takes no work and a request_id that was used for another file are rejections inside the
result.
"""

JOB_STATUS: Method[GetJobStatusParams, JobState] = Method(
    "job.status",
    python_name="get_job_status",
    params=GetJobStatusParams,
    result=JobState,
    errors=(JobNotFound,),
    safety="safe",
    access="group",
)
"""Everything about one job."""

JOB_PAUSE: Method[PauseJobParams, PauseResult] = Method(
    "job.pause",
    python_name="pause_job",
    params=PauseJobParams,
    result=PauseResult,
    safety="idempotent",
    access="group",
    detached=True,
)
"""Hold a job at the next boundary between sheets: what runs is finished, nothing new starts. Pausing a
paused job succeeds; an unknown or ended job is a failure inside the result.
"""

JOB_RESUME: Method[ResumeJobParams, ResumeResult] = Method(
    "job.resume",
    python_name="resume_job",
    params=ResumeJobParams,
    result=ResumeResult,
    access="group",
    detached=True,
)
"""Let a paused, failed or cancelled job go on at the sheet where it stopped (a completed one only with
from_sheet); sheets that ended well keep their result. The job file is read again, and sheets whose
definition changed run again, with those that need them.
"""

JOB_MODIFY: Method[ModifyJobParams, ResumeResult] = Method(
    "job.modify",
    python_name="modify_job",
    params=ModifyJobParams,
    result=ResumeResult,
    access="group",
    detached=True,
)
"""Give a job another job file and let it go on: finished sheets whose definition is the same keep their
result, everything else follows the new file. A sheet that runs is finished as it was started, and the
change holds from then on. Give exactly one of config_path and config_text.
"""

JOB_CANCEL: Method[CancelJobParams, CancelResult] = Method(
    "job.cancel",
    python_name="cancel_job",
    params=CancelJobParams,
    result=CancelResult,
    safety="idempotent",
    access="group",
    detached=True,
)
"""Stop a job for good, with every process that it started. Answers when the processes are gone, or when
the grace period and the time to kill are over; unknown and ended jobs give false.
"""

JOB_LIST: Method[ListJobsParams, list[JobEntry]] = Method(
    "job.list",
    python_name="list_jobs",
    params=ListJobsParams,
    result=list[JobEntry],
    safety="safe",
    access="group",
)
"""All jobs that have not ended, newest first, and after them the newest that have."""

JOB_CLEAR: Method[ClearJobsParams, ClearResult] = Method(
    "job.clear",
    python_name="clear_jobs",
    params=ClearJobsParams,
    result=ClearResult,
    access="group",
    detached=True,
)
"""Delete ended jobs with their attempts, events and output files. The conditions are joined by "and"; jobs
that have not ended are never deleted, whatever is asked.
"""

JOB_ERRORS: Method[GetErrorsParams, JobErrors] = Method(
    "job.errors",
    python_name="get_errors",
    params=GetErrorsParams,
    result=JobErrors,
    errors=(JobNotFound,),
    safety="safe",
    access="group",
)
"""Failed attempts of a job."""

JOB_DIAGNOSE: Method[DiagnoseParams, Diagnosis] = Method(
    "job.diagnose",
    python_name="diagnose",
    params=DiagnoseParams,
    result=Diagnosis,
    errors=(JobNotFound,),
    safety="safe",
    access="group",
)
"""What stands in a job's way: findings with their evidence and what to do, a timeline, and the
environment.
"""

JOB_HISTORY: Method[GetExecutionHistoryParams, History] = Method(
    "job.history",
    python_name="get_execution_history",
    params=GetExecutionHistoryParams,
    result=History,
    errors=(JobNotFound,),
    safety="safe",
    access="group",
)
"""Attempts of a job, newest first; the answer ends early, with has_more, when the outputs in it reach 8
MiB.
"""

JOB_RECOVER: Method[RecoverJobParams, RecoverResult] = Method(
    "job.recover",
    python_name="recover_job",
    params=RecoverJobParams,
    result=RecoverResult,
    errors=(JobNotFound, JobNotResumable, WorkspaceNotFound),
    access="group",
    detached=True,
)
"""Run the validations of failed and interrupted sheets again, without running the sheets, and count those
that pass as done. Files must be as fresh as the sheet's first attempt demands. When no sheet is left,
the job counts as completed.
"""

DAEMON_STATUS: Method[StatusParams, DaemonStatus] = Method(
    "daemon.status",
    python_name="status",
    params=StatusParams,
    result=DaemonStatus,
    safety="safe",
    access="group",
)
"""What the daemon is doing."""

DAEMON_HEALTH: Method[HealthParams, Health] = Method(
    "daemon.health",
    python_name="health",
    params=HealthParams,
    result=Health,
    safety="safe",
    handler="sync",
    admission="always",
)
"""Whether the daemon is alive: answered at once, always."""

DAEMON_READY: Method[ReadinessParams, Readiness] = Method(
    "daemon.ready",
    python_name="readiness",
    params=ReadinessParams,
    result=Readiness,
    safety="safe",
    admission="always",
)
"""Whether the daemon takes on work, and why not."""

DAEMON_SHUTDOWN: Method[ShutdownParams, ShutdownResult] = Method(
    "daemon.shutdown",
    python_name="shutdown",
    params=ShutdownParams,
    result=ShutdownResult,
    admission="always",
    access="owner",
    detached=True,
)
"""End the daemon. It stops taking work, answers the calls that are open, and exits; what was running is
put in order by the next start.
"""

DAEMON_CONFIG: Method[ConfigParams, DaemonConfig] = Method(
    "daemon.config",
    python_name="config",
    params=ConfigParams,
    result=DaemonConfig,
    safety="safe",
    access="group",
)
"""The settings with which the daemon runs."""

DAEMON_TOP: Method[TopParams, SystemSnapshot] = Method(
    "daemon.top",
    python_name="top",
    params=TopParams,
    result=SystemSnapshot,
    safety="safe",
    access="group",
)
"""The machine and the conductor at this moment."""

DAEMON_TOP_STREAM: Method[TopStreamParams, SnapshotFile] = Method(
    "daemon.top.stream",
    python_name="top_stream",
    params=TopStreamParams,
    result=SnapshotFile,
    safety="safe",
    access="group",
)
"""Where the daemon writes a snapshot of the machine again and again; the answer is a file to read, not a
stream.
"""

DAEMON_EVENTS: Method[EventsParams, ProcessEvents] = Method(
    "daemon.events",
    python_name="events",
    params=EventsParams,
    result=ProcessEvents,
    safety="safe",
    access="group",
)
"""Starts and ends of the processes of all attempts."""

DAEMON_OBSERVER_EVENTS: Method[ObserverEventsParams, ObserverEvents] = Method(
    "daemon.observer_events",
    python_name="observer_events",
    params=ObserverEventsParams,
    result=ObserverEvents,
    errors=(JobNotFound,),
    safety="safe",
    access="group",
)
"""What was seen of the processes and the workspace files of jobs that have not ended. Files are compared
at the start and the end of each attempt (hidden directories left out, at most 10000 files), so a file
that appears and goes in between is not seen.
"""

DAEMON_MONITOR_STREAM: StreamMethod[MonitorParams, JobEvent, StreamEnd] = StreamMethod(
    "daemon.monitor.stream",
    python_name="monitor",
    params=MonitorParams,
    item=JobEvent,
    result=StreamEnd,
    notification="monitor.event",
    slow_consumer="block",
    errors=(JobNotFound, ResourceExhausted),
    safety="safe",
    access="group",
)
"""Events as they happen, with replay of stored ones (events of ended jobs are kept for event_retention
seconds). Nothing is left out for a slow reader: the stream waits for it. A stream that was broken off
goes on without gap or repeat from the number of the last event that arrived.
"""

DAEMON_RATE_LIMITS: Method[RateLimitsParams, RateLimits] = Method(
    "daemon.rate_limits",
    python_name="rate_limits",
    params=RateLimitsParams,
    result=RateLimits,
    safety="safe",
    access="group",
)
"""Limits of instruments that are waited out now."""

DAEMON_CLEAR_RATE_LIMITS: Method[ClearRateLimitsParams, ClearedLimits] = Method(
    "daemon.clear_rate_limits",
    python_name="clear_rate_limits",
    params=ClearRateLimitsParams,
    result=ClearedLimits,
    safety="idempotent",
    access="group",
    detached=True,
)
"""Lift limits by hand, so that the sheets which wait for them go on at once."""

DAEMON_LEARNING_PATTERNS: Method[LearningPatternsParams, Patterns] = Method(
    "daemon.learning.patterns",
    python_name="learning_patterns",
    params=LearningPatternsParams,
    result=Patterns,
    safety="safe",
    access="group",
)
"""What past attempts tell about each sheet, computed from the attempts in the store."""

SERVICE = ServiceInfo(
    name="Daemon",
    version="1.0.0",
    fingerprint="7f5a371e0c5f0764",
    package=__package__ or "",
    methods=(
        JOB_SUBMIT,
        JOB_STATUS,
        JOB_PAUSE,
        JOB_RESUME,
        JOB_MODIFY,
        JOB_CANCEL,
        JOB_LIST,
        JOB_CLEAR,
        JOB_ERRORS,
        JOB_DIAGNOSE,
        JOB_HISTORY,
        JOB_RECOVER,
        DAEMON_STATUS,
        DAEMON_HEALTH,
        DAEMON_READY,
        DAEMON_SHUTDOWN,
        DAEMON_CONFIG,
        DAEMON_TOP,
        DAEMON_TOP_STREAM,
        DAEMON_EVENTS,
        DAEMON_OBSERVER_EVENTS,
        DAEMON_MONITOR_STREAM,
        DAEMON_RATE_LIMITS,
        DAEMON_CLEAR_RATE_LIMITS,
        DAEMON_LEARNING_PATTERNS,
    ),
)
"""The service: its version, its fingerprint and all its methods."""
