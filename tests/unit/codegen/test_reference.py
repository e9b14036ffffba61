import re
from collections.abc import Callable
from pathlib import Path

from daemonrpc_codegen import Api, generate


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


def test_history_is_told(load_text: Callable[[str], Api], tmp_path: Path) -> None:
    api = load_text(
        "methods:\n  get:\n    doc: Read.\n    result: str\n    params:\n"
        "      key: {type: str, since: 1.0.0, widened: 1.0.0, deprecated: Use id., doc: The key.}\n"
    )
    generate(api, tmp_path / "out")
    page = (tmp_path / "out" / "reference.md").read_text(encoding="utf-8")
    assert "The key. *Since 1.0.0.* *Accepts more since 1.0.0.* **Deprecated:** Use id." in page
