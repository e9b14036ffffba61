from typing import Any

import pytest
from msgspec import UNSET, Raw, Struct, UnsetType

from daemonrpc.calling import (
    Outgoing,
    encode_meta,
    outgoing,
    said,
    seconds_of,
)
from daemonrpc.errors import (
    ApplicationError,
    BusyError,
    DeadlineExceededError,
    LocalProtocolError,
    RemoteProtocolError,
    RpcError,
)
from daemonrpc.message import Answer, ErrorObject
from daemonrpc.method import Method, Safety, StreamMethod
from daemonrpc.trace import traceparent


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
    return outgoing(method(safety), params or Params())


# -- what is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "text"), [(None, b""), ({}, b"{}"), ([1], b"[1]"), ({"a": 1}, b'{"a":1}'), ((1, 2), b"[1,2]")]
)
def test_params_by_name_of_method_go_as_they_are(params: Any, text: bytes) -> None:
    assert outgoing("m", params).params == text


def test_defaults_of_typed_params_are_not_sent() -> None:
    assert call().params == b""
    assert call(params=Params(key="k")).params == b'{"key":"k"}'


@pytest.mark.parametrize("params", ["text", 1, True])
def test_params_that_are_no_object_or_array_are_refused(params: Any) -> None:
    with pytest.raises(TypeError, match="must be a dict, a list, a struct or None"):
        outgoing("m", params)


def test_params_that_json_cannot_hold_are_refused() -> None:
    with pytest.raises(LocalProtocolError):
        outgoing("m", [float("nan")])


# -- what comes back --------------------------------------------------------------------------------------------------


def failed(code: int, data: bytes = b"") -> Answer:
    return Answer(error=ErrorObject(code, "gone", Raw(data)))


def test_typed_result_is_decoded_and_an_untyped_one_is_plain() -> None:
    assert call().result(Answer(result=Raw(b"7"))) == 7
    assert outgoing("m", None).result(Answer(result=Raw(b'{"a":1}'))) == {"a": 1}


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
    call = outgoing(stream, Params())
    assert call.item(Raw(b"7")) == 7
    with pytest.raises(RemoteProtocolError, match="item of 'w'"):
        call.item(Raw(b'"x"'))
    assert outgoing("w", None).item(Raw(b'"x"')) == "x"


# -- words ------------------------------------------------------------------------------------------------------------


def test_timeout_of_a_call_beats_the_channels_own() -> None:
    assert [seconds_of(timeout, 30.0) for timeout in (UNSET, None, 1.5)] == [30.0, None, 1.5]


@pytest.mark.parametrize("timeout", [1e9, 1e300, float("inf")])
def test_timeout_beyond_all_clocks_is_none(timeout: float) -> None:
    assert seconds_of(timeout, 1.0) is None


def test_timeout_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        seconds_of(float("nan"), None)


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("left", "trace", "text"),
    [
        (None, None, b""),
        (1.5, None, b'{"timeout_ms":1500}'),
        (0.0, None, b'{"timeout_ms":1}'),
        (-5.0, None, b'{"timeout_ms":1}'),
        (None, TRACE, b'{"traceparent":"%b"}' % TRACE.encode()),
        (0.25, TRACE, b'{"timeout_ms":250,"traceparent":"%b"}' % TRACE.encode()),
    ],
)
def test_meta_says_what_is_left_of_the_time_and_which_trace_it_is(
    left: float | None, trace: str | None, text: bytes
) -> None:
    with traceparent(trace):
        assert encode_meta(left) == text


def test_what_the_server_said_about_the_time_is_kept() -> None:
    late = DeadlineExceededError("late")
    assert said(late) is late
    assert said(TimeoutError()) is None
