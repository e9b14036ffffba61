"""Streams of the tests: a handler that tells how far it is, and both clients behind one face."""

import asyncio
from typing import Any, Self

from daemonrpc import Channel, RpcError, StreamMethod
from daemonrpc.method import SlowConsumer
from support.raw import RawPeer
from support.service import Empty, Service
from support.waiting import SECONDS

__all__ = ["MIB", "WIDE", "InThread", "Numbers", "counting", "items_and_end", "read_on", "writer_rests"]

KIB = 1024
MIB = 1024 * KIB
WIDE = "x" * (8 * KIB)
END = object()


def counting(rule: SlowConsumer) -> StreamMethod[Empty, Any, Any]:
    return StreamMethod(
        "numbers",
        python_name="numbers",
        params=Empty,
        item=Any,
        result=Any,
        notification="number",
        slow_consumer=rule,
    )


class Numbers:
    """A stream of wide items that tells how far it is and when it was left."""

    def __init__(self, service: Service, rule: SlowConsumer, most: int | None, *, fails: bool = False) -> None:
        self._most = most
        self._fails = fails
        self.produced = 0
        self.opened = asyncio.Event()
        self.left = asyncio.Event()
        self._kept: list[Any] = []
        service.handler.register(counting(rule), self._open)

    def _open(self, params: Any, context: Any) -> Any:
        """The generator is held here, so that no garbage collector cleans up after a server that does not."""
        self._kept.append(self._run(params, context))
        return self._kept[-1]

    async def _run(self, _params: Any, _context: Any) -> Any:
        self.opened.set()
        try:
            while self._most is None or self.produced < self._most:
                self.produced += 1
                yield [self.produced - 1, WIDE]
            if self._fails:
                raise RpcError("enough", code=1001, data={"after": self.produced})
        finally:
            self.left.set()

    async def wait_left(self) -> None:
        """Returns when the clean-up of the handler runs."""
        await asyncio.wait_for(self.left.wait(), SECONDS)


class InThread:
    """A stream of the blocking client, each step in a thread."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def result(self) -> Any:
        return self._stream.result

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        item = await asyncio.to_thread(next, self._stream, END)
        if item is END:
            raise StopAsyncIteration
        return item

    async def aclose(self) -> None:
        self._stream.close()


async def read_on(stream: Any, seen: list[int]) -> None:
    """Adds the numbers that a stream still gives."""
    async for number, _ in stream:
        seen.append(number)


async def writer_rests(client: Channel, numbers: Numbers) -> None:
    """Returns when the handler produces no more while the server is plainly alive."""
    before = -1
    while before != numbers.produced:
        before = numbers.produced
        for _ in range(20):
            assert await client.call("echo", [1], timeout=SECONDS) == [1]


async def items_and_end(peer: RawPeer) -> tuple[list[int], Any]:
    """The numbers that a raw client reads, and the answer that ends them."""
    seen: list[int] = []
    while "params" in (message := await peer.line()):
        seen.append(message["params"][0])
    return seen, message
