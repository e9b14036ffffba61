from typing import Any

import pytest
from msgspec import UNSET, Raw, Struct, UnsetType

from daemonrpc.calling import (
    MAX_TRIES,
    NotSentError,
    Outgoing,
    explained,
    may_send_again,
    retry_delay,
    said,
    seconds_of,
)
from daemonrpc.errors import (
    ApplicationError,
    BusyError,
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    DeadlineExceededError,
    InternalError,
    LocalProtocolError,
    MessageTooLargeError,
    RemoteProtocolError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.message import Answer, ErrorObject
from daemonrpc.method import Method, Safety, StreamMethod


class Params(Struct, kw_only=True, omit_defaults=True):
    key: str | UnsetType = UNSET


class MissingData(Struct, kw_only=True):
    name: str


class Missing(ApplicationError):
    code = -32000
    data_type = MissingData


def method(safety: Safety = "unsafe") -> Method[Params, int]:
    return Method("m", python_name="m", params=Params, result=int, errors=(Missing,), safety=safety, key="key")


def call(safety: Safety = "unsafe", params: Any = None) -> Outgoing:
    return Outgoing(method(safety), params or Params())


NOT_STARTED = {"started": False}


# -- at most once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("safety", ["unsafe", "safe", "idempotent", "keyed"])
@pytest.mark.parametrize(
    "error",
    [
        NotSentError("x"),
        BusyError("x", data=NOT_STARTED),
        ShuttingDownError("x", data=NOT_STARTED),
    ],
)
def test_call_that_provably_never_started_may_be_sent_again(error: DaemonError, safety: Safety) -> None:
    assert may_send_again(error, call(safety), 1)
    assert not may_send_again(error, call(safety), MAX_TRIES)


@pytest.mark.parametrize(
    ("safety", "params", "may"),
    [
        ("unsafe", Params(key="k"), False),
        ("safe", Params(), True),
        ("idempotent", Params(), True),
        ("keyed", Params(), False),
        ("keyed", Params(key="k"), True),
    ],
)
def test_lost_call_may_be_sent_again_only_if_it_may_run_twice(safety: Safety, params: Params, may: bool) -> None:
    assert may_send_again(ConnectionLostError("x"), call(safety, params), 1) is may


@pytest.mark.parametrize("safety", ["unsafe", "safe", "idempotent"])
@pytest.mark.parametrize(
    "error",
    [
        CallTimeoutError("x"),
        DeadlineExceededError("x", data=NOT_STARTED),
        InternalError("x"),
        BusyError("x"),
        BusyError("x", data={"started": True}),
        ShuttingDownError("x", data={"started": True}),
        MessageTooLargeError("x", data=NOT_STARTED),
        RemoteProtocolError("x"),
        DaemonNotRunningError("x"),
    ],
)
def test_nothing_else_is_a_reason_to_send_again(error: DaemonError, safety: Safety) -> None:
    assert not may_send_again(error, call(safety), 1)


def test_call_by_name_is_never_sent_twice_after_a_loss() -> None:
    assert not may_send_again(ConnectionLostError("x"), Outgoing("m", None), 1)


def test_delay_grows_from_what_the_server_asked_for() -> None:
    busy = BusyError("x", data={"retry_after_ms": 100})
    assert retry_delay(busy, 1, 0.5) == pytest.approx(0.1)
    assert retry_delay(busy, 2, 0.5) == pytest.approx(0.2)
    assert retry_delay(busy, 1, 0.0) == pytest.approx(0.05)
    assert retry_delay(NotSentError("x"), 1, 0.5) == 0.0


@pytest.mark.parametrize("asked", ["soon", None, [1], 10**9, 10**400, -5])
def test_delay_is_sane_whatever_the_server_asks_for(asked: Any) -> None:
    assert 0 <= retry_delay(BusyError("x", data={"retry_after_ms": asked}), 1, 1.0) <= 10


# -- what is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "text"), [(None, b""), ({}, b"{}"), ([1], b"[1]"), ({"a": 1}, b'{"a":1}'), ((1, 2), b"[1,2]")]
)
def test_params_by_name_of_method_go_as_they_are(params: Any, text: bytes) -> None:
    assert Outgoing("m", params).params == text


def test_defaults_of_typed_params_are_not_sent() -> None:
    assert call().params == b""
    assert call(params=Params(key="k")).params == b'{"key":"k"}'


@pytest.mark.parametrize("params", ["text", 1, True])
def test_params_that_are_no_object_or_array_are_refused(params: Any) -> None:
    with pytest.raises(TypeError, match="must be a dict, a list, a struct or None"):
        Outgoing("m", params)


def test_params_that_json_cannot_hold_are_refused() -> None:
    with pytest.raises(LocalProtocolError):
        Outgoing("m", [float("nan")])


# -- what comes back --------------------------------------------------------------------------------------------------


def failed(code: int, data: bytes = b"") -> Answer:
    return Answer(error=ErrorObject(code, "gone", Raw(data)))


def test_typed_result_is_decoded_and_an_untyped_one_is_plain() -> None:
    assert call().result(Answer(result=Raw(b"7"))) == 7
    assert Outgoing("m", None).result(Answer(result=Raw(b'{"a":1}'))) == {"a": 1}


def test_result_that_does_not_fit_the_schema_is_the_servers_fault() -> None:
    with pytest.raises(RemoteProtocolError, match="result of 'm' does not fit"):
        call().result(Answer(result=Raw(b'"x"')))


def test_declared_error_comes_with_its_data() -> None:
    with pytest.raises(Missing) as refused:
        call().result(failed(-32000, b'{"name":"a","new":1}'))
    assert refused.value.data == MissingData(name="a")
    assert refused.value.is_received


@pytest.mark.parametrize(("data", "seen"), [(b"", None), (b'{"nam":1}', {"nam": 1}), (b"[1e999]", "[1e999]")])
def test_declared_error_with_strange_data_is_still_that_error(data: bytes, seen: Any) -> None:
    with pytest.raises(Missing) as refused:
        call().result(failed(-32000, data))
    assert refused.value.data == seen


def test_undeclared_code_is_a_plain_error() -> None:
    with pytest.raises(RpcError) as refused:
        call().result(failed(-32001, b"[1]"))
    assert (type(refused.value), refused.value.code, refused.value.data) == (RpcError, -32001, [1])
    with pytest.raises(BusyError):
        call().result(failed(-32090))


def test_stream_item_is_typed() -> None:
    stream: Any = StreamMethod("w", python_name="w", params=Params, item=int, result=None, notification="n")
    outgoing = Outgoing(stream, Params())
    assert outgoing.is_stream
    assert outgoing.item(Raw(b"7")) == 7
    with pytest.raises(RemoteProtocolError, match="item of 'w'"):
        outgoing.item(Raw(b'"x"'))
    assert Outgoing("w", None).item(Raw(b'"x"')) == "x"


# -- words ------------------------------------------------------------------------------------------------------------


def test_failures_are_explained_in_the_callers_words() -> None:
    unsent = explained(NotSentError("the connection is lost"), call(), "/run/x")
    assert isinstance(unsent, DaemonNotRunningError)
    assert "'m' was not sent to /run/x" in str(unsent)
    lost = explained(ConnectionLostError("the connection was lost"), call(), "/run/x")
    assert isinstance(lost, ConnectionLostError)
    assert "may or may not have run" in str(lost)
    other = InternalError("x")
    assert explained(other, call(), "/run/x") is other


def test_timeout_of_a_call_beats_the_channels_own() -> None:
    assert [seconds_of(timeout, 30.0) for timeout in (UNSET, None, 1.5)] == [30.0, None, 1.5]


def test_what_the_server_said_about_the_time_is_kept() -> None:
    late = DeadlineExceededError("late")
    assert said(late) is late
    assert said(TimeoutError()) is None
