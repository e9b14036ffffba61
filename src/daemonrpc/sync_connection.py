"""A blocking connection: a call goes out, its answer comes in, and no wait passes its deadline. It imports no asyncio.

A connection serves one caller at a time, and one with an unanswered call is closed, never handed on (RULES 2.4).
"""

import os
import select
import time
from _socket import MSG_DONTWAIT, SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET
from _socket import socket as RawSocket  # noqa: N812  # see connect.py
from _struct import pack  # pyright: ignore[reportMissingModuleSource]
from math import ceil

from daemonrpc.busy_poll import is_worthwhile
from daemonrpc.calling import BadAnswerError, NotSentError, Outgoing, encode_meta
from daemonrpc.client_connection import ClientConnection
from daemonrpc.connect import RETRY_SECONDS, HangupWatch, try_connect_raw
from daemonrpc.errors import ConnectionLostError, RemoteProtocolError
from daemonrpc.limits import Limits
from daemonrpc.message import Answer, rpc_error

__all__ = ["Deadline", "SyncConnection", "chance"]

READ_BYTES = 64 * 1024
QUICK_SECONDS = 0.01
"""So long the kernel waits in a read or a write itself, which spares most calls the asking before it. No longer, since
such a wait begins anew with each signal that the program handles in Python; the asking (poll) keeps its deadline.
"""
LONGEST_POLL_MS = 2**31 - 1


class Deadline:
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


class SyncConnection:
    """A blocking connection with at most one call on it.

    The kernel ends short waits (SO_RCVTIMEO, SO_SNDTIMEO; socket(7)): a socket with a timeout of Python's would ask
    poll before each read and each write, which is half of the system calls.
    """

    def __init__(self, path: str, limits: Limits, deadline: Deadline) -> None:
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

    def send(self, call: Outgoing, deadline: Deadline, *, is_stream: bool = False) -> None:
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

    def receive(self, deadline: Deadline, *, is_expected: bool = False) -> list[Answer]:
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

    def _next_bytes(self, deadline: Deadline) -> bytes:
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

    def _wait(self, event: int, deadline: Deadline) -> None:
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


def chance() -> float:
    """0 to 1, for jitter. Imported when something went wrong: it would cost each start most of a millisecond."""
    from random import random

    return random()


def _connect(path: str, deadline: Deadline) -> RawSocket:
    pause = RETRY_SECONDS
    while True:
        sock = try_connect_raw(path)
        if sock is not None:
            return sock
        deadline.pause(pause * (0.5 + chance()))
        pause = min(2 * pause, 0.25)
