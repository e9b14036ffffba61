"""Test values made from JSON Schemas, also those that others write: jsonschema says of each whether it fits."""

import random
from typing import Any

import pytest
from hypothesis.strategies import SearchStrategy

from daemonrpc.testing.schemas import DocumentValues, UnsupportedSchema, Wrong, drawn
from daemonrpc_codegen.conformance import validator

Json = dict[str, Any]

TREE = {
    "type": "object",
    "required": ["v"],
    "properties": {"v": {"type": "integer"}, "l": {"$ref": "#/components/schemas/X"}},
}
SUM: Json = {
    "oneOf": [
        {"type": "object", "properties": {"op": {"const": "n"}, "v": {"type": "number"}}, "required": ["op", "v"]},
        {
            "type": "object",
            "properties": {"op": {"const": "+"}, "a": {"$ref": "#/components/schemas/X"}},
            "required": ["op", "a"],
        },
    ]
}
SCHEMAS: list[Json] = [
    {"type": "integer", "minimum": 0.5, "exclusiveMaximum": 9},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": ["integer", "number", "null"]},
    {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-c]*$"},
    {"type": "string", "enum": ["a", "b"]},
    {"enum": ["a", 5, None]},
    {"const": 7},
    {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 3},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1, "maxProperties": 2},
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"]},
    {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 8, "type": "number"}]},
    {"allOf": [{"type": "string", "pattern": "^[ab]+$"}, {"type": "string", "pattern": "a"}]},
    {"anyOf": [{"type": "string", "enum": ["x"]}, {"type": "integer", "minimum": 5}]},
    {"type": "string", "not": {"enum": ["", "a"]}},
    {"type": "object", "properties": {"a": {"type": "integer"}, "no": False}, "additionalProperties": False},
    TREE,
    SUM,
]


def values_of(schema: Json) -> DocumentValues:
    return DocumentValues({"methods": [], "components": {"schemas": {"X": schema}}})


def found(strategy: SearchStrategy[Any], count: int = 40) -> list[Any]:
    return drawn(strategy, count, random.Random(str(strategy)[:50]).randrange(1000))


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_valid_values_fit_and_invalid_ones_do_not(schema: Json) -> None:
    values = values_of(schema)
    oracle = validator(schema | {"components": {"schemas": {"X": schema}}})
    valid = found(values.component("X"))
    assert [value for value in valid if not oracle.is_valid(value)] == []
    invalid = values.invalid_component("X")
    assert invalid is not None
    wrongs: list[Wrong] = found(invalid)
    assert [wrong for wrong in wrongs if oracle.is_valid(wrong.value)] == []
    assert len(valid) >= 1
    assert len(wrongs) >= 5
    assert all(wrong.why for wrong in wrongs)


def test_a_recursive_type_comes_to_an_end_and_is_sometimes_deep() -> None:
    def depth(value: Json) -> int:
        return 1 + (depth(value["a"]) if "a" in value else 0)

    depths = {depth(value) for value in found(values_of(SUM).component("X"), 100)}
    assert depths >= {1, 2, 3}


def test_of_any_json_value_nothing_is_invalid() -> None:
    assert values_of({}).invalid_component("X") is None
    assert len({type(value) for value in found(values_of({}).component("X"), 100)}) >= 5


def test_it_says_where_and_what_is_wrong() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer", "maximum": 5}}}}
    invalid = values_of(schema).invalid_component("X")
    assert invalid is not None
    whys = {wrong.why for wrong in found(invalid, 200)}
    assert "not of type object" in whys
    assert "a: not of type array" in whys
    assert "a.[0]: beyond the maximum 5" in whys


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "object", "patternProperties": {}}, "'patternProperties' is not understood"),
        ({"type": "array", "uniqueItems": True}, "'uniqueItems' is not understood"),
        ({"not": {"type": "string"}}, "'not' with anything but an enum"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "'oneOf' with choices that overlap"),
        ({"$ref": "#/components/schemas/X"}, "refers to itself"),
        ({"$ref": "#/components/schemas/Y"}, "leads nowhere"),
        ({"$ref": "other.json"}, "leads nowhere"),
        ({"type": "object", "properties": {"x": {"$ref": "#/components/schemas/X"}}, "required": ["x"]}, "no end"),
        (False, "nothing fits"),
        (5, "a schema is an object"),
    ],
)
def test_what_it_cannot_make_values_of_it_names(schema: Any, reason: str) -> None:
    with pytest.raises(UnsupportedSchema, match=reason):
        values_of(schema).component("X")


def test_the_same_seed_draws_the_same() -> None:
    values = values_of(SUM)
    one, same, other = (drawn(values.component("X"), 20, seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
