"""What `daemonrpc breaking` says: pairs of tiny schemas, and exactly what is printed, for a person and as JSON."""

from pathlib import Path

import pytest

from daemonrpc_codegen.breaking import RULES
from daemonrpc_codegen.commands.breaking import breaking

FOLDER = Path(__file__).parent / "breaking"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())


@pytest.mark.parametrize(
    ("case", "name"),
    [*((case, "out.txt") for case in CASES), (FOLDER / "results", "out.json")],
    ids=lambda value: getattr(value, "name", value),
)
def test_findings_are_said_in_words_and_in_json(
    case: Path,
    name: str,
    update_golden: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(case)  # places are relative to where the person stands
    code = breaking(["old.yaml", "new.yaml", "--all" if name == "out.txt" else "--json"])
    printed = capsys.readouterr().out
    if update_golden:
        (case / name).write_text(printed, encoding="utf-8")
    assert printed == (case / name).read_text(encoding="utf-8")
    assert code == (0 if case.name == "retired" else 1)


def test_the_cases_show_a_good_part_of_the_rules() -> None:
    text = "".join((case / "out.txt").read_text(encoding="utf-8") for case in CASES)
    assert sum(f" {rule}: " in text for rule in RULES) >= 34
