"""A document that we made, imported, is the schema that it was made of."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import Api, load
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.model import Compatibility, Removed
from daemonrpc_codegen.openrpc import document
from daemonrpc_codegen.openrpc_import import import_openrpc
from daemonrpc_codegen.openrpc_import.document import Document

ROOT = Path(__file__).parents[4]
SCHEMAS = [
    ROOT / "schema/methods.yaml",
    *sorted(ROOT.glob("tests/golden/good/*.yaml")),
    *sorted(ROOT.glob("examples/*/schema/methods.yaml")),
    ROOT / "tests/adversity/vault.yaml",
    ROOT / "tests/generated/methods.yaml",
    ROOT / "tests/typing/torture.yaml",
]


def without_history(api: Api) -> Api:
    """A document tells what is there, not what was removed or is accepted as a change."""
    parts: dict[str, Any] = {
        section: tuple(
            replace(item, removed=()) if hasattr(item, "removed") else item for item in getattr(api, section)
        )
        for section in ("types", "errors", "methods")
    }
    return replace(api, removed=Removed(), compatibility=Compatibility(), **parts)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_schema_comes_back_whole(path: Path, tmp_path: Path) -> None:
    api = load(path)
    made = import_openrpc(Document(document(api)), "openrpc.json", api.package)
    assert made.findings == ()
    (tmp_path / "methods.yaml").write_text(made.text, encoding="utf-8")
    back = load(tmp_path / "methods.yaml")
    assert back == without_history(api)
    assert fingerprint(back) == fingerprint(api)
    assert document(back) == document(api)


def test_the_history_of_a_declaration_comes_back(load_text: Any, tmp_path: Path) -> None:
    api = load_text("""\
types:
  Key: {type: str, widened: 1.0.0, since: 1.0.0, doc: A key.}
  Kind: {doc: A kind., enum: {one: {doc: One., since: 1.0.0, deprecated: use two}, two: Two.}}
errors:
  Missing: {code: 1, doc: None there., since: 1.0.0, deprecated: it is made}
methods:
  get:
    doc: Reads.
    params: {key: {type: Key, widened: 1.0.0, max_length: 5, sensitive: true, name: the_key, doc: Which.}}
    result: Kind
    errors: [Missing]
""")
    (tmp_path / "back.yaml").write_text(import_openrpc(Document(document(api)), "x").text, encoding="utf-8")
    assert load(tmp_path / "back.yaml") == api


def test_a_document_that_was_changed_is_told(torture: Api) -> None:
    made = document(torture)
    methods = made["methods"]
    methods[0]["params"].append({"name": "more", "description": "More.", "schema": {"type": "string"}})
    found = [str(finding) for finding in import_openrpc(Document(made), "x", torture.package).findings]
    assert found == [
        "lost: #/info/x-fingerprint: the document is not what the generator wrote: it was changed; written as it is now"
    ]


def test_the_document_is_left_as_it_was(torture: Api) -> None:
    made = document(torture)
    before = copy.deepcopy(made)
    import_openrpc(Document(made), "x")
    assert made == before
