"""Who may import whom: the contracts of pyproject.toml hold, and what import-linter cannot say."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

CORE = [
    *("errors", "message", "framing", "client_connection", "server_connection", "method", "dispatch", "limits"),
    *(
        "abi",
        "accounting",
        "backlog",
        "context",
        "depth",
        "encode",
        "fit",
        "handler",
        "observe",
        "output",
        "params",
        "request",
    ),
    *("request", "server_memory", "strictness", "trace", "turns", "values"),
]
"""The modules of the runtime that do no I/O: what carries the bytes is the business of the shells above them."""

GENERATED_MAY_IMPORT = {"daemonrpc", "msgspec", "collections.abc", "datetime", "enum", "importlib", "typing", "uuid"}


def test_import_linter_finds_nothing() -> None:
    pytest.importorskip("importlinter")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_import_linter_knows_the_same_core() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    contract = next(item for item in contracts if item["name"] == "The core of the runtime does no I/O")
    assert set(contract["source_modules"]) == {f"daemonrpc.{name}" for name in CORE}


@pytest.mark.parametrize("name", CORE)
def test_the_core_imports_nothing_that_does_io(sources: Any, name: str) -> None:
    module = sources[f"daemonrpc.{name}"]
    does_io = {"asyncio", "os", "select", "selectors", "signal", "socket", "ssl", "subprocess", "threading", "time"}
    assert [module.place(node) for node, taken, _ in module.imports() if taken.partition(".")[0] in does_io] == []


EXTRA_IMPORTS: dict[str, set[str]] = {
    "strategies": {"hypothesis", "daemonrpc.testing.schemas"},
    "fakes": {"daemonrpc.testing"},
}
"""What is for tests only, and not loaded with the package."""


def test_generated_code_imports_only_what_its_users_have(sources: Any) -> None:
    wrong: list[str] = []
    for module in sources.of("conductor_api"):
        allowed = GENERATED_MAY_IMPORT | EXTRA_IMPORTS.get(module.name.rpartition(".")[2], set())
        for node, taken, _ in module.imports():
            is_hypothesis = taken.startswith("hypothesis.") and "hypothesis" in allowed
            if not (taken in allowed or is_hypothesis or (taken.startswith(".") and not taken.startswith(".."))):
                wrong.append(f"{module.place(node)}: {taken}")
    assert wrong == []


def test_generated_code_takes_only_public_names_of_the_runtime(sources: Any) -> None:
    public = set(sources["daemonrpc"].exports())
    taken = {
        name
        for module in sources.of("conductor_api")
        for _, origin, names in module.imports()
        if origin == "daemonrpc"
        for name in names
    }
    assert taken
    assert taken - public == set()
