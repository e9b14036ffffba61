"""Blocking client of the Daemon service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import UNSET, SyncChannel, SyncStream, UnsetType

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
)
from .types import (
    JOB_CANCEL_GRACE_SECONDS_DEFAULT,
    JOB_HISTORY_OUTPUT_BYTES_DEFAULT,
    JOB_STATUS_OUTPUT_BYTES_DEFAULT,
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
    EventName,
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
    JobName,
    JobRef,
    JobResponse,
    JobState,
    JobStatus,
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
    RequestId,
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


class DaemonClientSync(SyncChannel):
    """Control of a running conductor."""

    def submit_job(
        self,
        config_path: str | None = None,
        config_text: str | None = None,
        request_id: RequestId | UnsetType = UNSET,
        client_cwd: str | None = None,
        job_name: JobName | None = None,
        variables: dict[str, str] | None = None,
        workspace: str | None = None,
        start_sheet: int | None = None,
        dry_run: bool = False,
        fresh: bool = False,
        self_healing: bool = False,
        self_healing_auto_confirm: bool = False,
        chain_depth: int | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> JobResponse:
        """Submit a job for execution; give exactly one of config_path and config_text. A job file that is
        wrong, a daemon that takes no work and a request_id that was used for another file are
        rejections inside the result.

        Args:
            config_path: Path of the job file.
            config_text: The job file itself as YAML, instead of a path.
            request_id: Name of this submission: the same name and the same file give the same job,
                however often it is sent.
            client_cwd: Absolute directory against which relative paths are taken; null takes the
                daemon's own for config_path, and that of the job file for what stands in it.
            job_name: Name for the job, instead of the one in the job file.
            variables: Values for the `{name}` variables of the job file, over those that it sets.
            workspace: Directory in which the sheets run, instead of the one that the job file names.
            start_sheet: Sheet to begin with, the earlier ones are skipped; null begins with the first.
            dry_run: Check everything and answer the plan, but make no job.
            fresh: Has no effect. Deprecated: every submission without a request_id makes a new job;
                leave it out.
            self_healing: True is rejected. Deprecated: this daemon does not heal jobs; leave it out.
            self_healing_auto_confirm: Has no effect. Deprecated: this daemon does not heal jobs; leave
                it out.
            chain_depth: Has no effect. Deprecated: jobs are not chained; leave it out.
        """
        return self.call(
            JOB_SUBMIT,
            SubmitJobParams(
                config_path=config_path,
                config_text=config_text,
                request_id=request_id,
                client_cwd=client_cwd,
                job_name=job_name,
                variables=variables,
                workspace=workspace,
                start_sheet=start_sheet,
                dry_run=dry_run,
                fresh=fresh,
                self_healing=self_healing,
                self_healing_auto_confirm=self_healing_auto_confirm,
                chain_depth=chain_depth,
            ),
            timeout=timeout,
        )

    def get_job_status(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        output_bytes: int = JOB_STATUS_OUTPUT_BYTES_DEFAULT,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> JobState:
        """Everything about one job.

        Args:
            job_id: Job to look at.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.
            output_bytes: How much of the end of each output to include, cut down so that all sheets
                together stay below 4 MiB.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
        """
        return self.call(
            JOB_STATUS,
            GetJobStatusParams(job_id=job_id, workspace=workspace, output_bytes=output_bytes),
            timeout=timeout,
        )

    def pause_job(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> PauseResult:
        """Hold a job at the next boundary between sheets: what runs is finished, nothing new starts.
        Pausing a paused job succeeds; an unknown or ended job is a failure inside the result.

        Args:
            job_id: Job to hold.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.
        """
        return self.call(JOB_PAUSE, PauseJobParams(job_id=job_id, workspace=workspace), timeout=timeout)

    def resume_job(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        config_path: str | None = None,
        no_reload: bool = False,
        client_cwd: str | None = None,
        from_sheet: int | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> ResumeResult:
        """Let a paused, failed or cancelled job go on at the sheet where it stopped (a completed one only
        with from_sheet); sheets that ended well keep their result. The job file is read again, and
        sheets whose definition changed run again, with those that need them.

        Args:
            job_id: Job to go on with.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.
            config_path: Job file to read instead of the one that the job was made from.
            no_reload: Go on with the definition as it was last read.
            client_cwd: Absolute directory against which a relative config_path is taken; null takes the
                daemon's own.
            from_sheet: Run this sheet and all later ones again, even those that ended well.
        """
        return self.call(
            JOB_RESUME,
            ResumeJobParams(
                job_id=job_id,
                workspace=workspace,
                config_path=config_path,
                no_reload=no_reload,
                client_cwd=client_cwd,
                from_sheet=from_sheet,
            ),
            timeout=timeout,
        )

    def modify_job(
        self,
        job_id: JobRef,
        config_path: str | None = None,
        workspace: str | None = None,
        client_cwd: str | None = None,
        config_text: str | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> ResumeResult:
        """Give a job another job file and let it go on: finished sheets whose definition is the same keep
        their result, everything else follows the new file. A sheet that runs is finished as it was
        started, and the change holds from then on. Give exactly one of config_path and config_text.

        Args:
            job_id: Job to change.
            config_path: Path of the new job file.
            workspace: Has no effect. Deprecated: a job keeps its workspace; leave it out.
            client_cwd: Absolute directory against which a relative config_path is taken; null takes the
                daemon's own.
            config_text: The new job file itself as YAML, instead of a path.
        """
        return self.call(
            JOB_MODIFY,
            ModifyJobParams(
                job_id=job_id,
                config_path=config_path,
                workspace=workspace,
                client_cwd=client_cwd,
                config_text=config_text,
            ),
            timeout=timeout,
        )

    def cancel_job(
        self,
        job_id: JobRef,
        grace_seconds: float = JOB_CANCEL_GRACE_SECONDS_DEFAULT,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> CancelResult:
        """Stop a job for good, with every process that it started. Answers when the processes are gone, or
        when the grace period and the time to kill are over; unknown and ended jobs give false.

        Args:
            job_id: Job to stop.
            grace_seconds: How long the processes may take to end after they were asked to.
        """
        return self.call(JOB_CANCEL, CancelJobParams(job_id=job_id, grace_seconds=grace_seconds), timeout=timeout)

    def list_jobs(
        self,
        statuses: list[JobStatus] | None = None,
        limit: int = 50,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> list[JobEntry]:
        """All jobs that have not ended, newest first, and after them the newest that have.

        Args:
            statuses: Only jobs that stand there; null or an empty list gives all.
            limit: How many ended jobs to include.
        """
        return self.call(JOB_LIST, ListJobsParams(statuses=statuses, limit=limit), timeout=timeout)

    def clear_jobs(
        self,
        statuses: list[JobStatus] | None = None,
        older_than_seconds: float | None = None,
        job_ids: list[JobRef] | None = None,
        dry_run: bool = False,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> ClearResult:
        """Delete ended jobs with their attempts, events and output files. The conditions are joined by
        "and"; jobs that have not ended are never deleted, whatever is asked.

        Args:
            statuses: Only jobs that ended this way; null means completed, failed and cancelled, and an
                empty list none.
            older_than_seconds: Only jobs that were submitted longer ago than this; null means any age.
            job_ids: Only these jobs; null means all, and an empty list none.
            dry_run: Only say which jobs would be deleted.
        """
        return self.call(
            JOB_CLEAR,
            ClearJobsParams(statuses=statuses, older_than_seconds=older_than_seconds, job_ids=job_ids, dry_run=dry_run),
            timeout=timeout,
        )

    def get_errors(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> JobErrors:
        """Failed attempts of a job.

        Args:
            job_id: Job to look at.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
        """
        return self.call(JOB_ERRORS, GetErrorsParams(job_id=job_id, workspace=workspace), timeout=timeout)

    def diagnose(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> Diagnosis:
        """What stands in a job's way: findings with their evidence and what to do, a timeline, and the
        environment.

        Args:
            job_id: Job to look at.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
        """
        return self.call(JOB_DIAGNOSE, DiagnoseParams(job_id=job_id, workspace=workspace), timeout=timeout)

    def get_execution_history(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        sheet_num: int | None = None,
        limit: int = 50,
        before_id: int | None = None,
        attempt_num: int | None = None,
        output_bytes: int = JOB_HISTORY_OUTPUT_BYTES_DEFAULT,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> History:
        """Attempts of a job, newest first; the answer ends early, with has_more, when the outputs in it
        reach 8 MiB.

        Args:
            job_id: Job to look at.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.
            sheet_num: Only attempts of this sheet.
            limit: How many attempts to answer.
            before_id: Only attempts with a smaller id than this.
            attempt_num: Only this attempt of each sheet.
            output_bytes: How much of the end of each output to include.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
        """
        return self.call(
            JOB_HISTORY,
            GetExecutionHistoryParams(
                job_id=job_id,
                workspace=workspace,
                sheet_num=sheet_num,
                limit=limit,
                before_id=before_id,
                attempt_num=attempt_num,
                output_bytes=output_bytes,
            ),
            timeout=timeout,
        )

    def recover_job(
        self,
        job_id: JobRef,
        workspace: str | None = None,
        sheet_num: int | None = None,
        dry_run: bool = False,
        resume: bool = False,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> RecoverResult:
        """Run the validations of failed and interrupted sheets again, without running the sheets, and
        count those that pass as done. Files must be as fresh as the sheet's first attempt demands. When
        no sheet is left, the job counts as completed.

        Args:
            job_id: Job to recover; it must not be running.
            workspace: Has no effect. Deprecated: the daemon knows the workspace of each job; leave it
                out.
            sheet_num: Only this sheet; null means every failed and interrupted one.
            dry_run: Only say what the validations find; commands among them are run all the same.
            resume: Let the job go on afterwards with the sheets that are left.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
            JobNotResumable: The job is in a state in which that is not possible.
            WorkspaceNotFound: The directory in which the job runs is gone.
        """
        return self.call(
            JOB_RECOVER,
            RecoverJobParams(job_id=job_id, workspace=workspace, sheet_num=sheet_num, dry_run=dry_run, resume=resume),
            timeout=timeout,
        )

    def status(self, *, timeout: float | UnsetType | None = UNSET) -> DaemonStatus:
        """What the daemon is doing."""
        return self.call(DAEMON_STATUS, StatusParams(), timeout=timeout)

    def health(self, *, timeout: float | UnsetType | None = UNSET) -> Health:
        """Whether the daemon is alive: answered at once, always."""
        return self.call(DAEMON_HEALTH, HealthParams(), timeout=timeout)

    def readiness(self, *, timeout: float | UnsetType | None = UNSET) -> Readiness:
        """Whether the daemon takes on work, and why not."""
        return self.call(DAEMON_READY, ReadinessParams(), timeout=timeout)

    def shutdown(self, graceful: bool = True, *, timeout: float | UnsetType | None = UNSET) -> ShutdownResult:
        """End the daemon. It stops taking work, answers the calls that are open, and exits; what was
        running is put in order by the next start.

        Args:
            graceful: True lets running attempts go on until they end, for as long as the shutdown grace
                of the settings, before the daemon exits; false does not wait for them; either way none
                is killed.
        """
        return self.call(DAEMON_SHUTDOWN, ShutdownParams(graceful=graceful), timeout=timeout)

    def config(self, *, timeout: float | UnsetType | None = UNSET) -> DaemonConfig:
        """The settings with which the daemon runs."""
        return self.call(DAEMON_CONFIG, ConfigParams(), timeout=timeout)

    def top(self, *, timeout: float | UnsetType | None = UNSET) -> SystemSnapshot:
        """The machine and the conductor at this moment."""
        return self.call(DAEMON_TOP, TopParams(), timeout=timeout)

    def top_stream(self, *, timeout: float | UnsetType | None = UNSET) -> SnapshotFile:
        """Where the daemon writes a snapshot of the machine again and again; the answer is a file to read,
        not a stream.
        """
        return self.call(DAEMON_TOP_STREAM, TopStreamParams(), timeout=timeout)

    def events(self, limit: int = 50, *, timeout: float | UnsetType | None = UNSET) -> ProcessEvents:
        """Starts and ends of the processes of all attempts.

        Args:
            limit: How many events to answer.
        """
        return self.call(DAEMON_EVENTS, EventsParams(limit=limit), timeout=timeout)

    def observer_events(
        self,
        job_id: JobRef | None = None,
        limit: int = 50,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> ObserverEvents:
        """What was seen of the processes and the workspace files of jobs that have not ended. Files are
        compared at the start and the end of each attempt (hidden directories left out, at most 10000
        files), so a file that appears and goes in between is not seen.

        Args:
            job_id: Only this job, null for all.
            limit: How many events to answer.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
        """
        return self.call(DAEMON_OBSERVER_EVENTS, ObserverEventsParams(job_id=job_id, limit=limit), timeout=timeout)

    def monitor(
        self,
        since_seq: int | None = None,
        job_id: JobRef | None = None,
        events: list[EventName] | None = None,
        include_output: bool = False,
        until_job_ends: bool = False,
        follow: bool = True,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> SyncStream[JobEvent, StreamEnd]:
        """Events as they happen, with replay of stored ones (events of ended jobs are kept for
        event_retention seconds). Nothing is left out for a slow reader: the stream waits for it. A
        stream that was broken off goes on without gap or repeat from the number of the last event that
        arrived.

        Args:
            since_seq: Only events with a greater number, stored ones first; 0 gives all, null only
                those that happen from now on.
            job_id: Only events of this job, null for all.
            events: Only events of these names; null or an empty list gives all.
            include_output: Whether to send what the processes write; without it sheet.output is left
                out.
            until_job_ends: End the stream when the job has ended; needs job_id.
            follow: Wait for further events; false ends the stream after the stored ones.

        Raises:
            JobNotFound: No job is meant by that name, or more than one.
            ResourceExhausted: The daemon is at one of its limits.
        """
        return self.stream(
            DAEMON_MONITOR_STREAM,
            MonitorParams(
                since_seq=since_seq,
                job_id=job_id,
                events=events,
                include_output=include_output,
                until_job_ends=until_job_ends,
                follow=follow,
            ),
            timeout=timeout,
        )

    def rate_limits(self, *, timeout: float | UnsetType | None = UNSET) -> RateLimits:
        """Limits of instruments that are waited out now."""
        return self.call(DAEMON_RATE_LIMITS, RateLimitsParams(), timeout=timeout)

    def clear_rate_limits(
        self,
        instrument: str | None = None,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> ClearedLimits:
        """Lift limits by hand, so that the sheets which wait for them go on at once.

        Args:
            instrument: Instrument whose limit to lift, null for all.
        """
        return self.call(DAEMON_CLEAR_RATE_LIMITS, ClearRateLimitsParams(instrument=instrument), timeout=timeout)

    def learning_patterns(self, limit: int = 20, *, timeout: float | UnsetType | None = UNSET) -> Patterns:
        """What past attempts tell about each sheet, computed from the attempts in the store.

        Args:
            limit: How many patterns to answer.
        """
        return self.call(DAEMON_LEARNING_PATTERNS, LearningPatternsParams(limit=limit), timeout=timeout)
