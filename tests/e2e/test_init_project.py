"""A new project works: its tests, its `make run`, its types. The soak form has it from a wheel, in a venv."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
NAME = "kv-greeter"


def run(command: list[str | Path], folder: Path, seconds: float = 50, **variables: str) -> str:
    """Runs a command of a person in a folder; what it prints. Fails if the command does."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MAKE", "VIRTUAL"))}
    done = subprocess.run(
        command, cwd=folder, env=environment | variables, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `daemonrpc init` makes with the checkout that these tests run in."""
    place = tmp_path_factory.mktemp("init")
    run([BIN / "daemonrpc", "init", NAME], place)
    return place / NAME


def test_the_tests_of_a_new_project_pass(project: Path) -> None:
    assert "5 passed" in run(["make", "test", f"BIN={BIN}"], project)


def test_a_new_project_serves_and_calls_over_a_socket(project: Path) -> None:
    said = run(["make", "run", f"BIN={BIN}"], project)
    assert "serving at /tmp/rpc." in said
    assert '"text": "Hello, Ada!"' in said
    assert said.endswith('{"seq":1,"text":"Hello, Ada!"}\n{"seq":2,"text":"Hallo, Grace!"}\n')
    socket = said.partition("serving at ")[2].partition("\n")[0]
    assert not Path(socket).parent.exists(), "nothing is left behind"


def test_make_run_leaves_no_daemon_when_a_call_fails(project: Path) -> None:
    script = (project / "run.sh").read_text()
    broken = script.replace("greet --name Ada", "greet --name Ada --language latin")
    assert broken != script
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": "src:generated"}
    done = subprocess.run(
        ["sh", "-c", broken], cwd=project, env=environment, capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 1
    assert "UnknownLanguage" in done.stderr or "latin" in done.stderr
    socket = done.stdout.partition("serving at ")[2].partition("\n")[0]
    assert not Path(socket).parent.exists()


@pytest.mark.timeout(120)
def test_a_new_project_passes_mypy_strict(project: Path) -> None:
    pytest.importorskip("mypy", reason="mypy comes with daemonrpc[test]")
    said = run([sys.executable, "-m", "mypy", "--strict"], project, seconds=100)
    assert "no issues found in 13 source files" in said


def test_help_names_each_target(project: Path) -> None:
    said = run(["make", "help"], project)
    assert {line.split()[0] for line in said.splitlines()} == {
        *("help", "test", "run", "serve", "gen", "check", "breaking", "release", "fix", "clean")
    }


@pytest.fixture
def wheel_venv() -> Iterator[Path]:
    """A fresh environment with the wheel of this checkout and `[codegen]`, and nothing else."""
    place = Path(mkdtemp(prefix="init"))
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", place, ROOT], place, 300)
    (wheel,) = place.glob("daemonrpc-*.whl")
    venv.create(place / "venv", with_pip=True)
    run([place / "venv" / "bin" / "python", "-m", "pip", "install", "-q", f"{wheel}[codegen]"], place, 300)
    yield place
    rmtree(place)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_new_project_needs_nothing_but_the_wheel(wheel_venv: Path) -> None:
    """As a stranger has it: `make` fills an environment of the project's own, with what its pyproject.toml says."""
    run([wheel_venv / "venv" / "bin" / "daemonrpc", "init", NAME], wheel_venv)
    folder = wheel_venv / NAME
    python = f"PYTHON={sys.executable}"
    assert "5 passed" in run(["make", "test", python], folder, 400)
    assert '"text": "Hello, Ada!"' in run(["make", "run", python], folder)
    assert "no issues found" in run(["make", "check", python], folder, 400)
    schema = folder / "schema" / "methods.yaml"
    schema.write_text(schema.read_text().replace("doc: Greets one person,", "doc: Says hello to one person,"))
    check: list[str | Path] = ["make", "check", python]
    stale = subprocess.run(check, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
    assert stale.returncode == 2
    assert "run `daemonrpc generate`" in stale.stderr
    run(["make", "gen", python], folder)
    assert "no issues found" in run(check, folder, 200)
