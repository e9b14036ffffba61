"""A real conductord process with a place of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from conductor_api import DaemonClientSync, JobState
from conductord.tree import MARK
from daemonrpc import DaemonError

__all__ = ["DaemonProcess", "daemon_process"]

PATIENCE = 15.0


class DaemonProcess:
    """Starts, kills and starts again; talks to it with the generated blocking client."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.work = place / "work"
        self.process: subprocess.Popen[bytes] | None = None
        self.client = DaemonClientSync(place / "s", timeout=PATIENCE)

    def start(self, *program: str, wait: bool = True, **settings: object) -> None:
        """Start conductord, or another program with the same flags; come back when it is ready."""
        flags = {"socket": self.place / "s", "state-dir": self.place / "state", "config": self.config(), "grace": "1s"}
        flags.update({name.replace("_", "-"): value for name, value in settings.items()})  # type: ignore[misc]
        command = [sys.executable, *(program or ("-m", "conductord"))]
        command += [part for name, value in flags.items() for part in (f"--{name}", str(value))]
        with (self.place / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")
        if wait:
            self.wait_ready()

    def config(self) -> Path:
        """An empty file of settings, so that none of the machine's is read."""
        path = self.place / "config.yaml"
        path.touch()
        return path

    def wait_ready(self) -> None:
        """Come back when it answers that it is ready."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if self.client.readiness(timeout=5.0).status == "ready":
                    return
            except DaemonError:
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.01)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def wait_dead(self) -> int:
        """Come back when it has ended by itself, with its exit code."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.wait_dead()

    def submit(self, sheets: str, *, name: str = "demo", rest: str = "", request_id: str | None = None) -> str:
        """Identifier of a new job."""
        text = f"name: {name}\nworkspace: {self.work}\n{rest}\nsheets:\n{sheets}"
        params = {} if request_id is None else {"request_id": request_id}
        answer = self.client.submit_job(config_text=text, **params)
        assert answer.status == "accepted", answer
        return answer.job_id

    def ended(self, job_id: str) -> JobState:
        """The job, once it has ended."""
        with self.client.monitor(0, job_id, until_job_ends=True, timeout=60.0) as events:
            for _ in events:
                pass
        return self.client.get_job_status(job_id)

    def wait_event(self, job_id: str, name: str) -> None:
        """Come back when the job has had this event."""
        with self.client.monitor(0, job_id, timeout=60.0) as events:
            for event in events:
                if event.event == name:
                    return

    def log(self) -> str:
        """What it has written."""
        return (self.place / "log").read_text()

    def steps(self) -> list[psutil.Process]:
        """The living processes of its steps, shims included."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK, "").startswith(str(self.place)) and process.status() != "zombie":
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found


@contextmanager
def daemon_process() -> Iterator[DaemonProcess]:
    """A place in which a conductord may run; whatever is left is ended."""
    place = Path(tempfile.mkdtemp(prefix="cd"))
    daemon = DaemonProcess(place)
    try:
        yield daemon
    finally:
        daemon.client.close()
        if daemon.process is not None and daemon.process.poll() is None:
            os.kill(daemon.process.pid, signal.SIGKILL)
            daemon.process.wait(PATIENCE)
        for process in daemon.steps():
            process.kill()
        shutil.rmtree(place, ignore_errors=True)
