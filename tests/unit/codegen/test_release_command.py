"""`daemonrpc release`: each version once, with the step that its changes take."""

import hashlib
import json
from pathlib import Path

import pytest

from daemonrpc_codegen import load
from daemonrpc_codegen.breaking.released import read_release
from daemonrpc_codegen.commands.breaking import breaking
from daemonrpc_codegen.commands.release import release

SCHEMA = """\
service: Kv
package: kv_api
version: 1.0.0
doc: A store.
types:
  Entry: {doc: An entry., fields: {key: {type: str, doc: The key.}}}
methods:
  get: {doc: Read., params: {key: {type: str, doc: The key.}}, result: Entry}
"""
ADDED = SCHEMA.replace("methods:", "methods:\n  size: {doc: Count., since: VERSION, result: Entry}")
BROKEN = SCHEMA.replace("fields: {key: {type: str, doc: The key.}}", "fields: {}")


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person stands at the top of a project with one release."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.daemonrpc]\nschema = "methods.yaml"\n')
    write(SCHEMA, "1.0.0")
    assert release([]) == 0


def write(text: str, version: str) -> None:
    whole = text.replace("version: 1.0.0", f"version: {version}").replace("VERSION", version)
    Path("methods.yaml").write_text(whole, encoding="utf-8")


def released() -> set[str]:
    return {path.stem for path in Path("released").iterdir()}


def test_the_file_holds_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    Path("released/1.0.0.json").unlink()
    assert release([]) == 0
    assert capsys.readouterr().out == "wrote released/1.0.0.json\n"
    text = Path("released/1.0.0.json").read_text(encoding="utf-8")
    assert read_release(text, "1.0.0.json") == load("methods.yaml")
    assert text.endswith("}\n")


def test_the_same_release_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("released/1.0.0.json").stat().st_mtime_ns
    capsys.readouterr()
    assert release([]) == 0
    assert capsys.readouterr().out == "1.0.0 is released already, and the schema is the same\n"
    assert Path("released/1.0.0.json").stat().st_mtime_ns == before


@pytest.mark.parametrize("text", [ADDED, SCHEMA.replace("doc: Read.", "doc: Look.")])
def test_a_version_is_released_once(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("released/1.0.0.json").read_bytes()
    write(text, "1.0.0")
    assert release([]) == 1
    assert "methods.yaml: 1.0.0 is released already, with another schema: raise `version`" in capsys.readouterr().err
    assert Path("released/1.0.0.json").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "version", "problem"),
    [
        (SCHEMA, "0.9.0", "version 0.9.0 is not newer than the last release, 1.0.0"),
        (ADDED, "1.0.1", "the wire is not that of 1.0.0, which takes a minor step: 1.1.0"),
        (BROKEN, "1.1.0", "the next version that may break them is 2.0.0"),
        (ADDED.replace("since: VERSION, ", ""), "1.1.0", "since-missing"),
    ],
)
def test_a_version_that_moved_too_little_is_refused(
    text: str, version: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(text, version)
    assert release([]) == 1
    assert problem in capsys.readouterr().err
    assert released() == {"1.0.0"}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (SCHEMA.replace("doc: Read.", "doc: Look."), "1.0.1"),
        (SCHEMA, "1.1.0"),
        (ADDED, "1.1.0"),
        (ADDED, "2.0.0"),
        (BROKEN, "2.0.0"),
    ],
)
def test_a_version_that_moved_far_enough_is_released(text: str, version: str) -> None:
    write(text, version)
    assert release([]) == 0
    assert released() == {"1.0.0", version}
    assert breaking([]) == 0


def test_before_the_first_major_version_a_minor_step_may_break() -> None:
    Path("released/1.0.0.json").unlink()
    write(SCHEMA, "0.1.0")
    assert release([]) == 0
    write(BROKEN, "0.1.1")
    assert release([]) == 1
    write(ADDED, "0.1.1")
    assert release([]) == 0
    write(BROKEN, "0.2.0")
    assert release([]) == 0


def test_a_released_model_that_was_changed_by_hand_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("released/1.0.0.json")
    model = json.loads(file.read_text())
    model["model"]["methods"][0]["safety"] = "safe"
    file.write_text(json.dumps(model))
    assert breaking([]) == 2
    assert "1.0.0.json was changed after its release" in capsys.readouterr().err
    assert release([]) == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('"kind": "Method"', '"kind": "Procedure"'), "it has a 'Procedure', which this version of daemonrpc does not"),
        (('"safety":', '"danger":'), "a 'Method' has 'danger', which this version of daemonrpc does not know"),
    ],
)
def test_a_model_of_a_newer_generator_is_not_misread(
    change: tuple[str, str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path("released/1.0.0.json")
    whole = json.loads(file.read_text().replace(*change))
    whole["sha256"] = hashlib.sha256(json.dumps(whole["model"], sort_keys=True).encode()).hexdigest()
    file.write_text(json.dumps(whole))
    assert breaking([]) == 2
    assert problem in capsys.readouterr().err


def test_a_release_is_called_after_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    Path("released/1.0.0.json").rename("released/first.json")
    assert breaking([]) == 2
    assert "first.json holds version 1.0.0: a release is called after its version" in capsys.readouterr().err
