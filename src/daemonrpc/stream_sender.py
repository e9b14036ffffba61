"""The items of one stream on their way to the peer, with the slow-consumer rule of the schema."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Protocol

from daemonrpc.errors import StreamLaggedError
from daemonrpc.limits import Limits
from daemonrpc.message import Request
from daemonrpc.method import SlowConsumer
from daemonrpc.turns import Turns

__all__ = ["JOIN_BYTES", "ItemOutput", "StreamSender"]

JOIN_BYTES = 32 * 1024
"""Items are joined up to this size, then written without waiting for the end of the turn."""
TURN_ITEMS = 64
"""A generator that never waits lets others run after so many items (RULES 2.20)."""
COST_BYTES = 1024
"""Each so many bytes of an item count as one item more."""
KEPT_COST = 64
"""What an item that is kept costs besides its bytes."""


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
        self,
        output: ItemOutput,
        request: Request,
        notification: bytes,
        rule: SlowConsumer,
        limits: Limits,
        turns: Turns,
    ) -> None:
        self._output = output
        self._request = request
        self._notification = notification
        self._rule: SlowConsumer = rule
        self._limits = limits
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._blocked_bytes = 0
        self._weighed_bytes = 0
        self._turns = turns
        self._room = TURN_ITEMS
        self._turn = 0
        self.items = 0
        """Items that were handed to the connection, and `item_bytes` their JSON texts."""
        self.item_bytes = 0
        self.dropped = 0
        """Items that `drop_oldest` has dropped."""

    def send(self, item: bytes) -> Awaitable[None] | None:
        """Sends an item, or keeps it. What is returned must be awaited before the next one.

        Raises StreamLaggedError when the rule is `disconnect` and the reader is too far behind.
        """
        if self._kept:
            self.flush_kept()
        if self._output.is_writable:
            self._put(item)
        elif self._rule == "block":
            return self._send_later(item)
        else:
            self._keep(item)
        self._turn += 1 + len(item) // COST_BYTES
        return self._let_others_run() if self._turn >= self._room else None

    async def _send_later(self, item: bytes) -> None:
        await self._wait_with(item)
        self._put(item)
        self._turn += 1 + len(item) // COST_BYTES
        if self._turn >= self._room:
            await self._let_others_run()

    async def _wait_with(self, item: bytes) -> None:
        """Returns when the reader takes the item. Meanwhile it is memory that the reader costs, as if it were kept."""
        self._blocked_bytes = len(item)
        self._output.flush()  # writes nothing now, and has the connection count the item
        try:
            while not self._output.is_writable:
                await self._output.wait_writable()
        finally:
            self._blocked_bytes = 0

    async def _let_others_run(self) -> None:
        """Ends a turn. All streams and all calls share each pass of the loop: where many are busy, turns are short."""
        self._turns.spend(self._turn, asyncio.get_running_loop().call_soon)
        self._turn = 0
        await asyncio.sleep(0)
        self._room = min(TURN_ITEMS, self._turns.left)

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
        if self._kept_bytes >= self._weighed_bytes + JOIN_BYTES:
            self._weighed_bytes = self._kept_bytes
            self._output.flush()  # writes nothing now, and has the connection count what is kept

    @property
    def kept_bytes(self) -> int:
        """Memory of the items that wait for a slow reader."""
        return self._kept_bytes + KEPT_COST * len(self._kept) + self._blocked_bytes

    def _forget_oldest(self) -> bytes:
        item = self._kept.popleft()
        self._kept_bytes -= len(item)
        self._weighed_bytes = min(self._weighed_bytes, self._kept_bytes)
        return item
