"""A JSON Schema as a list of plain alternatives: each of one type, without references and combinations.

The subset is what OpenRPC documents use to describe params and results. What is outside of it raises UnsupportedSchema:
a guess would make the values lie.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, cast

import msgspec

__all__ = ["TYPES", "Json", "Normalizer", "UnsupportedSchema", "type_of"]

Json = dict[str, Any]

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")

_COMBINE = frozenset(("$ref", "allOf", "anyOf", "oneOf"))
_TIGHTEN: dict[str, Any] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
_KEYWORDS = {
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "string": ("minLength", "maxLength", "pattern", "contentEncoding"),
    "array": ("items", "minItems", "maxItems"),
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
}
_NOTES = frozenset(
    (
        *("$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples"),
        *("deprecated", "readOnly", "writeOnly", "format", "summary"),
    )
)
_KNOWN = _COMBINE | _NOTES | {"type", "enum", "const", "not"} | {name for names in _KEYWORDS.values() for name in names}


class UnsupportedSchema(LookupError):
    """A schema that no values are made for; the message says which keyword or reference is the reason."""


class Normalizer:
    """Reads the schemas of one document, in which references point."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._known: dict[bytes, list[Json]] = {}

    def alternatives(self, schema: Any) -> list[Json]:
        """What a value may be: it is valid if it fits one of these. None of them: nothing is valid.

        An alternative without `type` takes any JSON value. Raises UnsupportedSchema.
        """
        key = msgspec.json.encode(schema, order="deterministic")
        if key not in self._known:
            self._known[key] = list(self._expand(schema, ()))
        return self._known[key]

    def _expand(self, schema: Any, seen: tuple[str, ...]) -> Iterator[Json]:
        if schema is True or schema is False:
            yield from [{}] if schema else []
            return
        if not isinstance(schema, dict):
            raise UnsupportedSchema(f"a schema is an object, not {schema!r}")
        schema = cast("Json", schema)
        _refuse_unknown(schema)
        parts = [list(_by_type(schema))]
        if "$ref" in schema:
            reference = str(schema["$ref"])
            if reference in seen:
                raise UnsupportedSchema(f"{reference} refers to itself")
            parts.append(list(self._expand(self._target(reference), (*seen, reference))))
        parts += [list(self._expand(part, seen)) for part in schema.get("allOf", [])]
        if "anyOf" in schema:
            parts.append([found for part in schema["anyOf"] for found in self._expand(part, seen)])
        if "oneOf" in schema:
            parts.append(self._one_of([list(self._expand(part, seen)) for part in schema["oneOf"]]))
        yield from reduce(self._meet_all, parts)

    def _target(self, reference: str) -> Any:
        target: Any = self._document
        for step in reference.removeprefix("#").strip("/").split("/"):
            step = step.replace("~1", "/").replace("~0", "~")  # RFC 6901
            target = cast("Json", target).get(step) if isinstance(target, dict) else None
        if target is None or not reference.startswith("#"):
            raise UnsupportedSchema(f"{reference} leads nowhere in this document")
        return target

    def _meet_all(self, left: list[Json], right: list[Json]) -> list[Json]:
        met = (self._meet(one, other) for one in left for other in right)
        return [alternative for alternative in met if alternative is not None]

    def _one_of(self, choices: list[list[Json]]) -> list[Json]:
        """Like anyOf, as long as no value can fit two of them."""
        for number, choice in enumerate(choices):
            if any(self._meet_all(choice, other) for other in choices[number + 1 :]):
                raise UnsupportedSchema("'oneOf' with choices that overlap")
        return [alternative for choice in choices for alternative in choice]

    def _meet(self, left: Json, right: Json) -> Json | None:
        """What fits both, None if nothing does."""
        types = {item["type"] for item in (left, right) if "type" in item}
        if types == {"integer", "number"}:
            types = {"integer"}
        if len(types) > 1:
            return None
        met: Json = left | right | ({"type": types.pop()} if types else {})
        both = left.keys() & right.keys()
        for name, tighter in _TIGHTEN.items():
            if name in both:
                met[name] = tighter(left[name], right[name])
        if "enum" in both:
            met["enum"] = [value for value in left["enum"] if value in right["enum"]]
        for name in ("not", "patterns"):
            if name in both:
                met[name] = [*left[name], *right[name]]
        if "items" in both:
            met["items"] = _all_of(left["items"], right["items"])
        if "enum" in met:
            met["enum"] = [value for value in met["enum"] if value not in met.get("not", [])]
        return None if met.get("enum") == [] else self._meet_objects(met, left, right)

    def _meet_objects(self, met: Json, left: Json, right: Json) -> Json | None:
        if met.get("type") != "object":
            return met
        required = list(dict.fromkeys([*left.get("required", []), *right.get("required", [])]))
        names = list(dict.fromkeys([*left.get("properties", {}), *right.get("properties", {})]))
        properties = {name: _all_of(_member(left, name), _member(right, name)) for name in names}
        met["required"], met["properties"] = required, properties
        met["additionalProperties"] = _all_of(
            left.get("additionalProperties", True), right.get("additionalProperties", True)
        )
        # A member that must be there and cannot be: that is how the tags of a union tell its variants apart.
        needed = [properties.get(name, met["additionalProperties"]) for name in required]
        return None if any(_is_local(member) and not self.alternatives(member) for member in needed) else met


def type_of(value: Any) -> str:
    """The most narrow type of JSON Schema that a decoded value has."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _refuse_unknown(schema: Json) -> None:
    unknown = [name for name in schema if name not in _KNOWN and not name.startswith("x-")]
    if unknown:
        raise UnsupportedSchema(f"the keyword '{unknown[0]}' is not understood")


def _by_type(schema: Json) -> Iterator[Json]:
    """The keywords of the schema itself, without its combinations."""
    values = _enumerated(schema)
    excluded = _excluded(schema)
    if values is not None:
        wanted = _types(schema)
        for kind in dict.fromkeys(map(type_of, values)):
            if not wanted or kind in wanted or (kind == "integer" and "number" in wanted):
                listed = [value for value in values if type_of(value) == kind and value not in excluded]
                yield from [{"type": kind, "enum": listed}] if listed else []
        return
    kinds = _types(schema) or ([kind for kind in TYPES if kind != "integer"] if _hints(schema) else [])
    if not kinds:
        yield {"not": excluded} if excluded else {}
    for kind in kinds:
        plain = {"type": kind, **{name: schema[name] for name in _KEYWORDS.get(kind, ()) if name in schema}}
        if "pattern" in plain:
            plain["patterns"] = [plain.pop("pattern")]
        if kind == "string" and "format" in schema:
            plain["format"] = schema["format"]
        yield plain | ({"not": excluded} if excluded else {})


def _types(schema: Json) -> list[str]:
    kinds = schema.get("type", [])
    listed = cast("list[str]", kinds if isinstance(kinds, list) else [kinds])
    # A whole number is a number, too: two alternatives that overlap would hide what is wrong.
    return [kind for kind in listed if not (kind == "integer" and "number" in listed)]


def _hints(schema: Json) -> bool:
    """Whether there are keywords that speak of one type only, so that values of other types are not limited."""
    return any(name in schema for names in _KEYWORDS.values() for name in names)


def _enumerated(schema: Json) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]] if schema["const"] in schema.get("enum", [schema["const"]]) else []
    return schema.get("enum")


def _excluded(schema: Json) -> list[Any]:
    """The values of `not: {enum: [...]}`."""
    without: Json = schema.get("not", {})
    if not without:
        return []
    if set(without) not in ({"enum"}, {"const"}):
        raise UnsupportedSchema("'not' with anything but an enum")
    return _enumerated(without) or []


def _member(schema: Json, name: str) -> Any:
    return schema.get("properties", {}).get(name, schema.get("additionalProperties", True))


def _is_local(schema: Any) -> bool:
    """Whether a schema holds no reference, which might lead back to where it stands."""
    return b'"$ref"' not in msgspec.json.encode(schema)


def _all_of(*schemas: Any) -> Any:
    kept: list[Any] = []
    for schema in _flat(schemas):
        if schema is False:
            return False
        if schema is not True and schema != {} and schema not in kept:
            kept.append(schema)
    return kept[0] if len(kept) == 1 else {"allOf": kept} if kept else True


def _flat(schemas: Iterable[Any]) -> Iterator[Any]:
    for schema in schemas:
        if isinstance(schema, dict) and set(cast("Json", schema)) == {"allOf"}:
            yield from schema["allOf"]
        else:
            yield schema
