"""What a sheet costs beside its process: a job of 1,000 sheets that run `sh -c true`, as many at once as by default."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.conductor import Conductor, conductor, run_job
from bench.place import Place
from bench.questions import Question, Subjects
from conductord import shim

SHEETS = 1000
FILES = 5000
"""In the workspace: a project of a usual size."""
AT_ONCE = 10
"""As many sheets as a conductor runs by default."""


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    with conductor(place) as daemon:
        own: dict[int, float] = {}
        yield {
            "sh -c true": _plain,
            "sh -c true, under a shim": partial(_shimmed, place),
            "a sheet of a job of 100": partial(_sheets, place, daemon, SHEETS // 10, own),
            "  of it: the conductor's own work": lambda: own[SHEETS // 10],
            "a sheet of a job of 1,000": partial(_sheets, place, daemon, SHEETS, own),
            "  of it: the conductor's own work, 1,000": lambda: own[SHEETS],
            "a sheet of a job of 100, beside 5,000 files": partial(_sheets, place, daemon, SHEETS // 10, own, FILES),
            "  of it: the conductor's own work, 5,000 files": lambda: own[SHEETS // 10],
        }


def _plain() -> float:
    return _each(lambda _number: subprocess.run(["sh", "-c", "true"], check=True, stdin=subprocess.DEVNULL))


def _shimmed(place: Place) -> float:
    """The process that outlives the conductor and writes how the step ended: the least that a sheet needs."""
    folder = Path(place.path("-shims"))

    def start(number: int) -> object:
        attempt = folder / str(number)
        attempt.mkdir(parents=True)
        for name in ("stdin", "stdout", "stderr", "exit.json.part"):
            (attempt / name).touch()
        command = [sys.executable, "-I", "-S", shim.__file__, str(attempt), str(folder), "sh", "-c", "true"]
        return subprocess.run(command, check=True, stdin=subprocess.DEVNULL)

    return _each(start)


def _each(start: Callable[[int], object]) -> float:
    begin = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(start, range(SHEETS)))
    return (time.perf_counter() - begin) * 1000 / SHEETS


def _sheets(place: Place, daemon: Conductor, sheets: int, own: dict[int, float], files: int = 0) -> float:
    """`own` takes the processor time of the conductor alone: the rest is processes, and waiting for the disk."""
    before, begin = daemon.processor_seconds(), time.perf_counter()
    run_job(place, daemon.socket, sheets, files)
    took = time.perf_counter() - begin
    own[sheets] = (daemon.processor_seconds() - before) * 1000 / sheets
    return took * 1000 / sheets


QUESTION = Question(
    title="conductor: a job of 1,000 sheets of `sh -c true`, 10 at once",
    unit="ms a sheet",
    base="sh -c true",
    prepare=prepare,
    most_rounds=1,
)
