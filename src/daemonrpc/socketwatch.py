"""Keeps a running server reachable: cleaners of temporary files remove the sockets of the living (RULES 2.39)."""

import asyncio
import logging
import socket
from collections.abc import Callable

from daemonrpc.socketfile import SocketFile
from daemonrpc.socketplace import SocketFileError

__all__ = ["SocketWatch"]

logger = logging.getLogger("daemonrpc.server")

LOOK_SECONDS = 5.0
"""How often the socket file is looked at, and so how long a server may be unreachable."""


class SocketWatch:
    """Looks at the socket file now and then. When it has gone, it is made again, and `moved` gets the new listener."""

    def __init__(
        self, file: SocketFile, moved: Callable[[socket.socket], None], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._file = file
        self._moved = moved
        self._loop = loop
        self._complaint = ""
        self._next = loop.call_later(LOOK_SECONDS, self._look)

    def stop(self) -> None:
        """Looks no more."""
        self._next.cancel()

    def _look(self) -> None:
        self._next = self._loop.call_later(LOOK_SECONDS, self._look)
        if self._file.is_in_place():
            self._complaint = ""
            return
        try:
            listener = self._file.restore()
        except SocketFileError as error:
            self._complain(str(error))
            return
        self._complaint = ""
        if listener is None:
            logger.warning("the lock of %s was removed under the running server; it is back", self._file.path)
        else:
            logger.warning("socket %s was removed under the running server; it is back", self._file.path)
            self._moved(listener)

    def _complain(self, reason: str) -> None:
        """Once for each reason, not every few seconds."""
        if reason != self._complaint:
            logger.error("the socket or its lock was removed, and cannot be put back: %s", reason)
        self._complaint = reason
