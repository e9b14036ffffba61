"""Calls and streams that are given up at any time, and what is left of them: nothing (RULES part 5, property 7)."""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

from daemonrpc import CallTimeoutError, Channel, DaemonError, DaemonServer, Limits
from daemonrpc.testing import FaultProxy
from support.random_faults import cut_often, random_fault
from support.service import Service
from support.waiting import SECONDS, until

__all__ = ["Cancels", "descriptors"]

CALLERS = 64
GAUGES = ("tasks", "running", "waiting")


def descriptors() -> int:
    """Open descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))


class Cancels:
    """So many calls of every kind against a small server, through connections that die, most of them cancelled."""

    def __init__(self, directory: Path, cancels: int, seed: int) -> None:
        self._directory = directory
        self._cancels = cancels
        self._seed = seed
        self.seen: Counter[str] = Counter()
        """How the calls ended."""

    async def run(self) -> None:
        """Raises AssertionError if a task, a descriptor or a call is left on either side."""
        tasks, fds = asyncio.all_tasks(), descriptors()
        service = Service()
        server = DaemonServer(self._directory / "s", service.handler, max_concurrent_requests=8)
        proxy = FaultProxy(self._directory / "p", server.socket_path, self._fault)
        async with server:
            sound = Channel(server.socket_path, pool_size=2, limits=Limits(in_flight=8))
            broken = Channel(proxy.path, pool_size=2, limits=Limits(in_flight=8))
            async with proxy, cut_often(proxy, 0.02):
                await asyncio.gather(*(self._caller(number, (sound, broken)) for number in range(CALLERS)))
                await broken.close()
            await self._nothing_left(server, sound)
            assert await sound.call("echo", ["as good as new"]) == ["as good as new"]
            await sound.close()
            await until(lambda: server.statistics()["connections"] == 0)
        assert service.probe.started.total() == service.probe.finished.total() + service.probe.cancelled.total()
        await until(lambda: asyncio.all_tasks() <= tasks)
        await until(lambda: descriptors() <= fds)

    async def _nothing_left(self, server: DaemonServer, client: Channel) -> None:
        await until(lambda: client.statistics()["in_flight"] == 0)
        await until(lambda: not any(server.statistics()[gauge] for gauge in GAUGES))

    def _fault(self, number: int) -> Any:
        return random_fault(random.Random(f"{self._seed} {number}"), 3000)

    async def _caller(self, number: int, channels: tuple[Channel, Channel]) -> None:
        chance = random.Random(f"{self._seed} caller {number}")
        while self.seen["cancelled"] < self._cancels:
            work = chance.choice((self._call, self._call, self._stream))
            task = asyncio.create_task(work(chance, chance.choice(channels)))
            await _moment(chance, task)
            task.cancel()
            await asyncio.wait([task])
            self.seen["cancelled" if task.cancelled() else task.result()] += 1

    async def _call(self, chance: random.Random, client: Channel) -> str:
        method, params = chance.choice((("hold", ["x"]), ("sleep", [0.001]), ("echo", [1]), ("sleep", [0.003])))
        try:
            await client.call(method, params, timeout=chance.choice((0.002, SECONDS, None)))
        except CallTimeoutError:
            return "late"
        except DaemonError as error:
            return type(error).__name__
        return "answered"

    async def _stream(self, chance: random.Random, client: Channel) -> str:
        number = chance.randrange(4)
        try:
            async for item in client.stream("endless", ["s"]):
                if item[0] >= number:
                    break
        except DaemonError as error:
            return type(error).__name__
        return "left"


async def _moment(chance: random.Random, task: "asyncio.Task[str]") -> None:
    """Before the first step of a call, while it connects, waits or runs, just when its answer comes, or later."""
    kind = chance.randrange(4)
    if kind == 0:
        return
    if kind == 1:
        for _ in range(chance.randrange(1, 12)):
            await asyncio.sleep(0)
    else:
        await asyncio.wait([task], timeout=chance.choice((0.0002, 0.001, 0.003, 0.05)))
