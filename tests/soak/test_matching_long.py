"""A million calls with cancels, timeouts and delays: no answer to the wrong caller (RULES part 5, property 2)."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from daemonrpc import Channel, DaemonServer, SyncChannel
from daemonrpc.testing import FaultProxy
from support.nonces import Nonces
from support.random_faults import cut_often, random_fault
from support.service import Service
from support.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

CALLERS = 64


@pytest.mark.parametrize(("pool_size", "calls"), [(1, 400_000), (8, 400_000)])
async def test_every_answer_is_the_callers_own(
    pool_size: int, calls: int, service: Service, server: DaemonServer, scaled: Callable[[int], int]
) -> None:
    nonces = Nonces(scaled(calls), seed=pool_size)
    nonces.register(service.handler)
    async with Channel(server.socket_path, pool_size=pool_size) as client:
        await asyncio.gather(*(nonces.call(client, caller) for caller in range(CALLERS)))
        await until(lambda: client.statistics()["in_flight"] == 0)
    print(dict(nonces.seen))
    nonces.check("answered", "late", "cancelled", least=nonces.calls // 100)
    await until(lambda: server.statistics()["tasks"] == 0)


async def test_every_answer_is_the_callers_own_in_threads(
    service: Service, server: DaemonServer, scaled: Callable[[int], int]
) -> None:
    nonces = Nonces(scaled(100_000), seed=2)
    nonces.register(service.handler)
    with SyncChannel(server.socket_path) as client:
        await nonces.call_in_threads(client, CALLERS)
    print(dict(nonces.seen))
    nonces.check("answered", "late", least=nonces.calls // 100)
    await until(lambda: server.statistics()["tasks"] == 0)


@pytest.mark.parametrize(("kind", "size"), [("async", 4000), ("sync", 600)])
async def test_every_answer_is_the_callers_own_over_connections_that_break(
    kind: str, size: int, service: Service, server: DaemonServer, socket_dir: Path, scaled: Callable[[int], int]
) -> None:
    nonces = Nonces(scaled(50_000), seed=3, may_break=True)
    nonces.register(service.handler)
    proxy = FaultProxy(
        socket_dir / "p", server.socket_path, lambda number: random_fault(random.Random(f"{kind} {number}"), size)
    )
    async with proxy, cut_often(proxy, 0.02):
        if kind == "async":
            async with Channel(proxy.path, pool_size=4) as client:
                await asyncio.gather(*(nonces.call(client, caller) for caller in range(CALLERS)))
        else:
            with SyncChannel(proxy.path) as sync_client:
                await nonces.call_in_threads(sync_client, 16)
    print(kind, dict(nonces.seen), proxy.connections, "connections")
    nonces.check("answered", "late", least=nonces.calls // 100)
