"""What the detector says of each row of the table, in both columns."""

from pathlib import Path

import pytest

from daemonrpc_codegen import InvalidSchemaError
from daemonrpc_codegen.breaking import RULES, Category, Verdict, compare_models
from daemonrpc_codegen.breaking.history import is_supported
from evolution.row import Row, load_parts
from evolution.rows import ROWS

ORDER = [Verdict.OK, Verdict.HAZARD, Verdict.BREAKS]
WRITABLE = [row for row in ROWS if row.old_client != "unwritable"]


@pytest.mark.parametrize("row", WRITABLE, ids=lambda row: row.name)
def test_the_detector_says_what_the_table_says(row: Row, tmp_path: Path) -> None:
    old = load_parts(tmp_path / "old.yaml", row.old)
    new = load_parts(tmp_path / "new.yaml", row.new, version="1.1.0")
    findings = compare_models(old, new, is_release=True) if is_supported(old.version, new) else []
    assert {finding.rule.name for finding in findings} == row.rules
    columns = {
        "old client": max((finding.rule.old_client for finding in findings), key=ORDER.index, default=Verdict.OK),
        "new client": max((finding.rule.new_client for finding in findings), key=ORDER.index, default=Verdict.OK),
    }
    assert columns == {"old client": row.old_client, "new client": row.new_client}


def test_a_request_cannot_become_a_notification(tmp_path: Path) -> None:
    row = next(row for row in ROWS if row.old_client == "unwritable")
    with pytest.raises(InvalidSchemaError, match="'result' is missing"):
        load_parts(tmp_path / "new.yaml", row.new)


def test_the_way_back_of_what_is_safe_is_found_too(tmp_path: Path) -> None:
    """A detector that says nothing would pass each row that expects nothing."""
    silent = [row for row in WRITABLE if not row.rules]
    assert len(silent) <= 3
    assert {row.name for row in WRITABLE if "breaks" in (row.old_client, row.new_client)} & {
        row.name for row in silent
    } == set()


def test_every_rule_fires_in_some_row() -> None:
    fired = set[str]().union(*(row.rules for row in ROWS))
    assert RULES.keys() - fired == {"version-not-raised"}, "which needs two schemas of one version"


def test_names_of_rows_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 120


def test_every_rule_has_a_reason_and_what_breaks_has_advice() -> None:
    for rule in RULES.values():
        assert rule.why, rule.name
        assert rule.advice or not rule.breaks, rule.name
        assert rule.category in Category
