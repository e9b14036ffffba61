"""What is asked: each question measures operations per second of one system, once."""

import asyncio
import time
from collections.abc import Callable

from bench.ours import OurSyncClient
from bench.systems import CLIENTS, Client

SECONDS = 1.0


def one_at_a_time(system: str, path: str) -> float:
    """One caller, one call at a time, asynchronous client."""
    return asyncio.run(_calls(CLIENTS[system](path), callers=1))


def sync_one_at_a_time(system: str, path: str) -> float:
    """The same with our blocking client; the others as above."""
    if system != "ours":
        return one_at_a_time(system, path)
    client = OurSyncClient(path)
    count, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < SECONDS:
        for _ in range(50):
            client.echo("fix-tests#7", 50)
        count += 50
    client.close()
    return count / took


def in_flight_64(system: str, path: str) -> float:
    """64 calls in flight on one client."""
    return asyncio.run(_calls(CLIENTS[system](path), callers=64))


def stream_items(system: str, path: str) -> float:
    """A stream of 200-byte events."""
    return asyncio.run(_items(CLIENTS[system](path), 40_000))


async def _calls(client: Client, callers: int) -> float:
    await client.open()
    end = time.perf_counter() + SECONDS
    count = 0

    async def caller() -> None:
        nonlocal count
        while time.perf_counter() < end:
            await client.echo("fix-tests#7", 50)
            count += 1

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    took = time.perf_counter() - start
    await client.close()
    return count / took


async def _items(client: Client, count: int) -> float:
    await client.open()
    start = time.perf_counter()
    got = 0
    async for _item in client.items(count):
        got += 1
    took = time.perf_counter() - start
    await client.close()
    if got != count:
        raise RuntimeError(f"{got} of {count} items arrived")
    return count / took


QUESTIONS: list[Callable[[str, str], float]] = [one_at_a_time, sync_one_at_a_time, in_flight_64, stream_items]
