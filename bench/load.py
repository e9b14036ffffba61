"""A client as a process: `python -m bench.load SYSTEM SOCKET WORK COUNT SECONDS` prints operations per second.

WORK is `calls` by COUNT callers at once, `items` of a stream, or `text` of COUNT bytes there and back.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.systems import SYSTEMS, Client

WARM_UP_SECONDS = 0.1
ITEMS = 20_000


async def calls(client: Client, callers: int, seconds: float) -> float:
    async def once() -> None:
        answer = await client.echo("fix-tests#7", 50)
        if (answer["limit"] if isinstance(answer, dict) else answer.limit) != 50:
            raise RuntimeError(f"that is not the answer: {answer}")

    return await _repeated(once, callers, seconds)


async def text(client: Any, size: int, seconds: float) -> float:
    sent = "x" * size

    async def once() -> None:
        if len(await client.text(sent)) != size:
            raise RuntimeError("that is not the answer")

    return await _repeated(once, 1, seconds)


async def items(client: Client, _count: int, seconds: float) -> float:
    await _stream(client, ITEMS // 20)
    took, got = 0.0, 0
    while took < seconds:
        start = time.perf_counter()
        await _stream(client, ITEMS)
        took += time.perf_counter() - start
        got += ITEMS
    return got / took


async def _stream(client: Client, count: int) -> None:
    got = 0
    async for _item in client.items(count):
        got += 1
    if got != count:
        raise RuntimeError(f"{got} of {count} items came")


async def _repeated(once: Callable[[], Awaitable[None]], callers: int, seconds: float) -> float:
    clock = time.perf_counter
    begin = clock() + WARM_UP_SECONDS
    end = begin + seconds
    counts = [0] * callers

    async def caller(number: int) -> None:
        while clock() < begin:
            await once()
        count = 0
        while clock() < end:
            await once()
            count += 1
        counts[number] = count

    await asyncio.gather(*map(caller, range(callers)))
    return sum(counts) / (clock() - begin)


WORK: dict[str, Callable[[Any, int, float], Awaitable[float]]] = {"calls": calls, "items": items, "text": text}


async def _measured(client: Client, work: str, count: int, seconds: float) -> float:
    await client.open()
    try:
        return await WORK[work](client, count, seconds)
    finally:
        await client.close()


def main(name: str, path: str, work: str, count: str, seconds: str) -> None:
    (system,) = [system for system in SYSTEMS if system.name == name]
    print(system.run(_measured(system.client(path), work, int(count), float(seconds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
