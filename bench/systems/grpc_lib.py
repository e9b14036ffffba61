"""grpclib over a Unix socket, with the handlers and stubs that its plugin of protoc would make."""

from collections.abc import AsyncIterator
from typing import Any

from grpclib.client import Channel, UnaryStreamMethod, UnaryUnaryMethod
from grpclib.const import Cardinality, Handler
from grpclib.server import Server

from bench.systems.protobuf_messages import EchoParams, EchoResult, Item, ItemsParams, item


class _Service:
    async def echo(self, stream: Any) -> None:
        params = await stream.recv_message()
        await stream.send_message(EchoResult(job_id=params.job_id, status="ok", limit=params.limit))

    async def items(self, stream: Any) -> None:
        params = await stream.recv_message()
        for seq in range(params.limit):
            await stream.send_message(item(seq))

    def __mapping__(self) -> dict[str, Handler]:
        return {
            "/bench.Bench/Echo": Handler(self.echo, Cardinality.UNARY_UNARY, EchoParams, EchoResult),
            "/bench.Bench/Items": Handler(self.items, Cardinality.UNARY_STREAM, ItemsParams, Item),
        }


async def serve(path: str) -> None:
    server = Server([_Service()])
    await server.start(path=path)
    await server.wait_closed()


class Client:
    """A channel with the stubs of both methods."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def open(self) -> None:
        self._channel = Channel(path=self._path)
        self._echo = UnaryUnaryMethod(self._channel, "/bench.Bench/Echo", EchoParams, EchoResult)
        self._items = UnaryStreamMethod(self._channel, "/bench.Bench/Items", ItemsParams, Item)

    async def echo(self, job_id: str, limit: int) -> Any:
        return await self._echo(EchoParams(job_id=job_id, limit=limit))

    async def items(self, count: int) -> AsyncIterator[Any]:
        async with self._items.open() as stream:
            await stream.send_message(ItemsParams(limit=count), end=True)
            async for event in stream:
                yield event

    async def close(self) -> None:
        self._channel.close()
