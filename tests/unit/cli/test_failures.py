from pathlib import Path

import pytest

from conductor_api import JobNotFound, JobNotResumable, JobStatus, Refusal
from conductord.cli.failures import explain, refusal
from daemonrpc import (
    BusyError,
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    InvalidParamsError,
    MethodNotFoundError,
    NotAllowedError,
    ShuttingDownError,
)

SOCKET = Path("/run/user/1000/conductor/s.sock")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DaemonNotRunningError("x"), 3),
        (ConnectionLostError("x"), 3),
        (CallTimeoutError("x"), 3),
        (JobNotFound("Job 'x' not found", job_id="x", candidates=[]), 4),
        (JobNotResumable(job_id="x#1", status=JobStatus.RUNNING), 5),
        (InvalidParamsError("x"), 2),
        (MethodNotFoundError("x"), 5),
        (NotAllowedError("x"), 5),
        (BusyError("x"), 5),
        (ShuttingDownError("x"), 5),
    ],
)
def test_each_failure_has_its_exit_code(error: DaemonError, code: int) -> None:
    assert explain(error, SOCKET).code == code


def test_a_daemon_that_is_not_there_is_started() -> None:
    told = explain(DaemonNotRunningError("x"), SOCKET)
    assert told.message == f"the daemon is not running (no socket at {SOCKET})"
    assert told.hint == "start it: conductor start"


def test_a_daemon_that_is_going_down_is_not_told_to_be_started_at_once() -> None:
    error = DaemonNotRunningError("x")
    error.__cause__ = ShuttingDownError("the daemon is shutting down")
    told = explain(error, SOCKET)
    assert (told.message, told.code) == (f"the daemon at {SOCKET} is shutting down", 3)


def test_a_left_over_socket_is_told_apart(tmp_path: Path) -> None:
    left_over = tmp_path / "s.sock"
    left_over.touch()
    assert "nobody listens at" in explain(DaemonNotRunningError("x"), left_over).message


def test_an_ambiguous_name_lists_what_may_be_meant() -> None:
    told = explain(JobNotFound("Job 'fix' not found", job_id="fix", candidates=["fix-a#1", "fix-b#2"]), SOCKET)
    assert told.message == "Job 'fix' not found"
    assert told.hint == "did you mean one of these: fix-a#1, fix-b#2"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Refusal.NOT_FOUND, 4),
        (Refusal.WRONG_STATE, 5),
        (Refusal.INVALID_CONFIG, 2),
        (Refusal.UNSUPPORTED, 2),
        (Refusal.CONFLICT, 5),
        (Refusal.SHUTTING_DOWN, 5),
        (Refusal("a_reason_of_a_newer_daemon"), 5),
        (None, 5),
    ],
)
def test_each_refusal_has_its_exit_code(reason: Refusal | None, code: int) -> None:
    told = refusal("because", reason)
    assert (told.message, told.code) == ("because", code)
