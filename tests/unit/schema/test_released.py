"""The conductor's schema breaks nobody who was generated from a release of it; `make breaking` says the same."""

from pathlib import Path

import pytest

from daemonrpc_codegen.breaking import Category
from daemonrpc_codegen.breaking.judgement import judge
from daemonrpc_codegen.breaking.sides import read_releases, read_side

SCHEMA = Path(__file__).parents[3] / "schema"


def test_the_schema_breaks_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SCHEMA)
    releases = read_releases(Path("released"))
    assert releases[0].api.version == "1.0.0"
    judgement = judge(read_side("methods.yaml"), releases, is_history=True)
    assert [str(item.finding.message) for item in judgement.failing(set(Category))] == []
    assert judgement.unused == []
