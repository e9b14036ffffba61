"""Processes that start a server at the same path at the same moment."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

__all__ = ["Race", "racers_at"]

RACER = """
import fcntl, os, socket, sys
from pathlib import Path
from daemonrpc.socketfile import SocketFile
from daemonrpc.socketplace import SocketFileError

path, gate = Path(sys.argv[1]), os.open(sys.argv[2], os.O_RDWR)
for _ in sys.stdin:
    print("at the gate", flush=True)
    fcntl.flock(gate, fcntl.LOCK_SH)
    fcntl.flock(gate, fcntl.LOCK_UN)
    file = SocketFile(path, 0o600)
    try:
        listener = file.open()
    except SocketFileError as error:
        print("another server" if "another server is live" in str(error) else error, flush=True)
        continue
    print("won", flush=True)
    listener.setblocking(True)
    with listener.accept()[0] as client:
        client.sendall(b"%d" % os.getpid())
    sys.stdin.readline()
    listener.close()
    file.close()
    print("closed", flush=True)
"""


class Racer:
    """One process that starts a server when the gate opens, again and again."""

    def __init__(self, path: Path, gate: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", RACER, str(path), str(gate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate(timeout=20)


class Race:
    """A gate, and racers that wait at it."""

    def __init__(self, path: Path, gate: Path, racers: int, stack: ExitStack) -> None:
        self._path = path
        self._gate = gate
        self._lock = os.open(gate, os.O_RDWR | os.O_CREAT, 0o600)
        stack.callback(os.close, self._lock)
        self._racers: list[Racer] = []
        stack.callback(lambda: [racer.kill() for racer in self._racers])
        for _ in range(racers):
            self._racers.append(Racer(path, gate))

    def run(self) -> tuple[Racer, list[str]]:
        """One start of all. The first that won, which is live now, and what each of them met."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        for racer in self._racers:
            racer.say("go to the gate")
        assert {racer.hear() for racer in self._racers} == {"at the gate"}
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        results = [racer.hear() for racer in self._racers]
        return self._racers[results.index("won")], results

    def end(self, winner: Racer, *, killed: bool) -> None:
        """The winner stops in order, or is killed and leaves its socket behind."""
        if killed:
            self._racers.remove(winner)
            winner.kill()
            self._racers.append(Racer(self._path, self._gate))
        else:
            winner.say("close")
            assert winner.hear() == "closed"


@contextmanager
def racers_at(path: Path, racers: int) -> Iterator[Race]:
    """Processes for the length of a test."""
    with ExitStack() as stack:
        yield Race(path, path.with_name("gate"), racers, stack)
