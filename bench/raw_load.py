"""Many connections with calls in flight, from one process that does next to nothing itself.

`python -m bench.raw_load SOCKET CONNECTIONS IN_FLIGHT SECONDS` prints calls per second. Requests are encoded
once, and of the answers only the newlines are counted, so that the server is what is measured. Each answer is followed
by the next request on its connection. For systems that speak JSON-RPC on lines.
"""

import selectors
import socket
import sys
import time

WARM_UP_SECONDS = 0.2
REQUEST = b'{"jsonrpc":"2.0","method":"echo","id":%d,"params":{"job_id":"fix-tests#7","limit":50}}\n'


class Connection:
    """Keeps `in_flight` calls open."""

    def __init__(self, path: str, in_flight: int) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        # One digit more or less makes no difference to anybody, but slices must be of whole requests.
        self._one = REQUEST % 17
        self._size = len(self._one)
        self._ring = memoryview(self._one * max(in_flight, 64))
        self.send(in_flight)

    def send(self, count: int) -> None:
        self.socket.sendall(self._ring[: count * self._size])

    def answers(self, into: bytearray) -> int:
        """Reads what has come, asks as much again."""
        size = self.socket.recv_into(into)
        if not size:
            raise ConnectionResetError("the server closed a connection")
        if into.find(b'"error"', 0, size) >= 0:
            raise RuntimeError(f"the server refused a call: {bytes(into[:size])!r}")
        count = into.count(b"\n", 0, size)
        if count:
            self.send(count)
        return count


def main(path: str, connections: str, in_flight: str, seconds: str) -> None:
    selector = selectors.DefaultSelector()
    for _ in range(int(connections)):
        connection = Connection(path, int(in_flight))
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    into = bytearray(64 * 1024)
    _turn(selector, into, WARM_UP_SECONDS)
    print(_turn(selector, into, float(seconds)))


def _turn(selector: selectors.BaseSelector, into: bytearray, seconds: float) -> float:
    count, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < seconds:
        for key, _events in selector.select():
            count += key.data.answers(into)
    return count / took


if __name__ == "__main__":
    main(*sys.argv[1:])
