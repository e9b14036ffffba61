"""A daemon whose backlog is full lives: clients wait for it, and are not told that they are connected (RULES 2.13)."""

import asyncio
import errno
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from serving import SECONDS, connected, report, request, socket_place

from daemonrpc import Channel, DaemonServer, Limits, RequestHandler, SyncChannel

gate = threading.Event()
blocked = threading.Event()
stop = threading.Event()


def block(_params: Any, _context: Any) -> str:
    """Keeps the daemon's event loop from accepting."""
    blocked.set()
    gate.wait(SECONDS)
    return "released"


async def serve(path: Path, listening: threading.Event) -> None:
    handler = RequestHandler()
    handler.register("block", block)
    handler.register("echo", lambda params, _context: params)
    async with DaemonServer(path, handler, limits=Limits(backlog=1)):
        listening.set()
        await asyncio.get_running_loop().run_in_executor(None, stop.wait, SECONDS)


def fill(path: Path) -> list[socket.socket]:
    """Connects until the kernel takes no more."""
    waiting: list[socket.socket] = []
    while True:
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)
        waiting.append(sock)
        code = sock.connect_ex(str(path))
        if code == errno.EAGAIN:
            return waiting
        assert code == 0, errno.errorcode[code]


def call_sync(path: Path) -> Any:
    with SyncChannel(path, timeout=SECONDS) as client:
        return client.call("echo", ["sync"])


async def call_both(path: Path, threads: ThreadPoolExecutor) -> None:
    async with Channel(path, timeout=SECONDS) as client:
        calls = [
            asyncio.create_task(client.call("echo", ["async"])),
            asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(threads, call_sync, path)),
        ]
        done, _ = await asyncio.wait(calls, timeout=0.3)
        ended_early = len(done)
        gate.set()
        report("full backlog", ended_early=ended_early, answers=await asyncio.gather(*calls))


def main(path: Path) -> None:
    listening = threading.Event()
    with ThreadPoolExecutor(4) as threads:
        server = threads.submit(lambda: asyncio.run(serve(path, listening)))
        listening.wait(SECONDS)
        with connected(path) as blocker:
            blocker.sendall(request("block"))
            blocked.wait(SECONDS)
            waiting = fill(path)
            asyncio.run(call_both(path, threads))
        for sock in waiting:
            sock.close()
        stop.set()
        server.result(SECONDS)


with socket_place() as place:
    main(place)
