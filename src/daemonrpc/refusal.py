"""Refusing a connection so that its client hears why, even one that writes before it reads.

A socket that is closed with unread input resets the connection: the client's next write fails, and what it was told is
lost to whoever looks at the failure first. So a refused client is told, and is then read from, into nothing, until it
closes; within bounds of time, bytes and number.
"""

import asyncio
import socket
from collections.abc import Callable

from daemonrpc.context import Peer
from daemonrpc.errors import RpcError
from daemonrpc.message import NULL_ID, encode_error

__all__ = ["Refusals"]

LINGER_SECONDS = 1.0
"""How long a refused client may take to close."""
LINGER_BYTES = 1024 * 1024
"""How much a refused client may still send."""
MOST_LINGERING = 64
"""How many refused clients are waited for at once, a descriptor each; a further one is told and closed."""
READ_BYTES = 64 * 1024


class Refusals:
    """Tells clients why they are not let in."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_refusal: Callable[[RpcError, Peer | None], None] | None = None
    ) -> None:
        self._loop = loop
        self._on_refusal = on_refusal
        self._lingering: dict[socket.socket, asyncio.TimerHandle] = {}
        self._bytes_left: dict[socket.socket, int] = {}

    def refuse(
        self, sock: socket.socket, error: RpcError, *, peer: Peer | None = None, may_linger: bool = True
    ) -> None:
        """Answers `error` without an id, then closes the socket, which is this object's from now on."""
        if self._on_refusal is not None:
            self._on_refusal(error, peer)
        sock.setblocking(False)
        try:
            sock.send(encode_error(NULL_ID, error))
            sock.shutdown(socket.SHUT_WR)
        except OSError:  # it has left already
            sock.close()
            return
        self._bytes_left[sock] = LINGER_BYTES
        is_open = self._drain(sock)
        if is_open and may_linger and self._has_room():
            self._lingering[sock] = self._loop.call_later(LINGER_SECONDS, self._close, sock)
            self._loop.add_reader(sock, self._read, sock)
        else:
            self._close(sock)

    def close(self) -> None:
        """Waits for nobody any more."""
        for sock in list(self._lingering):
            self._read(sock)
            self._close(sock)

    def _has_room(self) -> bool:
        """Whether one more can be waited for. Those that have left may not have been noticed yet."""
        if len(self._lingering) >= MOST_LINGERING:
            for sock in list(self._lingering):
                self._read(sock)
        return len(self._lingering) < MOST_LINGERING

    def _read(self, sock: socket.socket) -> None:
        if not self._drain(sock):
            self._close(sock)

    def _drain(self, sock: socket.socket) -> bool:
        """Reads what is there. False at the end: the client has closed, or goes on sending beyond measure."""
        try:
            while self._bytes_left[sock] > 0:
                data = sock.recv(READ_BYTES)
                if not data:
                    return False
                self._bytes_left[sock] -= len(data)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        return False

    def _close(self, sock: socket.socket) -> None:
        timer = self._lingering.pop(sock, None)
        if timer is not None:
            timer.cancel()
            self._loop.remove_reader(sock)
        self._bytes_left.pop(sock, None)
        sock.close()
