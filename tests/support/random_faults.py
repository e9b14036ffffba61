"""Faults drawn by chance, the same for the same seed."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from daemonrpc.testing import Fault, FaultProxy, Way

__all__ = ["cut_often", "random_fault"]

SOUND = Way()


@asynccontextmanager
async def cut_often(proxy: FaultProxy, seconds: float) -> AsyncGenerator[None]:
    """Cuts all connections again and again, so that there are always new ones."""

    async def cut() -> None:
        while True:
            await asyncio.sleep(seconds)
            proxy.cut()

    cutting = asyncio.create_task(cut())
    try:
        yield
    finally:
        cutting.cancel()
        await asyncio.wait([cutting])


def random_fault(chance: random.Random, size: int) -> Fault:
    """What may happen within the first `size` bytes of a connection; on every third one nothing does."""
    if chance.random() < 0.33:
        return Fault()
    if chance.random() < 0.5:
        return Fault(request=_random_way(chance, size), reply=_random_way(chance, size))
    way = _random_way(chance, size)
    return Fault(request=way) if chance.random() < 0.5 else Fault(reply=way)


def _random_way(chance: random.Random, size: int) -> Way:
    place = chance.randrange(size)
    kind = chance.randrange(6)
    if kind == 0:
        return Way(end_at=place, end=chance.choice(("cut", "abort", "half_close")), split=chance.choice((None, 1, 50)))
    if kind == 1:
        return Way(stall_at=place, stall_seconds=chance.choice((0.0, 0.001, 0.03)))
    if kind == 2:
        return Way(delay=chance.choice((0.0005, 0.002)), split=chance.choice((None, 500)))
    if kind == 3:
        return Way(split=chance.randint(1, 60), seed=chance.randrange(1 << 30))
    if kind == 4:
        return Way(insert_at=place, insert=chance.choice((b"\x00", b"\xff", b"garbage\n")))  # no string can hold them
    return SOUND
