"""What goes wrong between a client and a server: a proxy that cuts, stalls, delays or adds bytes."""

import asyncio
from pathlib import Path
from typing import Self

__all__ = ["FaultProxy"]


class FaultProxy:
    """Stands at `path` before the server at `target`.

    Args:
        request_bytes, reply_bytes: after so many bytes of that direction the connection is cut, all passed on before.
        insert: bytes that are put before the first reply.
    """

    def __init__(
        self,
        path: Path,
        target: Path,
        *,
        request_bytes: int | None = None,
        reply_bytes: int | None = None,
        insert: bytes = b"",
    ) -> None:
        self.path = path
        self.target = target
        self.request_bytes = request_bytes
        self.reply_bytes = reply_bytes
        self.insert = insert
        self.connections = 0
        """How many were made."""
        self.open = asyncio.Event()
        """Replies wait while it is not set."""
        self.open.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._connected, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(3):  # the turns of the loop that closing takes
            await asyncio.sleep(0)
        self.path.unlink(missing_ok=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._run(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(lambda _task: writer.close())  # also of one that never took its first step

    async def _run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connecting = asyncio.ensure_future(asyncio.open_unix_connection(self.target))
        ways: list[asyncio.Task[None]] = []
        try:
            far_reader, far_writer = await asyncio.shield(connecting)
            ways.append(asyncio.create_task(self._pump(reader, far_writer, self.request_bytes)))
            ways.append(asyncio.create_task(self._reply(far_reader, writer)))
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:  # nothing is awaited here: a second cancel would leave the rest undone
            for way in ways:
                way.cancel()
            writer.close()  # what was passed on still arrives
            connecting.add_done_callback(lambda done: done.result()[1].close())

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.insert)
        await self._pump(reader, writer, self.reply_bytes, self.open)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limit: int | None,
        gate: asyncio.Event | None = None,
    ) -> None:
        """Passes bytes on until the end or the limit; with a limit of none it still waits for the first of them."""
        while data := await reader.read(65536):
            if gate is not None:
                await gate.wait()
            writer.write(data if limit is None else data[:limit])
            await writer.drain()
            if limit is not None:
                limit -= len(data)
                if limit <= 0:
                    return
