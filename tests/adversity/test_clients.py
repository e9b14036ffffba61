"""Clients in the situations that break clients (RULES 1.7, 1.23, 2.6, 2.13, 2.25)."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import BusyError, CallTimeoutError, Channel, DaemonServer, Limits, MessageTooLargeError, SyncChannel
from support.callers import OpenCaller
from support.raw import FakeServer, RawPeer, connect
from support.service import Service
from support.waiting import SECONDS, until


class LoopServer:
    """A server in a thread with an event loop of its own."""

    def __init__(self, path: Path) -> None:
        self.service = Service()
        self._path = path
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._ready = threading.Event()

    def __enter__(self) -> Service:
        self._thread.start()
        assert self._ready.wait(SECONDS)
        return self.service

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        server = DaemonServer(self._path, self.service.handler)
        await server.start()
        self._ready.set()
        await self._end.wait()
        await server.stop(grace=0)


@pytest.fixture
def loop_server(socket_path: Path) -> Iterator[Service]:
    with LoopServer(socket_path) as service:
        yield service


def test_channel_works_in_a_second_event_loop(loop_server: Service, socket_path: Path) -> None:
    """RULES 1.7: "attached to a different loop", and the broken connection went back to the pool."""
    client = Channel(socket_path)

    async def use(number: int) -> Any:
        answer = await client.call("echo", [number])
        await client.close()
        return answer

    assert [asyncio.run(use(number)) for number in range(3)] == [[0], [1], [2]]


FORKS = """
import asyncio, os, sys, warnings
from daemonrpc import Channel, SyncChannel
warnings.simplefilter("ignore")  # the child drops what belongs to its parent
path, kind = sys.argv[1:]
channel = SyncChannel(path) if kind == "sync" else Channel(path)

def use(tag):
    if kind == "sync":
        assert channel.call("mark", [tag], timeout=5) == [tag]
        return
    async def call():
        for _ in range(20):
            assert await channel.call("mark", [tag], timeout=5) == [tag]
    runner.run(call())

runner = asyncio.Runner()
use("parent")
if kind == "sync":
    channel._lock.acquire()  # as a thread may that the child will not have
child = os.fork()
if kind == "sync" and child:
    channel._lock.release()
if child == 0:
    runner = asyncio.Runner()
    try:
        use("child")
        os._exit(0)
    except BaseException as error:
        print(repr(error), flush=True)
        os._exit(1)
use("parent again")
assert os.waitpid(child, 0)[1] == 0
use("parent after its child")
print("fine")
"""


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_channel_works_on_both_sides_of_a_fork(loop_server: Service, socket_path: Path, kind: str) -> None:
    """RULES 2.25: a child never writes on a connection of its parent."""
    command = [sys.executable, "-c", FORKS, str(socket_path), kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout.strip() == "fine", done.stdout + done.stderr
    assert loop_server.probe.started["child"] == (1 if kind == "sync" else 20)


async def test_callers_beyond_one_connections_capacity_are_served_in_order(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 2.6: of 64 callers 8 were ever served."""
    order: list[int] = []

    async def caller(client: Channel, number: int) -> None:
        for _ in range(5):
            assert await client.call("sleep", [0, number]) == [0, number]
            order.append(number)

    async with Channel(socket_path, pool_size=1, limits=Limits(in_flight=8)) as client:
        await asyncio.gather(*(caller(client, number) for number in range(64)))
        assert client.statistics() == {"connections": 1, "in_flight": 0}
    assert sorted(order[:64]) == list(range(64)), "everybody once before anybody twice"


async def test_hung_daemon_is_not_running_within_about_a_second(client_of: OpenCaller, socket_path: Path) -> None:
    """RULES 1.23: the probe was retried, 60 s at the default."""

    async def serve(peer: RawPeer) -> None:
        await peer.rest()

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        loop = asyncio.get_running_loop()
        begin = loop.time()
        assert not await client.is_daemon_running()
        assert loop.time() - begin < 1.8
        await client.close()


async def test_nobody_there_is_not_running(client_of: OpenCaller, socket_path: Path) -> None:
    assert not await client_of(socket_path).is_daemon_running()


def full_listener(path: Path) -> tuple[socket.socket, list[socket.socket]]:
    """A daemon that lives and accepts nobody, and the clients that fill its backlog."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.fspath(path))
    listener.listen(0)
    fillers = []
    while True:
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)
        fillers.append(sock)
        if sock.connect_ex(os.fspath(path)):
            return listener, fillers


async def test_full_backlog_means_alive_and_the_call_waits_and_then_works(
    client_of: OpenCaller, service: Service, socket_path: Path
) -> None:
    """RULES 2.13: asyncio reports success, and the error comes at the first write."""
    listener, fillers = full_listener(socket_path)
    try:
        call = asyncio.create_task(client_of(socket_path).call("echo", ["late"], timeout=SECONDS))
        done, _ = await asyncio.wait([call], timeout=0.05)
        assert not done, "it waits"
    finally:
        for sock in fillers:
            sock.close()
    listener.setblocking(False)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        while True:
            sock, _ = await loop.sock_accept(listener)
            with sock:
                sock.setblocking(False)
                if await loop.sock_recv(sock, 4096):
                    await loop.sock_sendall(sock, b'{"jsonrpc":"2.0","id":1,"result":["late"]}\n')
                    await until(call.done)

    serving = asyncio.create_task(serve())
    try:
        assert await call == ["late"]
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        listener.close()


async def test_backlog_that_stays_full_ends_at_the_deadline(client_of: OpenCaller, socket_path: Path) -> None:
    listener, fillers = full_listener(socket_path)
    try:
        with pytest.raises(CallTimeoutError):
            await client_of(socket_path).call("echo", ["never"], timeout=0.1)
    finally:
        for sock in [listener, *fillers]:
            sock.close()


def test_threads_share_a_blocking_client(loop_server: Service, socket_path: Path) -> None:
    wrong: list[Any] = []

    def work(client: SyncChannel, thread: int) -> None:
        for number in range(50):
            answer = client.call("echo", [thread, number], timeout=SECONDS)
            if answer != [thread, number]:
                wrong.append(answer)

    with SyncChannel(socket_path, pool_size=2) as client:
        threads = [threading.Thread(target=work, args=(client, number)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
            assert not thread.is_alive()
    assert not wrong


# -- refused by a real server -----------------------------------------------------------------------------------------


async def test_line_that_the_server_finds_too_long_is_the_error_of_its_call_alone(
    client_of: OpenCaller, service: Service, socket_path: Path
) -> None:
    """The server cannot say which call it was; the client knows which of its lines are so long."""
    async with DaemonServer(socket_path, service.handler, limits=Limits(line_bytes=2000)):
        client = client_of(socket_path)
        calls = [client.call("echo", [number, "x" * (5000 if number == 7 else 10)]) for number in range(20)]
        held = asyncio.create_task(client.call("hold", ["a"]))
        results = await asyncio.gather(*calls, return_exceptions=True)
        refused = results.pop(7)
        assert isinstance(refused, MessageTooLargeError)
        assert refused.detail("limit") == 2000
        assert [result[0] for result in results if isinstance(result, list)] == [*range(7), *range(8, 20)]
        service.probe.release.set()
        assert await held == ["a"], "its neighbours notice nothing"


async def test_call_to_a_full_daemon_waits_for_a_place_and_runs_once(
    client_of: OpenCaller, service: Service, socket_path: Path
) -> None:
    async with DaemonServer(socket_path, service.handler, max_connections=1):
        async with await connect(socket_path) as first:
            first.call("echo", [1])
            await first.line()
            client = client_of(socket_path, limits=Limits(in_flight=8))
            call = asyncio.create_task(client.call("mark", ["a"], timeout=SECONDS))
            await asyncio.sleep(0.02)
            assert not call.done()
        assert await call == ["a"]
        await client.close()
    assert service.probe.started["a"] == 1


async def test_burst_at_a_full_daemon_is_refused_as_not_started_and_runs_once(
    service: Service, socket_path: Path
) -> None:
    """Ten calls wait on the connection that is refused: nothing of it was read, so each may be sent again."""
    async with DaemonServer(socket_path, service.handler, max_connections=1), Channel(socket_path) as client:
        async with await connect(socket_path) as first:
            first.call("echo", [1])
            await first.line()
            calls = [asyncio.create_task(client.call("mark", [number], timeout=SECONDS)) for number in range(10)]
            await asyncio.sleep(0.02)
            assert not any(call.done() for call in calls)
        assert await asyncio.gather(*calls) == [[number] for number in range(10)]
    assert set(service.probe.started.values()) == {1}


async def test_line_for_which_the_server_has_no_room_is_the_error_of_its_call_alone(
    client_of: OpenCaller, service: Service, socket_path: Path
) -> None:
    """Lines up to 64 KiB always have room, so that a long one among short ones can be told."""
    async with DaemonServer(socket_path, service.handler, limits=Limits(receive_bytes=1024)):
        client = client_of(socket_path)
        held = asyncio.create_task(client.call("hold", ["a"]))
        await until(lambda: service.probe.started["a"])
        with pytest.raises(BusyError) as refused:
            await client.call("mark", ["b", "x" * 1_000_000], timeout=SECONDS)
        assert refused.value.not_started
        assert await client.call("mark", ["c"]) == ["c"]
        service.probe.release.set()
        assert await held == ["a"], "its neighbours notice nothing"
        assert (service.probe.started["b"], service.probe.started["c"]) == (0, 1)
