"""Channel: the asynchronous client, a thin shell over pooled, multiplexed connections."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any, Self, TypeVar, overload
from weakref import WeakSet

from msgspec import UNSET

from daemonrpc.busy_poll import BusyPoll
from daemonrpc.calling import Timeout, encode_meta, outgoing, said, seconds_of
from daemonrpc.client_protocol import ClientProtocol
from daemonrpc.connect import RETRY_SECONDS, try_connect
from daemonrpc.deadlines import Deadlines
from daemonrpc.errors import CallTimeoutError, DaemonError, RpcError
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.message import Answer
from daemonrpc.method import Method, StreamMethod
from daemonrpc.pool import Pool
from daemonrpc.stream import Stream
from daemonrpc.tries import Tries

__all__ = ["Channel", "Connector"]

P = TypeVar("P")
R = TypeVar("R")
I = TypeVar("I")  # noqa: E741  # the item of a stream, as in method.py

PROBE_SECONDS = 1.0

Connector = Callable[[ClientProtocol], Awaitable[None]]
"""Connects a protocol to a daemon; raises DaemonNotRunningError. Forms of address besides a path plug in here."""


class Channel:
    """A client of one daemon. Generated clients add a typed method for each RPC.

    Args:
        socket_path: where the daemon listens.
        timeout: seconds that a call may take unless it says otherwise; None for no deadline.
        pool_size: most connections for calls; each carries many calls at once. A stream has one of its own.
        limits: the longest line, and the calls in flight on one connection.
        connector: how to reach the daemon, when it is not by the socket path.

    Connections open when they are needed. A channel may be used from several event loops, one after the other, and
    after a fork: connections of another loop or process are dropped, never shared.

    Calls raise DaemonNotRunningError (unreachable), CallTimeoutError (a TimeoutError), ConnectionLostError (sent, then
    the connection broke), and RpcError or one of its subclasses when the server answered with an error.
    """

    def __init__(
        self,
        socket_path: str | os.PathLike[str],
        *,
        timeout: float | None = 30.0,
        pool_size: int = 8,
        limits: Limits | None = None,
        connector: Connector | None = None,
    ) -> None:
        if pool_size < 1:
            raise ValueError("pool_size must be at least 1")
        self.socket_path = os.fspath(socket_path)
        self.timeout = timeout
        self._pool_size = pool_size
        self._limits = limits or Limits()
        self._connector = connector or self._connect_to_path
        self._home: asyncio.AbstractEventLoop | None = None
        _channels.add(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections; the next call would open new ones."""
        if self._home is asyncio.get_running_loop():
            self._pool.close()
            await asyncio.sleep(0)
        self._home = None

    @overload
    async def call(self, method: Method[P, R], params: P, *, timeout: Timeout = UNSET) -> R: ...
    @overload
    async def call(self, method: str, params: Any = None, *, timeout: Timeout = UNSET) -> Any: ...

    async def call(self, method: Method[Any, Any] | str, params: Any = None, *, timeout: Timeout = UNSET) -> Any:
        """Calls a method and returns its result: typed for a Method, JSON builtins for a name."""
        call = outgoing(method, params)
        if call.typed is not None and call.typed.is_stream:
            raise TypeError(f"{call.method!r} is a stream: use stream()")
        loop = asyncio.get_running_loop()
        if self._home is not loop:
            self._come_home(loop)
        pool, deadlines = self._pool, self._deadlines
        left = seconds = seconds_of(timeout, self.timeout)
        deadline = inf if seconds is None else loop.time() + seconds
        tries: Tries | None = None  # made when something goes wrong
        pause = 0.0
        while True:
            try:
                protocol = pool.take() if tries is None else None
                if protocol is None:
                    protocol = await self._connection_after(pause, pool, None if seconds is None else deadline)
                    left = None if seconds is None else deadline - loop.time()
                answer: asyncio.Future[Answer] = loop.create_future()
                sent = protocol.call(call.wire_name, call.params, encode_meta(left), answer, deadline)
                if deadline < deadlines.next_look:
                    deadlines.watch(deadline)
                try:
                    received = await answer
                except (asyncio.CancelledError, TimeoutError):
                    protocol.cancel(sent)
                    raise
                return call.result(received)
            except TimeoutError as error:
                # Who notices first, we or the server (-32091), must make no difference to the caller.
                if seconds is None:
                    raise
                raise CallTimeoutError(f"{call.method!r} got no answer within {seconds} s") from said(error)
            except DaemonError as error:
                tries = tries or Tries(call, self.socket_path)
                again = tries.pause(error, loop.time(), deadline, random.random())
                if again is None or pool.is_closed:
                    told = tries.final(error)
                    raise told from told.__cause__
                pause = again

    @overload
    def stream(self, method: StreamMethod[P, I, R], params: P, *, timeout: Timeout = UNSET) -> Stream[I, R]: ...
    @overload
    def stream(self, method: str, params: Any = None, *, timeout: Timeout = UNSET) -> Stream[Any, Any]: ...

    def stream(
        self, method: Method[Any, Any] | str, params: Any = None, *, timeout: Timeout = UNSET
    ) -> Stream[Any, Any]:
        """Calls a method that streams. `timeout` is the deadline of the whole stream; by default there is none."""
        call = outgoing(method, params)
        if call.typed is not None and not call.typed.is_stream:
            raise TypeError(f"{call.method!r} is no stream: use call()")
        return Stream(call, self.socket_path, self._connect, seconds_of(timeout, None))

    async def is_daemon_running(self) -> bool:
        """True if a daemon answers within a second, whatever it answers."""
        try:
            await self.call("rpc.ping", timeout=PROBE_SECONDS)
        except RpcError:
            return True
        except DaemonError:
            return False
        return True

    def statistics(self) -> dict[str, int]:
        """Gauges: open connections and calls in flight."""
        connections = self._pool.connections if self._home is asyncio.get_running_loop() else []
        return {"connections": len(connections), "in_flight": sum(c.in_flight for c in connections)}

    # -- connections ---------------------------------------------------------------------------------------------------

    async def _connection_after(self, pause: float, pool: Pool, deadline: float | None) -> ClientProtocol:
        """A connection that can take one more call, `pause` seconds from now. Raises TimeoutError at the deadline."""
        async with asyncio.timeout_at(deadline):
            await asyncio.sleep(pause)
            return await pool.acquire()

    def _come_home(self, loop: asyncio.AbstractEventLoop) -> None:
        """Connections belong to one event loop of one process (RULES 2.25)."""
        self._home = self._loop = loop
        self._buffer = ReadBuffer()
        self._busy_poll = BusyPoll(self._limits.busy_poll_seconds)
        self._pool = Pool(self._connect, self._pool_size, self._limits.in_flight)
        self._deadlines = Deadlines(self._loop, self._pool.waiting_calls)

    async def _connect(self) -> ClientProtocol:
        loop = asyncio.get_running_loop()
        if self._home is not loop:
            self._come_home(loop)
        protocol = ClientProtocol(
            self._limits, self._buffer, self._loop, self._busy_poll, self._pool.wake, self._pool.retire
        )
        await self._connector(protocol)
        return protocol

    async def _connect_to_path(self, protocol: ClientProtocol) -> None:
        pause = RETRY_SECONDS
        while (sock := try_connect(self.socket_path)) is None:
            await asyncio.sleep(pause * (0.5 + random.random()))
            pause = min(2 * pause, 0.25)
        await protocol.loop.create_unix_connection(lambda: protocol, sock=sock)


_channels: "WeakSet[Channel]" = WeakSet()


def _leave_home() -> None:
    """In the child of a fork the connections are the parent's (RULES 2.25). Told once; to ask at each call is slow."""
    for channel in _channels:
        channel._home = None  # pyright: ignore[reportPrivateUsage]


os.register_at_fork(after_in_child=_leave_home)
