"""DaemonServer: listens on a Unix socket and serves a RequestHandler."""

import asyncio
import errno
import logging
import os
import socket
from pathlib import Path
from typing import Self

from daemonrpc.admission import Slots
from daemonrpc.dispatch import Dispatcher
from daemonrpc.errors import BusyError
from daemonrpc.handler import RequestHandler
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.message import NULL_ID, encode_error
from daemonrpc.peer import peer_of
from daemonrpc.server_calls import RETRY_AFTER_MS, ServerState
from daemonrpc.server_protocol import ServerProtocol
from daemonrpc.socketfile import SocketFile

__all__ = ["DaemonServer"]

logger = logging.getLogger("daemonrpc.server")

ACCEPTS_PER_TURN = 64
LAST_WORDS_SECONDS = 0.05
"""How long each step of the end may take after the grace period: handlers, then transports."""
LAST_READ_SECONDS = 0.01
"""What clients have sent by now is read and answered, if only with -32094."""


class DaemonServer:
    """Serves `handler` at `socket_path`.

    Args:
        socket_path: where to listen; at most 107 bytes. A missing parent directory is made with mode 0700.
        handler: made by generated code from a service object, or filled by hand.
        permissions: mode of the socket file, from its first moment on.
        max_connections: a further client is answered -32090 and closed.
        max_concurrent_requests: asynchronous handlers that run at once; later ones wait in a bounded queue.
        limits: all other limits.

    `start` raises SocketFileError when another server is live at the path or the place is not safe.
    """

    def __init__(
        self,
        socket_path: str | os.PathLike[str],
        handler: RequestHandler,
        *,
        permissions: int = 0o660,
        max_connections: int = 500,
        max_concurrent_requests: int = 50,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._max_connections = max_connections
        self._max_concurrent_requests = max_concurrent_requests
        self._handler = handler
        self._file = SocketFile(Path(socket_path), permissions, self._limits.backlog)
        self._listener: socket.socket | None = None
        self._state: ServerState | None = None
        self._stopping: asyncio.Future[None] | None = None
        self._accepting: set[asyncio.Task[object]] = set()

    @property
    def socket_path(self) -> Path:
        """Where the server listens."""
        return self._file.path

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens. When it returns, clients can call."""
        if self._state is not None:
            raise RuntimeError("the server is started already")
        self._loop = asyncio.get_running_loop()
        listener = self._file.open()
        check = os.environ.get("DAEMONRPC_DEBUG") == "1"
        dispatcher = Dispatcher(self._handler, self._loop.time, check_results=check)
        slots = Slots(self._max_concurrent_requests, self._limits.queued_requests)
        self._state = ServerState(dispatcher, slots, self._limits)
        self._buffer = ReadBuffer()
        self._listener = listener
        self._loop.add_reader(listener.fileno(), self._accept)

    async def stop(self, grace: float = 10.0) -> None:
        """Stops listening at once, lets running calls end for `grace` seconds, then cancels them. Never takes longer
        than the grace and 0.2 s, whatever the clients do. New calls are answered -32094 meanwhile.

        Whoever calls it while it runs waits with it.
        """
        if self._stopping is None:
            if self._state is None:
                return
            self._stopping = self._loop.create_future()
            try:
                await self._stop(self._state, grace)
            finally:
                self._stopping.set_result(None)
                self._stopping = None
        else:
            await asyncio.shield(self._stopping)

    async def _stop(self, state: ServerState, grace: float) -> None:
        self._stop_listening(state)
        try:
            await self._drain(state, grace)
        finally:
            for connection in list(state.connections):
                connection.abort()
            self._file.close()
            self._state = None

    def _stop_listening(self, state: ServerState) -> None:
        """Clients that are connected but not accepted yet are taken in, so that they hear why they are refused."""
        listener = self._listener
        if listener is not None:
            state.is_stopping = True
            while self._accept_some(listener, state):
                pass
            self._loop.remove_reader(listener.fileno())
            listener.close()
            self._listener = None

    async def _drain(self, state: ServerState, grace: float) -> None:
        if self._accepting:
            await asyncio.wait(self._accepting, timeout=LAST_WORDS_SECONDS)
        for connection in list(state.connections):
            connection.stop_calls(streams_only=True)
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=grace)
        for connection in list(state.connections):
            connection.stop_calls(streams_only=False)
        for task in state.tasks:
            task.cancel()  # detached calls, whose connections are gone
        if state.tasks:
            await asyncio.wait(state.tasks, timeout=LAST_WORDS_SECONDS)
        await asyncio.sleep(LAST_READ_SECONDS)
        for connection in list(state.connections):
            connection.finish()
        deadline = self._loop.time() + LAST_WORDS_SECONDS
        while state.connections and self._loop.time() < deadline:  # noqa: ASYNC110  # bounded, and only while stopping
            await asyncio.sleep(0.005)

    def statistics(self) -> dict[str, int]:
        """Gauges: all but `connections` are zero when nobody calls."""
        state = self._state
        if state is None:
            return {"connections": 0, "tasks": 0, "running": 0, "waiting": 0}
        return {
            "connections": len(state.connections),
            "tasks": len(state.tasks),
            "running": state.slots.running,
            "waiting": state.slots.waiting,
        }

    # -- accepting -----------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        if self._listener is not None and self._state is not None:
            self._accept_some(self._listener, self._state)

    def _accept_some(self, listener: socket.socket, state: ServerState) -> bool:
        """Whether more may wait."""
        for _ in range(ACCEPTS_PER_TURN):
            try:
                sock, _address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return False
            except OSError as error:
                self._pause_accepting(listener, error)
                return False
            self._welcome(sock, state)
        return True

    def _welcome(self, sock: socket.socket, state: ServerState) -> None:
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
        task: asyncio.Task[object] = self._loop.create_task(self._loop.connect_accepted_socket(lambda: protocol, sock))
        state.connections.add(protocol)  # counted once, from now on until it is lost
        self._accepting.add(task)
        task.add_done_callback(lambda done: self._accepted(done, protocol, state))

    def _accepted(self, task: "asyncio.Task[object]", protocol: ServerProtocol, state: ServerState) -> None:
        self._accepting.discard(task)
        if task.cancelled() or task.exception() is not None:
            state.connections.discard(protocol)
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

    def _pause_accepting(self, listener: socket.socket, error: OSError) -> None:
        """Out of descriptors: the listener stays readable, so without a pause the loop would spin (RULES 2.15)."""
        logger.error("cannot accept: %s", errno.errorcode.get(error.errno or 0, str(error)))
        self._loop.remove_reader(listener.fileno())

        def again() -> None:
            if self._listener is listener:
                self._loop.add_reader(listener.fileno(), self._accept)

        self._loop.call_later(0.1, again)
