import re
from pathlib import Path

from daemonrpc_codegen import Api


def test_everything_is_on_the_page(torture: Api, torture_out: Path) -> None:
    page = (torture_out / "reference.md").read_text(encoding="utf-8")
    titles = re.findall(r"^### (.*)$", page, re.MULTILINE)
    names = [item.name for item in (*torture.methods, *torture.errors, *torture.types)]
    assert titles == names


def test_every_link_leads_to_a_title(torture_out: Path) -> None:
    page = (torture_out / "reference.md").read_text(encoding="utf-8")
    anchors = {title.lower() for title in re.findall(r"^#+ (.*)$", page, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([^)]*)\)", page))
    assert links
    assert links <= anchors


def test_a_bar_in_a_cell_does_not_end_it(torture_out: Path) -> None:
    page = (torture_out / "reference.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3, 5}
