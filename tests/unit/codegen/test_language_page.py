"""docs/schema-language.md: its examples are one schema that generates, and it leaves out no key and no file."""

import re
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import Api, InvalidSchemaError, generate, load
from daemonrpc_codegen.model import ScalarName
from daemonrpc_codegen.validate.metaschema import metaschema

PAGE = (Path(__file__).parents[3] / "docs" / "schema-language.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
CODE = "\n".join([*BLOCKS, *re.findall(r"`([^`\n]+)`", PAGE)])


def schema(folder: Path) -> Api:
    path = folder / "methods.yaml"
    path.write_text("".join(BLOCKS), encoding="utf-8")
    return load(path)


def test_the_examples_are_one_schema_of_which_everything_can_be_made(tmp_path: Path) -> None:
    api = schema(tmp_path)
    assert [method.name for method in api.methods] == ["entry.put", "entry.watch"]
    assert len(api.types) == 7
    assert generate(api, tmp_path / "out").written


def test_every_key_of_the_language_is_there() -> None:
    missing = sorted(key for key in keys(metaschema()) if not re.search(rf"(?<!\w){key}(?!\w)", CODE))
    assert len(set(keys(metaschema()))) > 50
    assert missing == []


def keys(schema: Any) -> set[str]:
    """The keys that a part of the language has, and those inside them."""
    if isinstance(schema, list):
        return set[str]().union(*map(keys, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})).union(*map(keys, schema.values()))


def test_every_value_of_a_setting_is_there() -> None:
    settings = metaschema()["$defs"]["method"]["properties"]
    values = {value for part in settings.values() for value in part.get("enum", ())}
    assert len(values) > 10
    assert {value for value in values if not re.search(rf"(?<!\w){value}(?!\w)", CODE)} == set()


def test_every_built_in_type_has_its_row() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE)
    assert set(ScalarName) <= set(rows)


def test_every_file_that_is_made_has_its_row(tmp_path: Path) -> None:
    api = schema(tmp_path)
    made = {path.replace(api.package, "<package>") for path in generate(api, tmp_path / "out").written}
    table = PAGE.partition("## What is made")[2].partition("##")[0]
    named = {name for name in made if f"`{name}`" in table or f"`{Path(name).name}`" in table}
    assert made - named <= {"<package>/__init__.py", "<package>/py.typed"}


def test_the_message_that_it_shows_is_what_is_said(tmp_path: Path) -> None:
    shown = re.findall(r"```\n(methods\.yaml:.*?)```", PAGE, re.DOTALL)
    head = BLOCKS[0].partition("service")[2]
    entry = "types:\n  Entry:\n    doc: X.\n    fields:\n      tags: {type: 'string[]', nullable: true, doc: X.}\n"
    text = f"service{head}{entry}"
    (tmp_path / "methods.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSchemaError) as caught:
        load(tmp_path / "methods.yaml")
    assert [f"{caught.value}\n".replace(f"{tmp_path}/", "")] == shown
