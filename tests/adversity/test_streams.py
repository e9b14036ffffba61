"""Streams that are left, not read, or never end (RULES 1.6, 1.16, 1.17, 2.19, 2.21)."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import (
    CallTimeoutError,
    Channel,
    DaemonError,
    DaemonServer,
    Limits,
    StreamLaggedError,
    StreamMethod,
    SyncChannel,
)
from daemonrpc.method import SlowConsumer
from support.raw import connect
from support.service import Empty, Service
from support.waiting import SECONDS, until

WIDE = "x" * 8192


def counting(rule: SlowConsumer) -> StreamMethod[Empty, Any, Any]:
    return StreamMethod(
        "numbers",
        python_name="numbers",
        params=Empty,
        item=Any,
        result=Any,
        notification="number",
        slow_consumer=rule,
    )


async def test_break_stops_the_handler_at_once(service: Service, server: DaemonServer, socket_path: Path) -> None:
    """RULES 2.21: the clean-up of a generator is not left to the garbage collector."""
    async with Channel(socket_path) as client:
        async with client.stream("endless", ["a"]) as items:
            async for _ in items:
                break
        await until(lambda: service.probe.finished["a"])
        assert service.probe.started["a"] == 1


async def test_break_of_the_blocking_client_stops_the_handler_at_once(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    def read() -> None:
        with SyncChannel(socket_path) as client, client.stream("endless", ["a"]) as items:
            for _ in items:
                break

    await asyncio.to_thread(read)
    await until(lambda: service.probe.finished["a"])


async def test_dropping_a_stream_stops_the_handler(service: Service, server: DaemonServer, socket_path: Path) -> None:
    async with Channel(socket_path) as client:
        async for _ in client.stream("endless", ["a"]):
            break
        await until(lambda: service.probe.finished["a"])


async def test_cancelled_reader_stops_the_handler(service: Service, server: DaemonServer, socket_path: Path) -> None:
    async def read(client: Channel) -> None:
        async with client.stream("endless", ["a"]) as items:
            async for _ in items:
                pass

    async with Channel(socket_path) as client:
        reader = asyncio.create_task(read(client))
        await until(lambda: service.probe.started["a"])
        reader.cancel()
        await until(lambda: service.probe.finished["a"])
        await asyncio.wait([reader])


async def test_fifty_streams_take_no_slot_and_leave_none_taken(service: Service, socket_path: Path) -> None:
    """RULES 1.17: 50 open streams, and no call was answered; after they were closed, still none."""
    async with (
        DaemonServer(socket_path, service.handler, max_concurrent_requests=2) as server,
        Channel(socket_path) as client,
    ):
        streams = [client.stream("endless", [number]) for number in range(50)]
        for stream in streams:
            await anext(stream)
        assert await client.call("sleep", [0], timeout=SECONDS) == [0]
        for stream in streams:
            await stream.aclose()
        await until(lambda: len(service.probe.finished) == 50)
        await until(lambda: server.statistics()["tasks"] == 0)
        assert await client.call("sleep", [0], timeout=SECONDS) == [0]


async def test_unread_stream_blocks_no_call(service: Service, server: DaemonServer, socket_path: Path) -> None:
    """RULES 2.19: one stream that nobody read stopped its whole connection."""
    async with Channel(socket_path, pool_size=1) as client, client.stream("endless", ["a", 8192]) as items:
        await anext(items)
        for number in range(300):
            assert await client.call("echo", [number], timeout=SECONDS) == [number]


async def test_two_streams_do_not_wait_for_each_other(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with (
        Channel(socket_path) as client,
        client.stream("endless", ["unread", 8192]) as unread,
        client.stream("count", [2000]) as read,
    ):
        await anext(unread)
        assert [item async for item in read] == list(range(2000))


async def test_block_waits_for_the_reader_and_loses_nothing(service: Service, socket_path: Path) -> None:
    produced: list[int] = []

    async def numbers(_params: Any, _context: Any) -> Any:
        for number in range(400):
            produced.append(number)
            yield [number, WIDE]

    service.handler.register(counting("block"), numbers)
    async with (
        DaemonServer(socket_path, service.handler),
        Channel(socket_path) as client,
        await connect(socket_path) as unread,
    ):
        unread.pause()
        unread.call("numbers")
        await until(lambda: produced)
        for _ in range(20):
            assert await client.call("echo", [1]) == [1]
        assert len(produced) < 400, "the writer waits"
        unread.resume()
        seen = [(await unread.line())["params"][0] for _ in range(400)]
        assert seen == list(range(400))
        assert (await unread.line())["id"] == 1


@pytest.mark.parametrize("rule", ["drop_oldest", "disconnect"])
async def test_rule_for_a_reader_that_does_not_read(service: Service, socket_path: Path, rule: SlowConsumer) -> None:
    closed = asyncio.Event()

    async def numbers(_params: Any, _context: Any) -> Any:
        try:
            for number in range(1000):
                yield [number, WIDE]
        finally:
            closed.set()

    service.handler.register(counting(rule), numbers)
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(stream_items=10)),
        await connect(socket_path) as late,
    ):
        late.pause()
        late.call("numbers")
        await asyncio.wait_for(closed.wait(), SECONDS)
        late.resume()
        seen: list[int] = []
        while "params" in (message := await late.line()):
            seen.append(message["params"][0])
    assert seen == sorted(set(seen)), "in order"
    assert len(seen) < 1000
    if rule == "drop_oldest":
        assert seen[-10:] == list(range(990, 1000)), "the newest are kept"
        assert "result" in message
    else:
        assert message["error"]["code"] == StreamLaggedError.code


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_stream_ends_at_its_deadline(
    service: Service, server: DaemonServer, socket_path: Path, kind: str
) -> None:
    """RULES 1.16: still waiting after 3 s with a timeout of 0.5."""

    def blocking() -> None:
        with SyncChannel(socket_path) as client:
            for _ in client.stream("endless", ["a"], timeout=0.1):
                pass

    async def reading() -> None:
        async with Channel(socket_path) as client:
            async for _ in client.stream("endless", ["a"], timeout=0.1):
                pass

    with pytest.raises(CallTimeoutError):
        await asyncio.wait_for(asyncio.to_thread(blocking) if kind == "sync" else reading(), SECONDS)
    await until(lambda: service.probe.finished["a"])


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_silent_stream_ends_at_its_deadline(
    service: Service, server: DaemonServer, socket_path: Path, kind: str
) -> None:
    finished = asyncio.Event()

    async def silent(_params: Any, _context: Any) -> Any:
        try:
            await asyncio.Event().wait()
            yield 1
        finally:
            finished.set()

    service.handler.register("silent", silent)

    def blocking() -> None:
        with SyncChannel(socket_path) as client:
            next(client.stream("silent", timeout=0.05))

    async def reading() -> None:
        async with Channel(socket_path) as client:
            await anext(client.stream("silent", timeout=0.05))

    with pytest.raises(CallTimeoutError):
        await asyncio.wait_for(asyncio.to_thread(blocking) if kind == "sync" else reading(), SECONDS)
    await asyncio.wait_for(finished.wait(), SECONDS)


@pytest.mark.parametrize("method", ["count", "endless"])
async def test_call_on_a_stream_method_does_not_poison_later_calls(
    service: Service, server: DaemonServer, socket_path: Path, method: str
) -> None:
    """RULES 1.6: it returned None, then the next call did, then one timed out."""

    def blocking() -> list[Any]:
        with SyncChannel(socket_path, pool_size=1) as client:
            _outcome(lambda: client.call(method, [5], timeout=0.1))
            return [client.call("echo", [number]) for number in range(5)]

    async with Channel(socket_path, pool_size=1) as client:
        with suppress(CallTimeoutError):
            await client.call(method, [5], timeout=0.1)
        for number in range(5):
            assert await client.call("echo", [number]) == [number]
    assert await asyncio.to_thread(blocking) == [[number] for number in range(5)]
    if method == "endless":
        await until(lambda: service.probe.finished[5] == 2)


def _outcome(function: Any) -> Any:
    try:
        return function()
    except DaemonError as error:
        return error


async def test_fault_of_a_handler_ends_its_stream_with_an_error_after_its_items(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async def faulty(_params: Any, _context: Any) -> Any:
        yield 1
        raise KeyError("business")

    service.handler.register("faulty", faulty)
    async with Channel(socket_path) as client:
        items = client.stream("faulty")
        assert await anext(items) == 1
        with pytest.raises(DaemonError) as caught:
            await anext(items)
        assert "business" not in str(caught.value)
