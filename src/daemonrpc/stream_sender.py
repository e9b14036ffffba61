"""The items of one stream on their way to the peer, with the slow-consumer rule of the schema."""

import asyncio
from collections import deque
from typing import Protocol

from daemonrpc.errors import StreamLaggedError
from daemonrpc.limits import Limits
from daemonrpc.message import Request
from daemonrpc.method import SlowConsumer

__all__ = ["JOIN_BYTES", "ItemOutput", "StreamSender"]

JOIN_BYTES = 32 * 1024
"""Items are joined up to this size, then written without waiting for the end of the turn."""
TURN_ITEMS = 64
"""A generator that never waits lets others run after so many items (RULES 2.20)."""


class ItemOutput(Protocol):
    """What a sender needs of its connection."""

    is_writable: bool

    def put_item(self, request: Request, notification: bytes, item: bytes) -> int:
        """Queues an item; returns the bytes that wait to be written."""
        ...

    def flush(self) -> None:
        """Writes what waits."""
        ...

    async def wait_writable(self) -> None:
        """Returns when the peer reads again."""
        ...


class StreamSender:
    """Sends items in order.

    `block` waits for the reader, `drop_oldest` keeps the newest items, `disconnect` ends the stream.
    """

    def __init__(
        self, output: ItemOutput, request: Request, notification: bytes, rule: SlowConsumer, limits: Limits
    ) -> None:
        self._output = output
        self._request = request
        self._notification = notification
        self._rule: SlowConsumer = rule
        self._limits = limits
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._turn = 0
        self.items = 0
        """Items that were handed to the connection, and `item_bytes` their JSON texts."""
        self.item_bytes = 0
        self.dropped = 0
        """Items that `drop_oldest` has dropped."""

    async def send(self, item: bytes) -> None:
        """Raises StreamLaggedError when the rule is `disconnect` and the reader is too far behind."""
        if self._rule == "block":
            while not self._output.is_writable:
                await self._output.wait_writable()
            self._put(item)
        elif self._output.is_writable:
            self.flush_kept()
            self._put(item)
        else:
            self._keep(item)
        self._turn += 1
        if self._turn % TURN_ITEMS == 0:
            await asyncio.sleep(0)

    async def drain(self) -> None:
        """Sends what is kept for a slow reader, before the stream's answer."""
        while self._kept:
            while not self._output.is_writable:
                await self._output.wait_writable()
            self.flush_kept()

    def flush_kept(self) -> None:
        """Sends what is kept, as far as the reader takes it."""
        while self._kept and self._output.is_writable:
            self._put(self._forget_oldest())

    def _put(self, item: bytes) -> None:
        waiting = self._output.put_item(self._request, self._notification, item)
        if waiting:  # or nobody is there any more
            self.items += 1
            self.item_bytes += len(item)
        if waiting > JOIN_BYTES:
            self._output.flush()

    def _keep(self, item: bytes) -> None:
        self._kept.append(item)
        self._kept_bytes += len(item)
        while len(self._kept) > self._limits.stream_items or self._kept_bytes > self._limits.output_bytes:
            if self._rule == "disconnect":
                raise StreamLaggedError(f"the reader is {len(self._kept)} items behind")
            self._forget_oldest()
            self.dropped += 1
        self._output.flush()  # writes nothing now, and has the connection count what is kept

    @property
    def kept_bytes(self) -> int:
        """Size of the items that wait for a slow reader."""
        return self._kept_bytes

    def _forget_oldest(self) -> bytes:
        item = self._kept.popleft()
        self._kept_bytes -= len(item)
        return item
