import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from daemonrpc import (
    CallTimeoutError,
    Channel,
    ConnectionLostError,
    DaemonNotRunningError,
    DaemonServer,
    MethodNotFoundError,
    RemoteProtocolError,
    RequestHandler,
    StreamMethod,
)
from daemonrpc.stream import HIGH_WATER, HIGH_WATER_BYTES
from support.raw import FakeServer, RawPeer
from support.service import Service
from support.waiting import SECONDS, until


class Empty(Struct):
    pass


class End(Struct, kw_only=True):
    sent: int


NUMBERS: StreamMethod[Empty, int, End] = StreamMethod(
    "numbers", python_name="numbers", params=Empty, item=int, result=End, notification="number"
)


async def consumed(stream: Any, items: list[Any]) -> None:
    """Reads a stream to its end, and keeps what came before a failure."""
    async for item in stream:
        items.append(item)  # noqa: PERF401  # a comprehension would lose them


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def channel(service: Service, socket_path: Path) -> AsyncIterator[Channel]:
    async with DaemonServer(socket_path, service.handler), Channel(socket_path) as made:
        yield made


async def test_items_come_in_order_and_the_result_at_the_end(channel: Channel) -> None:
    stream = channel.stream("count", [2000])
    assert [item async for item in stream] == list(range(2000))
    assert stream.result is None
    assert [item async for item in stream] == []


async def test_empty_stream_is_legal(channel: Channel) -> None:
    assert [item async for item in channel.stream("count", [0])] == []


async def test_stream_opens_with_its_first_item(channel: Channel) -> None:
    channel.stream("count", [1])
    await channel.stream("count", [1]).aclose()
    assert channel.statistics()["connections"] == 0


async def test_typed_stream_ends_with_its_typed_result(socket_path: Path) -> None:
    async def numbers(_params: Empty, _context: Any) -> AsyncIterator[int | End]:
        yield 1
        yield End(sent=1)

    handler = RequestHandler()
    handler.register(NUMBERS, numbers)
    async with DaemonServer(socket_path, handler), Channel(socket_path) as channel:
        stream = channel.stream(NUMBERS, Empty())
        with pytest.raises(RuntimeError, match="has not ended"):
            _ = stream.result
        assert [item async for item in stream] == [1]
        assert stream.result == End(sent=1)


async def test_break_ends_the_stream_on_the_server_at_once(channel: Channel, service: Service) -> None:
    async for _item in channel.stream("endless", ["s"]):
        break
    await until(lambda: service.probe.finished["s"])


async def test_close_of_a_stream_that_is_kept_ends_it_on_the_server(channel: Channel, service: Service) -> None:
    stream = channel.stream("endless", ["s"])
    await anext(stream)
    await stream.aclose()
    await stream.aclose()
    await until(lambda: service.probe.finished["s"])
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    with pytest.raises(RuntimeError, match="has not ended"):
        _ = stream.result


async def test_end_of_a_with_block_ends_the_stream(channel: Channel, service: Service) -> None:
    async with channel.stream("endless", ["s"]) as stream:
        await anext(stream)
    await until(lambda: service.probe.finished["s"])


async def test_dropped_stream_ends_on_the_server(channel: Channel, service: Service) -> None:
    stream = channel.stream("endless", ["s"])
    await anext(stream)
    del stream
    gc.collect()
    await until(lambda: service.probe.finished["s"])


async def test_cancelled_consumer_ends_the_stream_on_the_server(channel: Channel, service: Service) -> None:
    async def consume() -> None:
        async for _item in channel.stream("endless", ["s"]):
            await asyncio.sleep(60)

    task = asyncio.ensure_future(consume())
    await until(lambda: service.probe.started["s"])
    task.cancel()
    await asyncio.wait([task])
    del task
    await until(lambda: service.probe.finished["s"])


async def test_stream_delays_no_call(channel: Channel, service: Service) -> None:
    async with channel.stream("endless", ["s", 1000]) as stream:
        await anext(stream)  # and it is not read any further
        for n in range(20):
            assert await channel.call("echo", [n]) == [n]


async def test_unread_stream_keeps_a_bounded_number_of_items(channel: Channel) -> None:
    async with channel.stream("endless", ["s"]) as stream:
        await anext(stream)
        receiver = stream._receiver
        assert receiver is not None
        await until(lambda: receiver.unread_items >= HIGH_WATER)
        size = receiver.unread_items
        await asyncio.sleep(0.02)
        assert receiver.unread_items == size  # reading has stopped; a read brings what one buffer holds
        assert [(await anext(stream))[0] for _ in range(3 * size)] == list(range(1, 3 * size + 1))


async def test_unread_stream_keeps_a_bounded_number_of_bytes(channel: Channel) -> None:
    size = HIGH_WATER_BYTES // 4
    async with channel.stream("endless", ["s", size]) as stream:
        await anext(stream)
        receiver = stream._receiver
        assert receiver is not None
        await until(lambda: receiver.unread_items >= 4)
        await asyncio.sleep(0.02)
        assert receiver.unread_items <= 6
        assert [(await anext(stream))[0] for _ in range(40)] == list(range(1, 41))


async def test_deadline_covers_the_wait_for_the_first_item_of_a_mute_server(socket_path: Path) -> None:
    async def mute(peer: RawPeer) -> None:
        await peer.rest()

    async with FakeServer(socket_path, mute), Channel(socket_path) as channel:
        start = asyncio.get_running_loop().time()
        with pytest.raises(CallTimeoutError, match=r"deadline of 0.05 s"):
            await anext(channel.stream("m", timeout=0.05))
        assert asyncio.get_running_loop().time() - start < 1.0


async def test_deadline_ends_a_stream_in_the_middle_whoever_notices_first(channel: Channel, service: Service) -> None:
    with pytest.raises(CallTimeoutError):
        await consumed(channel.stream("endless", ["s"], timeout=0.2), [])
    await until(lambda: service.probe.finished["s"] == service.probe.started["s"])


async def test_default_timeout_of_the_channel_is_for_calls_not_for_streams(socket_path: Path, service: Service) -> None:
    loop = asyncio.get_running_loop()
    async with (
        DaemonServer(socket_path, service.handler),
        Channel(socket_path, timeout=0.05) as channel,
        channel.stream("endless", ["s"]) as stream,
    ):
        end = loop.time() + 0.15
        while loop.time() < end:
            await anext(stream)


async def test_errors_end_the_stream(channel: Channel) -> None:
    stream = channel.stream("nope")
    with pytest.raises(MethodNotFoundError):
        await anext(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    with pytest.raises(RuntimeError):
        _ = stream.result


async def test_nobody_there_is_said(socket_path: Path) -> None:
    with pytest.raises(DaemonNotRunningError):
        await anext(Channel(socket_path).stream("m"))


async def serve_and_leave(peer: RawPeer) -> None:
    request = await peer.line()
    peer.write_line({"method": "number", "params": 1, "stream": request["id"]})
    peer.write_line({"method": "number", "params": "two", "stream": request["id"]})


async def test_connection_that_breaks_fails_the_stream_after_its_items(socket_path: Path) -> None:
    async def leave(peer: RawPeer) -> None:
        await serve_and_leave(peer)
        await peer.writer.drain()
        await peer.close()

    async with FakeServer(socket_path, leave), Channel(socket_path) as channel:
        with pytest.raises(ConnectionLostError):
            await consumed(channel.stream("numbers"), items := [])
        assert items == [1, "two"]


async def test_item_that_does_not_fit_the_schema_ends_the_stream(socket_path: Path) -> None:
    async def serve(peer: RawPeer) -> None:
        await serve_and_leave(peer)
        await peer.rest()

    async with FakeServer(socket_path, serve), Channel(socket_path) as channel:
        stream = channel.stream(NUMBERS, Empty())
        assert await anext(stream) == 1
        with pytest.raises(RemoteProtocolError):
            await anext(stream)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_server_without_the_stream_member_is_understood(socket_path: Path) -> None:
    async def reference(peer: RawPeer) -> None:
        request = await peer.line()
        peer.write_line({"jsonrpc": "2.0", "method": "monitor.event", "params": {"n": 1}})
        peer.answer(request, {"sent": 1})
        await peer.rest()

    async with FakeServer(socket_path, reference), Channel(socket_path) as channel:
        assert [item async for item in channel.stream("daemon.monitor.stream")] == [{"n": 1}]


async def test_items_that_wait_are_given_after_the_connection_broke(channel: Channel) -> None:
    stream = channel.stream("count", [100])
    assert await anext(stream) == 0
    async with asyncio.timeout(SECONDS):
        assert [item async for item in stream] == list(range(1, 100))
