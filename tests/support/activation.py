"""What a service manager does for a daemon: a listening socket as descriptor 3, and a socket to be told at."""

import fcntl
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.waiting import SECONDS

__all__ = ["FakeManager", "listening_at", "manager_at", "spawn_with"]

HAND_OVER = """
import os, sys
count = int(sys.argv[1])
for number, fd in enumerate(sys.argv[2].split(",") if count else []):
    os.dup2(int(fd), 3 + number)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(count)
os.execv(sys.executable, [sys.executable, *sys.argv[3:]])
"""


def listening_at(path: Path, backlog: int = 512) -> socket.socket:
    """A socket as a socket unit makes it."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(backlog)
    return listener


def spawn_with(
    listeners: list[socket.socket], *arguments: str, stderr: int | None = None, **variables: str
) -> "subprocess.Popen[str]":
    """A Python process that inherits the listeners as a socket unit passes them on (sd_listen_fds(3))."""
    # Above the descriptors that they become, so that no dup2 overwrites one that is still needed.
    copies = [fcntl.fcntl(listener, fcntl.F_DUPFD, 3 + len(listeners)) for listener in listeners]
    try:
        return subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(len(copies)), ",".join(map(str, copies)), *arguments],
            pass_fds=copies,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    finally:
        for fd in copies:
            os.close(fd)


class FakeManager:
    """The datagram socket of a service manager, and what daemons have told it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)
        self.heard: list[dict[str, str]] = []
        """Each message, as its assignments."""

    def poll(self) -> None:
        """Takes in what has arrived."""
        while True:
            try:
                message = self._socket.recv(4096).decode()
            except BlockingIOError:
                return
            self.heard.append(dict(line.split("=", 1) for line in message.splitlines()))

    def has(self, name: str, value: str = "1") -> bool:
        """Whether it was told so by now."""
        self.poll()
        return any(message.get(name) == value for message in self.heard)

    def count(self, name: str) -> int:
        """How many messages had that variable by now."""
        self.poll()
        return sum(name in message for message in self.heard)

    def wait_for(self, name: str, value: str = "1", times: int = 1, seconds: float = 3 * SECONDS) -> None:
        """Returns when it was told so that often. Raises AssertionError when it was not within `seconds`."""
        end = time.monotonic() + seconds
        while self.poll() or sum(message.get(name) == value for message in self.heard) < times:
            left = end - time.monotonic()
            assert left > 0, f"{name}={value} was not said {times} times, but {self.heard}"
            select.select([self._socket], [], [], left)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def manager_at(address: str) -> Iterator[FakeManager]:
    """A manager for the length of a test."""
    manager = FakeManager(address)
    try:
        yield manager
    finally:
        manager.close()
