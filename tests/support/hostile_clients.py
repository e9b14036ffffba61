"""Clients that ask for too much, in a process of their own: `python hostile_clients.py SOCKET KIND CONNECTIONS LINE`.

LINE is the server's limit of a line in bytes. What they are told, they print when they hear it first: a result is
"result", an error its code, the end of a connection "end". They go on until SIGTERM, then print how often, as JSON.
"""

import json
import selectors
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, count, repeat

SEND_BYTES = 256 * 1024

told: Counter[str] = Counter()


class Stopped(Exception):
    """SIGTERM came."""


def hear(what: str) -> None:
    told[what] += 1
    if told[what] == 1:
        sys.stdout.write(f"{what}\n")
        sys.stdout.flush()


def request(method: str, params: bytes, id_: bytes = b"1") -> bytes:
    return b'{"jsonrpc":"2.0","method":"%b","params":%b,"id":%b}' % (method.encode(), params, id_)


def _slow_line(line: int) -> Iterator[bytes]:
    """Most of a line, and then a byte now and then."""
    return chain([b'{"jsonrpc":"2.0","params":{"text":"' + b"x" * (line * 3 // 4)], repeat(b"x"))


def _batches(line: int) -> Iterator[bytes]:
    """As many calls as fit a line: 280,000 of them in 16 MiB."""
    call = request("health", b"{}") + b","
    return repeat(b"[" + call * ((line - 3) // len(call)) + b"0]\n")


def _longest(line: int) -> Iterator[bytes]:
    frame = len(request("length", b'{"text":""}'))
    return repeat(request("length", b'{"text":"%b"}' % (b"x" * (line - frame))) + b"\n")


def _longest_of_brackets(line: int) -> Iterator[bytes]:
    """What takes longest to look at: params that fit no schema, all structure."""
    frame = len(request("length", b"[0]"))
    return repeat(request("length", b"[%b0]" % (b"[]," * ((line - frame) // 3))) + b"\n")


def _over_long(line: int) -> Iterator[bytes]:
    return chain.from_iterable(repeat([b"x" * (5 * line // 2), b"\n"]))


def _flood(_line: int) -> Iterator[bytes]:
    return (b"".join(request("length", b'{"text":"%d"}' % number) + b"\n" for _ in range(100)) for number in count())


def _flood_of_brackets(_line: int) -> Iterator[bytes]:
    """A KiB each, all of it structure."""
    return repeat((request("length", b"[%b0]" % (b"[]," * 300)) + b"\n") * 100)


def _unread(_line: int) -> Iterator[bytes]:
    return repeat(request("fill", b'{"size":1000000}') + b"\n")


KINDS: dict[str, Callable[[int], Iterator[bytes]]] = {
    "slow lines": _slow_line,
    "answers that nobody reads": _unread,
    "batches of 280,000 calls": _batches,
    "longest lines": _longest,
    "longest lines of brackets": _longest_of_brackets,
    "over-long lines": _over_long,
    "flood": _flood,
    "flood of brackets": _flood_of_brackets,
}


RECONNECTS = "calls over ever new connections"


class Client:
    """Writes what it has as fast as the server takes it; reads, unless the kind says otherwise."""

    def __init__(self, path: str, kind: str, line: int) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.setblocking(False)
        self.reads = kind != "answers that nobody reads"
        self.waits = kind in ("slow lines", "batches of 280,000 calls", "longest lines", "longest lines of brackets")
        self._pieces = KINDS[kind](line)
        self._left = memoryview(next(self._pieces))
        self._answer = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    @property
    def wants_to_write(self) -> bool:
        return bool(self._left)

    def write(self) -> None:
        self._left = self._left[self.socket.send(self._left[:SEND_BYTES]) :]
        if not self._left and not self.waits:
            self._left = memoryview(next(self._pieces))

    def read(self) -> None:
        *answers, self._answer = (self._answer + self.socket.recv(1 << 20, socket.MSG_DONTWAIT)).split(b"\n")
        for answer in answers:
            message = json.loads(answer)
            hear(str(message["error"]["code"]) if "error" in message else "result")
        if answers and self.waits and not self._left:
            self._left = memoryview(next(self._pieces))

    def is_ended(self) -> bool:
        return not self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)


def reconnect(path: str) -> None:
    """Calls and leaves without its answer, again and again."""
    call = request("health", b"{}") + b"\n"
    while True:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            with suppress(ConnectionError):
                client.sendall(call)
        hear("end")


def run(path: str, kind: str, connections: int, line: int) -> None:
    selector = selectors.DefaultSelector()

    def join() -> None:
        client = Client(path, kind, line)
        selector.register(client, selectors.EVENT_READ | selectors.EVENT_WRITE, client)

    for _ in range(connections):
        join()
    while True:
        for key, events in selector.select():
            client: Client = key.data
            try:
                if events & selectors.EVENT_WRITE:
                    client.write()
                if events & selectors.EVENT_READ:
                    if client.is_ended():
                        raise ConnectionResetError
                    client.read()
            except BlockingIOError:
                pass
            except ConnectionError:
                hear("end")
                selector.unregister(client)
                client.socket.close()
                join()
                continue
            wanted = selectors.EVENT_READ if client.reads else 0
            wanted |= selectors.EVENT_WRITE if client.wants_to_write else 0
            selector.modify(client, wanted or selectors.EVENT_READ, client)


def _stop(*_: object) -> None:
    raise Stopped


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        if sys.argv[2] == RECONNECTS:
            reconnect(sys.argv[1])
        run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    except Stopped:
        sys.stdout.write(json.dumps(told) + "\n")
