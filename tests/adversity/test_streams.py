"""Streams and their clients: leaving, many at a time, deadlines and ends (RULES 1.6, 1.16, 1.17, 2.19, 2.21)."""

import asyncio
import gc
import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import (
    CallTimeoutError,
    Channel,
    DaemonError,
    DaemonServer,
    InternalError,
    ShuttingDownError,
    SyncChannel,
)
from daemonrpc.method import SlowConsumer
from support.raw import FakeServer, RawPeer, connect
from support.service import Empty, Service
from support.streams import MIB, WIDE, Numbers, counting, items_and_end, read_on, writer_rests
from support.waiting import SECONDS, until

OpenStream = Callable[..., Any]


# -- leaving -----------------------------------------------------------------------------------------------------------


async def test_break_stops_the_handler_at_once(service: Service, server: DaemonServer, socket_path: Path) -> None:
    """RULES 2.21: the clean-up of a generator is not left to the garbage collector."""
    numbers = Numbers(service, "block", None)
    async with Channel(socket_path) as client:
        async for _ in client.stream(counting("block"), Empty()):
            break
        await numbers.wait_left()


async def test_break_of_the_blocking_client_stops_the_handler_at_once(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    numbers = Numbers(service, "block", None)

    def read(client: SyncChannel) -> None:
        for _ in client.stream(counting("block"), Empty()):
            break

    with SyncChannel(socket_path) as client:
        await asyncio.to_thread(read, client)
        await numbers.wait_left()


async def test_end_of_the_block_stops_a_stream_that_is_kept(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """After `break` a stream in a variable may be read on; `async with` is what ends it."""
    numbers = Numbers(service, "block", None)
    async with Channel(socket_path) as client, client.stream(counting("block"), Empty()) as items:
        async for first in items:
            assert first == [0, WIDE]
            break
        async for second in items:
            assert second == [1, WIDE]
            break
        assert not numbers.left.is_set()
    await numbers.wait_left()


async def test_exception_in_the_loop_stops_the_handler(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    numbers = Numbers(service, "block", None)
    async with Channel(socket_path) as client:
        with suppress(ZeroDivisionError):
            async for _ in client.stream(counting("block"), Empty()):
                raise ZeroDivisionError
        await numbers.wait_left()


async def test_exception_in_the_loop_of_the_blocking_client_stops_the_handler(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    numbers = Numbers(service, "block", None)

    def read(client: SyncChannel) -> None:
        for _ in client.stream(counting("block"), Empty()):
            raise ZeroDivisionError

    with SyncChannel(socket_path) as client:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(read, client)
        await numbers.wait_left()


@pytest.mark.parametrize("in_block", [True, False])
async def test_cancelled_reader_stops_the_handler(
    service: Service, server: DaemonServer, socket_path: Path, in_block: bool
) -> None:
    """While it waits for an item that does not come: nothing but the cancel can wake it."""
    entered, left = asyncio.Event(), asyncio.Event()

    async def silent(_params: Any, _context: Any) -> Any:
        entered.set()
        try:
            await asyncio.Event().wait()
            yield 1
        finally:
            left.set()

    async def read(client: Channel) -> None:
        async for _ in client.stream("silent"):
            pass

    async def read_in_block(client: Channel) -> None:
        async with client.stream("silent") as items:
            async for _ in items:
                pass

    service.handler.register("silent", silent)
    async with Channel(socket_path) as client:
        reader = asyncio.create_task(read_in_block(client) if in_block else read(client))
        await asyncio.wait_for(entered.wait(), SECONDS)
        reader.cancel()
        await asyncio.wait([reader])
        assert reader.cancelled()
        del reader  # outside a block the stream lives as long as the traceback of its reader
        await asyncio.wait_for(left.wait(), SECONDS)


async def test_wait_that_is_given_up_leaves_the_stream_as_it_is(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """`asyncio.timeout` around one step loses no item and ends nothing."""
    go_on = asyncio.Event()

    async def hesitant(_params: Any, _context: Any) -> Any:
        for number in range(5):
            yield number
            if number == 1:
                await go_on.wait()

    service.handler.register("hesitant", hesitant)
    async with Channel(socket_path) as client, client.stream("hesitant") as items:
        seen = [await anext(items), await anext(items)]
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(items), 0.01)
        go_on.set()
        assert seen + [item async for item in items] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_stream_that_the_garbage_collector_finds_stops_the_handler(
    service: Service, server: DaemonServer, socket_path: Path, kind: str
) -> None:
    """Nobody can reach it any more, not even by its own count of references."""
    numbers = Numbers(service, "block", None)

    async def open_and_lose() -> None:
        stream: Any = Channel(socket_path).stream(counting("block"), Empty())
        await anext(stream)
        stream.itself = stream

    def open_and_lose_in_a_thread() -> None:
        stream: Any = SyncChannel(socket_path).stream(counting("block"), Empty())
        next(stream)
        stream.itself = stream

    await (open_and_lose() if kind == "async" else asyncio.to_thread(open_and_lose_in_a_thread))
    gc.collect()
    await numbers.wait_left()


async def test_stream_that_is_never_iterated_opens_nothing(socket_path: Path, open_stream: OpenStream) -> None:
    async def serve(peer: RawPeer) -> None:
        await peer.rest()

    async with FakeServer(socket_path, serve) as server:
        dropped = open_stream("count", [3])
        del dropped
        closed = open_stream("count", [3])
        await closed.aclose()
        assert [item async for item in closed] == []
        async with await connect(socket_path):  # is accepted after any that came before
            await until(lambda: server.connections)
        assert server.connections == 1


async def test_server_that_stops_ends_streams_with_its_own_error(
    service: Service, socket_path: Path, open_stream: OpenStream
) -> None:
    """-32094, so that a reader knows why, and that the call had begun."""
    numbers = Numbers(service, "block", None)
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    stream = open_stream(counting("block"), Empty())
    assert await anext(stream) == [0, WIDE]
    stopping = asyncio.create_task(server.stop(grace=SECONDS))
    seen = [0]
    with pytest.raises(ShuttingDownError) as caught:
        await read_on(stream, seen)
    await stopping
    assert numbers.left.is_set()
    assert seen == list(range(len(seen))), "what was sent before the end arrives, without a gap"
    assert (caught.value.code, caught.value.not_started) == (-32094, False)


async def test_leaving_stops_a_handler_that_waits_for_its_reader(
    service: Service, server: DaemonServer, socket_path: Path, open_stream: OpenStream
) -> None:
    """The server reads nothing from a peer that does not read: it must see by other means that it left."""
    numbers = Numbers(service, "block", None)
    stream = open_stream(counting("block"), Empty())
    assert await anext(stream) == [0, WIDE]
    async with Channel(socket_path) as client:
        await writer_rests(client, numbers)
    await stream.aclose()
    await numbers.wait_left()
    await until(lambda: server.statistics()["tasks"] == 0)


async def test_deadline_stops_a_handler_that_waits_for_its_reader(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    numbers = Numbers(service, "block", None)
    async with await connect(socket_path) as late:
        late.pause()
        late.call("numbers", meta={"timeout_ms": 100})
        await numbers.wait_left()
        late.resume()
        seen, end = await items_and_end(late)
    assert seen == list(range(len(seen)))
    assert end["error"]["code"] == -32091


async def test_half_closed_reader_gets_the_whole_stream(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """As `... | nc -U` does."""
    numbers = Numbers(service, "block", 300)
    async with await connect(socket_path) as peer:
        peer.call("numbers")
        peer.half_close()
        seen, end = await items_and_end(peer)
        assert await peer.raw_line() == b""
    assert seen == list(range(300))
    assert numbers.left.is_set()
    assert end["result"] is None


@pytest.mark.parametrize("seed", range(3))
async def test_streams_that_are_left_at_any_moment_leave_nothing(
    service: Service, server: DaemonServer, socket_path: Path, seed: int
) -> None:
    """Before they are open, while they are opened, between two items: by break, error, cancel or timeout."""
    chance = random.Random(seed)
    descriptors = len(os.listdir("/proc/self/fd"))

    async def leave_early(client: Channel) -> None:
        stream = client.stream("endless", [chance.random(), chance.choice((0, 1000, 50_000))])
        steps, way = chance.randint(0, 20), chance.choice(("break", "raise", "close", "late"))
        with suppress(ZeroDivisionError, TimeoutError):
            async with asyncio.timeout(chance.random() * 0.02 if way == "late" else SECONDS):
                async for _ in stream:
                    steps -= 1
                    if steps <= 0 and way != "late":
                        break
            if way == "raise":
                raise ZeroDivisionError
        if way == "close":
            await stream.aclose()

    async with Channel(socket_path) as client:
        readers = [asyncio.create_task(leave_early(client)) for _ in range(150)]
        for reader in chance.sample(readers, 50):
            await asyncio.sleep(0)
            reader.cancel()
        ended = await asyncio.gather(*readers, return_exceptions=True)
        assert {type(end) for end in ended} <= {type(None), asyncio.CancelledError}
        del readers, reader, ended  # with the tracebacks of those who were cancelled, and so with their streams
        gc.collect()
        assert await client.call("echo", [1], timeout=SECONDS) == [1]
    await until(lambda: set(server.statistics().values()) == {0})
    assert service.probe.started == service.probe.finished
    await until(lambda: len(os.listdir("/proc/self/fd")) <= descriptors)


# -- many --------------------------------------------------------------------------------------------------------------
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


async def test_unread_stream_delays_none_of_a_thousand_calls(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 2.19: one stream that nobody read stopped its whole connection."""
    numbers = Numbers(service, "block", None)
    async with Channel(socket_path, pool_size=1) as client, client.stream(counting("block"), Empty()) as items:
        await anext(items)
        for number in range(1000):
            assert await client.call("echo", [number], timeout=SECONDS) == [number]
        assert not numbers.left.is_set()
        assert client.statistics()["connections"] == 1


async def test_unread_stream_of_the_blocking_client_delays_none_of_a_thousand_calls(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    numbers = Numbers(service, "block", None)

    def run() -> None:
        with SyncChannel(socket_path) as client, client.stream(counting("block"), Empty()) as items:
            next(items)
            for number in range(1000):
                assert client.call("echo", [number], timeout=SECONDS) == [number]
            assert not numbers.left.is_set()

    await asyncio.to_thread(run)
    await numbers.wait_left()


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


@pytest.mark.parametrize(("rule", "reads"), [("block", True), ("drop_oldest", False)])
async def test_many_busy_streams_of_one_client_do_not_starve_another(
    service: Service, socket_path: Path, rule: SlowConsumer, reads: bool
) -> None:
    """RULES 2.20, counted in items: 64 streams whose writers never wait leave room for others in each pass."""
    produced = 0

    async def endless(_params: Any, _context: Any) -> Any:
        nonlocal produced
        while True:
            produced += 1
            yield produced

    service.handler.register(counting(rule), endless)
    async with DaemonServer(socket_path, service.handler), await connect(socket_path) as busy:
        reading = asyncio.create_task(busy.rest()) if reads else None
        if not reads:
            busy.pause()
        for number in range(64):
            busy.call("numbers", id_=number)
        async with Channel(socket_path) as client:
            await client.call("echo", [0], timeout=SECONDS)
            await until(lambda: produced > 64 * 64)  # in its first turn no stream knows of the others
            waits: list[int] = []
            for number in range(100):
                before = produced
                assert await client.call("echo", [number], timeout=SECONDS) == [number]
                waits.append(produced - before)
        busy.abort()
        if reading:
            await asyncio.wait([reading])
    assert max(waits) < 64 * 64, "a call takes a few passes of the loop, and so many items would be a single one"


async def test_long_stream_costs_bounded_memory(service: Service, socket_path: Path) -> None:
    """400 MiB go through a process that holds both ends; only a few of them are ever there."""
    numbers = Numbers(service, "block", 50_000)
    seen, base, peak = 0, 0, 0
    async with (
        DaemonServer(socket_path, service.handler),
        Channel(socket_path) as client,
        client.stream(counting("block"), Empty()) as items,
    ):
        async for number, _ in items:
            assert number == seen
            seen += 1
            if seen == 2000:  # whatever is allocated once is there by now
                base = resident_bytes()
            elif seen % 500 == 0:
                peak = max(peak, resident_bytes())
    assert seen == numbers.produced == 50_000
    assert peak - base < 32 * MIB


def resident_bytes() -> int:
    """Memory of this process that is not paged out."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


# -- ends --------------------------------------------------------------------------------------------------------------


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
    service: Service, server: DaemonServer, open_stream: OpenStream
) -> None:
    async def faulty(_params: Any, _context: Any) -> Any:
        yield 1
        raise KeyError("business")

    service.handler.register("faulty", faulty)
    stream = open_stream("faulty")
    assert await anext(stream) == 1
    with pytest.raises(InternalError) as caught:
        await anext(stream)
    assert "business" not in str(caught.value)
    assert [item async for item in stream] == [], "it is over"


async def test_empty_stream_ends_with_its_result(server: DaemonServer, open_stream: OpenStream) -> None:
    stream = open_stream("count", [0])
    assert [item async for item in stream] == []
    assert stream.result is None
