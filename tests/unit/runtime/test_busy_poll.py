import asyncio
import os
import time
from pathlib import Path

import pytest

from daemonrpc import DaemonServer, Limits, SyncChannel
from daemonrpc.busy_poll import BusyPoll, is_worthwhile
from support.service import Service
from support.waiting import until

needs_two = pytest.mark.skipif(not is_worthwhile(), reason="a machine with one processor never polls busily")


@pytest.fixture
def service() -> Service:
    return Service()


class Passes:
    """Counts the passes of the event loop that asked the selector without waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]
        select = selector.select
        self.awake = 0

        def counting(timeout: float | None) -> object:
            self.awake += timeout == 0
            return select(timeout)

        monkeypatch.setattr(selector, "select", counting)


@needs_two
async def test_loop_stays_awake_for_its_time_and_then_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, passes, poll = asyncio.get_running_loop(), Passes(monkeypatch), BusyPoll(0.02)
    poll.begin(loop)
    await asyncio.sleep(0.05)
    during = passes.awake
    assert during > 10
    await asyncio.sleep(0.05)
    assert passes.awake <= during + 2, "nothing keeps it awake afterwards"


@needs_two
async def test_end_lets_the_loop_sleep_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, passes, poll = asyncio.get_running_loop(), Passes(monkeypatch), BusyPoll(10.0)
    poll.begin(loop)
    await asyncio.sleep(0)
    poll.end()
    await asyncio.sleep(0.02)
    assert passes.awake < 10


async def test_zero_seconds_is_never(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, passes, poll = asyncio.get_running_loop(), Passes(monkeypatch), BusyPoll(0.0)
    poll.begin(loop)
    await asyncio.sleep(0.02)
    assert passes.awake <= 2


@needs_two
async def test_others_have_their_turn_meanwhile() -> None:
    poll = BusyPoll(10.0)
    poll.begin(asyncio.get_running_loop())
    start = time.monotonic()
    await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(10)))
    assert time.monotonic() - start < 5
    poll.end()


async def test_idle_server_and_idle_clients_use_no_processor(socket_path: Path, service: Service) -> None:
    async with DaemonServer(socket_path, service.handler):
        client = SyncChannel(socket_path)
        for _ in range(20):
            await asyncio.to_thread(client.call, "echo", [1])
        client.close()
        await asyncio.sleep(0.05)
        before = time.process_time()
        await asyncio.sleep(0.5)
        assert time.process_time() - before < 0.25


async def test_blocking_call_that_takes_long_sleeps(socket_path: Path, service: Service) -> None:
    """It polls busily for a moment, then waits in the kernel."""
    async with DaemonServer(socket_path, service.handler):
        client = SyncChannel(socket_path, limits=Limits(busy_poll_seconds=0.01))

        def call() -> float:
            before = time.thread_time()
            client.call("hold", ["a"])
            return time.thread_time() - before

        calling = asyncio.ensure_future(asyncio.to_thread(call))
        await until(lambda: service.probe.started["a"])
        await asyncio.sleep(0.3)
        service.probe.release.set()
        assert await calling < 0.2
        client.close()


def test_one_processor_is_not_worthwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert not is_worthwhile()
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert is_worthwhile()
