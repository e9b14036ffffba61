"""The process that looks into files, asked directly."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conductord import contentcheck
from conductord.contentcheck import answer, main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def ask(rule: str, file: Path, **fields: Any) -> tuple[bool, str]:
    return answer({"rule": rule, "file": str(file), **fields})


def test_one_answer_a_line_in_the_order_of_the_questions(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("abc")
    questions = [{"rule": "contains", "file": str(file), "text": text} for text in ("b", "x")]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(questions)))

    assert main() == 0

    assert capsys.readouterr().out == '[true, "found at byte 1"]\n[false, "not found"]\n'


def test_a_text_is_found_in_a_file_that_would_not_fit_into_memory(file: Path) -> None:
    with open(file, "wb") as hole:
        hole.seek(contentcheck.MAX_BYTES * 2)
        hole.write(b"the end")

    assert ask("contains", file, text="the end") == (True, f"found at byte {contentcheck.MAX_BYTES * 2}")


@pytest.mark.parametrize(("rule", "fields"), [("regex", {"pattern": "x"}), ("json", {})])
def test_a_file_that_is_too_large_is_refused(file: Path, rule: str, fields: dict[str, str]) -> None:
    with open(file, "wb") as hole:
        hole.truncate(contentcheck.MAX_BYTES + 1)

    assert ask(rule, file, **fields) == (False, "is larger than 64 MiB")


def test_a_schema_may_refer_to_itself_and_follow_its_draft(file: Path) -> None:
    file.write_text('{"next": {"next": {}}}')
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"node": {"additionalProperties": {"$ref": "#/definitions/node"}}},
        "$ref": "#/definitions/node",
    }

    assert ask("json", file, schema=schema) == (True, "fits the schema")


def test_long_findings_are_cut(file: Path) -> None:
    file.write_text("x" * 1000)

    passed, message = ask("regex", file, pattern="x+")

    assert passed
    assert len(message) < 100
