"""Peers that put any bytes on a connection: a client, and a server that does what a test says."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.waiting import SECONDS

__all__ = ["FakeServer", "RawPeer", "connect"]


class RawPeer:
    """One end of a connection; every wait is bounded."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def write(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(data)

    def write_past_the_stream(self, data: bytes) -> None:
        """Sends bytes even if the other side has closed: what it said before can still be read then."""
        with suppress(BrokenPipeError):
            os.write(self.writer.get_extra_info("socket").fileno(), data)

    def call(self, method: str, params: Any = None, id_: Any = 1, **members: Any) -> None:
        """Sends a request."""
        self.write_line({"jsonrpc": "2.0", "method": method, "params": params, "id": id_, **members})

    def notify(self, method: str, params: Any = None) -> None:
        """Sends a notification."""
        self.write_line({"jsonrpc": "2.0", "method": method, "params": params})

    def write_line(self, message: Any) -> None:
        """Sends a message."""
        self.write(json.dumps(message).encode() + b"\n")

    def answer(self, request: Any, result: Any = None) -> None:
        """Answers a request that was read."""
        self.write_line({"jsonrpc": "2.0", "id": request["id"], "result": result})

    async def line(self) -> Any:
        """The next message. Raises EOFError at the end."""
        data = await self.raw_line()
        if not data:
            raise EOFError
        return json.loads(data)

    async def raw_line(self) -> bytes:
        """The next line with its newline; empty at the end."""
        async with asyncio.timeout(SECONDS):
            return await self.reader.readline()

    async def rest(self) -> bytes:
        """Everything until the other side closes. One that closes with unread input resets the connection after it."""
        data = b""
        async with asyncio.timeout(SECONDS):
            try:
                while part := await self.reader.read(1 << 20):
                    data += part
            except ConnectionError:
                return data
        return data

    def half_close(self) -> None:
        """Sends no more, and goes on reading."""
        self.writer.write_eof()

    def pause(self) -> None:
        """Reads nothing more; a reader would otherwise read ahead of the test."""
        self._transport.pause_reading()

    def resume(self) -> None:
        """Reads again."""
        self._transport.resume_reading()

    @property
    def _transport(self) -> asyncio.Transport:
        transport = self.writer.transport
        assert isinstance(transport, asyncio.Transport)
        return transport

    async def close(self) -> None:
        """Closes."""
        self.writer.close()
        try:
            async with asyncio.timeout(SECONDS):
                await self.writer.wait_closed()
        except OSError:
            return

    def abort(self) -> None:
        """Closes at once, whatever waits."""
        self.writer.transport.abort()


async def connect(path: Path | str) -> RawPeer:
    """A raw client of a server."""
    async with asyncio.timeout(SECONDS):
        return RawPeer(*await asyncio.open_unix_connection(str(path), limit=2**26))


class FakeServer:
    """Runs `serve` for each connection; one that fails makes the test fail at the end.

    It accepts by itself: a Server of asyncio that is closed just after it has accepted loses the connection unclosed.
    """

    def __init__(self, path: Path, serve: Callable[[RawPeer], Awaitable[None]]) -> None:
        self._path = path
        self._serve = serve
        self._accepted: dict[socket.socket, asyncio.Task[None]] = {}
        self.connections = 0
        """How many were made."""

    async def __aenter__(self) -> Self:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(100)
        self._listener.setblocking(False)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        for task in self._accepted.values():
            task.cancel()
        results = await asyncio.gather(*self._accepted.values(), return_exceptions=True)
        for sock in self._accepted:
            sock.close()
        await asyncio.sleep(0)  # a transport that was aborted closes in the next pass
        self._path.unlink(missing_ok=True)
        failed = [result for result in results if isinstance(result, Exception)]
        if failed and error is None:
            raise failed[0]

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        sock.setblocking(False)
        self.connections += 1
        self._accepted[sock] = asyncio.get_running_loop().create_task(self._run(sock))

    async def _run(self, sock: socket.socket) -> None:
        peer = RawPeer(*await asyncio.open_unix_connection(sock=sock, limit=2**26))
        try:
            await self._serve(peer)
        except ConnectionError:
            return  # a client that leaves is no failure
        finally:
            peer.abort()
