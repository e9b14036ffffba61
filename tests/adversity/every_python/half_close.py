"""A client that sends no more still gets its answers, then the end (RULES 2.14)."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

from serving import connected, report, request, socket_place

from daemonrpc import DaemonServer, RequestHandler


async def late(params: Any, _context: Any) -> Any:
    await asyncio.sleep(0.1)
    return params


def half_closing(path: Path) -> list[Any]:
    """What a client hears that half-closes before its calls have ended."""
    with connected(path) as sock:
        sock.sendall(request("late", [1], id_=1) + request("late", [2], id_=2))
        sock.shutdown(socket.SHUT_WR)
        data = b""
        while part := sock.recv(65536):
            data += part
    return [json.loads(line)["result"] for line in data.splitlines()]


async def main(path: Path) -> None:
    handler = RequestHandler()
    handler.register("late", late)
    async with DaemonServer(path, handler):
        results = await asyncio.get_running_loop().run_in_executor(None, half_closing, path)
    report("half-closed", answers=results)


with socket_place() as place:
    asyncio.run(main(place))
