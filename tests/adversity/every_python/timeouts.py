"""A call that timed out is not sent again, though TimeoutError is an OSError (RULES 1.1, 2.7)."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from serving import report, socket_place

from daemonrpc import Channel, DaemonServer, Method, RequestHandler, SyncChannel

TIMEOUT = 0.3


class Empty(Struct):
    """No params."""


HANG: Method[Empty, None] = Method("hang", python_name="hang", params=Empty, result=None, safety="idempotent")


def call_sync(path: Path) -> str:
    with SyncChannel(path) as client:
        try:
            client.call(HANG, Empty(), timeout=TIMEOUT)
        except TimeoutError as error:
            return type(error).__name__
    return "answered"


async def call_async(path: Path) -> str:
    async with Channel(path) as client:
        try:
            await client.call(HANG, Empty(), timeout=TIMEOUT)
        except TimeoutError as error:
            return type(error).__name__
    return "answered"


async def main(path: Path) -> None:
    started: list[int] = []

    async def hang(_params: Empty, _context: Any) -> None:
        started.append(1)
        await asyncio.sleep(60)

    handler = RequestHandler()
    handler.register(HANG, hang)
    async with DaemonServer(path, handler):
        loop = asyncio.get_running_loop()
        for name, call in (
            ("async", lambda: call_async(path)),
            ("sync", lambda: loop.run_in_executor(None, partial(call_sync, path))),
        ):
            started.clear()
            outcome = await call()
            await asyncio.sleep(2 * TIMEOUT)  # a second try would come now
            report(name, outcome=outcome, started=len(started))


with socket_place() as place:
    asyncio.run(main(place))
