"""What 500 idle connections take of the server's memory. Each has made a call before, and the server is a fresh one."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from bench.place import Place
from bench.questions import Question, Subjects, missing, present
from bench.raw_load import REQUEST
from bench.systems import JSON_LINES, System

CONNECTIONS = 499
"""One less than a server takes, since it is asked once before them."""


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    yield {system.name: partial(_kib_each, place, system) for system in present(JSON_LINES)}


def _kib_each(place: Place, system: System) -> float:
    with place.server(system) as (path, pid), ExitStack() as stack:
        _call(path, stack)
        before = _resident_kib(pid)
        for _ in range(CONNECTIONS):
            _call(path, stack)
        return (_resident_kib(pid) - before) / CONNECTIONS


def _call(path: str, stack: ExitStack) -> None:
    sock = stack.enter_context(socket.socket(socket.AF_UNIX))
    sock.settimeout(10)
    sock.connect(path)
    sock.sendall(REQUEST % 1)
    if b'"result"' not in sock.recv(65536):
        raise RuntimeError("that is not the answer")


def _resident_kib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


QUESTION = Question(
    title="memory of the server for each of 500 idle connections",
    unit="KiB",
    prepare=prepare,
    missing=missing(JSON_LINES),
    most_rounds=3,
)
