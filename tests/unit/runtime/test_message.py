from typing import Any

import pytest
from msgspec import Raw

from daemonrpc.errors import BusyError, InvalidParamsError, ParseError, RemoteProtocolError, RpcError
from daemonrpc.limits import Limits
from daemonrpc.message import (
    NO_ID,
    Answer,
    ErrorObject,
    decode_answer,
    decode_error_data,
    encode_error,
    encode_items,
    encode_request,
    encode_result,
    rpc_error,
)

LIMITS = Limits()


# -- answers ----------------------------------------------------------------------------------------------------------


def test_answer_keeps_what_it_carries_raw() -> None:
    answer = decode_answer(b'{"jsonrpc":"2.0","id":1,"result":{"a":1}}')
    assert answer is not None
    assert (bytes(answer.id), bytes(answer.result), answer.error) == (b"1", b'{"a":1}', None)
    assert decode_answer(b"\r") is None


@pytest.mark.parametrize("line", [b"{", b"[]", b"1", b'{"id":1,"result":"\xff"}', b"[" * 70, b'{"error":{"code":"x"}}'])
def test_line_that_no_server_may_send_is_the_servers_fault(line: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_answer(line)


def error_object(code: int, data: bytes = b"") -> ErrorObject:
    return ErrorObject(code, "m", Raw(data))


def test_known_code_becomes_the_runtimes_own_error() -> None:
    error = rpc_error(error_object(-32090, b'{"started":false}'))
    assert isinstance(error, BusyError)
    assert error.not_started
    assert error.is_received
    assert type(rpc_error(error_object(-32050))) is RpcError


@pytest.mark.parametrize(
    ("raw", "data"), [(b"", None), (b"[1]", [1]), (b"1e999", "1e999"), (b'"\\ud800"', '"\\ud800"')]
)
def test_error_data_that_cannot_be_read_never_hides_the_error(raw: bytes, data: Any) -> None:
    assert decode_error_data(Raw(raw)) == data


# -- writing ----------------------------------------------------------------------------------------------------------


def test_messages_are_one_compact_line() -> None:
    assert encode_request(b'"a"', b"1", b"[2]", b'{"key":"k"}') == (
        b'{"jsonrpc":"2.0","method":"a","id":1,"params":[2],"meta":{"key":"k"}}\n'
    )
    assert encode_request(b'"a"', NO_ID, b"", b"") == b'{"jsonrpc":"2.0","method":"a"}\n'
    assert encode_result(b'"x"', b"null") == b'{"jsonrpc":"2.0","id":"x","result":null}\n'
    assert encode_items(b'"n"', b"1", [b"2", b"[]"]) == (
        b'{"jsonrpc":"2.0","method":"n","params":2,"stream":1}\n{"jsonrpc":"2.0","method":"n","params":[],"stream":1}\n'
    )


def test_error_without_data_has_no_data_member() -> None:
    assert (
        encode_error(b"1", ParseError("bad")) == b'{"jsonrpc":"2.0","id":1,"error":{"code":-32700,"message":"bad"}}\n'
    )


class Awkward:
    def __str__(self) -> str:
        return "awk\ud800ward"


@pytest.mark.parametrize("data", [object(), float("nan"), {"a": "\ud800"}, Raw(b"[\n]")])
@pytest.mark.parametrize("message", ["plain", "sur\ud800rogate", Awkward()])
def test_error_with_unsendable_parts_is_sent_all_the_same(data: Any, message: Any) -> None:
    answer = decode_answer(encode_error(b"1", InvalidParamsError(message, data=data)))
    assert answer is not None
    assert answer.error is not None
    assert answer.error.code == -32602
    assert b"unsendable" in bytes(answer.error.data)


def test_answers_are_compared_by_identity() -> None:
    assert Answer() != Answer()
