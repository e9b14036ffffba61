"""Fake of the Daemon service, for tests.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc.testing import FakeMethod, FakeStream, FakeSyncMethod, RandomAnswers

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


class FakeDaemonService:
    """A DaemonService that answers what a test says: `fake.method.returns(...)`, `.raises(...)`, `.calls`.

    With a seed, methods of which nothing is said answer random valid values, the same for the same
    seed.
    """

    def __init__(self, *, seed: int | None = None) -> None:
        answers = RandomAnswers.of(SERVICE, seed)
        self.submit_job = FakeMethod(JOB_SUBMIT, answers)
        self.get_job_status = FakeMethod(JOB_STATUS, answers)
        self.pause_job = FakeMethod(JOB_PAUSE, answers)
        self.resume_job = FakeMethod(JOB_RESUME, answers)
        self.modify_job = FakeMethod(JOB_MODIFY, answers)
        self.cancel_job = FakeMethod(JOB_CANCEL, answers)
        self.list_jobs = FakeMethod(JOB_LIST, answers)
        self.clear_jobs = FakeMethod(JOB_CLEAR, answers)
        self.get_errors = FakeMethod(JOB_ERRORS, answers)
        self.diagnose = FakeMethod(JOB_DIAGNOSE, answers)
        self.get_execution_history = FakeMethod(JOB_HISTORY, answers)
        self.recover_job = FakeMethod(JOB_RECOVER, answers)
        self.status = FakeMethod(DAEMON_STATUS, answers)
        self.health = FakeSyncMethod(DAEMON_HEALTH, answers)
        self.readiness = FakeMethod(DAEMON_READY, answers)
        self.shutdown = FakeMethod(DAEMON_SHUTDOWN, answers)
        self.config = FakeMethod(DAEMON_CONFIG, answers)
        self.top = FakeMethod(DAEMON_TOP, answers)
        self.top_stream = FakeMethod(DAEMON_TOP_STREAM, answers)
        self.events = FakeMethod(DAEMON_EVENTS, answers)
        self.observer_events = FakeMethod(DAEMON_OBSERVER_EVENTS, answers)
        self.monitor = FakeStream(DAEMON_MONITOR_STREAM, answers)
        self.rate_limits = FakeMethod(DAEMON_RATE_LIMITS, answers)
        self.clear_rate_limits = FakeMethod(DAEMON_CLEAR_RATE_LIMITS, answers)
        self.learning_patterns = FakeMethod(DAEMON_LEARNING_PATTERNS, answers)
