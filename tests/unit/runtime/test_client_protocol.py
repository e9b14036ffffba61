import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from daemonrpc.busy_poll import BusyPoll
from daemonrpc.calling import NotSentError
from daemonrpc.client_protocol import EARLY_BYTES, ClientProtocol
from daemonrpc.errors import (
    BusyError,
    ConnectionLostError,
    DaemonError,
    InvalidRequestError,
    MessageTooLargeError,
    RemoteProtocolError,
    RpcError,
)
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.message import Answer
from support.waiting import SECONDS, until

BUSY = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32090,"message":"full",'
    b'"data":{"started":false,"refused":"connection"}}}\n'
)
NO_ROOM = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32090,"message":"no room","data":{"started":false%b}}}\n'  # of a line
)
TOO_LONG = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32093,"message":"too long","data":{"started":false,"limit":%d}}}\n'
)
SHUTTING_DOWN = b'{"jsonrpc":"2.0","id":%d,"error":{"code":-32094,"message":"stopping","data":{"started":false}}}\n'
UNREADABLE = b'{"id":null,"error":{"code":-32600,"message":"what?"}}\n'


class Link:
    """A ClientProtocol and the server's end of its connection."""

    def __init__(self) -> None:
        self.changes = 0
        self._loop = asyncio.get_running_loop()
        self.shutdowns = 0
        self.protocol = ClientProtocol(Limits(), ReadBuffer(), self._loop, BusyPoll(0), self._changed, self._shut_down)

    def _changed(self) -> None:
        self.changes += 1

    def _shut_down(self) -> None:
        self.shutdowns += 1

    async def connect(self) -> None:
        near, self.server = socket.socketpair()
        near.setblocking(False)
        self.server.setblocking(False)
        self.transport, _ = await self._loop.create_unix_connection(lambda: self.protocol, sock=near)

    def call(self, method: bytes = b'"m"', params: bytes = b"") -> "asyncio.Future[Answer]":
        owner: asyncio.Future[Answer] = self._loop.create_future()
        self.last = self.protocol.call(method, params, b"", owner)
        return owner

    async def read(self) -> bytes:
        async with asyncio.timeout(SECONDS):
            return await self._loop.sock_recv(self.server, 1 << 20)

    async def outcome(self, future: "asyncio.Future[Answer]") -> Answer | DaemonError:
        async with asyncio.timeout(SECONDS):
            try:
                return await future
            except DaemonError as error:
                return error


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    made = Link()
    await made.connect()
    yield made
    made.transport.abort()
    made.server.close()
    await asyncio.sleep(0)


async def test_first_call_of_an_idle_connection_leaves_at_once(link: Link) -> None:
    future = link.call()
    assert link.server.recv(1 << 20).count(b"\n") == 1  # the loop had no turn yet
    link.server.send(b'{"id":1,"result":"a"}\n')
    assert bytes((await future).result) == b'"a"'


async def test_further_calls_of_one_turn_leave_as_one_write_and_are_answered_in_any_order(link: Link) -> None:
    futures = [link.call() for _ in range(3)]
    assert link.server.recv(1 << 20).count(b"\n") == 1
    assert (await link.read()).count(b"\n") == 2
    link.server.send(b'{"id":3,"result":"c"}\n{"id":2,"result":"b"}\n{"id":1,"result":"a"}\n')
    assert [bytes((await future).result) for future in futures] == [b'"a"', b'"b"', b'"c"']
    assert link.protocol.in_flight == 0
    assert link.changes


async def test_many_calls_of_one_turn_leave_before_its_end(link: Link) -> None:
    params = b'["%b"]' % (b"x" * (EARLY_BYTES // 4))
    _first, *others = [link.call(params=params) for _ in range(2 * 4 + 2)]
    assert link.server.recv(1 << 20).count(b"\n") == 1 + 2 * 4
    assert (await link.read()).count(b"\n") == 1
    assert link.protocol.in_flight == 1 + len(others)


async def test_call_whose_connection_dies_before_the_write_was_not_sent(link: Link) -> None:
    sent, unsent = link.call(), link.call()
    link.transport.abort()
    assert isinstance(await link.outcome(sent), ConnectionLostError)
    assert isinstance(await link.outcome(unsent), NotSentError)


async def test_call_whose_first_write_is_refused_was_not_sent(link: Link) -> None:
    """EPIPE: the kernel took no byte, so no server can have read one."""
    link.transport.pause_reading()  # the end is not seen before the write
    link.server.close()
    assert isinstance(await link.outcome(link.call()), NotSentError)


async def test_call_whose_connection_dies_after_the_write_may_have_run(link: Link) -> None:
    future = link.call()
    await link.read()
    link.server.close()
    assert isinstance(await link.outcome(future), ConnectionLostError)


async def test_of_two_calls_only_the_unwritten_one_was_not_sent(link: Link) -> None:
    first = link.call()
    await link.read()
    second = link.call()
    link.transport.abort()
    assert isinstance(await link.outcome(first), ConnectionLostError)
    assert isinstance(await link.outcome(second), NotSentError)


async def test_part_of_a_large_write_means_that_the_call_may_have_run(link: Link) -> None:
    owner = asyncio.get_running_loop().create_future()
    link.protocol.call(b'"m"', b'["%b"]' % (b"x" * 4_000_000), b"", owner)
    await link.read()
    link.server.close()
    assert isinstance(await link.outcome(owner), ConnectionLostError)


async def test_call_on_a_lost_connection_is_refused_at_once(link: Link) -> None:
    link.server.close()
    await until(lambda: not link.protocol.is_open)
    await until(lambda: link.protocol.transport is None)
    with pytest.raises(NotSentError):
        link.call()


async def test_refusal_before_the_first_call_is_what_the_call_hears(link: Link) -> None:
    link.server.send(BUSY)
    link.server.close()
    await until(lambda: link.protocol.transport is None)
    with pytest.raises(BusyError, match="full"):
        link.call()


async def test_refusal_is_read_although_the_write_fails(link: Link) -> None:
    link.transport.pause_reading()
    link.server.send(BUSY)
    link.server.close()
    assert isinstance(await link.outcome(link.call()), BusyError)


async def test_answer_is_read_although_the_next_write_fails(link: Link) -> None:
    first = link.call()
    await link.read()
    link.transport.pause_reading()
    link.server.send(b'{"id":1,"result":1}\n')
    link.server.close()
    second = link.call()
    assert isinstance(await link.outcome(first), Answer)
    assert isinstance(await link.outcome(second), NotSentError)


async def test_refusal_ends_every_call(link: Link) -> None:
    futures = [link.call() for _ in range(3)]
    await link.read()
    link.server.send(BUSY)
    outcomes = [await link.outcome(future) for future in futures]
    assert all(isinstance(outcome, BusyError) for outcome in outcomes)
    assert not link.protocol.is_open


@pytest.mark.parametrize("error", [UNREADABLE, NO_ROOM % b"", TOO_LONG % 10])
async def test_error_without_an_id_is_that_of_the_only_call(link: Link, error: bytes) -> None:
    future = link.call()
    await link.read()
    link.server.send(error)
    outcome = await link.outcome(future)
    assert isinstance(outcome, RpcError)
    assert outcome.code == int(error.split(b'"code":')[1].split(b",")[0])
    assert link.protocol.is_open
    assert link.protocol.in_flight == 0


@pytest.mark.parametrize("error", [UNREADABLE, NO_ROOM % b"", TOO_LONG % 10])
async def test_error_without_an_id_proves_nothing_about_one_of_several_calls(link: Link, error: bytes) -> None:
    """ "Not started" is true of one line, and nobody knows which: an unsafe call must not be sent again."""
    futures = [link.call() for _ in range(3)]
    await link.read()
    link.server.send(error)
    for future in futures:
        outcome = await link.outcome(future)
        assert isinstance(outcome, ConnectionLostError)
        assert isinstance(outcome.__cause__, RpcError)
        assert outcome.__cause__.message in str(outcome), "the server's words"
    assert not link.protocol.is_open


async def test_error_without_an_id_may_be_that_of_a_cancel(link: Link) -> None:
    given_up, kept = link.call(), link.last
    other = link.call()
    await link.read()
    link.protocol.cancel(kept)
    link.server.send(b'{"id":1,"result":1}\n' + NO_ROOM % b"")
    assert isinstance(await link.outcome(other), ConnectionLostError)
    given_up.cancel()


@pytest.mark.parametrize("error", [TOO_LONG % 1000, NO_ROOM % b',"free":1000'])
async def test_only_long_line_is_the_one_that_was_refused_for_its_length(link: Link, error: bytes) -> None:
    """The neighbours on the connection notice nothing."""
    short, long, other = link.call(), link.call(params=b'["%b"]' % (b"x" * 1000)), link.call()
    link.protocol.cancel(link.last)
    await link.read()
    link.server.send(error + b'{"id":3,"result":3}\n{"id":1,"result":1}\n')
    refusal = await link.outcome(long)
    assert isinstance(refusal, MessageTooLargeError | BusyError)
    assert isinstance(await link.outcome(short), Answer)
    assert link.protocol.is_open
    assert link.protocol.in_flight == 0
    other.cancel()


async def test_of_two_long_lines_nobody_knows_which_was_refused(link: Link) -> None:
    futures = [link.call(params=b'["%b"]' % (b"x" * 1000)) for _ in range(2)]
    await link.read()
    link.server.send(TOO_LONG % 1000)
    for future in futures:
        assert isinstance(await link.outcome(future), ConnectionLostError)


async def test_call_that_was_not_written_yet_cannot_be_the_one_that_was_refused(link: Link) -> None:
    first = link.call()
    await link.read()
    link.server.send(UNREADABLE)
    await asyncio.sleep(0)  # what was sent is there, and is read in the turn in which the second call is made
    second = link.call()
    assert isinstance(await link.outcome(first), InvalidRequestError)
    await link.read()
    link.server.send(b'{"id":2,"result":2}\n')
    assert isinstance(await link.outcome(second), Answer)


# -- a daemon that shuts down -----------------------------------------------------------------------------------------


async def test_connection_of_a_daemon_that_shuts_down_closes_when_its_calls_have_ended(link: Link) -> None:
    first, second = link.call(), link.call()
    await link.read()
    link.server.send(SHUTTING_DOWN % 2)
    assert isinstance(await link.outcome(second), Answer)
    assert link.shutdowns == 1
    assert link.protocol.is_open
    link.server.send(b'{"id":1,"result":1}\n')
    assert isinstance(await link.outcome(first), Answer)
    await until(lambda: not link.protocol.is_open)
    assert link.shutdowns == 1


async def test_retired_connection_without_calls_is_closed_at_once(link: Link) -> None:
    link.protocol.retire()
    assert not link.protocol.is_open


# -- a server that says more than it was asked ------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b'{"method":"news","params":[1]}\n', b"{", b"x", b'{"id":1,"result":1}\n'])
async def test_server_that_speaks_unasked_loses_its_connection(link: Link, data: bytes) -> None:
    """It could do so for ever."""
    link.server.send(data)
    await until(lambda: not link.protocol.is_open)


async def test_notifications_beside_a_call_are_ignored(link: Link) -> None:
    future = link.call()
    await link.read()
    link.server.send(b'{"method":"news"}\n' * 1000 + b'{"id":1,"result":1}\n')
    assert isinstance(await link.outcome(future), Answer)
    assert link.protocol.is_open


async def test_beginning_of_a_further_line_behind_the_last_answer_is_not_trusted(link: Link) -> None:
    """It would spoil the answer of the next call."""
    future = link.call()
    await link.read()
    link.server.send(b'{"id":1,"result":1}\n{"id":2,')
    assert isinstance(await link.outcome(future), Answer)
    assert not link.protocol.is_open


async def test_blank_lines_hurt_nobody(link: Link) -> None:
    link.server.send(b"\n\r\n")
    future = link.call()
    await link.read()
    link.server.send(b'\n{"id":1,"result":1}\r\n\n')
    assert isinstance(await link.outcome(future), Answer)
    link.server.send(b"\n")
    await asyncio.sleep(0.01)
    assert link.protocol.is_open


async def test_cancel_tells_the_server_and_drops_the_answer(link: Link) -> None:
    future = link.call()
    await link.read()
    future.cancel()
    link.protocol.cancel(link.last)
    assert b'"rpc.cancel"' in await link.read()
    link.server.send(b'{"id":1,"error":{"code":-32800,"message":"cancelled"}}\n')
    await until(lambda: link.protocol.in_flight == 0)
    assert link.protocol.is_open


async def test_close_sends_what_waits_and_fails_what_is_open(link: Link) -> None:
    future = link.call()
    link.protocol.close()
    assert isinstance(await link.outcome(future), ConnectionLostError)
    assert b'"m"' in await link.read()
    assert await link.read() == b""


async def test_close_ends_calls_at_once_although_the_server_does_not_read(link: Link) -> None:
    owner = asyncio.get_running_loop().create_future()
    link.protocol.call(b'"m"', b'["%b"]' % (b"x" * 4_000_000), b"", owner)
    await asyncio.sleep(0)
    link.protocol.close()
    assert isinstance(await link.outcome(owner), ConnectionLostError)
    await until(lambda: link.protocol.transport is None)


@pytest.mark.parametrize("garbage", [b"?\n", b'{"id":7,"result":1}\n', b'{"id":1}\n', b"\xff\n", b"[" * 100 + b"\n"])
async def test_garbage_closes_the_connection(link: Link, garbage: bytes) -> None:
    future = link.call()
    await link.read()
    link.server.send(garbage)
    assert isinstance(await link.outcome(future), RemoteProtocolError)
    assert not link.protocol.is_open


async def test_idle_connection_knows_that_its_server_has_gone(link: Link) -> None:
    assert not link.protocol.is_stale()
    link.server.close()
    assert link.protocol.is_stale()


async def test_failure_of_a_call_that_nobody_awaits_is_no_complaint(link: Link) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    future = link.call()
    link.transport.abort()
    await until(future.done)
    del future
    await asyncio.sleep(0)
    assert complaints == []


async def test_item_for_a_call_that_is_no_stream_is_ignored(link: Link) -> None:
    future = link.call()
    await link.read()
    link.server.send(b'{"method":"tick","params":1,"stream":1}\n{"id":1,"result":1}\n')
    assert isinstance(await link.outcome(future), Answer)
