"""Clients that ask for too much, a process of their own: `python -m bench.hostile SOCKET KIND`, until it is killed."""

import selectors
import socket
import sys
from collections.abc import Iterator
from itertools import chain, repeat

from bench.raw_load import REQUEST

CONNECTIONS = {"flood": 1}
MANY = 8
SEND_BYTES = 256 * 1024
LINE_BYTES = 16 * 1024 * 1024


def _slow_lines() -> Iterator[bytes]:
    """Most of a line, and no end."""
    return chain([b'{"jsonrpc":"2.0","params":{"text":"' + b"x" * (LINE_BYTES // 2)], repeat(b"x"))


def _longest_lines() -> Iterator[bytes]:
    head, tail = b'{"jsonrpc":"2.0","method":"text","id":1,"params":{"text":"', b'"}}\n'
    return repeat(head + b"x" * (LINE_BYTES - len(head) - len(tail) - 64) + tail)


def _batches() -> Iterator[bytes]:
    call = (REQUEST % 1).strip()
    return repeat(b"[" + (call + b",") * (LINE_BYTES // (len(call) + 1) - 1) + call + b"]\n")


KINDS = {
    "flood": lambda: repeat((REQUEST % 1) * 100),
    "answers that nobody reads": lambda: repeat((REQUEST % 1) * 100),
    "longest lines": _longest_lines,
    "over-long lines": lambda: repeat(b"x" * (2 * LINE_BYTES) + b"\n"),
    "batches of 190,000 calls": _batches,
    "slow lines": _slow_lines,
}
UNREAD = "answers that nobody reads"


class Client:
    """Writes as fast as the server takes it, and reads, unless the kind says otherwise."""

    def __init__(self, path: str, kind: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.setblocking(False)
        self._pieces = KINDS[kind]()
        self._left = memoryview(next(self._pieces))

    def write(self) -> None:
        self._left = self._left[self.socket.send(self._left[:SEND_BYTES]) :]
        if not self._left:
            self._left = memoryview(next(self._pieces))


def main(path: str, kind: str) -> None:
    selector = selectors.DefaultSelector()
    events = selectors.EVENT_WRITE | (0 if kind == UNREAD else selectors.EVENT_READ)
    into = bytearray(1 << 20)

    def join() -> None:
        client = Client(path, kind)
        selector.register(client.socket, events, client)

    for _ in range(CONNECTIONS.get(kind, MANY)):
        join()
    while True:
        for key, ready in selector.select():
            try:
                if ready & selectors.EVENT_READ and not key.data.socket.recv_into(into):
                    raise ConnectionResetError
                if ready & selectors.EVENT_WRITE:
                    key.data.write()
            except BlockingIOError:
                pass
            except ConnectionError:  # the server closed it, as it should: come again
                selector.unregister(key.data.socket)
                key.data.socket.close()
                join()


if __name__ == "__main__":
    main(*sys.argv[1:])
