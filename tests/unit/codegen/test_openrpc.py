import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from daemonrpc_codegen import Api, load
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.openrpc import document

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def meta_schema() -> Draft7Validator:
    """The published meta-schema; the one of JSON Schema that it refers to is draft 7."""
    meta = json.loads((Path(__file__).parent / "openrpc.meta-schema.json").read_text(encoding="utf-8"))
    meta["$schema"] = "http://json-schema.org/draft-07/schema#"
    draft = dict(Draft7Validator.META_SCHEMA) | {"$id": "https://meta.json-schema.tools/"}
    draft["definitions"] = draft["definitions"] | {"JSONSchemaObject": {"properties": {"$ref": {"type": "string"}}}}
    names = ("https://meta.json-schema.tools/", "https://meta.json-schema.tools")
    return Draft7Validator(
        meta, registry=Registry().with_resources([(name, Resource(draft, DRAFT7)) for name in names])
    )


@pytest.mark.parametrize("schema", ["schema/methods.yaml", "tests/typing/torture.yaml"])
def test_the_document_is_valid_openrpc(meta_schema: Draft7Validator, schema: str) -> None:
    assert [error.message for error in meta_schema.iter_errors(document(load(ROOT / schema)))] == []


def test_the_meta_schema_is_not_blind(meta_schema: Draft7Validator, torture: Api) -> None:
    made = document(torture)
    made["methods"][0]["paramStructure"] = "sideways"
    assert not meta_schema.is_valid(made)


def test_every_reference_leads_somewhere(torture: Api) -> None:
    made = document(torture)
    references = list(_references(made))
    assert references
    for reference in references:
        target: Any = made
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_params_stand_in_order_and_may_be_given_either_way(torture: Api) -> None:
    method = next(item for item in document(torture)["methods"] if item["name"] == "dict/str-ings")
    names = ["self", "timeout", "class", "jobId", "small", "colour", "when", "maybe", "either"]
    assert [param["name"] for param in method["params"]] == names
    assert [param["required"] for param in method["params"]] == [True] + [False] * 8
    assert method["paramStructure"] == "either"


def test_what_openrpc_has_no_words_for_stands_in_extensions(torture: Api) -> None:
    made = document(torture)
    methods = {item["name"]: item for item in made["methods"]}
    assert made["info"]["x-fingerprint"] == fingerprint(torture)
    assert methods["put"]["x-safety"] == "keyed"
    assert methods["put"]["x-key"] == "request_id"
    assert methods["put"]["x-access"] == "owner"
    assert methods["list"]["x-admission"] == "always"
    assert methods["presence.check"]["x-detached"] is True
    assert methods["import"]["x-since"] == "2.1.0"
    assert methods["import"]["deprecated"] is True
    assert methods["numbers.watch"]["x-stream"] == {
        "item": {"$ref": "#/components/schemas/Item"},
        "notification": "numbers/item",
        "slowConsumer": "drop_oldest",
    }


def _references(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for child in value.values():
            yield from _references(child)
    elif isinstance(value, list):
        for child in value:
            yield from _references(child)


def test_a_type_that_nobody_uses_yet_is_there_and_makes_no_params_tolerant(load_text: Callable[[str], Api]) -> None:
    api = load_text("""
types:
  Colour: {doc: An open enum., enum: {red: Red.}}
  Later: {doc: Of no message yet., fields: {colour: {type: Colour, doc: Its colour.}}}
methods:
  paint: {doc: Paint., params: {colour: {type: Colour, doc: With what.}}, result: int}
""")
    described = document(api)
    schemas = described["components"]["schemas"]
    assert set(schemas) == {"Colour", "Colour.params", "Later"}
    assert described["methods"][0]["params"][0]["schema"] == {"$ref": "#/components/schemas/Colour.params"}
    assert schemas["Colour.params"]["enum"] == ["red"]
    assert "anyOf" in schemas["Colour"]
