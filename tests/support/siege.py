"""A server under hostile clients, each in a process of its own: what it took in memory, and how long health waited."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from daemonrpc import Limits, SyncChannel
from support import hostile_clients, memory_server

__all__ = ["KINDS", "Siege", "Siegers"]

KINDS = (*hostile_clients.KINDS, hostile_clients.RECONNECTS)
PATIENCE = 20.0


class Siege:
    """A server in a process of its own, for the time of a `with` block."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.channel = SyncChannel(path, timeout=PATIENCE)

    def __enter__(self) -> Self:
        program = [sys.executable, memory_server.__file__, str(self.path), msgspec.json.encode(self.limits).decode()]
        # Without the self-checks of tests: it is the server of a user that is measured.
        environment = {name: value for name, value in os.environ.items() if name != "DAEMONRPC_DEBUG"}
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"listening\n"
        self.health()
        self.base = self.memory("VmRSS")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.channel.close()
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def memory(self, name: str) -> int:
        """VmRSS (now) or VmHWM (the most since the start) of the server, in bytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        (line,) = [line for line in lines if line.startswith(f"{name}:")]
        return int(line.split()[1]) * 1024

    def health(self) -> dict[str, Any]:
        """The server's gauges, by a call."""
        gauges: dict[str, Any] = self.channel.call("health", {})
        return gauges

    def health_waits(self, seconds: float) -> list[float]:
        """How long each of many health calls took, in seconds, shortest first."""
        waits: list[float] = []
        end = time.monotonic() + seconds
        while (begin := time.monotonic()) < end:
            self.health()
            waits.append(time.monotonic() - begin)
            time.sleep(0.002)
        return sorted(waits)

    def wait_alone(self) -> None:
        """Returns when no other client is connected. Raises AssertionError when that does not come."""
        end = time.monotonic() + PATIENCE
        while (gauges := self.health()) != {"connections": 1, "tasks": 0, "running": 0, "waiting": 0}:
            assert time.monotonic() < end, gauges
            time.sleep(0.01)


class Siegers:
    """Hostile clients of one kind, for the time of a `with` block; `told` is what they heard, once they left."""

    def __init__(self, siege: Siege, kind: str, connections: int) -> None:
        arguments = [str(siege.path), kind, str(connections), str(siege.limits.line_bytes)]
        self._program = [sys.executable, hostile_clients.__file__, *arguments]
        self.told: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._program, stdout=subprocess.PIPE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        output, _ = self._process.communicate(timeout=PATIENCE)
        self.told = json.loads(output.splitlines()[-1])

    def wait_told(self, what: str) -> None:
        """Returns when they have heard `what` at least once; the test's own timeout bounds it."""
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()) != f"{what}\n".encode():
            assert line, f"they ended without having heard {what}"
