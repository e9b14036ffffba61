"""Target `stack`: a real server on a real socket that moves a few bytes at a time, in both directions.

Oracle: exactly one answer for each request; nothing is logged as a failure of the transport; the event loop has nothing
to complain of; another client is served all the while; when both are gone all gauges are zero.
"""

import asyncio
import logging
import random
import socket
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from daemonrpc import Channel, DaemonServer, Limits
from fuzz import conductor
from fuzz.fuzz_server import Tally, expected_of
from fuzz.script import Script
from support.chopped import ChoppedLoop
from support.raw import RawPeer
from support.waiting import SECONDS, until

__all__ = ["LIMITS", "run", "serve_one_client", "stop_with_one_client"]

LIMITS = Limits(line_bytes=3000, drain_bytes=9000, in_flight=5, batch_items=5, backlog_bytes=2000, turn_lines=3)
NEIGHBOURS_CALLS = 3


class Failures(logging.Handler):
    """Keeps what the server logs as its own failure; handlers fail on purpose."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if not message.startswith("handler of"):
            self.seen.append(message)


def run(data: bytes) -> None:
    """One client; the steering bytes are the seed of what the sockets and the handlers do."""
    script = Script(data)
    if max(map(len, script.payload.split(b"\n"))) > LIMITS.drain_bytes:
        return  # the server closes after such a line, which the model does not know
    with tempfile.TemporaryDirectory(prefix="rpc") as place:
        serve_one_client(Path(place) / "s", script.payload, seed=int.from_bytes(data[: 1 + data[0]]) if data else 0)


def serve_one_client(path: Path, payload: bytes, *, seed: int, half_close: bool = True) -> Tally:
    """Sends the payload to a server and holds against the model what comes back. Returns what was expected.

    Without `half_close` the client waits for the server to close.
    """
    loop, tally = ChoppedLoop(seed), expected_of(payload, LIMITS)
    tally.check(_quietly(_talk(path, payload, loop, half_close=half_close), loop))
    return tally


def stop_with_one_client(path: Path, payload: bytes, *, seed: int) -> int:
    """The same, but the server stops in the middle: what is answered then is answered once. Returns how often it is."""
    loop, tally = ChoppedLoop(seed), expected_of(payload, LIMITS)
    return len(tally.check_not_too_much(_quietly(_stop_while_talking(path, payload, loop), loop)))


def _quietly(talk: Coroutine[Any, Any, bytes], loop: ChoppedLoop) -> bytes:
    """Runs a talk and returns what it gives, unless somebody complains."""
    failures = Failures()
    logger = logging.getLogger("daemonrpc.server")
    logger.addHandler(failures)
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            output: bytes = runner.run(talk)
    finally:
        logger.removeHandler(failures)
    assert not failures.seen, failures.seen
    assert not loop.complaints, loop.complaints
    return output


async def _talk(path: Path, payload: bytes, loop: ChoppedLoop, *, half_close: bool) -> bytes:
    handler = conductor.handler(lambda: asyncio.sleep(loop.chance.choice([0, 0, 0.001])))
    async with DaemonServer(path, handler, limits=LIMITS) as server:
        async with await _connect(path) as peer, asyncio.TaskGroup() as group:
            group.create_task(_send(peer, payload, loop.chance, half_close=half_close))
            group.create_task(_call_all_the_while(path))
            output = await peer.rest()
        await until(lambda: not any(server.statistics().values()))
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return output


async def _stop_while_talking(path: Path, payload: bytes, loop: ChoppedLoop) -> bytes:
    chance = loop.chance
    handler = conductor.handler(lambda: asyncio.sleep(chance.choice([0, 0.001, 1000])))
    server = DaemonServer(path, handler, limits=LIMITS)
    await server.start()
    async with await _connect(path) as peer, asyncio.TaskGroup() as group:
        group.create_task(_send(peer, payload, chance, half_close=chance.random() < 0.5))
        reading = group.create_task(peer.rest())
        for _ in range(chance.randrange(200)):
            await asyncio.sleep(0)
        begun = loop.time()
        await server.stop(grace=0.01)
        assert loop.time() - begun < SECONDS
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return reading.result()


async def _call_all_the_while(path: Path) -> None:
    async with Channel(path, timeout=SECONDS) as client:
        for number in range(NEIGHBOURS_CALLS):
            assert await client.call("echo", [number]) == [number]


async def _connect(path: Path) -> RawPeer:
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(str(path))
    sock.setblocking(False)
    return RawPeer(*await asyncio.open_unix_connection(sock=sock))


async def _send(peer: RawPeer, data: bytes, chance: random.Random, *, half_close: bool) -> None:
    """All of it, in one write or in many, and no more."""
    step = chance.choice([len(data) or 1, 1000, 37])
    for at in range(0, len(data), step):
        peer.write(data[at : at + step])
        if chance.random() < 0.3:
            await asyncio.sleep(0)
    if half_close:
        peer.half_close()
