"""daemonrpc as its users run it: generated code, and every limit, deadline and check at its default."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

# Generated from bench/api.yaml by `bench.place`, which puts it on the path of this process.
from bench_api import BenchClient, EchoResult, Item, ItemsEnd, request_handler

from daemonrpc import Context, DaemonServer


class Service:
    """Satisfies the generated BenchService."""

    def echo(self, params: Any, context: Context) -> EchoResult:
        return EchoResult(job_id=params.job_id, status="ok", limit=params.limit)

    def text(self, params: Any, context: Context) -> str:
        text: str = params.text
        return text

    async def items(self, params: Any, context: Context) -> AsyncIterator[Item | ItemsEnd]:
        for seq in range(params.limit):
            yield Item(seq=seq, job_id="fix-tests#7", event="sheet.output", timestamp=1790000000.25, text="x" * 60)
        yield ItemsEnd(sent=params.limit)


async def serve(path: str) -> None:
    async with DaemonServer(path, request_handler(Service())):
        await asyncio.Event().wait()


class Client:
    """The generated client, with the shape that all systems of the benchmarks share."""

    def __init__(self, path: str) -> None:
        self._client = BenchClient(path)
        self.echo = self._client.echo
        self.items = self._client.items
        self.text = self._client.text

    async def open(self) -> None:
        if not await self._client.is_daemon_running():
            raise RuntimeError("the server does not answer")

    async def close(self) -> None:
        await self._client.close()
