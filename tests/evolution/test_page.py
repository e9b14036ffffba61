"""docs/evolution.md: its table is that of the detector, and its example is safe."""

import re
from pathlib import Path

import pytest

from daemonrpc_codegen import Api, load
from daemonrpc_codegen.breaking import RULES, Category, Rule
from daemonrpc_codegen.breaking.judgement import judge
from daemonrpc_codegen.breaking.sides import Origin, Side

PAGE = (Path(__file__).parents[2] / "docs" / "evolution.md").read_text(encoding="utf-8")


def row(rule: Rule) -> str:
    cells = (f"`{rule.name}`", rule.category, rule.old_client, rule.new_client, rule.why, rule.advice)
    return f"| {' | '.join(map(str, cells))} |"


def test_the_table_is_that_of_the_detector() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| `[a-z-]+` \| [A-Z]+ \|", line)]
    assert sorted(rows) == sorted(map(row, RULES.values()))


def load_text(file: Path, text: str, version: str) -> Api:
    head = f"service: Kv\npackage: kv_api\nversion: {version}\ndoc: A store.\n"
    file.write_text(f"{head}types: {{Done: {{doc: Nothing to tell., fields: {{}}}}}}\n{text}", encoding="utf-8")
    return load(file)


def test_the_way_of_a_param_out_of_the_schema_breaks_nobody(tmp_path: Path) -> None:
    blocks: dict[str, str] = dict(re.findall(r"```yaml\n# (\d\.\d\.\d)\n(.*?)```", PAGE, re.DOTALL))
    assert list(blocks) == ["1.0.0", "1.1.0", "1.2.0"]
    releases: list[Side] = []
    for version, text in blocks.items():
        new = Side(version, load_text(tmp_path / "methods.yaml", text, version), Origin.RELEASE)
        assert judge(new, releases, is_history=True).failing(set(Category)) == []
        releases.append(new)
    assert judge(releases[2], releases[:1], is_history=True).failing(set(Category)), "the step between is needed"


@pytest.mark.parametrize("key", ["removed", "compatibility"])
def test_what_is_shown_of_the_language_is_part_of_it(key: str, tmp_path: Path) -> None:
    blocks = re.findall(rf"```yaml\n({key}:.*?)```", PAGE, re.DOTALL)
    assert blocks
    for block in blocks:
        load_text(tmp_path / "methods.yaml", block, "1.4.0")


def test_the_finding_that_is_shown_is_said_like_that() -> None:
    assert f"WIRE param-narrowed: breaks old clients with a new server: {RULES['param-narrowed'].why}\n" in PAGE
    assert f"hint: {RULES['param-narrowed'].advice}\n" in PAGE
