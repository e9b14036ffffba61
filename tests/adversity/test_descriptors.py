"""A server that runs out of descriptors says so, does not spin, and serves again when there are some (RULES 2.15)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemonrpc import BusyError, Channel
from support.callers import OpenCaller
from support.raw import RawPeer, connect
from support.waiting import SECONDS

PROGRAM = Path(__file__).with_name("server_of_few_descriptors.py")
LIMIT = 40
MORE_THAN_FIT = 60


@pytest.fixture
async def process(socket_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server with `LIMIT` descriptors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        str(socket_path),
        str(LIMIT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        yield process
        process.stdin.close()
        async with asyncio.timeout(30):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def is_served(peer: RawPeer) -> bool:
    """Whether a call is answered; else the connection was refused, with a clear word."""
    peer.write_past_the_stream(b'{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}\n')
    answer = await peer.line()
    if "error" not in answer:
        assert answer["result"] == [1]
        return True
    assert (answer["error"]["code"], answer["error"]["message"]) == (-32090, "the server has no descriptor left")
    assert answer["error"]["data"] == {"started": False, "refused": "connection", "retry_after_ms": 100}
    assert await peer.rest() == b""
    return False


@pytest.fixture
async def crowd(process: asyncio.subprocess.Process, socket_path: Path) -> AsyncIterator[list[RawPeer]]:
    """Connections, as many as the server has descriptors for; some further ones were refused."""
    peers = [await connect(socket_path) for _ in range(MORE_THAN_FIT)]
    served = [peer for peer in peers if await is_served(peer)]
    assert 10 < len(served) < LIMIT
    assert served == peers[: len(served)], "those that came first are served"
    yield served
    for peer in peers:
        peer.abort()


async def test_client_for_whom_no_descriptor_is_left_hears_so(crowd: list[RawPeer], socket_path: Path) -> None:
    for _ in range(20):
        async with await connect(socket_path) as late:
            assert not await is_served(late)
    assert all([await is_served(peer) for peer in crowd]), "the others notice nothing"


async def test_server_out_of_descriptors_does_not_spin(crowd: list[RawPeer], socket_path: Path) -> None:
    async def cpu_seconds() -> float:
        crowd[0].call("cpu_seconds")
        seconds: float = (await crowd[0].line())["result"]
        return seconds

    before = await cpu_seconds()
    waiting = [await connect(socket_path) for _ in range(20)]
    await asyncio.sleep(1)  # what is measured is that nothing happens
    assert await cpu_seconds() - before < 0.5
    for peer in waiting:
        peer.abort()


async def test_service_goes_on_when_descriptors_are_free_again(
    process: asyncio.subprocess.Process, crowd: list[RawPeer], socket_path: Path
) -> None:
    for peer in crowd[:5]:
        await peer.close()
    async with asyncio.timeout(SECONDS):
        while True:
            late = await connect(socket_path)
            if await is_served(late):
                break
            await late.close()
    await late.close()
    for peer in crowd:
        peer.abort()
    async with Channel(socket_path) as client:
        assert await client.call("echo", [2], timeout=SECONDS) == [2]
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.close()
    log = (await process.stderr.read()).decode()
    assert log.count("cannot accept: EMFILE") in range(1, 4), "said when it begins, not for each client"


async def test_our_clients_try_again_then_say_that_the_server_is_busy(
    crowd: list[RawPeer], socket_path: Path, client_of: OpenCaller
) -> None:
    client = client_of(socket_path)
    with pytest.raises(BusyError, match="no descriptor left"):
        await client.call("echo", [1], timeout=SECONDS)
    waiting = asyncio.create_task(client.call("echo", [1], timeout=SECONDS))
    for peer in crowd:
        peer.abort()
    assert await waiting == [1]
