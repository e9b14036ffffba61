"""DaemonServer: listens on a Unix socket and serves a RequestHandler."""

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from daemonrpc.acceptor import Acceptor
from daemonrpc.activation import require_listener
from daemonrpc.admission import Slots
from daemonrpc.dispatch import Dispatcher
from daemonrpc.handler import RequestHandler
from daemonrpc.limits import Limits
from daemonrpc.observe import Observer, Observers
from daemonrpc.server_calls import ServerState
from daemonrpc.socketfile import SocketFile
from daemonrpc.socketwatch import SocketWatch

__all__ = ["DaemonServer"]

logger = logging.getLogger("daemonrpc.server")

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
        listener: a listening socket that somebody else has made, as `inherited_listener()` gives. It is served instead
            of a new one, and closed by `stop`; nothing is bound, locked, chmodded or unlinked, and clients that wait
            at it when the server stops are left to its successor.
        observers: who is told of each call and connection (daemonrpc.observe).

    `start` raises SocketFileError when another server is live at the path or the place is not safe, and ActivationError
    when the listener is none.
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
        listener: socket.socket | None = None,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._observers = Observers(observers) if observers else None
        self._limits = limits or Limits()
        self._max_connections = max_connections
        self._max_concurrent_requests = max_concurrent_requests
        self._handler = handler
        self._file = SocketFile(Path(socket_path), permissions, self._limits.backlog)
        self._inherited = listener
        self._watch: SocketWatch | None = None
        self._acceptor: Acceptor | None = None
        self._state: ServerState | None = None
        self._stopping: asyncio.Future[None] | None = None

    @property
    def socket_path(self) -> Path:
        """Where the server listens; a relative path is made absolute."""
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
        check = os.environ.get("DAEMONRPC_DEBUG") == "1"
        dispatcher = Dispatcher(self._handler, self._loop.time, check_results=check)
        slots = Slots(self._max_concurrent_requests, self._limits.queued_requests)
        state = ServerState(dispatcher, slots, self._limits, self._observers)
        listener = self._file.open() if self._inherited is None else self._checked(self._inherited)
        acceptor = Acceptor(listener, state, self._max_connections, self._loop)
        try:
            acceptor.start()
        except BaseException:
            acceptor.stop(take_waiting=False)
            self._file.close()
            raise
        if self._inherited is None:
            self._watch = SocketWatch(self._file, acceptor.move_to, self._loop)
        self._acceptor, self._state = acceptor, state

    def _checked(self, listener: socket.socket) -> socket.socket:
        if listener.fileno() < 0:
            raise RuntimeError("the listener that the server was given is closed: a server with one starts once")
        require_listener(listener, "the listener that the server was given")
        listener.setblocking(False)
        address = listener.getsockname()
        if address != os.fspath(self.socket_path):
            logger.warning("the server listens at %s, as it was told, and not at %s", address, self.socket_path)
        return listener

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
        state.is_stopping = True
        if self._watch is not None:
            self._watch.stop()
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is not None:
            acceptor.stop(take_waiting=self._inherited is None)
        try:
            if acceptor is not None:
                await acceptor.settle(LAST_WORDS_SECONDS)
            await self._drain(state, grace)
        finally:
            for connection in list(state.connections):
                connection.abort()
            self._file.close()
            self._state = None

    async def _drain(self, state: ServerState, grace: float) -> None:
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
