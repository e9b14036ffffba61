import json
from typing import Any

import pytest

from daemonrpc.client_connection import ClientConnection
from daemonrpc.errors import LocalProtocolError, RemoteProtocolError
from daemonrpc.limits import Limits


def sent(connection: ClientConnection) -> list[Any]:
    data = connection.data_to_send()
    assert not data or data.endswith(b"\n")
    return [json.loads(text) for text in data.splitlines()]


def client(**limits: Any) -> ClientConnection:
    return ClientConnection(Limits(**limits))


def answers(connection: ClientConnection, *messages: Any) -> list[Any]:
    data = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
    return [(call and call.id, bytes(answer.result) or None) for call, answer in connection.receive_data(data)]


def test_calls_are_numbered_and_answers_matched_in_any_order() -> None:
    connection = client()
    for _ in range(3):
        connection.call(b'"a"', b"[1]")
    assert [message["id"] for message in sent(connection)] == [1, 2, 3]
    found = answers(connection, {"id": 3, "result": "c"}, {"id": 1, "result": "a"})
    assert found == [(b"3", b'"c"'), (b"1", b'"a"')]
    assert connection.in_flight == 1
    assert [call.id for call in connection.pending_calls()] == [b"2"]


@pytest.mark.parametrize(
    "message",
    [
        {"id": 2, "result": 1},
        {"id": "1", "result": 1},
        {"id": 1.0, "result": 1},
        {"id": 1},
        {"id": 1, "error": None},
        {"id": 1, "result": 1, "error": {"code": 1, "message": "m"}},
        {"id": None, "result": 1},
        {},
    ],
)
def test_answer_that_cannot_be_matched_for_sure_is_refused(message: Any) -> None:
    connection = client()
    connection.call(b'"a"', b"")
    with pytest.raises(RemoteProtocolError):
        answers(connection, message)


def test_second_answer_to_a_call_is_refused() -> None:
    connection = client()
    connection.call(b'"a"', b"")
    with pytest.raises(RemoteProtocolError):
        answers(connection, {"id": 1, "result": 1}, {"id": 1, "result": 1})


def test_answer_to_a_cancelled_call_is_matched_and_ownerless() -> None:
    connection = client()
    call = connection.call(b'"a"', b"", owner="somebody")
    connection.cancel(call)
    assert sent(connection)[1] == {"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": 1}}
    assert connection.in_flight == 1
    ((matched, _answer),) = connection.receive_data(b'{"id":1,"result":1}\n')
    assert matched is call
    assert call.owner is None
    connection.cancel(call)
    assert sent(connection) == []


def test_error_without_an_id_comes_without_a_call() -> None:
    assert answers(client(), {"id": None, "error": {"code": -32090, "message": "busy"}}) == [(None, None)]


def test_items_reach_their_stream_with_and_without_the_extension_member() -> None:
    connection = client()
    connection.call(b'"s"', b"", is_stream=True)
    item = {"method": "tick", "params": 1}
    assert [found[0] for found in answers(connection, item, {**item, "stream": 1}, {**item, "stream": 9})] == [
        b"1",
        b"1",
    ]


def test_notification_that_nobody_asked_for_is_ignored() -> None:
    connection = client()
    connection.call(b'"a"', b"")
    assert answers(connection, {"method": "news", "params": 1}) == []


def test_request_that_fits_no_line_is_never_sent() -> None:
    connection = client(line_bytes=200)
    exact = 200 - len(b'{"jsonrpc":"2.0","method":"a","id":1,"params":[""]}')
    with pytest.raises(LocalProtocolError, match="at most 200"):
        connection.call(b'"a"', b'["%b"]' % (b"x" * (exact + 1)))
    with pytest.raises(LocalProtocolError, match="nested deeper"):
        client().call(b'"a"', b"[" * 64 + b"]" * 64)
    assert (connection.in_flight, connection.output_bytes) == (0, 0)


def test_request_as_long_as_a_line_may_be_is_sent() -> None:
    connection = client(line_bytes=200)
    overhead = len(b'{"jsonrpc":"2.0","method":"a","id":1,"params":[""]}')
    connection.call(b'"a"', b'["%b"]' % (b"x" * (200 - overhead)))
    assert connection.output_bytes == 201


def test_over_long_answer_is_the_servers_fault() -> None:
    with pytest.raises(RemoteProtocolError, match="longer than 50 bytes"):
        answers(client(line_bytes=50), {"id": 1, "result": "x" * 50})


def test_output_is_given_once() -> None:
    connection = client()
    connection.call(b'"a"', b"")
    size = connection.output_bytes
    assert len(connection.data_to_send()) == size
    assert connection.data_to_send() == b""
