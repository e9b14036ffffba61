"""SyncChannel: the blocking client for command lines and scripts. It imports no asyncio.

A connection serves one caller at a time, and one with an unanswered call is closed, never handed on (RULES 2.4).
"""

import os
import time
from _thread import allocate_lock  # threading would cost each start of a command line half a millisecond
from collections import deque
from math import inf
from typing import Any, Generic, Self, TypeVar, overload
from weakref import WeakSet

from msgspec import UNSET

from daemonrpc.calling import BadAnswerError, NotSentError, Outgoing, Timeout, outgoing, said, seconds_of
from daemonrpc.errors import (
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    LocalProtocolError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.limits import Limits
from daemonrpc.message import Answer
from daemonrpc.method import Method, StreamMethod
from daemonrpc.sync_connection import Deadline, SyncConnection, chance
from daemonrpc.tries import Tries, explained

__all__ = ["SyncChannel", "SyncStream"]

P = TypeVar("P")
R = TypeVar("R")
I = TypeVar("I")  # noqa: E741  # the item of a stream, as in method.py

PROBE_SECONDS = 1.0


class SyncChannel:
    """A blocking client of one daemon; threads may share it. Generated clients add a typed method for each RPC.

    Args:
        socket_path: where the daemon listens.
        timeout: seconds that a call may take unless it says otherwise; None for no deadline.
        pool_size: idle connections that are kept for later calls. Each thread that calls uses one.
        limits: the longest line.

    Raises the same errors as Channel.
    """

    def __init__(
        self,
        socket_path: str | os.PathLike[str],
        *,
        timeout: float | None = 30.0,
        pool_size: int = 8,
        limits: Limits | None = None,
    ) -> None:
        if pool_size < 1:
            raise ValueError("pool_size must be at least 1")
        self.socket_path = os.fspath(socket_path)
        self.timeout = timeout
        self._pool_size = pool_size
        self._limits = limits or Limits()
        self._idle: list[SyncConnection] = []
        self._lock = allocate_lock()
        _channels.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the idle connections; the next call would open a new one."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @overload
    def call(self, method: Method[P, R], params: P, *, timeout: Timeout = UNSET) -> R: ...
    @overload
    def call(self, method: str, params: Any = None, *, timeout: Timeout = UNSET) -> Any: ...

    def call(self, method: Method[Any, Any] | str, params: Any = None, *, timeout: Timeout = UNSET) -> Any:
        """Calls a method and returns its result: typed for a Method, JSON builtins for a name."""
        call = outgoing(method, params)
        if call.typed is not None and call.typed.is_stream:
            raise TypeError(f"{call.method!r} is a stream: use stream()")
        deadline = Deadline(seconds_of(timeout, self.timeout))
        tries: Tries | None = None  # made when something goes wrong
        pause = 0.0
        while True:
            try:
                if pause:
                    deadline.pause(pause)
                return call.result(self._exchange(call, deadline))
            except TimeoutError as error:
                # Who notices first, we or the server (-32091), must make no difference to the caller.
                if deadline.seconds is None:
                    raise
                raise CallTimeoutError(f"{call.method!r} got no answer within {deadline.seconds} s") from said(error)
            except DaemonError as error:
                if isinstance(error, ShuttingDownError):
                    self.close()  # the next try needs a connection to whoever listens then
                tries = tries or Tries(call, self.socket_path)
                again = tries.pause(error, time.monotonic(), inf if deadline.at is None else deadline.at, chance())
                if again is None:
                    told = tries.final(error)
                    raise told from told.__cause__
                pause = again

    @overload
    def stream(self, method: StreamMethod[P, I, R], params: P, *, timeout: Timeout = UNSET) -> "SyncStream[I, R]": ...
    @overload
    def stream(self, method: str, params: Any = None, *, timeout: Timeout = UNSET) -> "SyncStream[Any, Any]": ...

    def stream(
        self, method: Method[Any, Any] | str, params: Any = None, *, timeout: Timeout = UNSET
    ) -> "SyncStream[Any, Any]":
        """Calls a method that streams. `timeout` is the deadline of the whole stream; by default there is none."""
        call = outgoing(method, params)
        if call.typed is not None and not call.typed.is_stream:
            raise TypeError(f"{call.method!r} is no stream: use call()")
        return SyncStream(call, self.socket_path, self._limits, seconds_of(timeout, None))

    def is_daemon_running(self) -> bool:
        """True if a daemon answers within a second, whatever it answers."""
        try:
            self.call("rpc.ping", timeout=PROBE_SECONDS)
        except RpcError:
            return True
        except DaemonError:
            return False
        return True

    # -- one call ------------------------------------------------------------------------------------------------------

    def _exchange(self, call: Outgoing, deadline: Deadline) -> Answer:
        connection = self._acquire(deadline)
        is_clean = False
        try:
            connection.send(call, deadline)
            while True:
                for answer in connection.receive(deadline, is_expected=True):
                    if answer.method is None:
                        is_clean = True
                        return answer
        except LocalProtocolError:
            is_clean = True  # nothing was sent
            raise
        finally:
            self._release(connection, is_clean=is_clean)

    def _acquire(self, deadline: Deadline) -> SyncConnection:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_stale():
                    return connection
                connection.close()
        return SyncConnection(self.socket_path, self._limits, deadline)

    def _release(self, connection: SyncConnection, *, is_clean: bool) -> None:
        with self._lock:
            if is_clean and len(self._idle) < self._pool_size:
                self._idle.append(connection)
                return
        connection.close()


class SyncStream(Generic[I, R]):
    """An iterator over the items of one call; it opens with the first item that is asked for.

    Leaving it (`break` and drop, `close`, the end of `with`) cancels it on the server at once. An explicit `timeout`
    is the deadline of the whole stream, in seconds; without one a stream may last for ever.
    """

    def __init__(self, call: Outgoing, path: str, limits: Limits, timeout: float | None) -> None:
        self._call = call
        self._path = path
        self._limits = limits
        self._timeout = timeout
        self._connection: SyncConnection | None = None
        self._deadline = Deadline(None)
        self._answers: deque[Answer] = deque()
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

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> I:
        if self._is_finished:
            raise StopIteration
        try:
            return self._next()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Cancels the stream; closing twice is fine."""
        self._is_finished = True
        if self._connection is not None:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _next(self) -> I:
        try:
            connection = self._connection or self._open()
            while not self._answers:
                self._answers.extend(connection.receive(self._deadline))
            answer = self._answers.popleft()
            if answer.method is not None:
                item: I = self._call.item(answer.params)
                return item
            self._result = self._call.result(answer)
        except (NotSentError, ConnectionLostError, BadAnswerError) as error:
            told = explained(error, self._call, self._path)
            raise told from told.__cause__
        except TimeoutError as error:
            if self._timeout is None:
                raise
            message = f"the stream {self._call.method!r} reached its deadline of {self._timeout} s"
            raise CallTimeoutError(message) from said(error)
        self._has_result = True
        raise StopIteration

    def _open(self) -> SyncConnection:
        self._deadline = Deadline(self._timeout)
        self._connection = SyncConnection(self._path, self._limits, self._deadline)
        self._connection.send(self._call, self._deadline, is_stream=True)
        return self._connection


_channels: "WeakSet[SyncChannel]" = WeakSet()


def _leave_parent() -> None:
    """In the child of a fork the connections are the parent's (RULES 2.25), and a lock may be held by a thread that is
    not here to release it.
    """
    for channel in _channels:
        channel._lock = allocate_lock()  # pyright: ignore[reportPrivateUsage]
        channel.close()


os.register_at_fork(after_in_child=_leave_parent)
