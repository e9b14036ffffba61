import asyncio
import os
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
    DeadlineExceededError,
    InternalError,
    Limits,
    LocalProtocolError,
    Method,
    MethodNotFoundError,
    StreamMethod,
)
from daemonrpc.client_protocol import ClientProtocol
from support.raw import FakeServer, RawPeer
from support.service import HEALTH, Empty, Service
from support.waiting import SECONDS, until


class Nothing(Struct):
    pass


STREAM: StreamMethod[Nothing, int, None] = StreamMethod(
    "count", python_name="count", params=Nothing, item=int, result=None, notification="count"
)
TYPED: Method[Nothing, int] = Method("nothing", python_name="nothing", params=Nothing, result=int)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def server(service: Service, socket_path: Path) -> AsyncIterator[DaemonServer]:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    yield server
    await server.stop(grace=0)


@pytest.fixture
async def channel(server: DaemonServer) -> AsyncIterator[Channel]:
    async with Channel(server.socket_path, timeout=SECONDS) as made:
        yield made


# -- calls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("params", [None, {}, [], [1, "ä"], {"a": None}])
async def test_call_by_name_brings_params_there_and_the_result_back(channel: Channel, params: Any) -> None:
    assert await channel.call("echo", params) == params


async def test_typed_call_decodes_its_result(channel: Channel) -> None:
    assert await channel.call(HEALTH, Empty()) == "ok"


async def test_errors_of_the_server_are_raised(channel: Channel) -> None:
    with pytest.raises(MethodNotFoundError):
        await channel.call("nope")
    with pytest.raises(InternalError):
        await channel.call("fail")


async def test_stream_and_call_are_told_apart_before_anything_is_sent(channel: Channel) -> None:
    with pytest.raises(TypeError, match="is a stream: use stream"):
        await channel.call(STREAM, Nothing())
    with pytest.raises(TypeError, match="is no stream: use call"):
        channel.stream(TYPED, Nothing())  # type: ignore[call-overload]  # that is the point
    assert channel.statistics() == {"connections": 0, "in_flight": 0}


async def test_unsendable_params_leave_the_channel_in_order(channel: Channel) -> None:
    with pytest.raises(LocalProtocolError):
        await channel.call("echo", [float("nan")])
    with pytest.raises(LocalProtocolError):
        await channel.call("echo", ["x" * Limits().line_bytes])
    assert await channel.call("echo", [1]) == [1]
    assert channel.statistics()["in_flight"] == 0


async def test_many_calls_share_one_connection(channel: Channel, server: DaemonServer) -> None:
    assert await asyncio.gather(*(channel.call("echo", [n]) for n in range(60))) == [[n] for n in range(60)]
    assert server.statistics()["connections"] == 1


async def test_pool_is_bounded(server: DaemonServer, service: Service) -> None:
    async with Channel(server.socket_path, pool_size=2, limits=Limits(in_flight=3)) as channel:
        calls = [asyncio.ensure_future(channel.call("hold", [n])) for n in range(20)]
        await until(lambda: sum(service.probe.started.values()) == 6)
        assert channel.statistics() == {"connections": 2, "in_flight": 6}
        service.probe.release.set()
        assert await asyncio.gather(*calls) == [[n] for n in range(20)]


def test_pool_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="pool_size"):
        Channel("x", pool_size=0)


# -- time -------------------------------------------------------------------------------------------------------------


async def test_timeout_is_the_same_error_whoever_notices_first(channel: Channel, service: Service) -> None:
    """The server answers -32091, or our own clock is faster: the caller sees CallTimeoutError either way."""
    for _ in range(5):
        with pytest.raises(CallTimeoutError, match=r"'hold' got no answer within 0.02 s"):
            await channel.call("hold", timeout=0.02)
    await until(lambda: service.probe.cancelled.total() == 5)


async def test_server_that_never_answers_is_no_reason_to_wait_longer(socket_path: Path) -> None:
    async def mute(peer: RawPeer) -> None:
        await peer.rest()

    async with FakeServer(socket_path, mute), Channel(socket_path, timeout=0.05) as channel:
        start = asyncio.get_running_loop().time()
        with pytest.raises(CallTimeoutError):
            await channel.call("m")
        assert asyncio.get_running_loop().time() - start < 1.0


async def test_deadline_that_only_the_server_knows_is_the_servers_error(socket_path: Path) -> None:
    async def late(peer: RawPeer) -> None:
        request = await peer.line()
        assert "meta" not in request
        peer.write_line({"id": request["id"], "error": {"code": -32091, "message": "late"}})
        await peer.rest()

    async with FakeServer(socket_path, late), Channel(socket_path, timeout=None) as channel:
        with pytest.raises(DeadlineExceededError):
            await channel.call("m")


async def test_remaining_time_travels(channel: Channel, service: Service) -> None:
    call = asyncio.ensure_future(channel.call("hold", timeout=2.0))
    await until(lambda: service.probe.contexts)
    remaining = service.probe.contexts[0].remaining
    assert remaining is not None
    assert 1.5 < remaining <= 2.0
    service.probe.release.set()
    await call


async def test_cancelled_task_cancels_the_handler(channel: Channel, service: Service) -> None:
    call = asyncio.ensure_future(channel.call("hold", [1], timeout=None))
    await until(lambda: service.probe.started[1])
    call.cancel()
    await until(lambda: service.probe.cancelled[1])
    await until(lambda: channel.statistics()["in_flight"] == 0)
    assert await channel.call("echo", [2]) == [2]


# -- life of a channel ------------------------------------------------------------------------------------------------


async def test_close_fails_calls_that_wait_and_the_next_call_opens_again(channel: Channel, service: Service) -> None:
    call = asyncio.ensure_future(channel.call("hold", [1]))
    await until(lambda: service.probe.started[1])
    await channel.close()
    with pytest.raises(ConnectionLostError, match="channel was closed"):
        await call
    assert await channel.call("echo", [2]) == [2]


async def test_safe_call_is_not_sent_again_by_a_closed_channel(socket_path: Path) -> None:
    async def mute(peer: RawPeer) -> None:
        await peer.line()
        await peer.rest()

    async with FakeServer(socket_path, mute) as server:
        channel = Channel(socket_path)
        call = asyncio.ensure_future(channel.call(HEALTH, Empty()))
        await until(lambda: channel.statistics()["in_flight"])
        await channel.close()
        with pytest.raises(ConnectionLostError):
            await call
        assert server.connections == 1


async def test_closing_twice_or_unused_is_fine(socket_path: Path) -> None:
    channel = Channel(socket_path)
    await channel.close()
    await channel.close()


def test_channel_serves_one_event_loop_after_the_other(socket_path: Path) -> None:
    channel = Channel(socket_path)

    async def one_life() -> Any:
        async with DaemonServer(socket_path, Service().handler):
            result = await channel.call("echo", [1])
            await channel.close()
            return result

    assert [asyncio.run(one_life()) for _ in range(3)] == [[1]] * 3


def test_channel_that_was_not_closed_in_its_first_loop_still_works_in_the_next(socket_path: Path) -> None:
    """The connection of a loop that is gone is dropped: never "attached to a different loop" (RULES 1b.7)."""
    channel = Channel(socket_path)

    async def one_life() -> Any:
        async with DaemonServer(socket_path, Service().handler):
            result = await channel.call("echo", [1])
        await until(lambda: not channel.statistics()["connections"])  # the server's end closed them
        return result

    assert [asyncio.run(one_life()) for _ in range(2)] == [[1]] * 2


async def test_child_of_a_fork_never_writes_on_its_parents_connection(channel: Channel, server: DaemonServer) -> None:
    assert await channel.call("echo", ["parent"]) == ["parent"]
    loop = asyncio.get_running_loop()
    pid = await loop.run_in_executor(None, _fork_and_call, channel)
    _pid, status = await loop.run_in_executor(None, os.waitpid, pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert await channel.call("echo", ["parent again"]) == ["parent again"]
    assert server.statistics()["connections"] == 1


def _fork_and_call(channel: Channel) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:

        async def call() -> bool:
            async with asyncio.timeout(SECONDS):
                is_right = await channel.call("echo", ["child"]) == ["child"]
                await channel.close()
                return is_right

        os._exit(0 if asyncio.run(call()) else 1)
    finally:
        os._exit(2)


async def test_is_daemon_running(channel: Channel, server: DaemonServer, socket_dir: Path) -> None:
    assert await channel.is_daemon_running()
    assert not await Channel(socket_dir / "nobody").is_daemon_running()


async def test_hung_daemon_is_not_running_after_one_second_not_two(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemonrpc.client.PROBE_SECONDS", 0.2)

    async def mute(peer: RawPeer) -> None:
        await peer.rest()

    async with FakeServer(socket_path, mute) as server, Channel(socket_path) as channel:
        start = asyncio.get_running_loop().time()
        assert not await channel.is_daemon_running()
        assert asyncio.get_running_loop().time() - start < 0.4
        assert server.connections == 1


async def test_nobody_there_is_said_at_once(socket_path: Path) -> None:
    with pytest.raises(DaemonNotRunningError, match=str(socket_path)):
        await Channel(socket_path).call("m")


async def test_another_way_to_reach_the_daemon_can_be_plugged_in(server: DaemonServer) -> None:
    async def connect(protocol: ClientProtocol) -> None:
        await protocol.loop.create_unix_connection(lambda: protocol, str(server.socket_path))

    async with Channel("elsewhere", connector=connect) as channel:
        assert await channel.call("echo", [1]) == [1]


async def test_full_backlog_is_waited_out(socket_path: Path, service: Service) -> None:
    """EAGAIN means that the daemon lives (RULES 2.13): the client connects as soon as there is room."""
    import socket

    listener = socket.socket(socket.AF_UNIX)
    listener.setblocking(False)
    listener.bind(str(socket_path))
    listener.listen(0)
    fillers: list[socket.socket] = []
    while True:
        filler = socket.socket(socket.AF_UNIX)
        filler.setblocking(False)
        fillers.append(filler)
        if filler.connect_ex(str(socket_path)):
            break
    async with Channel(socket_path, timeout=SECONDS) as channel:
        call = asyncio.ensure_future(channel.call("m"))
        await asyncio.sleep(0.03)
        assert not call.done()
        loop = asyncio.get_running_loop()
        answered = False
        while not answered:
            accepted, _ = await loop.sock_accept(listener)
            fillers.append(accepted)
            accepted.setblocking(False)
            await asyncio.sleep(0.05)
            try:
                answered = b'"m"' in accepted.recv(1000)
            except BlockingIOError:
                continue
        accepted.send(b'{"id":1,"result":"at last"}\n')
        assert await call == "at last"
    for sock in (listener, *fillers):
        sock.close()
