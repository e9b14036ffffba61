"""Fake of the Daemon service, for tests.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc.testing import FakeMethod, FakeStream, FakeSyncMethod

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


class FakeDaemonService:
    """A DaemonService that answers what a test says: `fake.method.returns(...)`, `.raises(...)`, `.calls`."""

    def __init__(self) -> None:
        self.submit_job = FakeMethod(JOB_SUBMIT)
        self.get_job_status = FakeMethod(JOB_STATUS)
        self.pause_job = FakeMethod(JOB_PAUSE)
        self.resume_job = FakeMethod(JOB_RESUME)
        self.modify_job = FakeMethod(JOB_MODIFY)
        self.cancel_job = FakeMethod(JOB_CANCEL)
        self.list_jobs = FakeMethod(JOB_LIST)
        self.clear_jobs = FakeMethod(JOB_CLEAR)
        self.get_errors = FakeMethod(JOB_ERRORS)
        self.diagnose = FakeMethod(JOB_DIAGNOSE)
        self.get_execution_history = FakeMethod(JOB_HISTORY)
        self.recover_job = FakeMethod(JOB_RECOVER)
        self.status = FakeMethod(DAEMON_STATUS)
        self.health = FakeSyncMethod(DAEMON_HEALTH)
        self.readiness = FakeMethod(DAEMON_READY)
        self.shutdown = FakeMethod(DAEMON_SHUTDOWN)
        self.config = FakeMethod(DAEMON_CONFIG)
        self.top = FakeMethod(DAEMON_TOP)
        self.top_stream = FakeMethod(DAEMON_TOP_STREAM)
        self.events = FakeMethod(DAEMON_EVENTS)
        self.observer_events = FakeMethod(DAEMON_OBSERVER_EVENTS)
        self.monitor = FakeStream(DAEMON_MONITOR_STREAM)
        self.rate_limits = FakeMethod(DAEMON_RATE_LIMITS)
        self.clear_rate_limits = FakeMethod(DAEMON_CLEAR_RATE_LIMITS)
        self.learning_patterns = FakeMethod(DAEMON_LEARNING_PATTERNS)
