from math import inf
from typing import Any

import pytest
from msgspec import UNSET, Struct, UnsetType

from daemonrpc.calling import BadAnswerError, NotSentError, outgoing
from daemonrpc.errors import (
    BusyError,
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    DeadlineExceededError,
    InternalError,
    MessageTooLargeError,
    RemoteProtocolError,
    ShuttingDownError,
)
from daemonrpc.method import Method, Safety
from daemonrpc.tries import MAX_TRIES, RESTART_SECONDS, Tries

NOT_STARTED = {"started": False}
PATH = "/run/x"


class Params(Struct, kw_only=True, omit_defaults=True):
    key: str | UnsetType = UNSET


def tries(safety: Safety = "unsafe", params: Any = None) -> Tries:
    method: Method[Params, int] = Method("m", python_name="m", params=Params, result=int, safety=safety, key="key")
    return Tries(outgoing(method, params or Params()), PATH)


def pause(made: Tries, error: DaemonError, *, now: float = 0.0, jitter: float = 0.5) -> float | None:
    return made.pause(error, now, inf, jitter)


# -- at most once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("safety", ["unsafe", "safe", "idempotent", "keyed"])
@pytest.mark.parametrize("error", [NotSentError("x"), BusyError("x", data=NOT_STARTED)])
def test_call_that_provably_never_started_is_sent_again(error: DaemonError, safety: Safety) -> None:
    made = tries(safety)
    assert [pause(made, error) is not None for _ in range(MAX_TRIES + 1)] == [True] * (MAX_TRIES - 1) + [False] * 2


@pytest.mark.parametrize(
    ("safety", "params", "may"),
    [
        ("unsafe", Params(key="k"), False),
        ("safe", Params(), True),
        ("idempotent", Params(), True),
        ("keyed", Params(), False),
        ("keyed", Params(key=""), False),
        ("keyed", Params(key="k"), True),
    ],
)
def test_lost_call_is_sent_again_only_if_it_may_run_twice(safety: Safety, params: Params, may: bool) -> None:
    assert (pause(tries(safety, params), ConnectionLostError("x")) is not None) is may


@pytest.mark.parametrize("safety", ["unsafe", "safe", "idempotent"])
@pytest.mark.parametrize(
    "error",
    [
        CallTimeoutError("x"),
        DeadlineExceededError("x", data=NOT_STARTED),
        InternalError("x"),
        BusyError("x"),
        BusyError("x", data={"started": True}),
        ShuttingDownError("x"),
        ShuttingDownError("x", data={"started": True}),
        MessageTooLargeError("x", data=NOT_STARTED),
        RemoteProtocolError("x"),
        BadAnswerError("x"),
        DaemonNotRunningError("x"),
    ],
)
def test_nothing_else_is_a_reason_to_send_again(error: DaemonError, safety: Safety) -> None:
    assert pause(tries(safety), error) is None


def test_call_by_name_is_never_sent_twice_after_a_loss() -> None:
    assert Tries(outgoing("m", None), PATH).pause(ConnectionLostError("x"), 0.0, inf, 0.5) is None


# -- pauses -----------------------------------------------------------------------------------------------------------


def test_pause_grows_from_what_the_server_asked_for() -> None:
    busy = BusyError("x", data={"retry_after_ms": 100, "started": False})
    made = tries()
    assert [pause(made, busy) for _ in range(2)] == [pytest.approx(0.1), pytest.approx(0.2)]
    assert pause(tries(), busy, jitter=0.0) == pytest.approx(0.05)


@pytest.mark.parametrize("asked", ["soon", None, [1], 10**9, 10**400, -5])
def test_pause_is_sane_whatever_the_server_asks_for(asked: Any) -> None:
    busy = BusyError("x", data={"retry_after_ms": asked, "started": False})
    found = pause(tries(), busy, jitter=1.0)
    assert found is not None
    assert 0 <= found <= 10


@pytest.mark.parametrize("error", [NotSentError("x"), ConnectionLostError("x")])
def test_first_loss_is_mended_at_once_and_the_next_after_a_moment(error: DaemonError) -> None:
    made = tries("safe")
    assert pause(made, error) == 0.0
    assert pause(made, error) == pytest.approx(0.02)


def test_line_that_found_no_room_is_sent_again_when_the_server_asked() -> None:
    lost = ConnectionLostError("a line was refused")
    lost.__cause__ = BusyError("no room", data={"retry_after_ms": 100})
    assert pause(tries("safe"), lost) == pytest.approx(0.1)


def test_call_that_a_stopping_daemon_refused_is_sent_again_for_as_long_as_a_restart_takes() -> None:
    made, now, count = tries(), 10.0, 0
    refused = ShuttingDownError("x", data=NOT_STARTED)
    while (wait := pause(made, refused, now=now)) is not None:
        assert 0 < wait <= 0.75
        now += wait
        count += 1
    assert RESTART_SECONDS - 1 < now - 10 <= RESTART_SECONDS
    assert 8 < count < 40


def test_refusals_of_a_stopping_daemon_use_up_no_try() -> None:
    made = tries("safe")
    for _ in range(2 * MAX_TRIES):
        assert pause(made, ShuttingDownError("x", data=NOT_STARTED)) is not None
    assert pause(made, ConnectionLostError("x")) is not None


def test_pause_that_would_outlast_the_deadline_is_not_begun() -> None:
    busy = BusyError("x", data={"retry_after_ms": 100, "started": False})
    assert tries().pause(busy, 5.0, 5.2, 0.5) == pytest.approx(0.1)
    assert tries().pause(busy, 5.0, 5.05, 0.5) is None


# -- what the caller is told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (NotSentError("gone"), DaemonNotRunningError, "'m' was not sent to /run/x: gone"),
        (ConnectionLostError("gone"), ConnectionLostError, "'m' was sent to /run/x and may or may not have run: gone"),
        (BadAnswerError("what?"), RemoteProtocolError, "'m' was sent to /run/x and may or may not have run: what?"),
    ],
)
def test_failure_of_the_connection_comes_in_the_callers_words(
    error: DaemonError, kind: type[DaemonError], words: str
) -> None:
    made = tries()
    pause(made, error)
    told = made.final(error)
    assert type(told) is kind
    assert str(told) == words


@pytest.mark.parametrize("error", [InternalError("x"), BusyError("x", data=NOT_STARTED), DaemonNotRunningError("x")])
def test_every_other_error_is_told_as_it_is(error: DaemonError) -> None:
    made = tries()
    pause(made, error)
    assert made.final(error) is error


@pytest.mark.parametrize(
    "last",
    [
        NotSentError("x"),
        DaemonNotRunningError("x"),
        BusyError("x", data=NOT_STARTED),
        ShuttingDownError("x", data=NOT_STARTED),
    ],
)
def test_call_that_was_lost_once_may_have_run_whatever_is_said_of_later_times(last: DaemonError) -> None:
    made = tries("idempotent")
    assert pause(made, ConnectionLostError("gone")) is not None
    told = made.final(last)
    assert type(told) is ConnectionLostError
    assert "may or may not have run: gone; when it was sent again: x" in str(told)
    assert told.__cause__ is last


def test_safe_call_that_was_lost_is_told_that_nobody_is_there_any_more() -> None:
    """That it may have run makes no difference to anybody."""
    made = tries("safe")
    assert pause(made, ConnectionLostError("gone")) is not None
    assert type(made.final(DaemonNotRunningError("nobody"))) is DaemonNotRunningError


def test_daemon_that_refused_and_left_is_said_to_shut_down() -> None:
    made = tries()
    refused = ShuttingDownError("x", data=NOT_STARTED)
    assert pause(made, refused) is not None
    told = made.final(DaemonNotRunningError("nobody listens there"))
    assert type(told) is DaemonNotRunningError
    assert str(told) == "the daemon is shutting down: nobody listens there"
    assert told.__cause__ is refused
