"""A stream on the client's side, with a connection of its own: the kernel's buffer is its flow control."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Self, TypeVar

from msgspec import Raw

from daemonrpc.calling import NotSentError, Outgoing, encode_meta, said
from daemonrpc.client_protocol import ClientProtocol
from daemonrpc.errors import CallTimeoutError, DaemonError, DeadlineExceededError
from daemonrpc.message import DECODE_ERRORS, Answer
from daemonrpc.tries import explained

__all__ = ["Stream"]

I = TypeVar("I")  # noqa: E741  # the item of a stream, as in method.py
R = TypeVar("R")

HIGH_WATER = 256
"""Items that are kept unread before reading stops."""
HIGH_WATER_BYTES = 256 * 1024
"""The same in bytes; one item more is kept, which may be as long as a line."""


class _Receiver:
    """What the connection knows of the stream. The stream itself is not referenced, so dropping it ends it.

    The items of one read are handed on together. They count as unread until the next ones are taken.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._reads: deque[list[Raw]] = deque()
        self._taken: list[Raw] = []
        self._unread_items = 0
        self._unread_bytes = 0
        self.answer: Answer | None = None
        self.error: DaemonError | None = None
        self.protocol: ClientProtocol | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_paused = False

    @property
    def unread_items(self) -> int:
        """Items that came and were not asked for yet."""
        return self._unread_items

    def items_received(self, items: list[Raw]) -> None:
        self._reads.append(items)
        self._unread_items += len(items)
        self._unread_bytes += sum(map(len, items))
        if not self._is_paused and (self._unread_items >= HIGH_WATER or self._unread_bytes >= HIGH_WATER_BYTES):
            self._set_paused(paused=True)
        self._wake()

    def answered(self, answer: Answer) -> None:
        self.answer = answer
        self._wake()

    def failed(self, error: DaemonError) -> None:
        self.error = error
        self._wake()

    @property
    def has_items(self) -> bool:
        """Whether `take` has something to give."""
        return bool(self._reads)

    def take(self) -> list[Raw]:
        """The items of the next read; none if there was none. Those that were taken before have been read."""
        self.forget_taken()
        self._taken = self._reads.popleft() if self._reads else []
        return self._taken

    def forget_taken(self) -> None:
        """What was taken counts no more."""
        self._unread_items -= len(self._taken)
        self._unread_bytes -= sum(map(len, self._taken))
        self._taken = []
        if self._is_paused and self._unread_items <= HIGH_WATER // 2 and self._unread_bytes <= HIGH_WATER_BYTES // 2:
            self._set_paused(paused=False)

    @property
    def is_ended(self) -> bool:
        """No further item will come."""
        return self.answer is not None or self.error is not None

    async def wait_change(self) -> None:
        """Returns when an item, the answer or an error is there."""
        self.forget_taken()
        if self._reads or self.is_ended:
            return
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _set_paused(self, *, paused: bool) -> None:
        transport = self.protocol.transport if self.protocol else None
        if transport is None or transport.is_closing():
            return
        self._is_paused = paused
        if paused:
            transport.pause_reading()
        else:
            transport.resume_reading()


class Stream(Generic[I, R]):
    """An asynchronous iterator over the items of one call; it opens with the first item that is asked for.

    Leaving it (`break`, `aclose`, the end of `async with`, dropping it) cancels it on the server at once. An explicit
    `timeout` is the deadline of the whole stream, in seconds; without one a stream may last for ever. Raises the
    declared errors of its method, ConnectionLostError when the connection breaks, CallTimeoutError at the deadline.
    """

    def __init__(
        self, call: Outgoing, path: str, connect: Callable[[], Awaitable[ClientProtocol]], timeout: float | None
    ) -> None:
        self._call = call
        self._path = path
        self._connect = connect
        self._timeout = timeout
        self._deadline: float | None = None
        self._receiver: _Receiver | None = None
        self._items: deque[I] = deque()
        self._misfit: Exception | None = None  # why the item after those could not be decoded
        self._decode = call.decode_item
        self._result: Any = None
        self._has_result = False
        self._is_finished = False

    @property
    def result(self) -> R:
        """How the stream ended. Raises RuntimeError before its end."""
        if not self._has_result:
            raise RuntimeError("the stream has not ended with a result yet")
        result: R = self._result
        return result

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> I:
        if not self._items:
            await self._refill()
        return self._items.popleft()

    async def _refill(self) -> None:
        """Gets the next items, at least one. Raises StopAsyncIteration when no more will come."""
        self._raise_misfit()
        if self._is_finished:
            raise StopAsyncIteration
        try:
            receiver = self._receiver
            if receiver is None or not receiver.has_items:
                receiver = await self._wait()
            items = receiver.take()
            if items:
                self._decode_all(items)
                return
            self._end(receiver)
        except DaemonError as error:
            self._finish()
            if isinstance(error, DeadlineExceededError) and self._timeout is not None:
                raise self._late() from error
            raise
        raise StopAsyncIteration

    def _decode_all(self, items: list[Raw]) -> None:
        """Together, since a step of Python for each would cost as much again. What comes before a misfit counts."""
        try:
            self._items.extend(map(self._decode, items))
        except DECODE_ERRORS as error:
            self._misfit = error
            if not self._items:
                self._raise_misfit()

    def _raise_misfit(self) -> None:
        if self._misfit is not None:
            error, self._misfit = self._misfit, None
            self._finish()
            raise self._call.misfit("item", error) from error

    async def aclose(self) -> None:
        """Cancels the stream; closing twice is fine."""
        self._finish()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._finish()

    def __del__(self) -> None:
        receiver = self._receiver
        if self._is_finished or receiver is None or receiver.protocol is None:
            return
        loop = receiver.protocol.loop
        if not loop.is_closed():
            loop.call_soon_threadsafe(receiver.protocol.abort)

    async def _wait(self) -> _Receiver:
        """Opens the stream if it is not open yet. Returns when an item or the end is there."""
        loop = asyncio.get_running_loop()
        if self._timeout is not None and self._deadline is None:
            self._deadline = loop.time() + self._timeout
        try:
            async with asyncio.timeout_at(self._deadline):
                receiver = self._receiver or await self._open(loop)
                await receiver.wait_change()
                return receiver
        except NotSentError as error:
            told = explained(error, self._call, self._path)
            raise told from told.__cause__
        except TimeoutError as error:
            if self._deadline is None:
                raise
            raise self._late() from said(error)

    def _late(self) -> CallTimeoutError:
        return CallTimeoutError(f"the stream {self._call.method!r} reached its deadline of {self._timeout} s")

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _Receiver:
        protocol = await self._connect()
        receiver = _Receiver(loop)
        receiver.protocol = protocol
        self._receiver = receiver
        meta = encode_meta(None if self._deadline is None else self._deadline - loop.time())
        protocol.open_stream(self._call.wire_name, self._call.params, meta, receiver)
        return receiver

    def _end(self, receiver: _Receiver) -> None:
        error, answer = receiver.error, receiver.answer
        if answer is not None:
            self._result = self._call.result(answer)
            self._has_result = True
            self._finish()
            return
        assert error is not None
        raise explained(error, self._call, self._path)

    def _finish(self) -> None:
        """A connection of one's own needs no cancel: closing it cancels the call."""
        self._is_finished = True
        self._items.clear()
        if self._receiver is not None and self._receiver.protocol is not None:
            self._receiver.protocol.abort()
