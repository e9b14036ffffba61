"""The connections of one channel.

A further one is opened only when the open ones are full; callers that must wait are served in order (RULES 2.6).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from itertools import chain

from daemonrpc.calling import NotSentError
from daemonrpc.client_connection import ClientCall
from daemonrpc.client_protocol import ClientProtocol

__all__ = ["Pool"]


class Pool:
    """At most `size` connections with `capacity` calls in flight each."""

    def __init__(self, connect: Callable[[], Awaitable[ClientProtocol]], size: int, capacity: int) -> None:
        self._connect = connect
        self._size = size
        self._capacity = capacity
        self._connections: list[ClientProtocol] = []
        self._retired: list[ClientProtocol] = []  # take no further call; those on them go on
        self._connecting = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._woken: asyncio.Future[None] | None = None  # whose turn it is, until it runs
        self.is_closed = False

    @property
    def connections(self) -> list[ClientProtocol]:
        """The open connections."""
        return [connection for connection in (*self._connections, *self._retired) if connection.is_open]

    def waiting_calls(self) -> Iterator[ClientCall]:
        """The calls that wait for an answer, over all connections."""
        return chain.from_iterable(connection.waiting_calls() for connection in self.connections)

    def take(self) -> ClientProtocol | None:
        """A connection that can take one more call, if nobody has to wait for one."""
        return None if self._waiters or self._woken is not None else self._free()

    async def acquire(self) -> ClientProtocol:
        """A connection that can take one more call. The caller must make the call before it awaits anything else.

        Raises what `connect` raises, and NotSentError if the pool is closed.
        """
        connection = self.take()
        if connection is not None:
            return connection
        is_nobody_waiting = not self._waiters and self._woken is None
        if is_nobody_waiting and self._may_connect():
            return await self._open()
        return await self._acquire_in_turn()

    async def _acquire_in_turn(self) -> ClientProtocol:
        is_first = False
        while True:
            await self._wait(is_first=is_first)
            if self.is_closed:
                raise _closed()
            connection = self._free()
            if connection is not None:
                self.wake()
                return connection
            if self._may_connect():
                return await self._open()
            is_first = True  # who was woken and found nothing keeps the place at the head

    def wake(self) -> None:
        """Lets the first waiter look again. Called when an answer came or a connection was lost.

        One at a time: while the woken one has not run, newcomers queue up and cannot take its place.
        """
        while self._waiters and self._waiters[0].done():
            self._waiters.popleft()
        if self._waiters and self._woken is None and (self._has_room() or self._may_connect()):
            self._woken = self._waiters.popleft()
            self._woken.set_result(None)

    def retire(self) -> None:
        """The daemon is shutting down: the next call needs a connection to whoever listens then."""
        for connection in self._connections:
            connection.retire()
        self._retired = self.connections
        self._connections = []

    def close(self) -> None:
        """Closes every connection; calls that wait for an answer fail as lost, those in the queue as not sent."""
        self.is_closed = True
        for connection in self.connections:
            connection.close()
        self._connections.clear()
        self._retired.clear()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def _free(self) -> ClientProtocol | None:
        for connection in self._connections:
            load = connection.load()
            if load is None:
                self._sweep()
                return self._free()
            if load < self._capacity:
                return connection
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
        return sum(c.is_open for c in self._connections) + self._connecting < self._size

    async def _open(self) -> ClientProtocol:
        self._connecting += 1
        self.wake()
        try:
            connection = await self._connect()
            if self.is_closed:
                connection.close()
                raise _closed()
            self._retired = [retired for retired in self._retired if retired.is_open]
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
            self.wake()  # one more may be one more than the connections that are being opened can serve
        try:
            await waiter
        except asyncio.CancelledError:
            self._give_way(waiter)
            raise
        self._woken = None

    def _give_way(self, waiter: "asyncio.Future[None]") -> None:
        """A waiter is cancelled, perhaps just when its turn came: the turn goes to the next one."""
        if self._woken is waiter:
            self._woken = None
            self.wake()
        elif waiter in self._waiters:
            self._waiters.remove(waiter)


def _closed() -> NotSentError:
    return NotSentError("the channel was closed")
