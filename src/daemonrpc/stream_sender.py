"""The items of one stream on their way to the peer, with the slow-consumer rule of the schema."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Sequence
from typing import Protocol

from daemonrpc.errors import LocalProtocolError, StreamLaggedError
from daemonrpc.fit import LineFit
from daemonrpc.limits import Limits
from daemonrpc.method import SlowConsumer
from daemonrpc.request import Request
from daemonrpc.turns import Turns

__all__ = ["JOIN_BYTES", "ItemOutput", "StreamSender"]

JOIN_BYTES = 32 * 1024
"""Items are joined up to this size, then written without waiting for the end of the turn."""
TURN_ITEMS = 64
"""A generator that never waits lets others run after so many items (RULES 2.20)."""
COST_SHIFT = 10
COST_BYTES = 1 << COST_SHIFT
"""Each so many bytes of an item count as one item more."""
KEPT_COST = 64
"""What an item that is kept costs besides its bytes."""


class ItemOutput(Protocol):
    """What a sender needs of its connection."""

    is_writable: bool

    def put_items(self, request: Request, notification: bytes, items: Sequence[bytes]) -> bool:
        """Writes items, as far as the peer reads them. False if nobody is there any more."""
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
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._output = output
        self._request = request
        self._notification = notification
        self._rule: SlowConsumer = rule
        self._limits = limits
        self._fit = LineFit(limits)
        self._names_bytes = len(request.id) + len(notification)
        self._loop = loop
        self._joined: list[bytes] = []  # items of this pass of the loop
        self._joined_bytes = 0
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

        Raises LocalProtocolError for an item that fits no line, and StreamLaggedError when the rule is `disconnect` and
        the reader is too far behind.
        """
        fault = self._fit.fault("item", item, self._names_bytes)
        if fault is not None:
            raise LocalProtocolError(fault.message)
        if self._kept:
            self.flush_kept()
        if self._output.is_writable:
            self._join(item)
        elif self._rule == "block":
            return self._send_later(item)
        else:
            self._keep(item)
        self._turn += 1 + (len(item) >> COST_SHIFT)
        return self._let_others_run() if self._turn >= self._room else None

    async def _send_later(self, item: bytes) -> None:
        await self._wait_with(item)
        self._begin_turn()  # all that waited for the reader go on in this pass
        self._join(item)
        self._turn += 1 + (len(item) >> COST_SHIFT)
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
        self._turns.spend(self._turn, self._loop.call_soon)
        self._turn = 0
        await asyncio.sleep(0)
        self._begin_turn()

    def _begin_turn(self) -> None:
        if self._turn:
            self._turns.spend(self._turn, self._loop.call_soon)
            self._turn = 0
        self._room = min(TURN_ITEMS, self._turns.left)

    async def drain(self) -> None:
        """Sends what is kept for a slow reader, before the stream's answer."""
        self.put_joined()
        while self._kept:
            while not self._output.is_writable:
                await self._output.wait_writable()
            self.flush_kept()

    def flush_kept(self) -> None:
        """Sends what is kept, as far as the reader takes it."""
        while self._kept and self._output.is_writable:
            self._join(self._forget_oldest())
            if self._joined_bytes > JOIN_BYTES or not self._kept:
                self.put_joined()

    def _join(self, item: bytes) -> None:
        """The items of one pass of the loop are written together, at its end."""
        if not self._joined:
            self._loop.call_soon(self.put_joined)
        self._joined.append(item)
        self._joined_bytes += len(item)
        if self._joined_bytes > JOIN_BYTES:
            self.put_joined()

    def put_joined(self) -> None:
        """Writes the items that wait for the end of this pass."""
        items, size = self._joined, self._joined_bytes
        if not items:
            return
        self._joined, self._joined_bytes = [], 0
        if self._output.put_items(self._request, self._notification, items):
            self.items += len(items)
            self.item_bytes += size

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
        return self._kept_bytes + KEPT_COST * len(self._kept) + self._blocked_bytes + self._joined_bytes

    def _forget_oldest(self) -> bytes:
        item = self._kept.popleft()
        self._kept_bytes -= len(item)
        self._weighed_bytes = min(self._weighed_bytes, self._kept_bytes)
        return item
