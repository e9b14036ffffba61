"""A client that is not let in hears why, whenever it writes: before it is accepted, as it is refused, or after."""

import asyncio
import json
import random
import socket
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import BusyError, DaemonServer, refusal
from support.callers import OpenCaller
from support.raw import RawPeer, connect
from support.service import Service
from support.waiting import SECONDS, until

REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"mark","params":["refused"]}\n'


@pytest.fixture
async def full(service: Service, socket_path: Path) -> AsyncIterator[DaemonServer]:
    """A server that has all its connections."""
    async with DaemonServer(socket_path, service.handler, max_connections=1) as server, await connect(socket_path):
        await until(lambda: server.statistics()["connections"] == 1)
        yield server


def is_refusal(line: bytes) -> bool:
    answer = json.loads(line)
    assert answer["id"] is None
    assert answer["error"]["data"].items() >= {"started": False, "retry_after_ms": 100}.items()
    return bool(answer["error"]["code"] == -32090)


def write_then_read(path: Path, pause: float) -> bytes:
    """What a client hears that writes first, a moment after it has connected; writing must not fail."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(SECONDS)
        sock.connect(str(path))
        time.sleep(pause)
        sock.sendall(REQUEST)
        heard = b""
        while part := sock.recv(65536):
            heard += part
    return heard


async def test_client_that_writes_before_it_reads_hears_the_refusal(
    full: DaemonServer, service: Service, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment of its write moves over that of the refusal. On a busy machine it may come much later than asked."""
    monkeypatch.setattr(refusal, "LINGER_SECONDS", SECONDS)
    chance = random.Random(1)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(16) as threads:
        clients = [
            loop.run_in_executor(threads, write_then_read, socket_path, chance.choice([0.0, 0.0005, 0.002, 0.01]))
            for _ in range(300)
        ]
        heard = await asyncio.gather(*clients, return_exceptions=True)  # threads that failed must not keep the rest
    assert {type(line) for line in heard} == {bytes}, "no write failed"
    assert all(is_refusal(line) for line in heard if isinstance(line, bytes))
    assert not service.probe.started
    assert full.statistics()["connections"] == 1


async def test_our_clients_hear_the_refusal_however_many_there_are(
    full: DaemonServer, service: Service, socket_path: Path, client_of: OpenCaller
) -> None:
    """Never ConnectionLostError: it would say that the call may have run."""
    clients = [client_of(socket_path) for _ in range(40)]
    outcomes = await asyncio.gather(*(client.call("mark", ["x"]) for client in clients), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {BusyError}
    assert not service.probe.started


async def test_refused_client_that_stays_is_left_in_the_end(full: DaemonServer, socket_path: Path) -> None:
    """Its descriptor is not the server's for longer than it takes to say why."""
    peers = [await connect(socket_path) for _ in range(20)]
    for peer in peers:
        assert is_refusal(await peer.raw_line())
    for peer in peers:
        await until(lambda peer=peer: _fails_to_write(peer))  # type: ignore[misc]
        await peer.close()


def _fails_to_write(peer: RawPeer) -> bool:
    sock: Any = peer.writer.get_extra_info("socket")
    try:
        sock._sock.send(b"\n")
    except (BrokenPipeError, BlockingIOError) as error:
        return isinstance(error, BrokenPipeError)
    return False


async def test_refused_client_that_sends_without_end_is_left_in_the_end(full: DaemonServer, socket_path: Path) -> None:
    def flood() -> tuple[int, bytes]:
        sent = 0
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(SECONDS)
            sock.connect(str(socket_path))
            try:
                while True:
                    sent += sock.send(b"x" * 65536)
            except BrokenPipeError:
                return sent, sock.recv(65536)

    sent, heard = await asyncio.get_running_loop().run_in_executor(None, flood)
    assert is_refusal(heard)
    assert sent < 4 * 2**20


async def test_stop_waits_for_no_refused_client(service: Service, socket_path: Path) -> None:
    server = DaemonServer(socket_path, service.handler, max_connections=1)
    await server.start()
    peers = [await connect(socket_path) for _ in range(10)]
    await until(lambda: server.statistics()["connections"] == 1)
    async with asyncio.timeout(SECONDS):
        await server.stop(grace=0)
    for peer in peers[1:]:
        peer.write_past_the_stream(REQUEST)
        assert is_refusal(await peer.raw_line())
    for peer in peers:
        peer.abort()
