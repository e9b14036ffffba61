"""A JSON Schema that an import takes without loss means the same afterwards: both accept the same values.

Schemas are drawn together with values that tend to fit them. `Draft7Validator` reads the schema as it was, and
`params_schema` of the imported one reads it as the server will.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from daemonrpc_codegen import load, params_schema
from daemonrpc_codegen.conformance import conforms
from daemonrpc_codegen.openrpc_import import import_openrpc
from daemonrpc_codegen.openrpc_import.document import Document

Json = dict[str, Any]
Drawn = tuple[Json, st.SearchStrategy[Any]]

WORDS = st.sampled_from(["a", "ab", "b1", "", "kind", "A-B"])
NAMES = st.sampled_from(["a", "b", "kind", "from", "x-y"])
ODD_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.just(0.5)
    | WORDS
    | st.lists(st.integers(0, 2), max_size=2)
    | st.dictionaries(NAMES, st.integers(0, 2), max_size=2)
)


def limits(draw: st.DrawFn, low: str, high: str) -> Json:
    first, second = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 5))))
    return draw(st.sampled_from([{}, {low: first}, {high: second}, {low: first, high: second}]))


@st.composite
def leaves(draw: st.DrawFn) -> Drawn:
    match draw(st.sampled_from(["text", "pattern", "int", "number", "bool", "enum", "const", "any"])):
        case "text":
            return {"type": "string", **limits(draw, "minLength", "maxLength")}, WORDS
        case "pattern":
            return {"type": "string", "pattern": draw(st.sampled_from(["^[a-b]+$", "b", "^a", "1$", "^(a|A)"]))}, WORDS
        case "int":
            bounds = limits(draw, "minimum", "maximum") | limits(draw, "exclusiveMinimum", "exclusiveMaximum")
            return {"type": "integer", **bounds}, st.integers(-1, 6)
        case "number":
            return {"type": "number", **limits(draw, "minimum", "maximum")}, st.sampled_from([0.5, 1, 2.5, -1])
        case "bool":
            return {"type": "boolean"}, st.booleans()
        case "enum":
            values = draw(st.lists(WORDS, min_size=1, unique=True))
            return {"type": "string", "enum": values}, st.sampled_from(values)
        case "const":
            return {"const": draw(WORDS)}, WORDS
        case _:
            return {}, ODD_VALUES


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[Drawn]) -> Drawn:
    schema, values = draw(inner)
    return {"type": "array", "items": schema, **limits(draw, "minItems", "maxItems")}, st.lists(values, max_size=4)


@st.composite
def dicts(draw: st.DrawFn, inner: st.SearchStrategy[Drawn]) -> Drawn:
    schema, values = draw(inner)
    whole = {"type": "object", "additionalProperties": schema, **limits(draw, "minProperties", "maxProperties")}
    return whole, st.dictionaries(WORDS, values, max_size=4)


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Drawn]) -> Drawn:
    members = draw(st.dictionaries(NAMES, inner, min_size=1, max_size=3))
    required = draw(st.lists(st.sampled_from(sorted(members)), unique=True))
    schema = {
        "type": "object",
        "properties": {name: schema for name, (schema, _) in members.items()},
        "required": required,
        "additionalProperties": False,
    }
    values = {name: value for name, (_, value) in members.items()}
    optional = {name: values[name] for name in values if name not in required}
    return schema, st.fixed_dictionaries({name: values[name] for name in required}, optional=optional)


@st.composite
def nullable(draw: st.DrawFn, inner: st.SearchStrategy[Drawn]) -> Drawn:
    schema, values = draw(inner)
    if isinstance(schema.get("type"), str) and "enum" not in schema and draw(st.booleans()):
        return schema | {"type": [schema["type"], "null"]}, values | st.none()
    # Where null fits two of the choices `oneOf` refuses it, which is not what anybody means.
    keys = ["anyOf"] if Draft7Validator(schema).is_valid(None) else ["anyOf", "oneOf"]
    return {draw(st.sampled_from(keys)): [schema, {"type": "null"}]}, values | st.none()


@st.composite
def unions(draw: st.DrawFn, inner: st.SearchStrategy[Drawn]) -> Drawn:
    parts: list[Json] = []
    values: st.SearchStrategy[Any] = st.nothing()
    for tag in draw(st.lists(st.sampled_from(["one", "two", "three"]), min_size=2, unique=True)):
        schema, member = draw(inner)
        properties = {"tag": {"const": tag}, "member": schema}
        parts.append({"type": "object", "properties": properties, "required": ["tag"], "additionalProperties": False})
        values |= st.fixed_dictionaries({"tag": st.just(tag)}, optional={"member": member})
    return {draw(st.sampled_from(["anyOf", "oneOf"])): parts}, values


def nested(inner: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    return lists(inner) | dicts(inner) | objects(inner) | nullable(inner) | unions(inner) | all_of(inner)


@st.composite
def all_of(draw: st.DrawFn, inner: st.SearchStrategy[Drawn]) -> Drawn:
    schema, values = draw(inner)
    return {"allOf": [schema], "description": "One part."}, values


SCHEMAS = st.recursive(leaves(), nested, max_leaves=6)


def document(schema: Json, *, in_components: bool) -> Json:
    place = {"$ref": "#/components/schemas/Value"} if in_components else schema
    return {
        "openrpc": "1.2.6",
        "info": {"title": "Values", "version": "1.0.0"},
        "methods": [
            {
                "name": "take",
                "params": [{"name": "value", "required": True, "schema": place}],
                "result": {"name": "r", "schema": {"type": "boolean"}},
            }
        ],
        "components": {"schemas": {"Value": schema} if in_components else {}},
    }


def test_both_accept_the_same_values(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    path = tmp_path / "methods.yaml"

    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data(), SCHEMAS, st.booleans())
    def compare(data: st.DataObject, drawn: Drawn, in_components: bool) -> None:
        schema, values = drawn
        made = import_openrpc(Document(document(schema, in_components=in_components)), "x")
        counts["lost"] += bool(made.lost)
        if made.lost:
            return
        path.write_text(made.text, encoding="utf-8")
        ours = params_schema(load(path), "take")
        for value in data.draw(st.lists(values, min_size=2, max_size=3)) + data.draw(st.lists(ODD_VALUES, max_size=2)):
            accepted = Draft7Validator(schema).is_valid(value)
            assert conforms(ours, {"value": value}) == accepted, (schema, value, made.text)
            counts["accepted" if accepted else "refused"] += 1

    compare()
    print(dict(counts))
    assert counts["accepted"] > 60
    assert counts["refused"] > 30
    assert counts["lost"] < 20


def test_null_that_fits_two_choices_of_which_one_may_fit_is_told() -> None:
    made = import_openrpc(Document(document({"oneOf": [{}, {"type": "null"}]}, in_components=False)), "x")
    assert made.lost == 1
    assert "null fits two of its choices, and so none" in str([*map(str, made.findings)])
