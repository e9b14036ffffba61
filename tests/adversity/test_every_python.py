"""What differs from Python to Python is the same with ours, on every Python from 3.11 on that is installed.

Each script of `every_python/` runs in a process of that Python, with msgspec and the sources alone: what asyncio, the
decoder and the kernel do together is what counts, and a crash of the interpreter is a result too.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).with_name("every_python")
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
ENVIRONMENTS = Path(sys.prefix) / "other-pythons"
"""One for each version; kept, so that later runs are quick."""
INSTALL_SECONDS = 240
SCRIPT_SECONDS = 120
STOP_SLACK = 0.2
"""What `stop` may take beyond its grace, in seconds: the promise itself (DESIGN part 5.9)."""


def interpreters(version: str) -> Iterator[str]:
    """Where a Python of this version may be: on the PATH, and among the versions of pyenv."""
    for folder in os.get_exec_path():
        path = Path(folder) / f"python{version}"
        if os.access(path, os.X_OK):
            yield str(path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    if pyenv.is_dir():
        yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")))


def interpreter_of(version: str) -> str | None:
    """The first that starts: one of pyenv's shims may stand for nothing."""
    check = "import sys, venv; sys.exit(sys.implementation.name != 'cpython')"
    for path in interpreters(version):
        if subprocess.run([path, "-c", check], capture_output=True, timeout=30, check=False).returncode == 0:
            return path
    return None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Several workers of a test run make an environment once."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment_of(version: str) -> Path:
    """The Python of an environment with msgspec. Skips, with the reason, where there can be none."""
    if version == RUNNING:
        return Path(sys.executable)
    interpreter = interpreter_of(version)
    if interpreter is None:
        pytest.skip(f"no Python {version} is installed")
    ENVIRONMENTS.mkdir(exist_ok=True)
    environment = ENVIRONMENTS / version
    python = environment / "bin" / "python"
    with locked(ENVIRONMENTS / f"{version}.lock"):
        is_made = python.exists() and run(str(python), "-c", "import msgspec").returncode == 0
        if not is_made:
            shutil.rmtree(environment, ignore_errors=True)
            make(interpreter, environment, python)
    return python


def make(interpreter: str, environment: Path, python: Path) -> None:
    """An environment with what the runtime depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *project["dependencies"]]
    for command in ([interpreter, "-m", "venv", str(environment)], install):
        done = run(*command, seconds=INSTALL_SECONDS)
        if done.returncode != 0:
            shutil.rmtree(environment, ignore_errors=True)
            said = (done.stderr or done.stdout).strip().splitlines()
            pytest.skip(f"no environment of {interpreter} with {project['dependencies']}: {said[-1:]}")


def run(*command: str, seconds: float = SCRIPT_SECONDS) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DAEMONRPC"))}
    env["PYTHONPATH"] = str(ROOT / "src")
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=env, check=False)


@pytest.fixture(scope="session", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> Path:
    """Each Python in turn; the one that runs the tests needs no environment."""
    return environment_of(request.param)


pytestmark = pytest.mark.timeout(INSTALL_SECONDS + 2 * SCRIPT_SECONDS)


def results(python: Path, script: str) -> list[dict[str, Any]]:
    """What a script told. Every warning is an error there, as in the tests."""
    done = run(str(python), "-W", "error", str(SCRIPTS / script))
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr}"
    assert not done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_stop_ends_within_its_grace_and_a_fifth_of_a_second(python: Path) -> None:
    """RULES 1.22, 2.2: beside an idle client it hung for ever on Python 3.12."""
    found = results(python, "stop_matrix.py")
    assert [result["name"] for result in found] == [
        "idle",
        "busy",
        "half_closed",
        "stalled",
        "mid_line",
        "streaming",
        "with_a_stubborn_call",
        "in_a_crowd",
    ]
    late = [result for result in found if result["seconds"] > result["grace"] + STOP_SLACK]
    assert not late


def test_half_closed_client_hears_its_answers(python: Path) -> None:
    """RULES 2.14."""
    (result,) = results(python, "half_close.py")
    assert result["answers"] == [[1], [2]]


def test_client_waits_for_a_daemon_whose_backlog_is_full(python: Path) -> None:
    """RULES 2.13: asyncio says that it is connected, and fails at the first write."""
    (result,) = results(python, "full_backlog.py")
    assert (result["ended_early"], result["answers"]) == (0, [["async"], ["sync"]])


def test_stream_that_nobody_reads_is_held(python: Path) -> None:
    """RULES 2.16: `writelines` never asked a writer to pause on 3.12.0 to 3.12.8 and 3.13.0."""
    (result,) = results(python, "write_flow.py")
    assert result["bytes_held"] < 4 * 2**20


def test_small_writes_to_a_stalled_peer_cost_no_more_each_the_more_they_are(python: Path) -> None:
    """RULES 2.17: eight times as many took forty times as long on 3.12 and 3.13."""
    (result,) = results(python, "stalled_writes.py")
    assert result["ratio"] < 2 * result["items_ratio"]


def test_deep_nesting_is_refused_on_a_small_stack_too(python: Path) -> None:
    """RULES 2.27: the decoder alone gives a RecursionError at a depth of its own, or ends the process."""
    found = results(python, "deep_nesting.py")
    assert {result["name"] for result in found} == {"answer", "request"}
    for result in found:
        assert result["outcome"] == ("taken" if result["is_allowed"] else "refused"), result


def test_stream_that_is_left_ends_on_the_server(python: Path) -> None:
    """RULES 2.21."""
    found = results(python, "stream_break.py")
    assert [result["name"] for result in found] == ["async", "sync"]
    assert all(result["seconds"] < 2 for result in found)


def test_call_is_not_sent_again_after_a_timeout(python: Path) -> None:
    """RULES 1.1, 2.7: since Python 3.11 a TimeoutError is an OSError."""
    found = results(python, "timeouts.py")
    assert [(result["name"], result["outcome"], result["started"]) for result in found] == [
        ("async", "CallTimeoutError", 1),
        ("sync", "CallTimeoutError", 1),
    ]
