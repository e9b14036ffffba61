"""The floor: the least Python that does the job.

asyncio.Protocol, one typed msgspec decode and encode a side, futures by id; no limits, no deadlines, no validation of
anything else.
"""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from bench.systems.values import EchoParams, EchoResult, Item, item


class Call(Struct):
    id: int
    method: str
    params: EchoParams
    jsonrpc: str = "2.0"


class Reply(Struct):
    id: int
    result: EchoResult
    jsonrpc: str = "2.0"


class Event(Struct):
    params: Item
    jsonrpc: str = "2.0"


_encode = msgspec.json.Encoder().encode
_decode_call = msgspec.json.Decoder(Call).decode
_decode_reply = msgspec.json.Decoder(Reply).decode
_decode_event = msgspec.json.Decoder(Event).decode


class _Lines(asyncio.Protocol):
    def __init__(self) -> None:
        self.rest = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.lines_received(lines)

    @abstractmethod
    def lines_received(self, lines: list[bytes]) -> None: ...


class _Server(_Lines):
    def lines_received(self, lines: list[bytes]) -> None:
        replies = []
        for line in lines:
            call = _decode_call(line)
            if call.method == "items":
                self.task = asyncio.get_running_loop().create_task(self._items(call.params.limit))
            else:
                result = EchoResult(job_id=call.params.job_id, status="ok", limit=call.params.limit)
                replies.append(_encode(Reply(call.id, result)))
        if replies:
            self.transport.write(b"\n".join(replies) + b"\n")

    async def _items(self, count: int) -> None:
        self.can_write = asyncio.Event()
        self.can_write.set()
        for start in range(0, count, 64):
            await self.can_write.wait()
            numbers = range(start, min(start + 64, count))
            self.transport.write(b"".join(_encode(Event(item(number))) + b"\n" for number in numbers))
            await asyncio.sleep(0)

    def pause_writing(self) -> None:
        if hasattr(self, "can_write"):
            self.can_write.clear()

    def resume_writing(self) -> None:
        if hasattr(self, "can_write"):
            self.can_write.set()


class _Client(_Lines):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.pending: dict[int, asyncio.Future[EchoResult]] = {}
        self.out: list[bytes] = []
        self.last_id = 0

    def lines_received(self, lines: list[bytes]) -> None:
        for line in lines:
            reply = _decode_reply(line)
            self.pending.pop(reply.id).set_result(reply.result)

    def call(self, params: EchoParams) -> asyncio.Future[EchoResult]:
        self.last_id += 1
        future = self.pending[self.last_id] = self.loop.create_future()
        if not self.out:
            self.loop.call_soon(self._flush)
        self.out.append(_encode(Call(self.last_id, "echo", params)))
        return future

    def _flush(self) -> None:
        self.transport.write(b"\n".join(self.out) + b"\n")
        self.out.clear()


class _StreamClient(_Lines):
    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[list[bytes]] = asyncio.Queue()

    def lines_received(self, lines: list[bytes]) -> None:
        self.queue.put_nowait(lines)


async def serve(path: str) -> None:
    loop = asyncio.get_running_loop()
    await (await loop.create_unix_server(_Server, path)).serve_forever()


class Client:
    def __init__(self, path: str) -> None:
        self._path = path

    async def open(self) -> None:
        _transport, self._protocol = await asyncio.get_running_loop().create_unix_connection(_Client, self._path)

    async def echo(self, job_id: str, limit: int) -> EchoResult:
        return await self._protocol.call(EchoParams(job_id=job_id, limit=limit))

    async def items(self, count: int) -> AsyncIterator[Item]:
        transport, protocol = await asyncio.get_running_loop().create_unix_connection(_StreamClient, self._path)
        transport.write(_encode(Call(1, "items", EchoParams(job_id="", limit=count))) + b"\n")
        got = 0
        while got < count:
            for line in await protocol.queue.get():
                got += 1
                yield _decode_event(line).params
        transport.close()

    async def close(self) -> None:
        self._protocol.transport.close()
