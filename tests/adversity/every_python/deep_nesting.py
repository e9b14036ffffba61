"""Nesting beyond measure is an error, on small stacks too, never the end of the process (RULES 2.27)."""

import asyncio
import json
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from serving import SECONDS, connected, report, socket_place

from daemonrpc import DaemonServer, Limits, RemoteProtocolError, RequestHandler, SyncChannel

STACK_BYTES = 256 * 1024
DEPTHS = (64, 65, 1000, 5000, 100_000)
LIMIT = Limits().depth


def nested(depth: int) -> bytes:
    """So many arrays, one in the other."""
    return b"[" * depth + b"]" * depth


def on_a_small_stack(function: Any, *arguments: Any) -> Any:
    """The result of a function in a thread whose stack is small."""
    results: list[Any] = []
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=lambda: results.append(function(*arguments)))
    thread.start()
    threading.stack_size(0)
    thread.join(SECONDS)
    return results[0]


def call(path: Path) -> str:
    """What a client makes of an answer."""
    with SyncChannel(path, timeout=SECONDS) as client:
        try:
            client.call("any")
        except RemoteProtocolError:
            return "refused"
    return "taken"


def answer_with(listener: socket.socket, result: bytes) -> None:
    """A server that answers one call with the given JSON text."""
    sock, _ = listener.accept()
    with sock:
        sock.recv(65536)
        sock.sendall(b'{"jsonrpc":"2.0","id":1,"result":%b}\n' % result)
        with suppress(ConnectionResetError):  # a client that will not read it closes with the rest unread
            sock.recv(1)


def client_side(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        for depth in DEPTHS:
            server = threading.Thread(target=answer_with, args=(listener, nested(depth - 1)))
            server.start()
            report("answer", depth=depth, is_allowed=depth <= LIMIT, outcome=on_a_small_stack(call, path))
            server.join(SECONDS)
    path.unlink()


def ask(path: Path) -> list[Any]:
    """What a server answers to each depth; its connection lives."""
    answers: list[Any] = []
    with connected(path) as sock, sock.makefile("rb") as lines:
        for depth in DEPTHS:
            sock.sendall(b'{"jsonrpc":"2.0","id":1,"method":"echo","params":%b}\n' % nested(depth - 1))
            answers.append(json.loads(lines.readline()))
    return answers


async def serve_and_ask(path: Path) -> list[Any]:
    handler = RequestHandler()
    handler.register("echo", lambda _params, _context: "taken")
    async with DaemonServer(path, handler):
        return await asyncio.get_running_loop().run_in_executor(None, ask, path)


def server_side(path: Path) -> None:
    answers = on_a_small_stack(lambda: asyncio.run(serve_and_ask(path)))
    for depth, answer in zip(DEPTHS, answers, strict=True):
        outcome = "refused" if answer.get("error", {}).get("code") == -32700 else answer.get("result")
        report("request", depth=depth, is_allowed=depth <= LIMIT, outcome=outcome)


with socket_place() as place:
    client_side(place)
    server_side(place)
