"""Sockets that take and give a few bytes at a time, and an event loop on which every connection is such a socket.

A kernel may do all of that to anybody, and on a quiet machine never does.
"""

import asyncio
import random
import socket
from collections.abc import Callable
from typing import Any

__all__ = ["ChoppedLoop", "ChoppedSocket", "chopped"]

MOST_BYTES = (1, 2, 7, 64, 1000, 70_000)
"""How much one read or write moves at most, by chance."""
NOT_NOW = 0.1
"""How often a socket that does not block says that it would."""


class ChoppedSocket(socket.socket):
    """A stream socket with partial reads and writes; it never loses or changes a byte."""

    chance: random.Random

    def _some(self) -> int:
        if self.gettimeout() == 0 and self.chance.random() < NOT_NOW:
            raise BlockingIOError
        return self.chance.choice(MOST_BYTES)

    def send(self, data: Any, flags: int = 0) -> int:
        """Takes a part."""
        return super().send(memoryview(data)[: self._some()], flags)

    def sendmsg(self, buffers: Any, *rest: Any) -> int:
        """Takes a part of the first buffer: newer event loops write so."""
        return self.send(next(iter(buffers)))

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Gives a part."""
        return super().recv(min(size, self._some()), flags)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Gives a part."""
        return super().recv_into(buffer, min(nbytes or len(buffer), self._some()), flags)


def chopped(sock: socket.socket, chance: random.Random) -> ChoppedSocket:
    """The same connection; `sock` itself is of no use afterwards."""
    timeout = sock.gettimeout()
    made = ChoppedSocket(sock.family, sock.type, sock.proto, sock.detach())
    made.settimeout(timeout)
    made.chance = chance
    return made


class ChoppedLoop(asyncio.SelectorEventLoop):
    """An event loop that chops every connection it is given, and pauses writers early.

    Whatever it is told of by its exception handler is kept in `complaints`: a test looks that there are none.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = random.Random(seed)
        self.complaints: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _loop, context: self.complaints.append(context))

    async def connect_accepted_socket(self, protocol_factory: Any, sock: socket.socket, **options: Any) -> Any:
        """A server's side."""
        return self._paused_early(
            await super().connect_accepted_socket(protocol_factory, chopped(sock, self.chance), **options)
        )

    async def create_unix_connection(
        self, protocol_factory: Callable[[], Any], path: Any = None, *, sock: Any = None, **options: Any
    ) -> Any:
        """A client's side, which was connected by hand."""
        sock = chopped(sock, self.chance) if sock is not None else None
        return self._paused_early(await super().create_unix_connection(protocol_factory, path, sock=sock, **options))

    def _paused_early(self, connection: Any) -> Any:
        transport, _protocol = connection
        transport.set_write_buffer_limits(high=self.chance.choice([0, 100, 4000, 65_536]))
        return connection
