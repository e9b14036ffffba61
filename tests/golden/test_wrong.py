"""Each rule of the schema language: a tiny wrong schema, and exactly what is said about it."""

from pathlib import Path

import pytest

from daemonrpc_codegen import InvalidSchemaError, load

SCHEMAS = sorted((Path(__file__).parent / "wrong").glob("*.yaml"))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_a_wrong_schema_gets_all_its_errors_with_place_and_hint(
    schema: Path, update_golden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(schema.parent)  # places are relative to where the person stands
    with pytest.raises(InvalidSchemaError) as caught:
        load(schema.name)
    message = f"{caught.value}\n"
    expected = schema.with_suffix(".err")
    if update_golden:
        expected.write_text(message, encoding="utf-8")
    assert message == expected.read_text(encoding="utf-8")


def test_every_expectation_has_its_schema() -> None:
    expectations = {path.stem for path in (Path(__file__).parent / "wrong").glob("*.err")}
    assert expectations == {path.stem for path in SCHEMAS}
