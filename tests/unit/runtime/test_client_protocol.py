import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from daemonrpc.calling import NotSentError
from daemonrpc.client_protocol import ClientProtocol, FutureOwner
from daemonrpc.errors import BusyError, ConnectionLostError, DaemonError, InvalidRequestError, RemoteProtocolError
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.message import Answer
from support.waiting import SECONDS, until

BUSY = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32090,"message":"full","data":{"started":false}}}\n'


class Link:
    """A ClientProtocol and the server's end of its connection."""

    def __init__(self) -> None:
        self.changes = 0
        self._loop = asyncio.get_running_loop()
        self.protocol = ClientProtocol(Limits(), ReadBuffer(), self._loop, self._changed)

    def _changed(self) -> None:
        self.changes += 1

    async def connect(self) -> None:
        near, self.server = socket.socketpair()
        near.setblocking(False)
        self.server.setblocking(False)
        self.transport, _ = await self._loop.create_unix_connection(lambda: self.protocol, sock=near)

    def call(self, method: bytes = b'"m"') -> "asyncio.Future[Answer]":
        owner = FutureOwner(self._loop)
        self.last = self.protocol.call(method, b"", b"", owner)
        return owner.future

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


async def test_calls_of_one_turn_leave_as_one_write_and_are_answered_in_any_order(link: Link) -> None:
    first, second = link.call(), link.call()
    assert (await link.read()).count(b"\n") == 2
    link.server.send(b'{"id":2,"result":"b"}\n{"id":1,"result":"a"}\n')
    assert bytes((await second).result) == b'"b"'
    assert bytes((await first).result) == b'"a"'
    assert link.protocol.in_flight == 0
    assert link.changes


async def test_call_whose_connection_dies_before_the_write_was_not_sent(link: Link) -> None:
    future = link.call()
    link.transport.abort()
    assert isinstance(await link.outcome(future), NotSentError)


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
    owner = FutureOwner(asyncio.get_running_loop())
    link.protocol.call(b'"m"', b'["%b"]' % (b"x" * 4_000_000), b"", owner)
    await link.read()
    link.server.close()
    assert isinstance(await link.outcome(owner.future), ConnectionLostError)


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


async def test_other_error_without_an_id_belongs_to_the_only_call_or_to_none(link: Link) -> None:
    error = b'{"id":null,"error":{"code":-32600,"message":"what?"}}\n'
    futures = [link.call(), link.call()]
    await link.read()
    link.server.send(error)
    assert isinstance(await link.outcome(futures[0]), RemoteProtocolError)
    assert isinstance(await link.outcome(futures[1]), RemoteProtocolError)
    other = Link()
    await other.connect()
    future = other.call()
    await other.read()
    other.server.send(error)
    assert isinstance(await other.outcome(future), InvalidRequestError)
    other.server.close()
    await until(lambda: other.protocol.transport is None)


async def test_cancel_tells_the_server_and_drops_the_answer(link: Link) -> None:
    future = link.call()
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
    owner = FutureOwner(asyncio.get_running_loop())
    link.protocol.call(b'"m"', b'["%b"]' % (b"x" * 4_000_000), b"", owner)
    await asyncio.sleep(0)
    link.protocol.close()
    assert isinstance(await link.outcome(owner.future), ConnectionLostError)
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
