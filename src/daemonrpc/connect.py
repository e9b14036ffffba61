"""Finding the daemon: one non-blocking connect, and what its failure means. Shared by both client shells.

The blocking client takes the socket of `_socket`, on which that of `socket` is built: loading the latter costs two
milliseconds of forty at the start of a command line, for names and enumerations that nobody needs here.
"""

import errno
import os
import select
from _socket import AF_UNIX, SOCK_STREAM
from _socket import socket as RawSocket  # noqa: N812  # a class
from typing import TYPE_CHECKING

from daemonrpc.errors import DaemonNotRunningError

if TYPE_CHECKING:
    import socket

__all__ = ["RETRY_SECONDS", "HangupWatch", "try_connect", "try_connect_raw"]

RETRY_SECONDS = 0.01
"""Pause before a full backlog is tried again; doubled up to a quarter of a second, with jitter by the caller."""

_MEANING = {
    errno.ENOENT: "no socket there",
    errno.ECONNREFUSED: "nobody listens there",
    errno.ENOTSOCK: "that file is no socket",
    errno.EACCES: "permission denied",
    errno.ENOTDIR: "a part of the path is no directory",
}


def try_connect(path: str) -> "socket.socket | None":
    """The same as `try_connect_raw`, with a socket as asyncio wants it."""
    raw = try_connect_raw(path)
    if raw is None:
        return None
    import socket

    sock = socket.socket(fileno=raw.detach())
    sock.setblocking(False)
    return sock


def try_connect_raw(path: str) -> RawSocket | None:
    """A connected non-blocking socket, or None if the daemon lives and its backlog is full (EAGAIN, RULES 2.13).

    Raises DaemonNotRunningError if nobody can be reached.
    """
    sock = RawSocket(AF_UNIX, SOCK_STREAM)
    try:
        sock.setblocking(False)
        code = sock.connect_ex(path)
    except OSError as error:  # a path that is too long
        sock.close()
        raise DaemonNotRunningError(f"cannot reach a daemon at {path}: {error}") from error
    if code == 0:
        return sock
    sock.close()
    if code in (errno.EAGAIN, errno.EINTR):
        return None
    reason = _MEANING.get(code) or os.strerror(code)
    raise DaemonNotRunningError(f"no daemon is running at {path}: {reason}")


class HangupWatch:
    """Notices that the peer of an idle connection has gone, without reading from it."""

    __slots__ = ("_poller",)

    def __init__(self, fd: int) -> None:
        self._poller = select.poll()
        self._poller.register(fd, select.POLLIN | getattr(select, "POLLRDHUP", 0))

    def has_hung_up(self) -> bool:
        """True once the peer has closed its side, or has sent what nobody asked for: not a connection to trust."""
        return bool(self._poller.poll(0))
