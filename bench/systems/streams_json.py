"""What one writes by hand: asyncio Streams and the standard library's json."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from bench.systems.values import item


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):  # clients of a benchmark leave with calls in flight
        await _answer(reader, writer)
    writer.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        call = json.loads(line)
        params = call["params"]
        if call["method"] == "items":
            for i in range(params["limit"]):
                event = item(i)
                body = {name: getattr(event, name) for name in event.__struct_fields__}
                writer.write(json.dumps({"jsonrpc": "2.0", "params": body}).encode() + b"\n")
                await writer.drain()
            continue
        result = {"job_id": params["job_id"], "status": "ok", "limit": params["limit"]}
        writer.write(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}).encode() + b"\n")
        await writer.drain()


async def serve(path: str) -> None:
    server = await asyncio.start_unix_server(_serve, path)
    await server.serve_forever()


class Client:
    """A connection with a reader task and futures by id."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._last_id = 0
        self._pending: dict[int, asyncio.Future[Any]] = {}

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_unix_connection(self._path)
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while line := await self._reader.readline():
            reply = json.loads(line)
            self._pending.pop(reply["id"]).set_result(reply["result"])

    async def echo(self, job_id: str, limit: int) -> Any:
        self._last_id += 1
        future = self._pending[self._last_id] = asyncio.get_running_loop().create_future()
        params = {"job_id": job_id, "limit": limit}
        call = {"jsonrpc": "2.0", "id": self._last_id, "method": "echo", "params": params}
        self._writer.write(json.dumps(call).encode() + b"\n")
        await self._writer.drain()
        return await future

    async def items(self, count: int) -> AsyncIterator[Any]:
        reader, writer = await asyncio.open_unix_connection(self._path)
        call = {"jsonrpc": "2.0", "id": 1, "method": "items", "params": {"limit": count}}
        writer.write(json.dumps(call).encode() + b"\n")
        for _ in range(count):
            yield json.loads(await reader.readline())["params"]
        writer.close()

    async def close(self) -> None:
        self._writer.close()
        await self._task
