"""A conductor of its own in a short temporary place, driven by its command line as a person drives it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LIMIT = 40.0
"""Seconds that any one command may take."""


class Conductor:
    """The command line `conductor`, with a socket, a state and a home of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.socket = place / "s.sock"
        self.state = place / "state"
        self.work = place / "work"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "CONDUCTOR_SOCKET": str(self.socket),
            "CONDUCTOR_STATE_DIR": str(self.state),
            "DAEMONRPC_DEBUG": "1",
        }

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-c", "import sys; from conductord.cli import main; sys.exit(main())", *args]

    def __call__(
        self, *args: str, text: str | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*args),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=self.env | (env or {}),
            cwd=self.place,
            check=False,
        )

    def ok(self, *args: str, text: str | None = None) -> str:
        """stdout of a command that must end with 0."""
        done = self(*args, text=text)
        assert done.returncode == 0, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *args: str) -> Any:
        """The one JSON document that a command answers."""
        return json.loads(self.ok(*args, "--json"))

    def spawn(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*args),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.env,
            cwd=self.place,
        )

    def file(self, name: str, text: str) -> str:
        """A job file; its workspace is that of this conductor."""
        path = self.place / name
        path.write_text(f"workspace: {self.work}\n{text}", encoding="utf-8")
        return str(path)

    def submit(self, name: str, sheets: str) -> str:
        """Identifier of a new job of that name."""
        return self.ok("run", self.file(f"{name}.yaml", f"name: {name}\nsheets:\n{sheets}")).strip()


@pytest.fixture(scope="module")
def away() -> Iterator[Conductor]:
    """A command line whose daemon has not been started."""
    place = Path(tempfile.mkdtemp(prefix="c", dir="/tmp"))
    conductor = Conductor(place)
    yield conductor
    conductor("stop", "--timeout", "20")
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def conductor(away: Conductor) -> Conductor:
    """A command line with a running daemon."""
    away.ok("start")
    return away
