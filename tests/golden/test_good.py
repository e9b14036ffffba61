"""Tiny schemas and what is made of them. The first line of each says which files it shows."""

from pathlib import Path

import pytest

from daemonrpc_codegen import generate, load

FOLDER = Path(__file__).parent / "good"
CASES = [
    (schema, name)
    for schema in sorted(FOLDER.glob("*.yaml"))
    for name in schema.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect:").split()
]


@pytest.mark.parametrize(("schema", "name"), CASES, ids=lambda value: getattr(value, "stem", value))
def test_output_is_as_expected(schema: Path, name: str, update_golden: bool, tmp_path: Path) -> None:
    generate(load(schema, source=schema.name), tmp_path)
    made = (tmp_path / name).read_text(encoding="utf-8")
    expected = FOLDER / schema.stem / Path(name).name
    if update_golden:
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(made, encoding="utf-8")
    assert made == expected.read_text(encoding="utf-8")


def test_every_expected_file_is_compared() -> None:
    compared = {FOLDER / schema.stem / Path(name).name for schema, name in CASES}
    assert {path for path in FOLDER.glob("*/*") if path.is_file()} == compared
