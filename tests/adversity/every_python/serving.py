"""What the scripts of this folder share: a place for a socket, waiting with a bound, and how a result is told."""

import asyncio
import json
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["SECONDS", "connected", "report", "request", "socket_place", "until"]

SECONDS = 30.0


@contextmanager
def socket_place() -> Iterator[Path]:
    """A short path for a socket."""
    directory = Path(tempfile.mkdtemp(prefix="rpc"))
    try:
        yield directory / "s"
    finally:
        shutil.rmtree(directory)


def connected(path: Path) -> socket.socket:
    """A blocking connection; every wait on it is bounded."""
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(SECONDS)
    sock.connect(str(path))
    return sock


def request(method: str, params: Any = None, id_: Any = 1) -> bytes:
    """A line."""
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": id_}).encode() + b"\n"


async def until(condition: Callable[[], object]) -> None:
    """Returns when `condition` holds, which must be soon."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SECONDS
    while not condition():
        if loop.time() > end:
            raise TimeoutError(f"not within {SECONDS} s: {condition}")
        await asyncio.sleep(0.005)


def report(name: str, **facts: Any) -> None:
    """One line of JSON for the test that started the script."""
    print(json.dumps({"name": name, **facts}), flush=True)
