"""daemonrpc with everything switched on: limits, deadlines, strict params, safe retry."""

import asyncio
from collections.abc import AsyncIterator

from bench.api import ECHO, ITEMS, EchoParams, EchoResult, Item, ItemsEnd, ItemsParams, item
from daemonrpc import Channel, Context, DaemonServer, RequestHandler, SyncChannel


def echo(params: EchoParams, context: Context) -> EchoResult:
    return EchoResult(job_id=params.job_id, status="ok", limit=params.limit)


async def items(params: ItemsParams, context: Context) -> AsyncIterator[Item | ItemsEnd]:
    for seq in range(params.count):
        yield item(seq)
    yield ItemsEnd(sent=params.count)


async def serve(path: str) -> None:
    handler = RequestHandler()
    handler.register(ECHO, echo)
    handler.register(ITEMS, items)
    async with DaemonServer(path, handler):
        await asyncio.Event().wait()


class OurClient:
    def __init__(self, path: str) -> None:
        self._channel = Channel(path)

    async def open(self) -> None:
        await self._channel.is_daemon_running()

    async def echo(self, job_id: str, limit: int) -> EchoResult:
        return await self._channel.call(ECHO, EchoParams(job_id=job_id, limit=limit))

    async def items(self, count: int) -> AsyncIterator[Item]:
        async for event in self._channel.stream(ITEMS, ItemsParams(count=count)):
            yield event

    async def close(self) -> None:
        await self._channel.close()


class OurSyncClient:
    """The blocking client, for the question that it answers."""

    def __init__(self, path: str) -> None:
        self._channel = SyncChannel(path)

    def echo(self, job_id: str, limit: int) -> EchoResult:
        return self._channel.call(ECHO, EchoParams(job_id=job_id, limit=limit))

    def close(self) -> None:
        self._channel.close()
