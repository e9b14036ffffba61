"""A real conductor in a process of its own, its store filled, its jobs run."""

import contextlib
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from msgspec import Struct

from bench.place import Place, wait_for
from conductor_api import DaemonClientSync, JobEntry

__all__ = ["Conductor", "conductor", "fill_store", "run_job"]

JOB_SECONDS = 600.0
ENDED = ("completed", "failed", "cancelled")


class Conductor(Struct):
    """One that runs."""

    socket: str
    pid: int

    def processor_seconds(self) -> float:
        """What it has used so far, without its children."""
        return psutil.Process(self.pid).cpu_times().user + psutil.Process(self.pid).cpu_times().system


@contextlib.contextmanager
def conductor(place: Place) -> Iterator[Conductor]:
    """A conductor with the defaults, whose state is that of the place."""
    socket = place.path()
    state = place.folder / "conductor"
    flags = ["--socket", socket, "--state-dir", str(state), "--log-level", "error"]
    place.environment["CONDUCTOR_CONFIG"] = str(place.folder / "none.yaml")
    (place.folder / "none.yaml").touch()
    with place.process([sys.executable, "-m", "conductord", *flags]) as process:
        wait_for(socket, process)
        with DaemonClientSync(socket) as client:
            while not client.readiness().accepting_work:
                time.sleep(0.01)
        yield Conductor(socket, process.pid)
        process.terminate()
        process.wait(30)


def run_job(place: Place, socket: str, sheets: int, files: int = 0) -> JobEntry:
    """Runs a job of so many sheets of `sh -c true`, which need nothing of each other, to its end.

    Its workspace holds so many files, and nothing else.
    """
    workspace = Path(place.path("-work"))
    workspace.mkdir()
    for number in range(files):
        folder = workspace / str(number // 100)
        folder.mkdir(exist_ok=True)
        (folder / str(number)).touch()
    lines = [f'  - {{name: s{number}, command: [sh, -c, "true"], needs: []}}' for number in range(sheets)]
    text = "\n".join(["name: many", "sheets:", *lines, ""])
    with DaemonClientSync(socket) as client:
        answer = client.submit_job(config_text=text, client_cwd=str(workspace), workspace=str(workspace))
        if answer.status != "accepted":
            raise RuntimeError(f"the job was rejected: {answer}")
        end = time.monotonic() + JOB_SECONDS
        while time.monotonic() < end:
            (entry,) = [entry for entry in client.list_jobs() if entry.job_id == answer.job_id]
            if entry.status == "completed":
                return entry
            if entry.status in ENDED:
                raise RuntimeError(f"the job ended as {entry.status}")
            time.sleep(0.02)
    raise RuntimeError(f"the job did not end within {JOB_SECONDS:g} s")


def fill_store(place: Place, jobs: int, sheets: int) -> None:
    """Runs one job of so many sheets, and copies what the store then holds of it until there are `jobs` of them."""
    with conductor(place) as daemon:
        run_job(place, daemon.socket, sheets)
    with contextlib.closing(sqlite3.connect(place.folder / "conductor" / "conductor.db")) as database:
        for number in range(2, jobs + 1):
            _copy(database, "jobs", {"id": number, "request_id": None}, "id = 1")
            _copy(database, "sheets", {"job": number}, "job = 1")
            _copy(database, "attempts", {"id": None, "job": number}, "job = 1")
            _copy(database, "events", {"seq": None, "job": number}, "job = 1")
        # One in ten has failed, so that there is something to choose.
        database.execute("UPDATE jobs SET state = 'failed', cause = 'exit' WHERE id % 10 = 0")
        database.commit()


def _copy(database: sqlite3.Connection, table: str, changes: dict[str, object], which: str) -> None:
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    values = ["?" if column in changes else column for column in columns]
    given = [changes[column] for column in columns if column in changes]
    names = ", ".join(columns)
    database.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} WHERE {which}", given)
