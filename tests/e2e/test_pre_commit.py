"""The hooks for pre-commit, run by pre-commit itself. The soak form installs them from this repository, as users do."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
IN_ORDER = sorted(HOOKS, key=lambda item: "generate" in item["id"])
"""`generate` last, so that `check` sees what is stale."""

pytest.importorskip("pre_commit", reason="pre-commit comes with daemonrpc[test]")


def run(command: list[str | Path], folder: Path, seconds: float = 50) -> subprocess.CompletedProcess[str]:
    identity = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    environment |= identity | {"PATH": f"{BIN}:{os.environ['PATH']}", "PRE_COMMIT_HOME": str(folder.parent / "hooks")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def committed(folder: Path) -> None:
    for command in (["git", "init", "-q"], ["git", "add", "-A"], ["git", "commit", "-q", "-m", "x"]):
        done = run([*command], folder)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project, in a git repository."""
    done = run([BIN / "daemonrpc", "init", "kv"], tmp_path)
    assert done.returncode == 0, done.stderr
    committed(tmp_path / "kv")
    return tmp_path / "kv"


def configure(project: Path, repository: dict[str, Any]) -> None:
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))


def verdicts(project: Path, seconds: float) -> tuple[dict[str, str], str]:
    """Runs all hooks; whether each passed, and all that was printed."""
    said = run([BIN / "pre-commit", "run", "--all-files", "--verbose"], project, seconds).stdout
    found = re.findall(r"\.(Passed|Failed)\n- hook id: daemonrpc-(\w+)", said)
    return {name: verdict for verdict, name in found}, said


def check_hooks(project: Path, seconds: float) -> None:
    """Each hook passes, and fails when it should."""
    passed = dict.fromkeys(("check", "breaking", "generate"), "Passed")
    found, said = verdicts(project, seconds)
    assert found == passed, said
    assert run([BIN / "daemonrpc", "release"], project).returncode == 0
    schema = project / "schema" / "methods.yaml"
    schema.write_text(schema.read_text().replace("  greet:\n    doc: Greets", "  welcome:\n    doc: Welcomes"))
    found, said = verdicts(project, seconds)
    assert found == dict.fromkeys(passed, "Failed"), said
    for words in ("generated/kv_api/client.py is stale", "greet", "wrote generated/kv_api/client.py"):
        assert words in said
    found, said = verdicts(project, seconds)
    assert found == passed | {"breaking": "Failed"}, said


def test_pre_commit_accepts_the_manifest() -> None:
    done = run([BIN / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"], ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_hook_runs_a_verb_that_the_generator_has() -> None:
    verbs = {point.name for point in entry_points(group="daemonrpc.commands")}
    assert [item["id"] for item in HOOKS] == [f"daemonrpc-{item['entry'].split()[1]}" for item in HOOKS]
    assert {item["entry"].split()[1] for item in HOOKS} <= verbs


def test_the_hooks_do_what_they_say(project: Path) -> None:
    """With the daemonrpc that is installed: nothing is fetched."""
    installed = [
        {name: value for name, value in item.items() if name != "additional_dependencies"} | {"language": "system"}
        for item in IN_ORDER
    ]
    configure(project, {"repo": "local", "hooks": installed})
    check_hooks(project, 50)


def test_the_configuration_of_a_new_project_is_one_that_pre_commit_takes(project: Path) -> None:
    done = run([BIN / "pre-commit", "validate-config"], project)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_hooks_are_installed_from_the_repository(project: Path, tmp_path: Path) -> None:
    """As users have them: pre-commit clones the repository, and fills an environment of its own."""
    repository = tmp_path / "daemonrpc"
    files = run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], ROOT).stdout.splitlines()
    for name in files:
        if (ROOT / name).is_file():
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, repository / name)
    committed(repository)
    revision = run(["git", "rev-parse", "HEAD"], repository).stdout.strip()
    hooks = [{"id": item["id"]} for item in IN_ORDER]
    configure(project, {"repo": str(repository), "rev": revision, "hooks": hooks})
    check_hooks(project, 400)
