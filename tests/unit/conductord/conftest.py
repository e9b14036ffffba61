"""Real steps for the tests of the conductor's process side; whatever a test leaves running is ended after it."""

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from conductord.runner import LaunchRequest
from conductord.tree import MARK

Launch = Callable[..., LaunchRequest]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Makes requests for steps: `launch("sh", "-c", "...", stdin=..., env={...})`, each with a directory of its own."""
    numbers = itertools.count(1)

    def make(*argv: str, stdin: str | None = None, env: dict[str, str] | None = None) -> LaunchRequest:
        return LaunchRequest(
            directory=tmp_path / "attempts" / str(next(numbers)),
            argv=argv,
            workspace=tmp_path / "work",
            env={"PATH": os.environ["PATH"], **(env or {})},
            stdin=stdin,
        )

    yield make
    for process in marked(tmp_path):
        process.kill()


def marked(directory: Path) -> list[psutil.Process]:
    """The living processes of all steps below a directory, found by their environment."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK, "").startswith(str(directory)) and process.status() != "zombie":
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.fixture
def living(tmp_path: Path) -> Callable[[], list[psutil.Process]]:
    """The living processes of this test's steps, shims included."""
    return lambda: marked(tmp_path)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Waits until a condition in another process holds, which no event tells; 10 seconds at most."""

    async def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not happen within 10 seconds"
            await asyncio.sleep(0.01)

    return wait
