import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from daemonrpc.line_protocol import WRITE_BYTES, LineProtocol, ReadBuffer
from daemonrpc.output import Output
from support.waiting import SECONDS, until


class CountedOutput(Output):
    """Knows how often something was taken out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def take_part(self, most: int) -> bytes | memoryview:
        self.writes += 1
        return super().take_part(most)


class Lines(LineProtocol):
    """Collects what comes in, sends what a test puts into `waiting`."""

    def __init__(self, buffer: ReadBuffer) -> None:
        self.waiting = CountedOutput()
        super().__init__(buffer, self.waiting, asyncio.get_running_loop())
        self.received: list[bytes] = []
        self.resumed = asyncio.Event()

    def bytes_received(self, data: bytes) -> None:
        self.received.append(data)

    def writable_again(self) -> None:
        self.resumed.set()


class Pair:
    def __init__(self, protocol: Lines, peer: socket.socket) -> None:
        self.protocol = protocol
        self.peer = peer

    async def read(self, size: int) -> bytes:
        async with asyncio.timeout(SECONDS):
            return await asyncio.get_running_loop().sock_recv(self.peer, size)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    protocol = Lines(ReadBuffer(8))
    transport, _ = await asyncio.get_running_loop().create_unix_connection(lambda: protocol, sock=near)
    yield Pair(protocol, far)
    transport.abort()
    far.close()
    await asyncio.sleep(0)


async def test_reads_are_copied_out_of_the_shared_buffer(pair: Pair) -> None:
    pair.peer.send(b"0123456789abcdef")
    await until(lambda: b"".join(pair.protocol.received) == b"0123456789abcdef")
    assert [len(part) for part in pair.protocol.received] == [8, 8]


async def test_what_one_turn_produces_is_one_write(pair: Pair) -> None:
    for part in (b"a", b"b", b"c"):
        pair.protocol.waiting.add(part)
        pair.protocol.flush_soon()
    assert await pair.read(100) == b"abc"
    assert pair.protocol.waiting.writes == 1


async def test_nothing_to_send_writes_nothing(pair: Pair) -> None:
    pair.protocol.flush()
    assert pair.protocol.waiting.writes == 0


async def test_nothing_is_written_while_the_peer_does_not_read(pair: Pair) -> None:
    big = b"x" * 2_000_000
    pair.protocol.waiting.add(big)
    pair.protocol.flush()
    assert not pair.protocol.is_writable
    pair.protocol.waiting.add(b"end")
    writes, size = pair.protocol.waiting.writes, pair.protocol.waiting.size
    pair.protocol.flush()
    assert (pair.protocol.waiting.writes, pair.protocol.waiting.size) == (writes, size)
    assert pair.protocol.transport is not None
    copied = pair.protocol.transport.get_write_buffer_size()
    assert 0 < copied <= WRITE_BYTES + 64 * 1024, (
        "the transport holds one piece, and what it waits for before it pauses"
    )
    received = bytearray()
    while not received.endswith(b"end"):
        received += await pair.read(1 << 20)
    assert len(received) == len(big) + 3
    await pair.protocol.resumed.wait()
    assert pair.protocol.is_writable


async def test_nothing_is_written_to_a_closing_connection(pair: Pair) -> None:
    assert pair.protocol.transport is not None
    pair.protocol.transport.close()
    pair.protocol.waiting.add(b"late")
    pair.protocol.flush()
    assert pair.protocol.waiting.take() == b"late"
