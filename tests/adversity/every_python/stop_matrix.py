"""How long `stop(grace)` takes beside each kind of client (RULES 1.22, 2.2), in seconds; the best of up to `TRIES`.

The promise is one of wall-clock time, and the machine is used by others as well: a try in which this process did not
get to run says nothing about `stop`, whereas a `stop` that waits for a client does so in every try.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from serving import connected, report, request, socket_place, until

from daemonrpc import DaemonServer, RequestHandler

GRACE = 0.2
SLACK = 0.2
TRIES = 3
CROWD = 100


class Counts:
    """How many calls have started, and further clients."""

    def __init__(self) -> None:
        self.started = 0
        self.others: list[socket.socket] = []


def handler(counts: Counts) -> RequestHandler:
    """Calls that do not end by themselves."""
    made = RequestHandler()

    async def hold(_params: Any, _context: Any) -> None:
        counts.started += 1
        await asyncio.Event().wait()

    async def endless(_params: Any, _context: Any) -> AsyncIterator[str]:
        counts.started += 1
        while True:
            yield "x" * 8192
            await asyncio.sleep(0)

    async def stubborn(_params: Any, _context: Any) -> None:
        counts.started += 1
        end = time.monotonic() + 2
        while time.monotonic() < end:
            try:
                await asyncio.sleep(2)
            except asyncio.CancelledError:
                continue

    made.register("hold", hold)
    made.register("endless", endless)
    made.register("stubborn", stubborn)
    made.register("big", lambda _params, _context: "x" * 100_000)
    return made


async def idle(_sock: socket.socket, _counts: Counts) -> None:
    """Connected, and says nothing."""


async def busy(sock: socket.socket, counts: Counts) -> None:
    """Its call runs."""
    sock.sendall(request("hold"))
    await until(lambda: counts.started)


async def half_closed(sock: socket.socket, counts: Counts) -> None:
    """Waits for an answer and sends no more."""
    await busy(sock, counts)
    sock.shutdown(socket.SHUT_WR)


async def stalled(sock: socket.socket, _counts: Counts) -> None:
    """Asked for more than the kernel holds, and reads none of it."""
    for number in range(50):
        sock.sendall(request("big", id_=number))
    await asyncio.sleep(0.05)


async def mid_line(sock: socket.socket, _counts: Counts) -> None:
    """Has begun a line."""
    sock.sendall(b'{"jsonrpc":')
    await asyncio.sleep(0.05)


async def streaming(sock: socket.socket, counts: Counts) -> None:
    """Its stream has no end, and is not read."""
    sock.sendall(request("endless"))
    await until(lambda: counts.started)
    await asyncio.sleep(0.05)


async def with_a_stubborn_call(sock: socket.socket, counts: Counts) -> None:
    """Its handler does not let itself be cancelled."""
    sock.sendall(request("stubborn"))
    await until(lambda: counts.started)


async def in_a_crowd(sock: socket.socket, counts: Counts) -> None:
    """One of many, each with a call that runs and an answer that it does not read."""
    counts.others = [connected(Path(sock.getpeername())) for _ in range(CROWD)]
    for other in counts.others:
        other.sendall(request("hold") + request("big") * 5)
    await until(lambda: counts.started == 50)  # the slots; the others wait for one


async def seconds_of_stop(path: Path, behave: Callable[[socket.socket, Counts], Any]) -> float:
    """One try."""
    counts = Counts()
    server = DaemonServer(path, handler(counts))
    await server.start()
    with connected(path) as sock:
        await until(lambda: server.statistics()["connections"] == 1)
        await behave(sock, counts)
        begin = time.monotonic()
        await server.stop(GRACE)
        seconds = time.monotonic() - begin
    for other in counts.others:
        other.close()
    return seconds


async def main(path: Path) -> None:
    for behave in (idle, busy, half_closed, stalled, mid_line, streaming, with_a_stubborn_call, in_a_crowd):
        tries: list[float] = []
        while not tries or (min(tries) > GRACE + SLACK and len(tries) < TRIES):
            tries.append(await seconds_of_stop(path, behave))
        report(behave.__name__, seconds=min(tries), grace=GRACE)


with socket_place() as place:
    asyncio.run(main(place))
