"""A server on a real socket in a thread, for tests of blocking clients and of other processes.

with SocketFor(request_handler(fake)) as path, DaemonClientSync(path) as client:
    assert client.health().status == "ok"
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from daemonrpc.handler import RequestHandler
from daemonrpc.server import DaemonServer

__all__ = ["SocketFor"]

START_SECONDS = 10.0
STOP_SECONDS = 30.0


class SocketFor:
    """Serves `handler` for the time of a `with` block, whose value is the path of the socket.

    Handlers run in the thread, not in the test's. `options` are those of DaemonServer. Raises what the server raises
    when it cannot start, and TimeoutError if it does not stop within 30 s.
    """

    def __init__(self, handler: RequestHandler, **options: Any) -> None:
        self._handler = handler
        self._options = options

    def __enter__(self) -> Path:
        self._folder = TemporaryDirectory(prefix="drpc-")  # short: a socket's path has at most 107 bytes
        self._path = Path(self._folder.name) / "s"
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="SocketFor", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(START_SECONDS)
        except BaseException:
            self._end_loop()
            raise
        return self._path

    def __exit__(self, *_: object) -> None:
        try:
            asyncio.run_coroutine_threadsafe(self._server.__aexit__(None, None, None), self._loop).result(STOP_SECONDS)
        finally:
            self._end_loop()

    async def _start(self) -> None:
        self._server = DaemonServer(self._path, self._handler, **self._options)
        await self._server.__aenter__()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()
        self._folder.cleanup()
