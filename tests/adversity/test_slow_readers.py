"""Readers that are slower than the writers of their streams: the rules of the schema and their cost (RULES 2.18)."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer, Limits, RpcError, StreamLaggedError, StreamMethod
from daemonrpc.method import SlowConsumer
from support.raw import connect
from support.recorder import Recorder
from support.service import Empty, Service
from support.streams import MIB, WIDE, Numbers, counting, items_and_end, read_on, writer_rests
from support.waiting import SECONDS, until

OpenStream = Callable[..., Any]
RULES: tuple[SlowConsumer, ...] = ("block", "drop_oldest", "disconnect")


async def test_block_waits_for_the_reader_and_loses_nothing(
    service: Service, socket_path: Path, open_stream: OpenStream
) -> None:
    numbers = Numbers(service, "block", 2000)
    async with DaemonServer(socket_path, service.handler), Channel(socket_path) as client:
        stream = open_stream(counting("block"), Empty())
        assert await anext(stream) == [0, WIDE]
        await writer_rests(client, numbers)
        assert numbers.produced < 1000, "the writer waits"
        seen = [number async for number, _ in stream]
    assert seen == list(range(1, 2000))


async def test_drop_oldest_keeps_the_newest_and_drops_not_one_too_many(service: Service, socket_path: Path) -> None:
    """A reader that stops has what the kernel took, then the newest: one gap, exactly as wide as it must be."""
    numbers, recorder = Numbers(service, "drop_oldest", 1000), Recorder()
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(stream_items=10), observers=[recorder]),
        await connect(socket_path) as late,
    ):
        late.pause()
        late.call("numbers")
        await numbers.wait_left()
        late.resume()
        seen, end = await items_and_end(late)
    taken = len(seen) - 10
    assert seen == [*range(taken), *range(990, 1000)]
    assert end == {"jsonrpc": "2.0", "id": 1, "result": None}
    (record,) = recorder.of("numbers")
    assert (record.items, record.dropped) == (len(seen), 1000 - len(seen)), "and what is counted is what was dropped"


async def test_disconnect_ends_the_stream_at_the_first_item_too_many(service: Service, socket_path: Path) -> None:
    numbers = Numbers(service, "disconnect", 1000)
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(stream_items=10)),
        await connect(socket_path) as late,
    ):
        late.pause()
        late.call("numbers")
        await numbers.wait_left()
        late.resume()
        seen, end = await items_and_end(late)
    assert seen == list(range(len(seen))), "without a gap up to the end"
    assert numbers.produced == len(seen) + 11, "ten may be kept, the eleventh is too many"
    assert end["error"]["code"] == StreamLaggedError.code == -32095


async def test_slow_reader_of_drop_oldest_sees_the_newest_in_order(
    service: Service, socket_path: Path, open_stream: OpenStream
) -> None:
    numbers = Numbers(service, "drop_oldest", 2000)
    async with DaemonServer(socket_path, service.handler, limits=Limits(stream_items=10)):
        stream = open_stream(counting("drop_oldest"), Empty())
        assert await anext(stream) == [0, WIDE]
        await numbers.wait_left()
        seen = [0] + [number async for number, _ in stream]
    assert seen == sorted(set(seen)), "in order, none twice"
    assert len(seen) < 2000
    assert seen[-10:] == list(range(1990, 2000)), "the newest are kept"
    assert stream.result is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize("rule", ["drop_oldest", "disconnect"])
async def test_end_waits_for_a_slow_reader_of_much_that_is_kept(
    service: Service, socket_path: Path, open_stream: OpenStream, rule: SlowConsumer
) -> None:
    """More is kept than one write takes: the server waits for the reader again and again, and serves others."""
    numbers = Numbers(service, rule, 700)
    async with DaemonServer(socket_path, service.handler), Channel(socket_path) as client:
        stream = open_stream(counting(rule), Empty())
        assert await anext(stream) == [0, WIDE]
        await numbers.wait_left()
        assert await client.call("echo", [1], timeout=SECONDS) == [1]
        assert [number async for number, _ in stream] == list(range(1, 700))
    assert stream.result is None


async def test_slow_reader_of_disconnect_hears_that_it_lagged(
    service: Service, socket_path: Path, open_stream: OpenStream
) -> None:
    numbers = Numbers(service, "disconnect", 2000)
    async with DaemonServer(socket_path, service.handler, limits=Limits(stream_items=10)) as server:
        stream = open_stream(counting("disconnect"), Empty())
        assert await anext(stream) == [0, WIDE]
        await numbers.wait_left()
        seen = [0]
        with pytest.raises(StreamLaggedError) as caught:
            await read_on(stream, seen)
        assert (caught.value.code, caught.value.is_received) == (-32095, True)
        assert seen == list(range(len(seen))), "without a gap up to the end"
        assert numbers.produced == len(seen) + 11
        await until(lambda: server.statistics()["tasks"] == 0)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("rule", ["block", "drop_oldest", "disconnect"])
async def test_error_comes_after_every_item_before_it(
    service: Service, socket_path: Path, open_stream: OpenStream, rule: SlowConsumer
) -> None:
    """Also after those that were kept for a slow reader: an error is no reason to lose what was not too much."""
    numbers = Numbers(service, rule, 700, fails=True)
    async with DaemonServer(socket_path, service.handler):
        stream = open_stream(counting(rule), Empty())
        assert await anext(stream) == [0, WIDE]
        if rule != "block":
            await numbers.wait_left()
        seen = [0]
        with pytest.raises(RpcError, match="enough") as caught:
            await read_on(stream, seen)
    assert seen == list(range(700))
    assert (caught.value.code, caught.value.data) == (1001, {"after": 700})


@pytest.mark.parametrize("rule", ["block", "drop_oldest"])
async def test_what_streams_have_at_hand_for_slow_readers_counts_as_unread(
    service: Service, socket_path: Path, rule: SlowConsumer
) -> None:
    """Also the one item with which a blocked stream waits: 64 streams of a connection have 64 of them."""
    large, all_are_open = "x" * MIB, asyncio.Event()

    async def items(_params: Any, _context: Any) -> Any:
        await all_are_open.wait()
        for _ in range(3):
            yield large
        await asyncio.Event().wait()

    service.handler.register(counting(rule), items)
    limits = Limits(send_bytes=32 * MIB)
    async with DaemonServer(socket_path, service.handler, limits=limits) as server:
        few = await connect(socket_path)
        few.pause()
        few.call("numbers")
        await until(lambda: server.statistics()["tasks"] == 1)
        many = await connect(socket_path)
        many.pause()
        for number in range(64):
            many.call("numbers", id_=number)
        await until(lambda: server.statistics()["tasks"] == 65)
        all_are_open.set()
        await until(lambda: server.statistics() == {"connections": 1, "tasks": 1, "running": 0, "waiting": 0})
        few.resume()
        for _ in range(3):
            assert (await few.line())["params"] == large
        few.abort()
        many.abort()


async def test_unread_stream_of_large_items_is_read_ahead_only_so_far(service: Service, socket_path: Path) -> None:
    """The client's own memory is bounded in bytes, not only in items."""
    produced = 0

    async def large(_params: Any, _context: Any) -> Any:
        nonlocal produced
        while True:
            produced += 1
            yield "x" * MIB

    service.handler.register("large", large)
    async with (
        DaemonServer(socket_path, service.handler),
        Channel(socket_path) as client,
        client.stream("large") as items,
    ):
        await anext(items)
        before = -1
        while before != produced:
            before = produced
            for _ in range(20):
                assert await client.call("echo", [1], timeout=SECONDS) == [1]
        assert produced <= 64


@pytest.mark.parametrize("seed", range(6))
async def test_rules_hold_whatever_a_reader_does(service: Service, socket_path: Path, seed: int) -> None:
    """Three streams, one of each rule, on one connection that is read by fits and starts, and calls between them."""
    chance, pauses = random.Random(seed), (0.0, 0.01, 0.1)[seed % 3]
    most, kept = 600, 40
    for rule in RULES:
        service.handler.register(_sized(rule), _numbers_of_sizes(random.Random(seed), most))
    limits, recorder = Limits(stream_items=kept), Recorder()
    async with (
        DaemonServer(socket_path, service.handler, limits=limits, observers=[recorder]) as server,
        Channel(socket_path) as other,
        await connect(socket_path) as peer,
    ):
        for rule in RULES:
            peer.call(rule, id_=rule)
        seen: dict[str, list[int]] = {rule: [] for rule in RULES}
        ends: dict[str, Any] = {}
        called = 0
        while len(ends) < len(RULES):
            if chance.random() < pauses:
                peer.pause()
                for _ in range(chance.randint(1, 30)):
                    assert await other.call("echo", [1], timeout=SECONDS) == [1]
                peer.resume()
                called += 1
                peer.call("echo", [called], id_=called)
            message = await peer.line()
            if "params" in message:
                seen[message["stream"]].append(message["params"][0])
            elif message["id"] in RULES:
                ends[message["id"]] = message
        await until(lambda: server.statistics()["tasks"] == 0)
    assert seen["block"] == list(range(most))
    assert seen["drop_oldest"] == sorted(set(seen["drop_oldest"]))
    assert seen["drop_oldest"][-kept:] == list(range(most - kept, most))
    assert seen["disconnect"] == list(range(len(seen["disconnect"])))
    assert all("result" in ends[rule] for rule in ("block", "drop_oldest"))
    counted = {rule: (recorder.of(rule)[0].items, recorder.of(rule)[0].dropped) for rule in ("block", "drop_oldest")}
    dropped = most - len(seen["drop_oldest"])
    assert counted == {"block": (most, 0), "drop_oldest": (most - dropped, dropped)}
    if "error" in ends["disconnect"]:
        assert ends["disconnect"]["error"]["code"] == StreamLaggedError.code
    else:
        assert len(seen["disconnect"]) == most


@pytest.mark.parametrize("seed", range(4))
async def test_each_stream_ends_once_and_nothing_comes_after_its_end(
    service: Service, socket_path: Path, seed: int
) -> None:
    """Whatever ends it first: its writer, a cancel, a deadline, its rule; and whether it is read just then or not."""
    chance = random.Random(seed)
    for rule in RULES:
        service.handler.register(_sized(rule), _numbers_of_sizes(random.Random(seed), 200))
    limits = Limits(stream_items=20)
    ends: dict[int, Any] = {}
    async with (
        DaemonServer(socket_path, service.handler, limits=limits) as server,
        Channel(socket_path) as other,
        await connect(socket_path) as peer,
    ):
        for number in range(40):
            meta = {"timeout_ms": chance.randint(1, 100)} if chance.random() < 0.3 else {}
            peer.call(chance.choice(RULES), id_=number, meta=meta)
        open_ones = set(range(40))
        while open_ones:
            if chance.random() < 0.05:
                peer.pause()
                for _ in range(chance.randint(1, 20)):
                    assert await other.call("echo", [1], timeout=SECONDS) == [1]
                peer.resume()
            if chance.random() < 0.02:
                peer.notify("rpc.cancel", {"id": chance.randrange(40)})
            message = await peer.line()
            if "params" in message:
                assert message["stream"] in open_ones
            else:
                assert message["id"] not in ends
                ends[message["id"]] = message
                open_ones.discard(message["id"])
        peer.call("echo", ["last"], id_="last")
        assert (await peer.line())["id"] == "last"
        await until(lambda: server.statistics()["tasks"] == 0)
    codes = {end["error"]["code"] if "error" in end else None for end in ends.values()}
    assert codes <= {None, -32800, -32091, -32095}


def _sized(rule: SlowConsumer) -> StreamMethod[Empty, Any, Any]:
    return StreamMethod(
        rule, python_name=rule, params=Empty, item=Any, result=Any, notification="number", slow_consumer=rule
    )


def _numbers_of_sizes(chance: random.Random, most: int) -> Callable[[Any, Any], Any]:
    async def numbers(_params: Any, _context: Any) -> Any:
        for number in range(most):
            if chance.random() < 0.3:
                await asyncio.sleep(0)
            yield [number, "x" * chance.choice((0, 100, 100, 1000, 20_000))]

    return numbers
