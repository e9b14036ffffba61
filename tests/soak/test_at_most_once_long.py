"""Connections that break at random, seed after seed: no call runs more often than it may (RULES part 5, property 1)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import DaemonError, DaemonServer
from daemonrpc.testing import Fault, FaultProxy
from support.callers import Kind as CallerKind
from support.callers import OpenCaller, open_callers
from support.random_faults import random_fault
from support.service import Service
from support.submissions import KINDS, Submissions, method, outcome
from support.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

SEEDS = 10_000
WORKERS = 24
BYTES = 160
"""A little more than a request takes."""
TIMEOUTS = (0.02, 0.5, 0.5, 0.5)


@pytest.mark.parametrize("caller", ["async", "sync"])
async def test_no_call_runs_twice_that_must_not_whatever_happens_to_its_connections(
    caller: CallerKind, service: Service, server: DaemonServer, socket_dir: Path, scaled: Callable[[int], int]
) -> None:
    submissions = Submissions(service.handler)
    seeds = iter(range(scaled(SEEDS)))
    found: dict[int, Any] = {}

    async def work(number: int, open_caller: OpenCaller) -> None:
        async with FaultProxy(socket_dir / f"p{number}", server.socket_path) as proxy:
            for seed in seeds:
                proxy.faults = _faults(seed, proxy.connections)
                client = open_caller(proxy.path)
                kind = KINDS[seed % len(KINDS)]
                timeout = random.Random(seed).choice(TIMEOUTS)
                call = client.call(method(kind.safety), kind.params(str(seed)), timeout=timeout)
                found[seed] = await outcome(call)
                await client.close()
                proxy.cut()

    with open_callers(caller) as (open_caller, _made):
        await asyncio.gather(*(work(number, open_caller) for number in range(WORKERS)))
    await until(lambda: server.statistics()["connections"] == 0)
    assert len(found) == scaled(SEEDS)
    for seed, result in found.items():
        submissions.check(KINDS[seed % len(KINDS)], str(seed), result)
    seen = Counter(
        type(result).__name__ if isinstance(result, DaemonError) else "answered" for result in found.values()
    )
    print(caller, dict(seen), "runs per call:", dict(Counter(submissions[str(seed)] for seed in found)))
    assert min(seen["answered"], seen["ConnectionLostError"], seen["CallTimeoutError"]) > len(found) // 100, seen


def _faults(seed: int, first: int) -> Callable[[int], Fault]:
    """What happens to the connections of one call: the same for the same seed, however many were made before."""
    return lambda number: random_fault(random.Random(f"{seed} {number - first}"), BYTES)
