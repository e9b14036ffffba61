"""`stop` ends in time, whatever clients and handlers do (RULES 1.22, 2.2)."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer
from support.raw import RawPeer, connect
from support.service import ALWAYS, Service, Tag
from support.waiting import until

GRACE = 0.1
SLACK = 0.5


@asynccontextmanager
async def stopping(server: DaemonServer) -> AsyncIterator[None]:
    """The body must end within the grace and half a second after the stop that it begins with."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    stop = asyncio.create_task(server.stop(GRACE))
    yield
    await stop
    assert loop.time() - begin < GRACE + SLACK


async def busy(peer: RawPeer, service: Service) -> None:
    peer.call("hold", ["a"])
    await until(lambda: service.probe.started["a"])


async def idle(_peer: RawPeer, _service: Service) -> None:
    return


async def half_closed(peer: RawPeer, service: Service) -> None:
    await busy(peer, service)
    peer.half_close()


async def never_reading(peer: RawPeer, service: Service) -> None:
    peer.pause()
    for number in range(100):
        peer.call("big", [100_000], id_=number)
    peer.call("mark", ["sent"])
    await asyncio.sleep(0)


async def in_a_partial_line(peer: RawPeer, _service: Service) -> None:
    peer.write(b'{"jsonrpc":')
    await asyncio.sleep(0)


async def in_a_stream(peer: RawPeer, service: Service) -> None:
    peer.pause()
    peer.call("endless", ["a", 8192])
    await until(lambda: service.probe.started["a"])


@pytest.mark.parametrize("client", [idle, busy, half_closed, never_reading, in_a_partial_line, in_a_stream])
async def test_stop_ends_within_its_grace_whatever_a_client_does(
    service: Service, server: DaemonServer, socket_path: Path, client: Any
) -> None:
    """RULES 1.22: with one idle client it hung for ever on Python 3.12."""
    async with await connect(socket_path) as peer:
        await until(lambda: server.statistics()["connections"] == 1)
        await client(peer, service)
        async with stopping(server):
            pass
        assert server.statistics() == {"connections": 0, "tasks": 0, "running": 0, "waiting": 0}
        assert not socket_path.exists()


FLOOD = """
import socket, sys
while True:
    with socket.socket(socket.AF_UNIX) as client:
        if client.connect_ex(sys.argv[1]):
            break
"""


@contextlib.contextmanager
def connection_floods(path: Path, number: int) -> Iterator[None]:
    """Processes that do nothing but connect and leave."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            flood = stack.enter_context(subprocess.Popen([sys.executable, "-c", FLOOD, path]))
            stack.callback(flood.kill)
        yield


async def test_stop_ends_within_its_grace_while_clients_connect_again_and_again(
    server: DaemonServer, socket_path: Path
) -> None:
    """Those who have connected when it begins are let in and told; it does not wait until nobody comes any more."""
    with connection_floods(socket_path, 4):
        await until(lambda: server.statistics()["connections"])
        async with stopping(server):
            pass


async def test_clients_that_have_connected_when_the_server_stops_are_told(
    server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as first:
        await until(lambda: server.statistics()["connections"] == 1)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(200)]
            for client in clients:
                client.connect(str(socket_path))
                client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}\n')
            async with stopping(server):
                pass
            for client in clients:
                assert b'"code":-32094' in client.recv(65536), "not started, and told so"
        assert await first.rest() == b""


async def test_stop_with_an_idle_client_takes_no_grace_at_all(server: DaemonServer, socket_path: Path) -> None:
    async with await connect(socket_path) as peer:
        async with asyncio.timeout(2):
            await server.stop(grace=60)
        assert await peer.rest() == b""


async def test_handler_that_swallows_its_cancel_does_not_hold_up_stop(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    started, release, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stubborn(_params: Any, _context: Any) -> None:
        started.set()
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        ended.set()

    service.handler.register("stubborn", stubborn)
    async with await connect(socket_path) as peer:
        peer.call("stubborn")
        await started.wait()
        async with stopping(server):
            pass
        assert await peer.rest() == b""
    release.set()
    await ended.wait()


async def test_call_that_ends_within_the_grace_is_answered(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer:
        await busy(peer, service)
        stop = asyncio.create_task(server.stop(grace=30))
        await asyncio.sleep(0)
        service.probe.release.set()
        assert (await peer.line())["result"] == ["a"]
        await asyncio.wait_for(stop, 2)


async def test_call_that_does_not_end_hears_that_it_had_started(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer:
        await busy(peer, service)
        async with stopping(server):
            error = (await peer.line())["error"]
        assert (error["code"], error["data"]) == (-32094, {"started": True})


async def test_new_calls_meanwhile_hear_that_they_did_not_start(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer, await connect(socket_path) as other:
        await busy(peer, service)
        async with stopping(server):
            await asyncio.sleep(0)
            for caller in (peer, other):
                caller.call("mark", ["new"], id_="new")
                answer = await caller.line()
                assert (answer["id"], answer["error"]["code"]) == ("new", -32094)
                assert answer["error"]["data"] == {"started": False}
    assert not service.probe.started["new"]


async def test_call_that_waits_for_a_slot_hears_that_it_did_not_start(service: Service, socket_path: Path) -> None:
    server = DaemonServer(socket_path, service.handler, max_concurrent_requests=1)
    await server.start()
    async with await connect(socket_path) as peer:
        await busy(peer, service)
        peer.call("hold", ["b"], id_=2)
        await until(lambda: server.statistics()["waiting"] == 1)
        async with stopping(server):
            answers = {answer["id"]: answer["error"] for answer in [await peer.line(), await peer.line()]}
    assert answers[2]["data"] == {"started": False}
    assert answers[1]["data"] == {"started": True}
    assert not service.probe.started["b"]


async def test_health_is_answered_while_the_daemon_stops(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer:
        await busy(peer, service)
        async with stopping(server):
            await asyncio.sleep(0)
            peer.call("health", {}, id_="health")
            assert await peer.line() == {"jsonrpc": "2.0", "id": "health", "result": "ok"}


async def test_client_that_connects_just_before_the_stop_is_not_left_in_silence(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    peers = [await connect(socket_path) for _ in range(20)]
    for peer in peers:
        peer.call("mark", ["late"])
    async with stopping(server):
        rests = await asyncio.gather(*(peer.rest() for peer in peers))
    assert all(rest.endswith(b"\n") for rest in rests)
    for peer in peers:
        await peer.close()


async def test_stop_twice_and_start_again(service: Service, server: DaemonServer, socket_path: Path) -> None:
    await asyncio.gather(server.stop(grace=1), server.stop(grace=1))
    await server.stop()
    await server.start()
    async with Channel(socket_path) as client:
        service.probe.release.set()
        assert await client.call(ALWAYS, Tag("a")) == "a"
