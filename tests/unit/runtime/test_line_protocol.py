import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from daemonrpc.line_protocol import WRITE_BYTES, LineProtocol, ReadBuffer
from support.waiting import SECONDS, until


class Lines(LineProtocol):
    """Collects what comes in, sends what a test puts into `waiting`."""

    def __init__(self, buffer: ReadBuffer) -> None:
        super().__init__(buffer, asyncio.get_running_loop())
        self.received: list[bytes] = []
        self.waiting: list[bytes] = []
        self.writes = 0
        self.resumed = asyncio.Event()

    def bytes_received(self, data: bytes) -> None:
        self.received.append(data)

    def output_bytes(self) -> int:
        return sum(map(len, self.waiting))

    def part_to_send(self, most: int) -> bytes:
        data = b"".join(self.waiting)
        self.waiting[:] = [data[most:]] if data[most:] else []
        self.writes += 1
        return data[:most]

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
        pair.protocol.waiting.append(part)
        pair.protocol.flush_soon()
    assert await pair.read(100) == b"abc"
    assert pair.protocol.writes == 1


async def test_nothing_to_send_writes_nothing(pair: Pair) -> None:
    pair.protocol.flush()
    assert pair.protocol.writes == 0


async def test_nothing_is_written_while_the_peer_does_not_read(pair: Pair) -> None:
    big = b"x" * 2_000_000
    pair.protocol.waiting.append(big)
    pair.protocol.flush()
    assert not pair.protocol.is_writable
    pair.protocol.waiting.append(b"end")
    writes, waiting = pair.protocol.writes, list(pair.protocol.waiting)
    pair.protocol.flush()
    assert (pair.protocol.writes, pair.protocol.waiting) == (writes, waiting)
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
    pair.protocol.waiting.append(b"late")
    pair.protocol.flush()
    assert pair.protocol.waiting == [b"late"]
