"""The daemon and the machine as the wire shows them."""

import os
import time
from collections.abc import Sequence

import msgspec
import psutil

import conductor_api as api
from conductord import machine
from conductord.config import Settings
from conductord.job import ENDED_JOBS, Hold, JobState
from conductord.machine import MIB
from conductord.store import AttemptRow, JobRow, Store
from conductord.views import words

ELEVATED_OF = 4
"""Attempts of the last hour below which nothing is said about the share that failed."""
LAGGING = 1000
"""Events that a reader of the stream is behind when notifications count as degraded."""
_PRESSURE = (
    (0.97, api.PressureLevel.CRITICAL),
    (0.90, api.PressureLevel.HIGH),
    (0.80, api.PressureLevel.MEDIUM),
    (0.70, api.PressureLevel.LOW),
)


class DaemonFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the daemon knows of itself."""

    now: float
    uptime: float
    holds: frozenset[Hold]
    recovering: bool
    draining: bool
    lag: int
    """Events that the slowest reader of the stream is behind."""

    @property
    def accepts_work(self) -> bool:
        """Whether a job submitted now would be accepted."""
        return not self.draining and Hold.RESOURCE not in self.holds


def pressure_level() -> api.PressureLevel:
    """How near the machine is to its limits."""
    used = machine.pressure()
    return next((level for bound, level in _PRESSURE if used >= bound), api.PressureLevel.NONE)


def active_jobs(store: Store) -> list[JobRow]:
    """Jobs that have begun and not ended, oldest first."""
    return store.jobs.in_state(JobState.RUNNING, JobState.CANCELLING)


def running_jobs(store: Store, facts: DaemonFacts) -> list[JobRow]:
    """Jobs that the wire calls running, oldest first."""
    running = api.JobStatus.RUNNING
    return [job for job in active_jobs(store) if words.job_status(job, facts.holds) is running]


def daemon_status(store: Store, facts: DaemonFacts, settings: Settings, version: str) -> api.DaemonStatus:
    """What the daemon is doing."""
    counts = store.jobs.counts()
    active = sum(count for state, _, count in counts if state not in ENDED_JOBS)
    running = len(running_jobs(store, facts))
    queued = sum(c for state, held, c in counts if state is JobState.QUEUED and not held and not facts.holds)
    return api.DaemonStatus(
        pid=os.getpid(),
        uptime_seconds=facts.uptime,
        running_jobs=running,
        queued_jobs=queued,
        paused_jobs=active - running - queued,
        total_jobs_active=active,
        memory_usage_mb=machine.own_rss() / MIB,
        version=version,
        state_dir=str(settings.state_dir),
        socket_path=str(settings.socket),
        log_file=log_in_use(settings),
        seq=store.events.last_seq(),
    )


def log_in_use(settings: Settings) -> str:
    """The file that the daemon logs to, empty if it logs to its terminal."""
    try:
        same = os.path.samestat(os.fstat(2), os.stat(settings.log_file))
    except OSError:
        return ""
    return str(settings.log_file) if same else ""


def readiness(store: Store, facts: DaemonFacts) -> api.Readiness:
    """Whether the daemon takes on work, and why not."""
    processes = [process for tree in machine.trees(_pids(store)).values() for process in tree]
    running = running_jobs(store, facts)
    attempts, failed = store.statistics.recent_outcomes(facts.now - 3600.0)
    most = machine.process_limit()
    reasons = _reasons(facts)
    return api.Readiness(
        status=api.ReadyStatus.NOT_READY if reasons else api.ReadyStatus.READY,
        running_jobs=len(running),
        memory_mb=(machine.own_rss() + sum(_rss(process) for process in processes)) / MIB,
        memory_limit_mb=machine.memory().total / MIB,
        child_processes=len(processes),
        process_limit=msgspec.UNSET if most is None else most,
        pressure=pressure_level(),
        accepting_work=facts.accepts_work,
        shutting_down=facts.draining,
        failure_rate_elevated=attempts >= ELEVATED_OF and failed * 2 > attempts,
        notifications_degraded=facts.lag > LAGGING,
        uptime_seconds=facts.uptime,
        job_ids=[job.job_id for job in running],
        reasons=reasons,
    )


def _reasons(facts: DaemonFacts) -> list[api.NotReadyReason]:
    reasons = {
        api.NotReadyReason.RECOVERING: facts.recovering,
        api.NotReadyReason.DRAINING: facts.draining,
        api.NotReadyReason.DISK_LOW: Hold.RESOURCE in facts.holds,
    }
    return [reason for reason, applies in reasons.items() if applies]


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _pids(store: Store) -> list[int]:
    """The processes at the root of each running step. A daemon that was started again is not their parent."""
    return [attempt.pid for attempt in store.attempts.unfinished() if attempt.pid is not None]


def snapshot(store: Store, facts: DaemonFacts) -> api.SystemSnapshot:
    """The machine and the conductor at this moment."""
    attempts = store.attempts.unfinished()
    memory = machine.memory()
    load = os.getloadavg()
    processes = _processes(attempts)
    zombies = [process.pid for process in processes if process.state == "Z"]
    return api.SystemSnapshot(
        timestamp=time.time(),
        daemon_pid=os.getpid(),
        system_memory_total_mb=memory.total / MIB,
        system_memory_available_mb=memory.available / MIB,
        system_memory_used_mb=memory.used / MIB,
        daemon_rss_mb=machine.own_rss() / MIB,
        load_avg_1=load[0],
        load_avg_5=load[1],
        load_avg_15=load[2],
        processes=processes,
        gpus=[_gpu(gpu) for gpu in machine.gpus()],
        pressure_level=pressure_level(),
        running_jobs=len(running_jobs(store, facts)),
        active_sheets=len(attempts),
        zombie_count=len(zombies),
        zombie_pids=zombies,
        job_progress=[_progress(job, facts) for job in active_jobs(store)],
        conductor_uptime_seconds=facts.uptime,
    )


def _processes(attempts: Sequence[AttemptRow]) -> list[api.ProcessMetric]:
    """Each process once: those of steps with their job, what else lives below the daemon without."""
    owners = {attempt.pid: attempt for attempt in attempts if attempt.pid is not None}
    found: dict[int, api.ProcessMetric] = {}
    for root, tree in machine.trees([*owners, os.getpid()]).items():
        for process in tree:
            facts = machine.facts(process) if process.pid not in found else None
            if facts is not None:
                found[process.pid] = _process(facts, owners.get(root))
    return sorted(found.values(), key=lambda process: (process.job_id is not None, process.pid))


def _process(facts: machine.ProcessFacts, owner: AttemptRow | None) -> api.ProcessMetric:
    return api.ProcessMetric(
        pid=facts.pid,
        ppid=facts.ppid,
        command=facts.command,
        state=facts.state,
        cpu_percent=facts.cpu_percent,
        rss_mb=facts.rss / MIB,
        vms_mb=facts.vms / MIB,
        threads=facts.threads,
        open_fds=facts.open_fds,
        age_seconds=facts.age,
        job_id=None if owner is None else owner.job_id,
        sheet_num=None if owner is None else owner.sheet,
    )


def _gpu(gpu: machine.GpuFacts) -> api.GpuMetric:
    return api.GpuMetric(
        index=gpu.index,
        utilization_pct=gpu.utilization,
        memory_used_mb=gpu.memory_used / MIB,
        memory_total_mb=gpu.memory_total / MIB,
        temperature_c=msgspec.UNSET if gpu.temperature is None else gpu.temperature,
    )


def _progress(job: JobRow, facts: DaemonFacts) -> api.JobProgress:
    return api.JobProgress(
        job_id=job.job_id,
        total_sheets=job.sheets,
        last_completed_sheet=job.done,
        current_sheet=job.current,
        status=words.job_status(job, facts.holds),
    )


def daemon_config(settings: Settings) -> api.DaemonConfig:
    """The settings with which the daemon runs."""
    return api.DaemonConfig(
        socket=api.SocketConfig(
            path=str(settings.socket), permissions=settings.socket_permissions, backlog=settings.backlog
        ),
        config_file=str(settings.config_file),
        state_dir=str(settings.state_dir),
        database=str(settings.database),
        log_file=str(settings.log_file),
        pid_file=str(settings.pid_file),
        max_connections=settings.max_connections,
        max_concurrent_requests=settings.max_concurrent_requests,
        max_concurrent_jobs=settings.max_concurrent_jobs,
        max_concurrent_sheets=settings.max_concurrent_sheets,
        grace=settings.grace,
        shutdown_grace=settings.shutdown_grace,
        event_retention=settings.event_retention,
        disk_low=settings.disk_low,
        log_level=settings.log_level,
        access_log=settings.access_log,
        origins=settings.origins,
    )
