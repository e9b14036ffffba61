"""grpc.aio over a Unix socket, with the handlers and stubs that its generated code would make."""

from collections.abc import AsyncIterator
from typing import Any

import grpc

from bench.systems.protobuf_messages import EchoParams, EchoResult, Item, ItemsParams, item


async def _echo(params: Any, _context: Any) -> Any:
    return EchoResult(job_id=params.job_id, status="ok", limit=params.limit)


async def _items(params: Any, _context: Any) -> AsyncIterator[Any]:
    for seq in range(params.limit):
        yield item(seq)


async def serve(path: str) -> None:
    server = grpc.aio.server()
    write = EchoResult.SerializeToString
    methods = {
        "Echo": grpc.unary_unary_rpc_method_handler(_echo, EchoParams.FromString, write),
        "Items": grpc.unary_stream_rpc_method_handler(_items, ItemsParams.FromString, Item.SerializeToString),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Bench", methods),))
    server.add_insecure_port(f"unix:{path}")
    await server.start()
    await server.wait_for_termination()


class Client:
    """A channel with the stubs of both methods."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def open(self) -> None:
        self._channel = grpc.aio.insecure_channel(f"unix:{self._path}")
        self._echo = self._channel.unary_unary("/bench.Bench/Echo", EchoParams.SerializeToString, EchoResult.FromString)
        self._items = self._channel.unary_stream("/bench.Bench/Items", ItemsParams.SerializeToString, Item.FromString)
        await self._channel.channel_ready()

    async def echo(self, job_id: str, limit: int) -> Any:
        return await self._echo(EchoParams(job_id=job_id, limit=limit))

    async def items(self, count: int) -> AsyncIterator[Any]:
        async for event in self._items(ItemsParams(limit=count)):
            yield event

    async def close(self) -> None:
        await self._channel.close()
