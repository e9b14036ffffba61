"""The generated code reads as ruff would have formatted it, and ruff finds nothing in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from daemonrpc_codegen import generate, load

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


@pytest.fixture(scope="module", params=["torture", "extremes"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name = str(request.param)
    folder = tmp_path_factory.mktemp(name)
    generate(load(FOLDER / f"{name}.yaml", source=f"{name}.yaml"), folder)
    return folder / f"{name}_api"


@pytest.mark.parametrize(
    "command",
    [
        # To a user of the generator daemonrpc is a third party, and its imports are sorted as such.
        ["check", "--config", 'lint.isort.known-third-party = ["daemonrpc"]'],
        ["format", "--diff"],
    ],
    ids=["check", "format"],
)
def test_ruff_finds_nothing_to_change(package: Path, command: list[str]) -> None:
    pytest.importorskip("ruff", reason="ruff comes with daemonrpc[dev]")
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", "--quiet"]
    arguments = [sys.executable, "-m", "ruff", *command, *settings, str(package)]
    run = subprocess.run(arguments, capture_output=True, text=True, timeout=50, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
