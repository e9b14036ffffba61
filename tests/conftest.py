"""What all tests share: short socket paths, the runtime's self-checks switched on, no task left behind."""

import asyncio
import inspect
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The machine may be busy: a slow example is no failure, and nothing is written beside the sources.
settings.register_profile("tests", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# Servers hold every answer against the schema before they send it.
os.environ["DAEMONRPC_DEBUG"] = "1"

# Where tests run in the background of a shell, SIGINT is ignored, and so it would be in each child that waits for it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def socket_dir() -> Iterator[Path]:
    """A directory whose path is short enough for a Unix socket: 108 bytes, which `tmp_path` may exceed."""
    path = Path(tempfile.mkdtemp(prefix="rpc"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def socket_path(socket_dir: Path) -> Path:
    """Where a server of a test listens."""
    return socket_dir / "s"


@pytest.fixture
async def _tasks_must_end() -> AsyncIterator[None]:
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:  # what was cancelled a moment ago may still take its last step
        await asyncio.wait(left, timeout=0.5)
    left = {task for task in left if not task.done()}
    assert not left, f"tasks left behind: {left}"


@pytest.fixture(autouse=True)
def no_leaked_tasks(request: pytest.FixtureRequest) -> None:
    """A coroutine test fails if a task outlives it."""
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_tasks_must_end")
