"""A process that gives root up for another user, then does on its connections what it is told, a JSON line at a time.

It is started as root, since another user may not be able to read the interpreter: everything is imported first.
"""

import asyncio
import json
import os
import random
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from daemonrpc import DaemonError, RpcError

SECONDS = 10.0
open_connections: list[socket.socket] = []


def _connected(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(SECONDS)
    sock.connect(path)
    return sock


def raw(path: str, send: str) -> list[Any]:
    """Sends text on a new connection, half-closes, and reads to the end."""
    with _connected(path) as sock:
        sock.sendall(send.encode())
        sock.shutdown(socket.SHUT_WR)
        data = b""
        while part := sock.recv(65536):
            data += part
    return [json.loads(line) for line in data.splitlines()]


def hold(path: str, count: int, method: str) -> list[Any]:
    """Makes connections, calls a method on each, and keeps them open; the first line that each heard."""
    new = [_connected(path) for _ in range(count)]
    open_connections.extend(new)
    heard: list[Any] = []
    for sock in new:
        sock.sendall(json.dumps({"jsonrpc": "2.0", "method": method, "id": 1}).encode() + b"\n")
        heard.append(json.loads(sock.makefile("rb").readline()))
    return heard


def drop(count: int) -> int:
    """Closes the oldest connections; how many are left."""
    for _ in range(count):
        open_connections.pop(0).close()
    return len(open_connections)


def storm(path: str, count: int, seed: int, texts: list[str]) -> int:
    """Makes connections, says one of the texts on each, keeps some for a while, and leaves in one of several ways."""
    chance = random.Random(seed)
    kept: list[socket.socket] = []
    for _ in range(count):
        sock = _connected(path)
        with suppress(OSError):  # a refused one may be closed already
            sock.sendall(chance.choice(texts).encode())
            if chance.random() < 0.3:
                sock.shutdown(chance.choice([socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_RDWR]))
        kept.append(sock)
        while kept and chance.random() < len(kept) / 40:
            kept.pop(chance.randrange(len(kept))).close()
    for sock in kept:
        sock.close()
    return count


def call(path: str, client: str, method: str, is_stream: bool) -> Any:
    """One call of a generated client, by `package.Class` and the name of its method."""
    try:
        return {"result": _calls[client.endswith("Sync")](path, client, method, is_stream)}
    except DaemonError as error:
        code = error.code if isinstance(error, RpcError) else None
        return {"error": type(error).__name__, "message": str(error), "code": code}


def _call_sync(path: str, client: str, method: str, is_stream: bool) -> Any:
    with _client_type(client)(path, timeout=SECONDS) as made:
        answer = getattr(made, method)()
        return [item.number for item in answer] if is_stream else answer


def _call_async(path: str, client: str, method: str, is_stream: bool) -> Any:
    async def run() -> Any:
        async with _client_type(client)(path, timeout=SECONDS) as made:
            answer = getattr(made, method)()
            return [item.number async for item in answer] if is_stream else await answer

    return asyncio.run(run())


_calls = {True: _call_sync, False: _call_async}


def _client_type(name: str) -> Any:
    package, _, kind = name.rpartition(".")
    return getattr(import_module(package), kind)


COMMANDS: dict[str, Callable[..., Any]] = {"raw": raw, "hold": hold, "drop": drop, "storm": storm, "call": call}


def become(uid: int, gid: int, groups: list[int]) -> None:
    """For good, and in the order that works: without root there are no more changes of groups."""
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def main() -> None:
    identity = json.loads(sys.argv[1])
    for package in identity.pop("packages"):
        for kind in dir(import_module(package)):
            getattr(sys.modules[package], kind)  # whatever is imported when it is first used
    become(**identity)
    print(json.dumps(os.getpid()), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = COMMANDS[command.pop("do")](**command)
        except OSError as error:
            answer = {"os_error": error.errno}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
