"""The accounts of a connection, by themselves: what is measured, and that nothing is left open."""

from typing import Any

import pytest

from daemonrpc.accounting import CallAccounts
from daemonrpc.context import Peer
from daemonrpc.errors import BusyError, CallCancelledError, LocalProtocolError
from daemonrpc.handler import RequestHandler
from daemonrpc.limits import Limits
from daemonrpc.observe import CallRecord, Observers, Reason
from daemonrpc.request import Request
from daemonrpc.server_connection import ServerConnection
from support.recorder import Recorder

PEER = Peer(uid=1, gid=2, pid=3)


class Desk:
    """A connection with accounts, on a clock that a test moves."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.now = 100.0
        self.recorder = Recorder()
        handler = RequestHandler()
        handler.register("m", lambda _params, _context: None)
        self.accounts = CallAccounts(Observers([self.recorder]), PEER, lambda: self.now, handler.lookup)
        self.connection = ServerConnection(limits or Limits())
        self.connection.on_end = self.accounts.end
        self.connection.on_refusal = self.accounts.refuse

    def receive(self, line: bytes) -> Request:
        self.connection.receive_data(line + b"\n")
        request = None
        while self.connection.has_backlog and request is None:
            request = self.connection.next_request()
        assert request is not None
        self.accounts.begin(request)
        return request

    def last(self) -> CallRecord:
        return self.recorder.calls[-1]


def line(id_: Any = 1, method: str = "m") -> bytes:
    return b'{"jsonrpc":"2.0","id":%d,"method":"%b","params":{"a":1}}' % (id_, method.encode())


def test_time_is_that_of_the_given_clock() -> None:
    desk = Desk()
    request = desk.receive(line())
    desk.now += 1
    desk.accounts.wait(request)
    desk.now += 2
    desk.accounts.start(request)
    desk.now += 4
    desk.connection.answer(request, b"true")
    record = desk.last()
    assert (record.seconds, record.queue_seconds) == (7.0, 3.0)
    assert (record.params_bytes, record.answer_bytes) == (7, len('{"jsonrpc":"2.0","id":1,"result":true}'))


def test_wait_that_no_start_has_ended_lasts_until_the_end() -> None:
    desk = Desk()
    request = desk.receive(line())
    desk.accounts.wait(request)
    desk.now += 2
    desk.connection.fail(request, CallCancelledError("x"))
    assert (desk.last().seconds, desk.last().queue_seconds) == (2.0, 2.0)
    assert desk.last().reason is Reason.CANCELLED


def test_start_without_a_wait_is_no_wait() -> None:
    desk = Desk()
    request = desk.receive(line())
    desk.accounts.start(request)
    desk.connection.answer(request, b"1")
    assert desk.last().queue_seconds is None


def test_second_answer_is_refused_and_not_told() -> None:
    desk = Desk()
    request = desk.receive(line())
    desk.connection.answer(request, b"1")
    with pytest.raises(LocalProtocolError):
        desk.connection.fail(request, BusyError("x"))
    assert len(desk.recorder.calls) == 1


def test_call_of_a_lost_connection_is_told_without_an_answer() -> None:
    desk = Desk()
    desk.accounts.lose(desk.receive(line()))
    record = desk.last()
    assert (record.reason, record.code, record.answer_bytes, record.kind) == (Reason.LOST, None, 0, "call")


def test_result_that_fits_no_line_is_told_as_what_took_its_place() -> None:
    desk = Desk(Limits(line_bytes=1000))
    request = desk.receive(line())
    desk.connection.answer(request, b'"%b"' % (b"x" * 2000))
    assert (desk.last().reason, desk.last().code) == (Reason.TOO_LARGE, -32093)
    assert desk.last().answer_bytes == len(desk.connection.data_to_send()) - 1


def test_error_that_fits_no_line_keeps_its_code() -> None:
    desk = Desk(Limits(line_bytes=1000))
    request = desk.receive(line())
    desk.connection.fail(request, BusyError("x", data="y" * 2000))
    assert desk.last().code == -32090


def test_message_without_a_request_is_told_with_the_id_that_it_had() -> None:
    desk = Desk()
    desk.connection.receive_data(b'{"jsonrpc":"2.0","id":"x","method":1}\nrubbish\n')
    assert [desk.connection.next_request(), desk.connection.next_request()] == [None, None]
    first, second = desk.recorder.calls
    assert (first.id, first.code, first.kind, first.method) == ('"x"', -32600, "invalid", "(invalid)")
    assert (second.id, second.code) == (None, -32700)
    answers = desk.connection.data_to_send().splitlines()
    assert [len(answer) for answer in answers] == [first.answer_bytes, second.answer_bytes]


def test_connection_without_accounts_answers_the_same() -> None:
    with_accounts, without = Desk(), ServerConnection(Limits())
    text = b'[{"jsonrpc":"2.0","id":1,"method":"m"},7,{"jsonrpc":"2.0","method":"m"}]'
    without.receive_data(text + b"\n")
    requests = [with_accounts.receive(text)]
    requests += [request for request in [with_accounts.connection.next_request()] if request]
    with_accounts.accounts.begin(requests[1])
    for request in requests:
        with_accounts.connection.answer(request, b"1")
    while without.has_backlog:
        request = without.next_request()
        if request is not None:
            without.answer(request, b"1")
    assert with_accounts.connection.data_to_send() == without.data_to_send()
    assert [record.kind for record in with_accounts.recorder.calls] == ["invalid", "call", "notification"]
