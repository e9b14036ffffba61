"""`daemonrpc import openrpc`: what it writes, when it writes nothing, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import load
from daemonrpc_codegen.commands.import_document import import_document

DOCUMENT: dict[str, Any] = {
    "openrpc": "1.2.6",
    "info": {"title": "Adder", "version": "1.0.0", "description": "Adds."},
    "methods": [
        {
            "name": "add",
            "summary": "Adds.",
            "params": [{"name": "a", "description": "One.", "required": True, "schema": {"type": "integer"}}],
            "result": {"name": "sum", "schema": {"type": "integer"}},
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, document: Any) -> None:
    (folder / "openrpc.json").write_text(json.dumps(document), encoding="utf-8")


def with_schema(schema: Any) -> dict[str, Any]:
    method = {**DOCUMENT["methods"][0], "result": {"name": "sum", "schema": schema}}
    return {**DOCUMENT, "methods": [method]}


def test_a_schema_file_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, DOCUMENT)
    assert import_document(["openrpc", "openrpc.json", "--package", "sums"]) == 0
    assert capsys.readouterr() == ("wrote methods.yaml\n", "0 lost, 0 notes\n")
    api = load(folder / "methods.yaml")
    assert (api.service, api.package, [method.name for method in api.methods]) == ("Adder", "sums", ["add"])


def test_nothing_is_written_if_something_is_lost(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, with_schema({"type": "integer", "multipleOf": 2}))
    assert import_document(["openrpc", "openrpc.json"]) == 1
    assert not (folder / "methods.yaml").exists()
    assert capsys.readouterr().err.splitlines() == [
        "lost: #/methods/0/result/schema/multipleOf: 'multipleOf' cannot be said of a number; written without it",
        "1 lost, 0 notes",
        "nothing written: --partial writes what can be said, with the rest named at its top",
    ]


def test_what_is_lost_stands_at_the_top_of_a_partial_file(folder: Path) -> None:
    write(folder, with_schema({"type": "integer", "multipleOf": 2}))
    assert import_document(["openrpc", "openrpc.json", "--partial", "--out", "made/api.yaml"]) == 0
    lines = (folder / "made" / "api.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("# by hand: lost: #/methods/0/result/schema/multipleOf: ")
    assert load(folder / "made" / "api.yaml").methods


def test_a_file_that_is_there_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, DOCUMENT)
    (folder / "methods.yaml").write_text("mine", encoding="utf-8")
    assert import_document(["openrpc", "openrpc.json"]) == 1
    assert "methods.yaml is there already: --force writes over it" in capsys.readouterr().err
    assert (folder / "methods.yaml").read_text(encoding="utf-8") == "mine"
    assert import_document(["openrpc", "openrpc.json", "--force"]) == 0
    assert load(folder / "methods.yaml").service == "Adder"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "openrpc.json:1:2: not JSON: "),
        ("[]", "openrpc.json: no OpenRPC document: it has no member 'openrpc'"),
        ('{"openrpc": "2.0.0"}', "openrpc.json: OpenRPC '2.0.0' is not known; known are 1.0 to 1.4"),
        ('{"openrpc": "1.2.6", "info": {}}', "openrpc.json: no OpenRPC document: 'methods' is missing or no array"),
        ('{"openrpc": "1.2.6", "methods": []}', "openrpc.json: no OpenRPC document: 'info' is missing or no object"),
        ("[" * 100_000, "openrpc.json: nested too deeply"),
    ],
)
def test_what_is_no_document_is_said(folder: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    (folder / "openrpc.json").write_text(text, encoding="utf-8")
    assert import_document(["openrpc", "openrpc.json"]) == 1
    assert capsys.readouterr().err.startswith(message)


def test_schemas_that_are_nested_too_deeply_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema: Any = {"type": "integer"}
    for _ in range(300):
        schema = {"type": "array", "items": schema}
    write(folder, with_schema(schema))
    assert import_document(["openrpc", "openrpc.json"]) == 1
    assert capsys.readouterr().err == "openrpc.json: its schemas are nested too deeply\n"


def test_a_missing_file_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_document(["openrpc", "nowhere.json"]) == 1
    assert capsys.readouterr().err == "nowhere.json: No such file or directory\n"


ODD = [None, 1, "x", [], {}, [None], {"$ref": 1}, {"$ref": "#/methods/0"}, {"$ref": "#/components/schemas/Loop"}]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize(
    "place", ["params", "result", "errors", "examples", "x-stream", "schema", "methods", "components"]
)
def test_nonsense_anywhere_is_told_and_does_no_harm(
    folder: Path, capsys: pytest.CaptureFixture[str], place: str, value: Any
) -> None:
    """An exit code, not a traceback: what a document holds where is never taken for granted."""
    document = json.loads(json.dumps(DOCUMENT))
    document["components"] = {"schemas": {"Loop": {"$ref": "#/components/schemas/Loop"}}}
    if place == "schema":
        document["methods"][0]["params"][0]["schema"] = value
    elif place in ("methods", "components"):
        document[place] = [value] if place == "methods" else {"schemas": {"Odd": value}, "errors": {"Odd": value}}
    else:
        document["methods"][0][place] = value
    write(folder, document)
    assert import_document(["openrpc", "openrpc.json", "--partial", "--force"]) == 0
    is_nothing = value in ([], {}) and place in ("params", "errors", "examples", "schema")
    assert is_nothing or " lost" in capsys.readouterr().err.replace("0 lost", "")
