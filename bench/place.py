"""Where a run takes place: a temporary folder, the generated API of ours, and the processes that are started."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec

import daemonrpc_codegen
from bench.systems import System

__all__ = ["Cores", "Place", "place"]

Cores = Literal["apart", "together", "any"]
"""Where servers and clients run: on a core each, on one core, or where the scheduler puts them. It matters much: on
two cores each message wakes the other one up, and on one core the two never work at the same time.
"""

START_SECONDS = 20.0
PROJECT = Path(__file__).resolve().parent.parent


class Place:
    """Starts what a question needs; everything ends with the run."""

    def __init__(self, folder: Path, seconds: float, cores: Cores = "apart") -> None:
        self.folder = folder
        self.seconds = seconds
        """How long one measurement takes, where it is measured by the time."""
        self._count = 0
        pair = _chosen(cores)
        self._server_cpu: int | None = pair[0]
        self._client_cpu: int | None = pair[1]
        daemonrpc_codegen.generate(daemonrpc_codegen.load(PROJECT / "bench" / "api.yaml"), folder / "api")
        self.environment = {name: value for name, value in os.environ.items() if name != "DAEMONRPC_DEBUG"}
        self.environment["PYTHONPATH"] = os.pathsep.join(
            [*filter(None, [os.environ.get("PYTHONPATH")]), str(PROJECT), str(folder / "api")]
        )

    def path(self, suffix: str = ".sock") -> str:
        """A path that is not taken."""
        self._count += 1
        return str(self.folder / f"{self._count}{suffix}")

    @contextlib.contextmanager
    def process(self, arguments: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
        """A process for the time of a `with` block."""
        process = subprocess.Popen(arguments, env=self.environment, cwd=self.folder, **options)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextlib.contextmanager
    def server(self, system: System) -> Iterator[tuple[str, int]]:
        """The server of a system on its core: its socket and its process id."""
        path = self.path()
        command = [sys.executable, "-m", "bench.serve", system.name, path]
        with self.process(command, preexec_fn=partial(_pin, self._server_cpu)) as process:
            wait_for(path, process)
            yield path, process.pid

    @contextlib.contextmanager
    def servers(self, systems: Sequence[System]) -> Iterator[dict[str, str]]:
        """Servers of several systems: socket by name. Only the one that is asked has work."""
        with contextlib.ExitStack() as stack:
            yield {system.name: stack.enter_context(self.server(system))[0] for system in systems}

    def run(self, module: str, *arguments: object) -> Any:
        """What a module of the benchmarks prints when it is run as a process on the clients' core: JSON."""
        command = [sys.executable, "-m", f"bench.{module}", *map(str, arguments)]
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            check=True,
            preexec_fn=partial(_pin, self._client_cpu),
        )
        return msgspec.json.decode(done.stdout)

    def milliseconds(self, command: Sequence[str], times: int = 10) -> float:
        """How long a command takes as a process, at the median."""
        took: list[float] = []
        for _ in range(times):
            start = time.perf_counter()
            subprocess.run(command, env=self.environment, cwd=self.folder, stdout=subprocess.DEVNULL, check=True)
            took.append(time.perf_counter() - start)
        return sorted(took)[times // 2] * 1000


def _chosen(cores: Cores) -> tuple[int, int] | tuple[None, None]:
    """The core of servers and that of clients, where there are two and the system lets us choose."""
    usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if cores == "any" or len(usable) < 2:
        return None, None
    return usable[0], usable[1 if cores == "apart" else 0]


def _pin(cpu: int | None) -> None:
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})


def wait_for(path: str, process: "subprocess.Popen[bytes]") -> None:
    """Returns when somebody listens at `path`. Raises RuntimeError when the process ended or takes too long."""
    end = time.monotonic() + START_SECONDS
    while True:
        with socket.socket(socket.AF_UNIX) as sock, contextlib.suppress(OSError):
            sock.connect(path)
            return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"nobody listens at {path}: {process.args!r} gave {process.poll()}")
        time.sleep(0.01)


@contextlib.contextmanager
def place(seconds: float, cores: Cores = "apart") -> Iterator[Place]:
    """A place, and nothing of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        yield Place(folder, seconds, cores)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
