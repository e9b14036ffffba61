"""Help for the tests of services: a client and a server in one event loop, with no socket between them.

    async with ChannelFor(request_handler(MyService()), DaemonClient) as client:
        assert (await client.health()).status == "ok"

Everything else is the real thing: framing, envelopes, params, limits, cancellation, streams.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from daemonrpc.admission import Slots
from daemonrpc.client import Channel
from daemonrpc.client_protocol import ClientProtocol
from daemonrpc.context import Peer
from daemonrpc.dispatch import Dispatcher
from daemonrpc.handler import RequestHandler
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import LineProtocol, ReadBuffer
from daemonrpc.observe import Observer, Observers
from daemonrpc.server_calls import ServerState
from daemonrpc.server_protocol import ServerProtocol

__all__ = ["ChannelFor"]

C = TypeVar("C", bound=Channel)

HIGH_WATER = 64 * 1024


class ChannelFor(Generic[C]):
    """A client of `handler`, for the time of an `async with` block.

    Args:
        handler: made by generated code from a service object, or filled by hand.
        client: `Channel`, or a generated client class.
        peer: who the server takes the caller for; by default this process, which owns the daemon.
        limits: the limits of both sides.
        max_concurrent_requests, observers: as for DaemonServer.
    """

    def __init__(
        self,
        handler: RequestHandler,
        client: Callable[..., C],
        *,
        peer: Peer | None = None,
        limits: Limits | None = None,
        max_concurrent_requests: int = 50,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._observers = Observers(observers) if observers else None
        self._handler = handler
        self._client_type = client
        self._peer = peer or _this_process()
        self._limits = limits or Limits()
        self._max_concurrent_requests = max_concurrent_requests

    async def __aenter__(self) -> C:
        loop = asyncio.get_running_loop()
        dispatcher = Dispatcher(self._handler, loop.time, check_results=True)
        slots = Slots(self._max_concurrent_requests, self._limits.queued_requests)
        self._state = ServerState(dispatcher, slots, self._limits, self._observers)
        self._buffer = ReadBuffer()
        self._client = self._client_type("in-memory", limits=self._limits, connector=self._connect)
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        for connection in list(self._state.connections):
            connection.abort()
        for task in self._state.tasks:
            task.cancel()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks)

    async def _connect(self, client: ClientProtocol) -> None:
        server = ServerProtocol(self._state, self._peer, self._buffer, client.loop)
        near, far = _MemoryTransport(client), _MemoryTransport(server)
        near.peer, far.peer = far, near
        server.connection_made(far)
        client.connection_made(near)


class _MemoryTransport(asyncio.Transport):
    """One end of an in-memory connection, with the flow control of a real one."""

    peer: "_MemoryTransport"

    def __init__(self, protocol: LineProtocol) -> None:
        super().__init__()
        self._protocol = protocol
        self._inbox: deque[bytes] = deque()
        self._inbox_bytes = 0
        self._is_reading = True
        self._is_closing = False
        self._delivery_scheduled = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._is_closing:
            return
        self.peer.accept(bytes(data))
        if self.peer.is_full:
            self._protocol.pause_writing()

    def accept(self, data: bytes) -> None:
        """Takes what the other end wrote; it is read in a later turn of the loop."""
        self._inbox.append(data)
        self._inbox_bytes += len(data)
        self._deliver_soon()

    def get_write_buffer_size(self) -> int:
        """What the other end has not read yet."""
        return self.peer.unread_bytes

    @property
    def unread_bytes(self) -> int:
        """What was written to this end and not read yet."""
        return self._inbox_bytes

    @property
    def is_full(self) -> bool:
        """Whether so much is unread that the other end must wait."""
        return self._inbox_bytes > HIGH_WATER

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        self._is_reading = True
        self._deliver_soon()

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        """What was written is still read; then both ends are lost."""
        if not self._is_closing:
            self._is_closing = True
            self._protocol.loop.call_soon(self._lose)
            self._protocol.loop.call_soon(self.peer.hang_up)

    def abort(self) -> None:
        self.close()

    def hang_up(self) -> None:
        """The other end has closed."""
        self._deliver()
        if not self._is_closing:
            self._protocol.eof_received()
            self.close()

    def _lose(self) -> None:
        self._protocol.connection_lost(None)

    def _deliver_soon(self) -> None:
        if not self._delivery_scheduled:
            self._delivery_scheduled = True
            self._protocol.loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        self._delivery_scheduled = False
        was_full = self.is_full
        while self._inbox and self._is_reading and not self._is_closing:
            view = self._protocol.get_buffer(-1)
            chunk = self._inbox.popleft()
            part, rest = chunk[: len(view)], chunk[len(view) :]
            if rest:
                self._inbox.appendleft(rest)
            view[: len(part)] = part
            self._inbox_bytes -= len(part)
            self._protocol.buffer_updated(len(part))
        if was_full and not self.is_full:
            self.peer.resume_peer_writing()

    def resume_peer_writing(self) -> None:
        """The other end has read enough."""
        if not self._is_closing:
            self._protocol.resume_writing()


def _this_process() -> Peer:
    owner = frozenset(("owner", "group", "any"))
    return Peer(uid=os.getuid(), gid=os.getgid(), pid=os.getpid(), access=owner)  # type: ignore[arg-type]
