"""A stream whose reader does not read is held, so that memory is bounded, and goes on when it reads (RULES 2.16)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from serving import connected, report, request, socket_place, until

from daemonrpc import DaemonServer, RequestHandler

ITEM = "x" * 10_000
MUCH = 2**26


class Yielded:
    """How many items the handler has made."""

    count = 0


async def main(path: Path) -> None:
    yielded = Yielded()

    async def endless(_params: Any, _context: Any) -> AsyncIterator[str]:
        while True:
            yielded.count += 1
            yield ITEM
            await asyncio.sleep(0)

    handler = RequestHandler()
    handler.register("endless", endless)
    async with DaemonServer(path, handler):
        with connected(path) as sock:
            sock.sendall(request("endless"))
            await until(lambda: yielded.count)
            before = -1
            while before != yielded.count and before * len(ITEM) < MUCH:  # until it is held
                before = yielded.count
                await asyncio.sleep(0.2)
            sock.setblocking(False)
            read = 0
            while read < before * len(ITEM):
                read += len(await asyncio.get_running_loop().sock_recv(sock, 1 << 20))
            await until(lambda: yielded.count > before)
            report("write flow control", bytes_held=before * len(ITEM))


with socket_place() as place:
    asyncio.run(main(place))
