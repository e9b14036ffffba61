"""OpenRPC documents of others, the schema that each becomes, and what is told about it."""

from pathlib import Path

import pytest

from daemonrpc_codegen import generate, load
from daemonrpc_codegen.openrpc_import import Imported, import_openrpc, read_document

FOLDER = Path(__file__).parent / "imported"
DOCUMENTS = sorted(FOLDER.glob("*.json"))


def imported(path: Path) -> Imported:
    return import_openrpc(read_document(path), path.name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_schema_and_findings_are_as_expected(path: Path, update_golden: bool) -> None:
    made = imported(path)
    found = "".join(f"{finding}\n" for finding in made.findings)
    if update_golden:
        path.with_suffix(".yaml").write_text(made.text, encoding="utf-8")
        path.with_suffix(".found").write_text(found, encoding="utf-8")
    assert made.text == path.with_suffix(".yaml").read_text(encoding="utf-8")
    assert found == path.with_suffix(".found").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["library", "lost", "names", "unions"])
def test_what_was_written_is_a_schema_that_generates(name: str, tmp_path: Path) -> None:
    api = load(FOLDER / f"{name}.yaml")
    assert api.methods
    assert generate(api, tmp_path).written


def test_there_are_findings_of_both_kinds() -> None:
    made = imported(FOLDER / "lost.json")
    assert made.lost > 20
    assert len(made.findings) - made.lost > 10
    assert imported(FOLDER / "library.json").lost == 0
