"""The generated code of torture.yaml and extremes.yaml passes mypy and pyright, both strict, and so does its use."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from daemonrpc_codegen import generate, load

FOLDER = Path(__file__).parent
PACKAGES = ("torture_api", "extremes_api")
RUNTIME = FOLDER.parents[1] / "src"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated packages and the files that use one."""
    folder = tmp_path_factory.mktemp("typing")
    for package in PACKAGES:
        schema = f"{package.removesuffix('_api')}.yaml"
        generate(load(FOLDER / schema, source=schema), folder / "made" / package)
        (folder / "made" / package / package).rename(folder / package)
    for name in ("usage.py", "wrong.py"):
        (folder / name).write_bytes((FOLDER / name).read_bytes())
    return folder


def marked_lines(name: str) -> list[int]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, 1) if line.endswith("# error")]


@pytest.mark.timeout(180)
def test_mypy_strict_accepts_the_package_and_its_use_and_nothing_wrong(project: Path) -> None:
    pytest.importorskip("mypy", reason="type checkers come with daemonrpc[dev]")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--python-version", "3.11"]
    command += ["--cache-dir", str(project / ".cache"), *PACKAGES, "usage.py", "wrong.py"]
    environment = {"MYPYPATH": str(RUNTIME), "PATH": ""}
    run = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=170, check=False
    )
    found = re.findall(r"^(\S+?):(\d+): error", run.stdout, re.MULTILINE)
    assert {name for name, _ in found} <= {"wrong.py"}, run.stdout
    assert sorted({int(line) for _, line in found}) == marked_lines("wrong.py"), run.stdout + run.stderr


@pytest.mark.timeout(180)
def test_pyright_strict_accepts_the_package_and_its_use_and_nothing_wrong(project: Path) -> None:
    pytest.importorskip("pyright", reason="type checkers come with daemonrpc[dev]")
    settings = {
        "include": [*PACKAGES, "usage.py", "wrong.py"],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(RUNTIME)],
    }
    (project / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(project)]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=170, check=False)
    found = [
        (Path(item["file"]).name, item["range"]["start"]["line"] + 1)
        for item in json.loads(run.stdout)["generalDiagnostics"]
        if item["severity"] == "error"
    ]
    assert {name for name, _ in found} <= {"wrong.py"}, run.stdout
    assert sorted({line for _, line in found}) == marked_lines("wrong.py"), run.stdout
