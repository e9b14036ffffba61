"""SyncChannel: the blocking client for command lines and scripts. It imports no asyncio.

A connection serves one caller at a time, and one with an unanswered call is closed, never handed on (RULES 2.4).
"""

import os
import select
import time
from _socket import MSG_DONTWAIT, SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET
from _socket import socket as RawSocket  # noqa: N812  # see connect.py
from _struct import pack  # pyright: ignore[reportMissingModuleSource]
from _thread import allocate_lock  # threading would cost each start of a command line half a millisecond
from collections import deque
from math import ceil, inf
from typing import Any, Generic, Self, TypeVar, overload
from weakref import WeakSet

from msgspec import UNSET

from daemonrpc.busy_poll import is_worthwhile
from daemonrpc.calling import BadAnswerError, NotSentError, Outgoing, Timeout, encode_meta, outgoing, said, seconds_of
from daemonrpc.client_connection import ClientConnection
from daemonrpc.connect import RETRY_SECONDS, HangupWatch, try_connect_raw
from daemonrpc.errors import (
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    LocalProtocolError,
    RemoteProtocolError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.limits import Limits
from daemonrpc.message import Answer, rpc_error
from daemonrpc.method import Method, StreamMethod
from daemonrpc.tries import Tries, explained

__all__ = ["SyncChannel", "SyncStream"]

P = TypeVar("P")
R = TypeVar("R")
I = TypeVar("I")  # noqa: E741  # the item of a stream, as in method.py

PROBE_SECONDS = 1.0
READ_BYTES = 64 * 1024
QUICK_SECONDS = 0.01
"""So long the kernel waits in a read or a write itself, which spares most calls the asking before it. No longer, since
such a wait begins anew with each signal that the program handles in Python; the asking (poll) keeps its deadline.
"""
LONGEST_POLL_MS = 2**31 - 1


class _Deadline:
    """A point in time that socket operations must not pass."""

    __slots__ = ("at", "seconds")

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.at = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Seconds, None for no deadline. Raises TimeoutError when none are left."""
        if self.at is None:
            return None
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def is_far(self) -> bool:
        """Whether a quick wait ends before it. Raises TimeoutError when it has passed."""
        left = self.left()
        return left is None or left > QUICK_SECONDS

    def pause(self, seconds: float) -> None:
        """Sleeps so long, or until the deadline. Raises TimeoutError when it has passed already."""
        left = self.left()
        time.sleep(seconds if left is None else min(seconds, left))


class _Connection:
    """A blocking connection with at most one call on it.

    The kernel ends short waits (SO_RCVTIMEO, SO_SNDTIMEO; socket(7)): a socket with a timeout of Python's would ask
    poll before each read and each write, which is half of the system calls.
    """

    def __init__(self, path: str, limits: Limits, deadline: _Deadline) -> None:
        self._sock = _connect(path, deadline)
        self._sock.setblocking(True)
        timeval = pack("@ll", 0, round(QUICK_SECONDS * 1e6))
        self._sock.setsockopt(SOL_SOCKET, SO_RCVTIMEO, timeval)
        self._sock.setsockopt(SOL_SOCKET, SO_SNDTIMEO, timeval)
        self._core = ClientConnection(limits)
        self._hangup = HangupWatch(self._sock.fileno())
        self._busy_seconds = limits.busy_poll_seconds if is_worthwhile() else 0.0
        self._is_amiss = False

    def is_stale(self) -> bool:
        """Whether the server closed the connection while nobody used it, or said more than it was asked."""
        return self._is_amiss or self._hangup.has_hung_up()

    def send(self, call: Outgoing, deadline: _Deadline, *, is_stream: bool = False) -> None:
        """Raises NotSentError if the kernel took no byte of the request, ConnectionLostError if it took some."""
        self._core.call(call.wire_name, call.params, encode_meta(deadline.left()), is_stream=is_stream)
        data = memoryview(self._core.data_to_send())
        sent = 0
        try:
            while sent < len(data):
                if not deadline.is_far():
                    self._wait(select.POLLOUT, deadline)
                try:
                    sent += self._sock.send(data[sent:])
                except BlockingIOError:
                    self._wait(select.POLLOUT, deadline)
        except TimeoutError:  # an OSError too, and never a reason to send again (RULES 2.7)
            raise
        except OSError as error:
            self._read_last_words()
            raise (ConnectionLostError(str(error)) if sent else NotSentError(str(error))) from error

    def receive(self, deadline: _Deadline, *, is_expected: bool = False) -> list[Answer]:
        """What the server sent next, at least one message. Raises ConnectionLostError at its end.

        is_expected: it may be there any moment, so that to sleep would take longer than to look for it.
        """
        answers: list[Answer] = []
        data = self._poll_busily() if is_expected else None
        while not answers:
            if data is None:
                data = self._next_bytes(deadline)
            if not data:
                raise ConnectionLostError("the server closed the connection")
            answers += self._read(data)
            data = None
        return answers

    def _next_bytes(self, deadline: _Deadline) -> bytes:
        """Waits in the kernel; empty at the end."""
        while True:
            if not deadline.is_far():
                self._wait(select.POLLIN, deadline)
            try:
                return self._sock.recv(READ_BYTES)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                raise ConnectionLostError(str(error)) from error

    def _poll_busily(self) -> bytes | None:
        """Waits awake; None if nothing has come (busy_poll.py)."""
        if not self._busy_seconds:
            return None
        end = time.monotonic() + self._busy_seconds
        while True:
            try:
                return self._sock.recv(READ_BYTES, MSG_DONTWAIT)
            except BlockingIOError:
                if time.monotonic() > end:
                    return None
                os.sched_yield()  # the daemon may have been given this very processor
            except OSError as error:
                raise ConnectionLostError(str(error)) from error

    def _wait(self, event: int, deadline: _Deadline) -> None:
        """Until the socket can be read or written. Raises TimeoutError at the deadline."""
        poller = select.poll()
        poller.register(self._sock.fileno(), event)
        left = deadline.left()
        if not poller.poll(None if left is None else min(ceil(left * 1000), LONGEST_POLL_MS)):
            deadline.left()

    def _read(self, data: bytes) -> list[Answer]:
        answers: list[Answer] = []
        self._is_amiss = not data.endswith(b"\n")
        try:
            for call, answer in self._core.receive_data(data):
                if call is None and answer.error is not None:
                    raise rpc_error(answer.error)
                answers.append(answer)
        except RemoteProtocolError as error:
            raise BadAnswerError(str(error)) from error
        return answers

    def _read_last_words(self) -> None:
        """Raises what a server said that closed the connection before it had read a request, if it said something."""
        try:
            self._sock.setblocking(False)
            self._read(self._sock.recv(READ_BYTES))
        except OSError:
            return

    def close(self) -> None:
        """Closes; the server cancels the call that runs, if any."""
        self._sock.close()


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
        self._idle: list[_Connection] = []
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
        deadline = _Deadline(seconds_of(timeout, self.timeout))
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
                again = tries.pause(error, time.monotonic(), inf if deadline.at is None else deadline.at, _chance())
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

    def _exchange(self, call: Outgoing, deadline: _Deadline) -> Answer:
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

    def _acquire(self, deadline: _Deadline) -> _Connection:
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_stale():
                    return connection
                connection.close()
        return _Connection(self.socket_path, self._limits, deadline)

    def _release(self, connection: _Connection, *, is_clean: bool) -> None:
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
        self._connection: _Connection | None = None
        self._deadline = _Deadline(None)
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

    def _open(self) -> _Connection:
        self._deadline = _Deadline(self._timeout)
        self._connection = _Connection(self._path, self._limits, self._deadline)
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


def _chance() -> float:
    """0 to 1, for jitter. Imported when something went wrong: it would cost each start most of a millisecond."""
    from random import random

    return random()


def _connect(path: str, deadline: _Deadline) -> RawSocket:
    pause = RETRY_SECONDS
    while True:
        sock = try_connect_raw(path)
        if sock is not None:
            return sock
        deadline.pause(pause * (0.5 + _chance()))
        pause = min(2 * pause, 0.25)
