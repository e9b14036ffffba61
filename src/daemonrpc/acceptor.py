"""Accepting connections: who is let in, who is refused and told why."""

import asyncio
import errno
import logging
import socket

from daemonrpc.errors import BusyError
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.message import NULL_ID, encode_error
from daemonrpc.peer import peer_of
from daemonrpc.server_calls import RETRY_AFTER_MS, ServerState
from daemonrpc.server_protocol import ServerProtocol

__all__ = ["Acceptor"]

logger = logging.getLogger("daemonrpc.server")

ACCEPTS_PER_TURN = 64
PAUSE_SECONDS = 0.1
"""How long nobody is accepted after the process ran out of descriptors."""


class Acceptor:
    """Takes connections from a listening socket, which it owns, and gives each its protocol."""

    def __init__(
        self, listener: socket.socket, state: ServerState, max_connections: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._listener = listener
        self._state = state
        self._max_connections = max_connections
        self._loop = loop
        self._buffer = ReadBuffer()
        self._setting_up: set[asyncio.Task[object]] = set()
        self._is_stopped = False

    def start(self) -> None:
        """Accepts from now on."""
        self._loop.add_reader(self._listener.fileno(), self._accept_some)

    def stop(self) -> None:
        """Accepts no more. Clients that are connected but not accepted yet are taken in, so that they hear why they
        are refused.
        """
        self._is_stopped = True
        while self._accept_some():
            pass
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()

    async def settle(self, seconds: float) -> None:
        """Returns when every connection that was let in is set up, but within `seconds`."""
        if self._setting_up:
            await asyncio.wait(self._setting_up, timeout=seconds)

    def _accept_some(self) -> bool:
        """Whether more may wait."""
        for _ in range(ACCEPTS_PER_TURN):
            try:
                sock, _address = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return False
            except OSError as error:
                self._pause(error)
                return False
            self._welcome(sock)
        return True

    def _welcome(self, sock: socket.socket) -> None:
        state = self._state
        sock.setblocking(False)
        if len(state.connections) >= self._max_connections:
            self._refuse(sock)
            return
        try:
            peer = peer_of(sock)
        except OSError as error:  # one client that cannot be identified is no reason to serve no others
            logger.warning("cannot tell who connected: %s", error)
            sock.close()
            return
        protocol = ServerProtocol(state, peer, self._buffer, self._loop)
        connecting = self._loop.connect_accepted_socket(lambda: protocol, sock)
        task: asyncio.Task[object] = self._loop.create_task(connecting)
        state.connections.add(protocol)  # counted once, from now on until it is lost
        self._setting_up.add(task)
        task.add_done_callback(lambda done: self._is_set_up(done, protocol))

    def _is_set_up(self, task: "asyncio.Task[object]", protocol: ServerProtocol) -> None:
        self._setting_up.discard(task)
        if task.cancelled() or task.exception() is not None:
            self._state.connections.discard(protocol)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a connection could not be set up", exc_info=task.exception())

    def _refuse(self, sock: socket.socket) -> None:
        """Over the limit: a clear error, never silence."""
        data = {"started": False, "retry_after_ms": RETRY_AFTER_MS}
        error = BusyError(f"the server has its {self._max_connections} connections", data=data)
        with sock:
            try:
                sock.send(encode_error(NULL_ID, error) + b"\n")
            except OSError:
                return

    def _pause(self, error: OSError) -> None:
        """Out of descriptors: the listener stays readable, so without a pause the loop would spin (RULES 2.15)."""
        logger.error("cannot accept: %s", errno.errorcode.get(error.errno or 0, str(error)))
        self._loop.remove_reader(self._listener.fileno())
        self._loop.call_later(PAUSE_SECONDS, self._resume)

    def _resume(self) -> None:
        if not self._is_stopped:
            self.start()
