"""`break` ends a stream on the server at once, and its handler's clean-up runs (RULES 2.21)."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from serving import SECONDS, report, socket_place, until

from daemonrpc import Channel, DaemonServer, RequestHandler, SyncChannel


async def break_async(path: Path) -> None:
    async with Channel(path) as client:
        async for _ in client.stream("endless"):
            break


def break_sync(path: Path) -> None:
    with SyncChannel(path) as client:
        for _ in client.stream("endless"):
            break


async def main(path: Path) -> None:
    ended = threading.Event()

    async def endless(_params: Any, _context: Any) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    handler = RequestHandler()
    handler.register("endless", endless)
    async with DaemonServer(path, handler):
        loop = asyncio.get_running_loop()
        for name, leave in (
            ("async", lambda: break_async(path)),
            ("sync", lambda: loop.run_in_executor(None, break_sync, path)),
        ):
            await asyncio.wait_for(leave(), SECONDS)
            begin = time.monotonic()
            await until(ended.is_set)
            ended.clear()
            report(name, seconds=time.monotonic() - begin)


with socket_place() as place:
    asyncio.run(main(place))
