"""Cancelled calls free what they held, on both sides (RULES 1.2, 2.5, 2.22, 2.40)."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import CallTimeoutError, Channel, DaemonServer
from support.callers import OpenCaller
from support.cancels import Cancels
from support.raw import connect
from support.service import DETACHED, Service, Tag
from support.waiting import until

IDLE = {"tasks": 0, "running": 0, "waiting": 0}


def gauges(server: DaemonServer) -> dict[str, int]:
    return {name: value for name, value in server.statistics().items() if name in IDLE}


@pytest.mark.parametrize("pool_size", [1, 2])
async def test_after_many_random_cancels_as_many_calls_succeed_and_gauges_are_zero(
    service: Service, socket_path: Path, pool_size: int
) -> None:
    """RULES 1.2: two cancelled calls, and a pool of two was dead for good."""
    chance = random.Random(pool_size)
    count = 500
    async with (
        DaemonServer(socket_path, service.handler, max_concurrent_requests=8) as server,
        Channel(socket_path, pool_size=pool_size) as client,
    ):
        calls = [asyncio.create_task(client.call("hold", [number])) for number in range(count)]
        chance.shuffle(calls)
        for number, call in enumerate(calls):
            call.cancel()
            if number % 7 == 0:
                await asyncio.sleep(0)
        await asyncio.wait(calls)
        assert all(call.cancelled() for call in calls)
        results = await asyncio.gather(*(client.call("echo", [number]) for number in range(count)))
        assert results == [[number] for number in range(count)]
        await until(lambda: gauges(server) == IDLE)
        await until(lambda: client.statistics()["in_flight"] == 0)
        assert not service.probe.finished


@pytest.mark.parametrize("seed", [1, 2])
async def test_cancels_at_any_time_leave_no_task_no_descriptor_and_no_call(socket_dir: Path, seed: int) -> None:
    """Before the first step, while it connects, waits for room or a slot or runs; `tests/soak` has 100,000."""
    cancels = Cancels(socket_dir, 1000, seed)
    await cancels.run()
    assert min(cancels.seen[outcome] for outcome in ("answered", "late", "left")) >= 1, cancels.seen


async def test_cancelled_task_cancels_the_handler(service: Service, server: DaemonServer, socket_path: Path) -> None:
    async with Channel(socket_path) as client:
        call = asyncio.create_task(client.call("hold", ["a"]))
        await until(lambda: service.probe.started["a"])
        call.cancel()
        await until(lambda: service.probe.cancelled["a"])
        assert service.probe.contexts[0].cancelled
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_timeout_cancels_the_handler(
    client_of: OpenCaller, service: Service, server: DaemonServer, socket_path: Path
) -> None:
    with pytest.raises(CallTimeoutError):
        await client_of(socket_path).call("hold", ["a"], timeout=0.05)
    await until(lambda: service.probe.cancelled["a"])
    await until(lambda: gauges(server) == IDLE)


async def test_lost_connection_cancels_the_handler(service: Service, server: DaemonServer, socket_path: Path) -> None:
    async with await connect(socket_path) as peer:
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
    await until(lambda: service.probe.cancelled["a"])
    await until(lambda: gauges(server) == IDLE)


async def test_detached_handler_goes_on_after_a_lost_connection(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer:
        peer.call("detached", {"tag": "a"})
        await until(lambda: service.probe.started["a"])
    await until(lambda: server.statistics()["connections"] == 0)
    service.probe.release.set()
    await until(lambda: service.probe.finished["a"])
    assert not service.probe.cancelled
    await until(lambda: gauges(server) == IDLE)


async def test_detached_handler_goes_on_after_a_timeout(
    client_of: OpenCaller, service: Service, server: DaemonServer, socket_path: Path
) -> None:
    with pytest.raises(CallTimeoutError):
        await client_of(socket_path).call(DETACHED, Tag("a"), timeout=0.05)
    await until(lambda: service.probe.contexts[0].cancelled)
    service.probe.release.set()
    await until(lambda: service.probe.finished["a"])


@pytest.mark.parametrize("turns", range(8))
async def test_cancel_at_every_step_of_a_call_leaks_nothing(
    service: Service, server: DaemonServer, socket_path: Path, turns: int
) -> None:
    """Turn 0 is before the first step: a task that never ran, runs no `finally`."""
    async with Channel(socket_path, pool_size=1) as client:
        for _ in range(20):
            call = asyncio.create_task(client.call("hold", ["a"]))
            for _ in range(turns):
                await asyncio.sleep(0)
            call.cancel()
        assert await client.call("echo", [1]) == [1]
        await until(lambda: gauges(server) == IDLE)
        await until(lambda: client.statistics()["in_flight"] == 0)


async def test_request_and_its_cancel_in_one_write_free_the_slot(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """The handler's task is cancelled before its first step."""
    async with await connect(socket_path) as peer:
        for number in range(200):
            peer.call("hold", ["a"], id_=number)
            peer.notify("rpc.cancel", {"id": number})
        codes = [(await peer.line())["error"]["code"] for _ in range(200)]
    assert set(codes) == {-32800}
    await until(lambda: gauges(server) == IDLE)


async def test_cancel_of_calls_that_wait_for_a_slot_empties_the_queue(service: Service, socket_path: Path) -> None:
    async with (
        DaemonServer(socket_path, service.handler, max_concurrent_requests=1) as server,
        Channel(socket_path) as client,
    ):
        calls = [asyncio.create_task(client.call("hold", [number])) for number in range(20)]
        await until(lambda: server.statistics()["waiting"] == 19)
        for call in calls[1:]:
            call.cancel()
        await until(lambda: server.statistics()["waiting"] == 0)
        service.probe.release.set()
        assert await calls[0] == [0]
        await asyncio.wait(calls)
    assert len(service.probe.started) == 1


async def test_answer_that_races_the_cancel_is_given_once(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 2.22: "already responded" killed the receive loop."""
    async with await connect(socket_path) as peer:
        for number in range(300):
            peer.call("sleep", [0], id_=number)
            if number % 3 == 0:
                await asyncio.sleep(0)
            peer.notify("rpc.cancel", {"id": number})
        ids = [(await peer.line())["id"] for _ in range(300)]
        peer.call("echo", ["alive"], id_="last")
        assert (await peer.line())["id"] == "last"
    assert sorted(ids) == list(range(300))


async def test_close_of_a_client_ends_its_calls_and_leaves_no_task(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    client = Channel(socket_path)
    calls = [asyncio.create_task(client.call("hold", [number])) for number in range(5)]
    await until(lambda: len(service.probe.started) == 5)
    await client.close()
    results: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result).__name__ for result in results} == {"ConnectionLostError"}
    await until(lambda: gauges(server) == IDLE)


async def test_close_of_a_client_with_open_streams_loses_nothing_of_the_server(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    client = Channel(socket_path)
    streams = [client.stream("endless", [number]) for number in range(5)]
    for stream in streams:
        await anext(stream)
    await client.close()
    for stream in streams:
        await stream.aclose()
    await until(lambda: len(service.probe.finished) == 5)
    await until(lambda: server.statistics()["connections"] == 0)
