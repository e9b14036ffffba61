"""Server side of the Daemon service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from daemonrpc import Context, RequestHandler

from .methods import (
    DAEMON_CLEAR_RATE_LIMITS,
    DAEMON_CONFIG,
    DAEMON_EVENTS,
    DAEMON_HEALTH,
    DAEMON_LEARNING_PATTERNS,
    DAEMON_MONITOR_STREAM,
    DAEMON_OBSERVER_EVENTS,
    DAEMON_RATE_LIMITS,
    DAEMON_READY,
    DAEMON_SHUTDOWN,
    DAEMON_STATUS,
    DAEMON_TOP,
    DAEMON_TOP_STREAM,
    JOB_CANCEL,
    JOB_CLEAR,
    JOB_DIAGNOSE,
    JOB_ERRORS,
    JOB_HISTORY,
    JOB_LIST,
    JOB_MODIFY,
    JOB_PAUSE,
    JOB_RECOVER,
    JOB_RESUME,
    JOB_STATUS,
    JOB_SUBMIT,
    SERVICE,
)
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


class DaemonService(Protocol):
    """What a daemon that offers the Daemon service implements; there is nothing to inherit from."""

    async def submit_job(self, params: SubmitJobParams, context: Context) -> JobResponse:
        """Submit a job for execution; give exactly one of config_path and config_text. A job file that is
        wrong, a daemon that takes no work and a request_id that was used for another file are
        rejections inside the result.
        """
        ...

    async def get_job_status(self, params: GetJobStatusParams, context: Context) -> JobState:
        """Everything about one job.

        Raises JobNotFound.
        """
        ...

    async def pause_job(self, params: PauseJobParams, context: Context) -> PauseResult:
        """Hold a job at the next boundary between sheets: what runs is finished, nothing new starts.
        Pausing a paused job succeeds; an unknown or ended job is a failure inside the result.
        """
        ...

    async def resume_job(self, params: ResumeJobParams, context: Context) -> ResumeResult:
        """Let a paused, failed or cancelled job go on at the sheet where it stopped (a completed one only
        with from_sheet); sheets that ended well keep their result. The job file is read again, and
        sheets whose definition changed run again, with those that need them.
        """
        ...

    async def modify_job(self, params: ModifyJobParams, context: Context) -> ResumeResult:
        """Give a job another job file and let it go on: finished sheets whose definition is the same keep
        their result, everything else follows the new file. A sheet that runs is finished as it was
        started, and the change holds from then on. Give exactly one of config_path and config_text.
        """
        ...

    async def cancel_job(self, params: CancelJobParams, context: Context) -> CancelResult:
        """Stop a job for good, with every process that it started. Answers when the processes are gone, or
        when the grace period and the time to kill are over; unknown and ended jobs give false.
        """
        ...

    async def list_jobs(self, params: ListJobsParams, context: Context) -> list[JobEntry]:
        """All jobs that have not ended, newest first, and after them the newest that have."""
        ...

    async def clear_jobs(self, params: ClearJobsParams, context: Context) -> ClearResult:
        """Delete ended jobs with their attempts, events and output files. The conditions are joined by
        "and"; jobs that have not ended are never deleted, whatever is asked.
        """
        ...

    async def get_errors(self, params: GetErrorsParams, context: Context) -> JobErrors:
        """Failed attempts of a job.

        Raises JobNotFound.
        """
        ...

    async def diagnose(self, params: DiagnoseParams, context: Context) -> Diagnosis:
        """What stands in a job's way: findings with their evidence and what to do, a timeline, and the
        environment.

        Raises JobNotFound.
        """
        ...

    async def get_execution_history(self, params: GetExecutionHistoryParams, context: Context) -> History:
        """Attempts of a job, newest first; the answer ends early, with has_more, when the outputs in it
        reach 8 MiB.

        Raises JobNotFound.
        """
        ...

    async def recover_job(self, params: RecoverJobParams, context: Context) -> RecoverResult:
        """Run the validations of failed and interrupted sheets again, without running the sheets, and
        count those that pass as done. Files must be as fresh as the sheet's first attempt demands. When
        no sheet is left, the job counts as completed.

        Raises JobNotFound, JobNotResumable, WorkspaceNotFound.
        """
        ...

    async def status(self, params: StatusParams, context: Context) -> DaemonStatus:
        """What the daemon is doing."""
        ...

    def health(self, params: HealthParams, context: Context) -> Health:
        """Whether the daemon is alive: answered at once, always."""
        ...

    async def readiness(self, params: ReadinessParams, context: Context) -> Readiness:
        """Whether the daemon takes on work, and why not."""
        ...

    async def shutdown(self, params: ShutdownParams, context: Context) -> ShutdownResult:
        """End the daemon. It stops taking work, answers the calls that are open, and exits; what was
        running is put in order by the next start.
        """
        ...

    async def config(self, params: ConfigParams, context: Context) -> DaemonConfig:
        """The settings with which the daemon runs."""
        ...

    async def top(self, params: TopParams, context: Context) -> SystemSnapshot:
        """The machine and the conductor at this moment."""
        ...

    async def top_stream(self, params: TopStreamParams, context: Context) -> SnapshotFile:
        """Where the daemon writes a snapshot of the machine again and again; the answer is a file to read,
        not a stream.
        """
        ...

    async def events(self, params: EventsParams, context: Context) -> ProcessEvents:
        """Starts and ends of the processes of all attempts."""
        ...

    async def observer_events(self, params: ObserverEventsParams, context: Context) -> ObserverEvents:
        """What was seen of the processes and the workspace files of jobs that have not ended. Files are
        compared at the start and the end of each attempt (hidden directories left out, at most 10000
        files), so a file that appears and goes in between is not seen.

        Raises JobNotFound.
        """
        ...

    def monitor(self, params: MonitorParams, context: Context) -> AsyncIterator[JobEvent | StreamEnd]:
        """Events as they happen, with replay of stored ones (events of ended jobs are kept for
        event_retention seconds). Nothing is left out for a slow reader: the stream waits for it. A
        stream that was broken off goes on without gap or repeat from the number of the last event that
        arrived.

        An async generator: yields the items, and may yield the result as the last.

        Raises JobNotFound, ResourceExhausted.
        """
        ...

    async def rate_limits(self, params: RateLimitsParams, context: Context) -> RateLimits:
        """Limits of instruments that are waited out now."""
        ...

    async def clear_rate_limits(self, params: ClearRateLimitsParams, context: Context) -> ClearedLimits:
        """Lift limits by hand, so that the sheets which wait for them go on at once."""
        ...

    async def learning_patterns(self, params: LearningPatternsParams, context: Context) -> Patterns:
        """What past attempts tell about each sheet, computed from the attempts in the store."""
        ...


def request_handler(service: DaemonService) -> RequestHandler:
    """The dispatch table of `service`. Raises TypeError naming every method that it lacks."""
    handler = RequestHandler(SERVICE)
    handler.require(service)
    handler.register(JOB_SUBMIT, service.submit_job)
    handler.register(JOB_STATUS, service.get_job_status)
    handler.register(JOB_PAUSE, service.pause_job)
    handler.register(JOB_RESUME, service.resume_job)
    handler.register(JOB_MODIFY, service.modify_job)
    handler.register(JOB_CANCEL, service.cancel_job)
    handler.register(JOB_LIST, service.list_jobs)
    handler.register(JOB_CLEAR, service.clear_jobs)
    handler.register(JOB_ERRORS, service.get_errors)
    handler.register(JOB_DIAGNOSE, service.diagnose)
    handler.register(JOB_HISTORY, service.get_execution_history)
    handler.register(JOB_RECOVER, service.recover_job)
    handler.register(DAEMON_STATUS, service.status)
    handler.register(DAEMON_HEALTH, service.health)
    handler.register(DAEMON_READY, service.readiness)
    handler.register(DAEMON_SHUTDOWN, service.shutdown)
    handler.register(DAEMON_CONFIG, service.config)
    handler.register(DAEMON_TOP, service.top)
    handler.register(DAEMON_TOP_STREAM, service.top_stream)
    handler.register(DAEMON_EVENTS, service.events)
    handler.register(DAEMON_OBSERVER_EVENTS, service.observer_events)
    handler.register(DAEMON_MONITOR_STREAM, service.monitor)
    handler.register(DAEMON_RATE_LIMITS, service.rate_limits)
    handler.register(DAEMON_CLEAR_RATE_LIMITS, service.clear_rate_limits)
    handler.register(DAEMON_LEARNING_PATTERNS, service.learning_patterns)
    return handler
