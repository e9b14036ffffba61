import json
from typing import Any

import pytest

from daemonrpc.errors import InternalError, LocalProtocolError, RpcError
from daemonrpc.limits import Limits
from daemonrpc.request import Request
from daemonrpc.server_connection import ServerConnection


def line(method: str = "a", id_: object = 1, **members: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "id": id_, **members}).encode() + b"\n"


NOTIFICATION = b'{"jsonrpc":"2.0","method":"note"}\n'


def batch(*items: bytes) -> bytes:
    return b"[" + b",".join(item.strip() for item in items) + b"]\n"


def server(data: bytes = b"", **limits: Any) -> ServerConnection:
    connection = ServerConnection(Limits(**limits))
    connection.receive_data(data)
    return connection


def requests(connection: ServerConnection) -> list[Request]:
    found = []
    while connection.has_backlog:
        request = connection.next_request()
        if request is not None:
            connection.open(request)
            found.append(request)
    return found


def sent(connection: ServerConnection) -> list[Any]:
    data = connection.data_to_send()
    assert not data or data.endswith(b"\n")
    return [json.loads(text) for text in data.splitlines()]


def test_request_is_answered_with_its_id() -> None:
    connection = server(line(id_="x"))
    (request,) = requests(connection)
    connection.answer(request, b"[1]")
    assert sent(connection) == [{"jsonrpc": "2.0", "id": "x", "result": [1]}]
    assert connection.in_flight == 0


def test_second_answer_is_refused() -> None:
    connection = server(line())
    (request,) = requests(connection)
    connection.answer(request, b"1")
    with pytest.raises(LocalProtocolError, match="answered already"):
        connection.fail(request, InternalError("late"))
    assert len(sent(connection)) == 1


@pytest.mark.parametrize("is_failure", [False, True])
def test_notification_ends_without_an_answer(is_failure: bool) -> None:
    connection = server(NOTIFICATION)
    (request,) = requests(connection)
    assert connection.in_flight == 1
    if is_failure:
        connection.fail(request, InternalError("x"))
    else:
        connection.answer(request, b"1")
    assert (sent(connection), connection.in_flight) == ([], 0)


def test_bad_line_is_answered_at_once_and_the_next_one_is_read() -> None:
    connection = server(b"{\n" + line())
    assert [request.id for request in requests(connection)] == [b"1"]
    (answer,) = sent(connection)
    assert (answer["id"], answer["error"]["code"]) == (None, -32700)


def test_over_long_line_is_answered_with_the_limit() -> None:
    connection = server(b"x" * 300 + b"\n" + line(), line_bytes=200)
    assert len(requests(connection)) == 1
    (answer,) = sent(connection)
    assert answer["error"]["code"] == -32093
    assert answer["error"]["data"] == {"limit": 200, "started": False}


def test_line_far_over_the_limit_closes() -> None:
    assert server(b"x" * 301, line_bytes=200, drain_bytes=300).must_close
    assert not server(b"x" * 299, line_bytes=200, drain_bytes=300).must_close


def test_last_line_without_newline_is_a_request() -> None:
    connection = server(line().rstrip())
    assert connection.has_partial_line
    connection.receive_eof()
    assert len(requests(connection)) == 1


def test_blank_lines_count_in_the_backlog() -> None:
    connection = server(b"\n" * 1000)
    assert connection.backlog_bytes >= 1000
    requests(connection)
    assert connection.backlog_bytes == 0


def test_ids_are_found_by_their_bytes() -> None:
    connection = server(b"".join(line(id_=id_) for id_ in (1, 1.0, "1", 1)))
    found = requests(connection)
    assert connection.find(b"1") == [found[0], found[3]]
    assert connection.find(b"1.0") == [found[1]]
    assert connection.in_flight_requests() == found


def test_batch_is_answered_as_one_array_when_its_last_item_ends() -> None:
    connection = server(batch(line(id_=1), NOTIFICATION, b"7", line(id_=2)))
    first, note, second = requests(connection)
    connection.answer(second, b"2")
    connection.answer(note, b"0")
    assert sent(connection) == []
    connection.answer(first, b"1")
    (answers,) = sent(connection)
    assert [answer["id"] for answer in answers] == [None, 2, 1]


def test_batch_of_notifications_is_not_answered() -> None:
    connection = server(batch(NOTIFICATION, NOTIFICATION))
    for request in requests(connection):
        connection.answer(request, b"1")
    assert sent(connection) == []


def test_items_of_a_batch_are_in_flight_only_when_they_were_asked_for() -> None:
    connection = server(batch(*(line(id_=n) for n in range(5))))
    assert connection.next_request() is None
    assert connection.in_flight == 0
    first = connection.next_request()
    assert first is not None
    connection.open(first)
    assert connection.in_flight == 1
    assert connection.has_backlog


def test_request_that_is_answered_at_once_was_never_in_flight() -> None:
    connection = server(line(id_=1))
    request = connection.next_request()
    assert request is not None
    assert (connection.in_flight, connection.find(b"1"), connection.held_bytes) == (0, [], 0)
    connection.answer(request, b"true")
    assert sent(connection) == [{"jsonrpc": "2.0", "id": 1, "result": True}]


def test_short_lines_are_decoded_together_up_to_the_first_that_needs_a_closer_look() -> None:
    short = b"".join(line(id_=n) for n in range(5))
    connection = server(short + batch(line(id_=5)) + line(id_=6))
    size = connection.backlog_bytes
    taken, lines = connection.next_run(3, 10_000)
    assert [request.id for request in taken] == [b"0", b"1", b"2"]
    connection.put_back(lines[1:])
    assert [request.id for request in connection.next_run(64, 10_000)[0]] == [b"1", b"2", b"3", b"4"]
    assert connection.next_run(64, 10_000) == ([], [])
    assert [request.id for request in requests(connection)] == [b"5", b"6"]
    assert 0 == connection.backlog_bytes < size


def test_run_ends_where_its_bytes_are_too_many() -> None:
    connection = server(b"".join(line(id_=n, params=["x" * 500]) for n in range(5)))
    assert [request.id for request in connection.next_run(64, 1000)[0]] == [b"0", b"1"]
    assert len(connection.next_run(64, 10_000)[0]) == 3


def test_long_line_is_not_decoded_with_others() -> None:
    connection = server(line(id_=1, params=["x" * 5000]) + line(id_=2))
    assert connection.next_run(64, 10_000) == ([], [])
    assert [request.id for request in requests(connection)] == [b"1", b"2"]


def test_result_over_the_line_limit_is_an_error() -> None:
    connection = server(line(), line_bytes=1000)
    (request,) = requests(connection)
    connection.answer(request, b'"%b"' % (b"x" * 1000))
    (answer,) = sent(connection)
    assert answer["error"]["code"] == -32093
    assert answer["error"]["data"] == {"limit": 1000}


def test_result_nested_too_deep_for_a_client_is_an_error() -> None:
    connection = server(line() + line())
    fits, deep = requests(connection)
    connection.answer(fits, b"[" * 63 + b"]" * 63)
    connection.answer(deep, b"[" * 64 + b"]" * 64)
    assert ["error" in answer for answer in sent(connection)] == [False, True]


@pytest.mark.parametrize("data", ["x" * 2000, json.loads("[" * 70 + "]" * 70)], ids=["long", "deep"])
def test_error_whose_data_fits_no_line_keeps_its_code(data: Any) -> None:
    connection = server(line(), line_bytes=1000)
    (request,) = requests(connection)
    connection.fail(request, RpcError("no such job", code=-32000, data=data))
    raw = connection.data_to_send()
    answer = json.loads(raw)
    assert (answer["error"]["code"], answer["error"]["message"]) == (-32000, "no such job")
    assert len(raw) <= 1000


def test_answers_of_a_batch_never_exceed_a_line() -> None:
    connection = server(batch(*(line(id_=n) for n in range(10))), line_bytes=10_000)
    for request in requests(connection):
        connection.answer(request, b'"%b"' % (b"x" * 3000))
    raw = connection.data_to_send()
    codes = [answer.get("error", {}).get("code") for answer in json.loads(raw)]
    assert len(raw) <= 10_001
    assert codes.count(None) >= 1
    assert set(codes) == {None, -32093}


def test_item_goes_out_with_the_id_of_its_call() -> None:
    connection = server(line(id_="s"))
    (request,) = requests(connection)
    connection.items(request, b'"tick"', [b"7", b"8"])
    ticks = [{"jsonrpc": "2.0", "method": "tick", "params": number, "stream": "s"} for number in (7, 8)]
    assert sent(connection) == ticks
    connection.answer(request, b"null")
    with pytest.raises(LocalProtocolError, match="ended"):
        connection.items(request, b'"tick"', [b"9"])


def cancel(id_: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": id_}}).encode() + b"\n"


def test_cancel_of_a_call_in_flight_overtakes_the_lines_before_it() -> None:
    connection = server(line(id_=1) + line(id_=2) + cancel(1))
    first = connection.next_request()
    assert first is not None
    connection.open(first)
    taken = connection.next_cancel()
    assert taken is not None
    assert connection.cancelled_by(taken) == [first]
    assert connection.next_cancel() is None
    assert [request.id for request in requests(connection)] == [b"2"]


@pytest.mark.parametrize("late", [cancel(2), cancel(9), cancel([]), b'["rpc.cancel"]\n', b'"rpc.cancel"\n'])
def test_other_lines_keep_their_place(late: bytes) -> None:
    connection = server(line(id_=1) + line(id_=2) + late)
    first = connection.next_request()
    assert first is not None
    connection.open(first)
    assert connection.next_cancel() is None
    connection.next_request()
    requests(connection)
    assert not connection.has_backlog


def test_cancel_never_cancels_itself() -> None:
    connection = server(b'{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":5},"id":5}\n')
    (request,) = requests(connection)
    assert connection.cancelled_by(request) == []
