"""Many small items to a peer that does not read cost time by their number, not by its square (RULES 2.17)."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from serving import connected, report, request, socket_place, until

from daemonrpc import DaemonServer, RequestHandler, StreamMethod

FEW, MANY = 16_000, 128_000
TRIES = 2


class Count(Struct):
    """How many items to send."""

    items: int


FLOOD: StreamMethod[Count, int, None] = StreamMethod(
    "flood",
    python_name="flood",
    params=Count,
    result=None,
    item=int,
    notification="flood",
    slow_consumer="drop_oldest",
)


async def seconds_of_flood(path: Path, items: int) -> float:
    """How long the handler takes to send so many items that nobody reads."""
    took: list[float] = []

    async def flood(params: Count, _context: Any) -> AsyncIterator[int]:
        begin = time.process_time()
        for number in range(params.items):
            yield number
            if number % 8 == 0:
                await asyncio.sleep(0)  # each few items are a write of their own
        took.append(time.process_time() - begin)

    handler = RequestHandler()
    handler.register(FLOOD, flood)
    async with DaemonServer(path, handler):
        with connected(path) as sock:
            sock.sendall(request("flood", {"items": items}))
            await until(lambda: took)
    return took[0]


async def main(path: Path) -> None:
    few = min([await seconds_of_flood(path, FEW) for _ in range(TRIES)])
    many = min([await seconds_of_flood(path, MANY) for _ in range(TRIES)])
    report("small writes to a stalled peer", few=few, many=many, ratio=many / few, items_ratio=MANY / FEW)


with socket_place() as place:
    asyncio.run(main(place))
