import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import UNSET
from daemonrpc_codegen import generate, load


def test_an_error_takes_its_data_as_arguments(torture_api: ModuleType) -> None:
    error = torture_api.WithData(message_="m", super_=None)
    assert error.code == -32001
    assert error.message == "An error with data."
    assert error.data == torture_api.WithDataData(optional_first=UNSET, message_="m", self_=5, super_=None)


def test_an_error_without_data_has_none(torture_api: ModuleType) -> None:
    error = torture_api.Plain("Another message.")
    assert error.message == "Another message."
    assert error.data is None


@pytest.mark.parametrize(
    "doc",
    [
        "An earlier write had this request_id, and asked for something else: give each write an identifier of its own.",
        'Quotes such as "these" and it\'s ones like that, and a path such as C:\\new that is no newline, in one text.',
        "A" + "a" * 150 + ".",
        "Words, " * 60 + "and an end.",
    ],
)
def test_a_long_message_is_spread_over_lines_and_means_the_same(tmp_path: Path, doc: str) -> None:
    schema = "service: Kv\npackage: kv_api\nversion: 1.0.0\ndoc: A store.\nerrors:\n  Wrong: {code: 1, doc: DOC}\n"
    schema += "methods:\n  get: {doc: Read., result: str, errors: [Wrong]}\n"
    (tmp_path / "methods.yaml").write_text(schema.replace("DOC", json.dumps(doc)))
    generate(load(tmp_path / "methods.yaml"), tmp_path / "out")
    path = tmp_path / "out" / "kv_api" / "errors.py"
    names: dict[str, Any] = {}
    exec(path.read_text(), names)
    assert names["Wrong"]().message == doc
    pytest.importorskip("ruff", reason="ruff comes with daemonrpc[dev]")
    has_long_word = len(max(doc.split(), key=len)) > 100
    for command in (["check", "--ignore", "E501"] if has_long_word else ["check"], ["format", "--diff"]):
        settings = ["--config", str(Path(__file__).parents[4] / "pyproject.toml"), "--no-cache", "--quiet"]
        settings += ["--config", 'lint.isort.known-third-party = ["daemonrpc"]']
        arguments = [sys.executable, "-m", "ruff", *command, *settings, str(path)]
        run = subprocess.run(arguments, capture_output=True, text=True, timeout=50, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
