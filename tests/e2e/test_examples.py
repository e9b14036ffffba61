"""The examples: their generated code is fresh, and what their READMEs say to type works."""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=50, check=False)


def blocks(folder: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)


def test_there_are_examples() -> None:
    assert [path.name for path in EXAMPLES] == ["kv_cache", "log_tailer"]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_the_generated_code_of_an_example_is_fresh(folder: Path) -> None:
    done = run(["daemonrpc", "check"], folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_the_commands_of_an_example_run(folder: Path) -> None:
    """As they stand, but for the place of the socket, which needs no quotes there either."""
    with TemporaryDirectory(prefix="rpc", dir="/tmp") as place:
        run_commands(folder, Path(place))


def run_commands(folder: Path, socket_dir: Path) -> None:
    """The Python below them runs while the daemon does."""
    (shell,), (python,) = blocks(folder, "sh"), blocks(folder, "python")
    serving, _, end = shell.rpartition("\nkill %1")
    script = f"set -e\n{serving}\npython - <<'EOF'\n{python}EOF\nkill %1\nwait %1{end}"
    placed = re.sub(r"/tmp/(?=\w+\.(sock|log))", f"{socket_dir}/", script)
    assert "/tmp/" not in placed.replace(str(socket_dir), "")
    done = run(["bash", "-m", "-c", placed], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in re.findall(r"^#> (.*)$", shell, re.MULTILINE):
        assert line in done.stdout


@pytest.mark.parametrize(
    ("example", "arguments"),
    [("kv_cache", []), ("log_tailer", ["app=/tmp/nowhere.log"])],
    ids=["kv_cache", "log_tailer"],
)
def test_an_example_starts_once_at_a_socket_and_ends_when_it_is_told_to(
    example: str, arguments: list[str], socket_path: Path
) -> None:
    folder = ROOT / "examples" / example
    command = [sys.executable, "-m", example, *arguments, "--socket", str(socket_path)]
    environment = os.environ | {"PYTHONPATH": "src:generated"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            assert daemon.stdout.readline().endswith(f"at {socket_path}\n")
            second = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=20, check=False
            )
            assert second.returncode == 1
            assert second.stderr.startswith(f"{example.replace('_', '-')}: ")
        finally:
            daemon.terminate()
        assert daemon.wait(20) == 0
    assert not socket_path.exists()
