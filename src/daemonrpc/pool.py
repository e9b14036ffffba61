"""The connections of one channel.

A further one is opened only when the open ones are full; callers that must wait are served in order (RULES 2.6).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from daemonrpc.client_protocol import ClientProtocol

__all__ = ["Pool"]


class Pool:
    """At most `size` connections with `capacity` calls in flight each."""

    def __init__(self, connect: Callable[[], Awaitable[ClientProtocol]], size: int, capacity: int) -> None:
        self._connect = connect
        self._size = size
        self._capacity = capacity
        self._connections: list[ClientProtocol] = []
        self._connecting = 0
        self._waiters: deque[asyncio.Future[None]] = deque()

    @property
    def connections(self) -> list[ClientProtocol]:
        """The open connections."""
        return [connection for connection in self._connections if connection.is_open]

    def take(self) -> ClientProtocol | None:
        """A connection that can take one more call, if nobody has to wait for one."""
        return None if self._waiters else self._free()

    async def acquire(self) -> ClientProtocol:
        """A connection that can take one more call. The caller must make the call before it awaits anything else.

        Raises what `connect` raises.
        """
        connection = self.take()
        if connection is not None:
            return connection
        is_first = False
        while True:
            if self._may_connect():
                return await self._open()
            await self._wait(is_first=is_first)
            is_first = True  # who was woken and found nothing keeps the place at the head
            connection = self._free()
            if connection is not None:
                self.wake()
                return connection

    def wake(self) -> None:
        """Lets the first waiter look again. Called when an answer came or a connection was lost."""
        while self._waiters:
            waiter = self._waiters[0]
            if waiter.done():
                self._waiters.popleft()
                continue
            if self._has_room() or self._may_connect():
                self._waiters.popleft().set_result(None)
            return

    def close(self) -> None:
        """Closes every connection."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _free(self) -> ClientProtocol | None:
        stale = False
        for connection in self._connections:
            if not connection.is_open or connection.is_stale():
                stale = True
                continue
            if connection.in_flight < self._capacity:
                if stale:
                    self._sweep()
                return connection
        if stale:
            self._sweep()
        return None

    def _sweep(self) -> None:
        for connection in self._connections:
            if connection.is_open and connection.is_stale():
                connection.abort()
        self._connections = [connection for connection in self._connections if connection.is_open]

    def _has_room(self) -> bool:
        return any(c.is_open and c.in_flight < self._capacity for c in self._connections)

    def _may_connect(self) -> bool:
        """A connection that is being opened will serve the waiters that fit it."""
        if self._connecting * self._capacity > len(self._waiters):
            return False
        return len(self.connections) + self._connecting < self._size

    async def _open(self) -> ClientProtocol:
        self._connecting += 1
        try:
            connection = await self._connect()
            self._connections.append(connection)
            return connection
        finally:
            self._connecting -= 1
            self.wake()

    async def _wait(self, *, is_first: bool) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if is_first:
            self._waiters.appendleft(waiter)
        else:
            self._waiters.append(waiter)
        try:
            await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                self.wake()  # woken and cancelled at once: the turn goes to the next one
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise
