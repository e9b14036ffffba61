"""ChannelFor: a client and a server without a socket, and everything else as it really is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from daemonrpc import (
    BusyError,
    CallTimeoutError,
    Channel,
    ConnectionLostError,
    Context,
    InternalError,
    Limits,
    LocalProtocolError,
    MessageTooLargeError,
    Method,
    MethodNotFoundError,
    NotAllowedError,
    Peer,
    RequestHandler,
    StreamMethod,
)
from daemonrpc.testing import ChannelFor
from support.service import ALWAYS, Empty, Service, Tag
from support.waiting import SECONDS, until

MIB = 1024 * 1024

OWNERS: Method[Empty, str] = Method("owners", python_name="owners", params=Empty, result=str, access="owner")
WRONG: Method[Empty, int] = Method("wrong", python_name="wrong", params=Empty, result=int)


async def _wrong(params: Empty, context: Context) -> Any:
    return "no number"


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def channel(service: Service) -> AsyncIterator[Channel]:
    async with ChannelFor(service.handler, Channel) as channel:
        yield channel


class TestCalls:
    @pytest.mark.parametrize("params", [None, [], [1, None], {"a": {"b": "ü"}}])
    async def test_a_call_goes_there_and_back(self, channel: Channel, params: Any) -> None:
        assert await channel.call("echo", params) == params

    async def test_a_typed_call_goes_there_and_back(self, channel: Channel, service: Service) -> None:
        service.probe.release.set()
        assert await channel.call(ALWAYS, Tag("a")) == "a"

    async def test_answers_come_in_any_order(self, channel: Channel, service: Service) -> None:
        slow = asyncio.create_task(channel.call("hold", ["slow"]))
        await until(lambda: service.probe.started["slow"])
        assert await channel.call("echo", [1]) == [1]
        assert not slow.done()
        service.probe.release.set()
        assert await slow == ["slow"]
        assert channel.statistics() == {"connections": 1, "in_flight": 0}

    async def test_errors_arrive(self, channel: Channel) -> None:
        with pytest.raises(MethodNotFoundError):
            await channel.call("nowhere")
        with pytest.raises(InternalError, match="KeyError"):
            await channel.call("fail")
        assert await channel.call("echo", [1]) == [1]

    @pytest.mark.parametrize("size", [1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 3 * MIB])
    async def test_messages_of_every_size_go_both_ways(self, channel: Channel, size: int) -> None:
        text = "x" * size
        assert await channel.call("echo", [text]) == [text]

    async def test_many_big_messages_at_once_keep_their_callers(self, channel: Channel) -> None:
        texts = [str(number) * 200_000 for number in range(20)]
        assert await asyncio.gather(*(channel.call("echo", [text]) for text in texts)) == [[text] for text in texts]

    async def test_a_deadline_ends_the_call_on_both_sides(self, channel: Channel, service: Service) -> None:
        with pytest.raises(CallTimeoutError):
            await channel.call("hold", ["a"], timeout=0.05)
        await until(lambda: service.probe.cancelled["a"] == 1)

    async def test_a_cancelled_task_cancels_the_call(self, channel: Channel, service: Service) -> None:
        task = asyncio.create_task(channel.call("hold", ["a"]))
        await until(lambda: service.probe.started["a"])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: service.probe.cancelled["a"] == 1)

    async def test_a_daemon_is_running(self, channel: Channel) -> None:
        assert await channel.is_daemon_running()


class TestStreams:
    async def test_items_in_order_and_an_end(self, channel: Channel) -> None:
        stream = channel.stream("count", [500])
        assert [item async for item in stream] == list(range(500))
        assert stream.result is None

    async def test_break_ends_it_on_the_server(self, channel: Channel, service: Service) -> None:
        async for item in channel.stream("endless", ["a"]):
            assert item == [0, ""]
            break
        await until(lambda: service.probe.finished["a"] == 1)

    async def test_close_ends_it_on_the_server(self, channel: Channel, service: Service) -> None:
        async with channel.stream("endless", ["a"]) as stream:
            await anext(stream)
        await until(lambda: service.probe.finished["a"] == 1)

    async def test_big_items_arrive_whole(self, channel: Channel) -> None:
        async with channel.stream("endless", ["a", 300_000]) as stream:
            for number in range(5):
                assert await anext(stream) == [number, "x" * 300_000]

    async def test_a_reader_that_does_not_read_stops_the_writer(self) -> None:
        """As a socket does: what is under way is bounded, and nothing is lost when reading goes on."""
        sent = 0

        async def numbers(params: Empty, context: Context) -> AsyncIterator[Any]:
            nonlocal sent
            while True:
                yield [sent, "x" * 10_000]
                sent += 1

        method: StreamMethod[Empty, Any, None] = StreamMethod(
            "numbers", python_name="numbers", params=Empty, result=None, item=Any, notification="number"
        )
        handler = RequestHandler()
        handler.register(method, numbers)
        async with ChannelFor(handler, Channel) as channel, channel.stream(method, Empty()) as stream:
            assert (await anext(stream))[0] == 0
            await until_still(lambda: sent)
            stopped_at = sent
            assert stopped_at < 2000, "20 MB are under way"
            for number in range(1, stopped_at + 100):
                async with asyncio.timeout(SECONDS):
                    assert (await anext(stream))[0] == number
            assert sent > stopped_at


async def until_still(value: Any) -> None:
    """Returns when `value()` has been the same for 200 turns of the loop."""
    async with asyncio.timeout(SECONDS):
        last, turns = value(), 0
        while turns < 200:
            await asyncio.sleep(0)
            turns = turns + 1 if value() == last else 0
            last = value()


class TestLimits:
    async def test_a_request_over_the_limit_is_refused_before_it_is_sent(self, service: Service) -> None:
        async with ChannelFor(service.handler, Channel, limits=Limits(line_bytes=1000)) as channel:
            with pytest.raises(LocalProtocolError, match="1000"):
                await channel.call("echo", ["x" * 1000])
            assert await channel.call("echo", ["x" * 500]) == ["x" * 500]

    async def test_an_answer_over_the_limit_is_an_error(self, service: Service) -> None:
        async with ChannelFor(service.handler, Channel, limits=Limits(line_bytes=1000)) as channel:
            with pytest.raises(MessageTooLargeError):
                await channel.call("big", [1000])

    async def test_slots_bound_the_handlers_that_run(self, service: Service) -> None:
        async with ChannelFor(service.handler, Channel, max_concurrent_requests=2) as channel:
            calls = [asyncio.create_task(channel.call("hold", [n])) for n in range(4)]
            await until(lambda: sum(service.probe.started.values()) == 2)
            assert await channel.call("health", {}) == "ok"
            assert sum(service.probe.started.values()) == 2
            service.probe.release.set()
            assert await asyncio.gather(*calls) == [[n] for n in range(4)]

    async def test_a_full_queue_is_told(self, service: Service) -> None:
        limits = Limits(queued_requests=0)
        async with ChannelFor(service.handler, Channel, max_concurrent_requests=1, limits=limits) as channel:
            first = asyncio.create_task(channel.call("hold", ["a"]))
            await until(lambda: service.probe.started["a"])
            with pytest.raises(BusyError):
                await channel.call("hold", ["b"])
            service.probe.release.set()
            await first


class TestSurroundings:
    async def test_the_caller_is_who_the_test_says(self, service: Service) -> None:
        stranger = Peer(uid=4711, gid=4711, pid=1)
        seen: list[Peer] = []
        handler = RequestHandler()
        handler.register("who", lambda _params, context: seen.append(context.peer))
        async with ChannelFor(handler, Channel, peer=stranger) as channel:
            await channel.call("who")
        assert seen == [stranger]

    async def test_by_default_the_caller_owns_the_daemon(self, channel: Channel, service: Service) -> None:
        service.probe.release.set()
        await channel.call("hold", ["a"])
        assert "owner" in service.probe.contexts[0].peer.access

    async def test_the_end_of_the_block_ends_calls_on_both_sides(self, service: Service) -> None:
        async with ChannelFor(service.handler, Channel) as channel:
            call = asyncio.create_task(channel.call("hold", ["a"]))
            await until(lambda: service.probe.started["a"])
        assert service.probe.cancelled["a"] == 1
        with pytest.raises(ConnectionLostError):
            await call

    async def test_one_handler_serves_several_channels(self, service: Service) -> None:
        async with ChannelFor(service.handler, Channel) as one, ChannelFor(service.handler, Channel) as other:
            assert await one.call("echo", [1]) == [1]
            assert await other.call("echo", [2]) == [2]

    async def test_what_a_typed_handler_returns_is_held_against_its_schema(self) -> None:
        handler = RequestHandler()
        handler.register(WRONG, _wrong)
        async with ChannelFor(handler, Channel) as channel:
            with pytest.raises(InternalError, match="does not fit the schema"):
                await channel.call(WRONG, Empty())

    async def test_access_is_enforced(self) -> None:
        handler = RequestHandler()
        handler.register(OWNERS, lambda _params, _context: "ok")
        async with ChannelFor(handler, Channel, peer=Peer(uid=4711, gid=4711, pid=1)) as channel:
            with pytest.raises(NotAllowedError):
                await channel.call(OWNERS, Empty())
