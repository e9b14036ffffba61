"""Target `stack`: a real server on a real socket that moves a few bytes at a time, in both directions.

Oracle: exactly one answer for each request; nothing is logged as a failure of the transport; the event loop has nothing
to complain of; when the client is gone all gauges are zero, and the server serves the next client.
"""

import asyncio
import logging
import random
import socket
import tempfile
from pathlib import Path

from daemonrpc import Channel, DaemonServer, Limits
from fuzz import conductor
from fuzz.fuzz_server import Tally, expected_of
from fuzz.script import Script
from support.chopped import ChoppedLoop
from support.raw import RawPeer
from support.waiting import SECONDS, until

__all__ = ["LIMITS", "run", "serve_one_client"]

LIMITS = Limits(line_bytes=3000, drain_bytes=9000, in_flight=5, batch_items=5, backlog_bytes=2000, turn_lines=3)


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
    with tempfile.TemporaryDirectory(prefix="rpc") as place:
        serve_one_client(Path(place) / "s", script.payload, seed=int.from_bytes(data[: 1 + data[0]]) if data else 0)


def serve_one_client(path: Path, payload: bytes, *, seed: int, half_close: bool = True) -> Tally:
    """Sends the payload to a server and holds against the model what comes back. Returns what was expected.

    Without `half_close` the client waits for the server to close.
    """
    loop, failures = ChoppedLoop(seed), Failures()
    logger = logging.getLogger("daemonrpc.server")
    logger.addHandler(failures)
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            output = runner.run(_talk(path, payload, loop, half_close=half_close))
    finally:
        logger.removeHandler(failures)
    assert not failures.seen, failures.seen
    assert not loop.complaints, loop.complaints
    tally = expected_of(payload, LIMITS)
    tally.check(output)
    return tally


async def _talk(path: Path, payload: bytes, loop: ChoppedLoop, *, half_close: bool) -> bytes:
    handler = conductor.handler(lambda: asyncio.sleep(loop.chance.choice([0, 0, 0.001])))
    async with DaemonServer(path, handler, limits=LIMITS) as server:
        async with await _connect(path) as peer:
            sending = asyncio.create_task(_send(peer, payload, loop.chance, half_close=half_close))
            output = await peer.rest()
            await sending
        async with Channel(path) as client, asyncio.timeout(SECONDS):
            assert await client.call("echo", [1]) == [1]
        await until(lambda: not any(server.statistics().values()))
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    return output


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
