"""The model as JSON Schema, by direction.

What clients send is described strictly, as the server reads it: no unknown members at any level, closed enums and
unions, constraints, 64-bit integers. What clients receive is described tolerantly, as they read it: unknown members,
enum values and tags are allowed, and constraints are not checked.
A declared type that travels both ways becomes two schemas where they differ: `X` as received and `X.params` as sent.
"""

from collections.abc import Callable, Iterable
from enum import Enum as PythonEnum
from typing import Any, Final

from daemonrpc_codegen.direction import read_tolerantly, sent_by_clients, uses_of
from daemonrpc_codegen.extensions import constraint_notes, enum_notes, field_notes, type_notes
from daemonrpc_codegen.model import (
    Alias,
    Api,
    Constraints,
    DictOf,
    Enum,
    Field,
    ListOf,
    Method,
    Named,
    Nullable,
    Scalar,
    ScalarName,
    Struct,
    TypeDef,
    TypeRef,
    Union,
)
from daemonrpc_codegen.patterns import as_ecma
from daemonrpc_codegen.resolve import Resolved, resolve

__all__ = [
    "INT_MAX",
    "INT_MIN",
    "Direction",
    "JsonSchema",
    "Schemas",
    "item_schema",
    "params_schema",
    "result_schema",
    "type_schema",
]

JsonSchema = dict[str, Any]

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1

_BASE64: Final = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_HEX: Final = "[0-9a-fA-F]"
_UUID: Final = f"^(?:{_HEX}{{32}}|{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}})$"
_TIME: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
_ZONE: Final = r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"


class Direction(PythonEnum):
    """Which way a value travels, seen from the client."""

    SENT = "params"
    RECEIVED = "results"


def params_schema(api: Api, method: str) -> JsonSchema:
    """What the params of a method must be, given by name."""
    schemas = Schemas(api, "#/$defs/", both=False)
    found = _method(api, method)
    return _standalone(schemas, schemas.object(found.params, Direction.SENT))


def result_schema(api: Api, method: str) -> JsonSchema:
    """What a client accepts as the result of a method."""
    schemas = Schemas(api, "#/$defs/", both=False)
    return _standalone(schemas, schemas.type(_method(api, method).result, Direction.RECEIVED))


def item_schema(api: Api, method: str) -> JsonSchema:
    """What a client accepts as an item of a stream."""
    schemas, stream = Schemas(api, "#/$defs/", both=False), _method(api, method).stream
    if stream is None:
        raise LookupError(f"method '{method}' is no stream")
    return _standalone(schemas, schemas.type(stream.item, Direction.RECEIVED))


def type_schema(api: Api, name: str, direction: Direction) -> JsonSchema:
    """What a declared type must be when it travels in one direction."""
    schemas = Schemas(api, "#/$defs/", both=False)
    return _standalone(schemas, schemas.type(Named(name), direction))


def _method(api: Api, name: str) -> Method:
    found = next((method for method in api.methods if method.name == name), None)
    if found is None:
        raise LookupError(f"the schema has no method '{name}'")
    return found


def _standalone(schemas: "Schemas", schema: JsonSchema) -> JsonSchema:
    definitions = schemas.components()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return head | schema | ({"$defs": definitions} if definitions else {})


class Schemas:
    """Makes schemas, and remembers which declared types they refer to.

    prefix: where references point, such as `#/components/schemas/`.
    both: whether schemas of both directions go into one document.
    """

    def __init__(self, api: Api, prefix: str, *, both: bool) -> None:
        self._api = api
        self._prefix = prefix
        self._doubled = _doubled(api) if both else set[str]()
        self._wanted: dict[str, tuple[str, Direction]] = {}

    def components(self) -> dict[str, JsonSchema]:
        """The schemas of all declared types that were referred to, and of those that they refer to in turn."""
        made: dict[str, JsonSchema] = {}
        while missing := [key for key in self._wanted if key not in made]:
            for key in missing:
                name, direction = self._wanted[key]
                made[key] = self._declared(self._api.type_by_name[name], direction)
        places = {item.name: place for place, item in enumerate(self._api.types)}
        return dict(sorted(made.items(), key=lambda entry: (places[self._wanted[entry[0]][0]], entry[0])))

    def refer_to_all(self) -> None:
        """Include every declared type: also those that no message holds, as a tolerant reader of them would see them,
        and aliases that are written out where they are used because the place adds constraints to them.
        """
        for name in sent_by_clients(self._api):
            self._refer(name, Direction.SENT)
        for name in read_tolerantly(self._api):
            self._refer(name, Direction.RECEIVED)

    def type(self, ref: TypeRef, direction: Direction, constraints: Constraints | None = None) -> JsonSchema:
        """The schema of a type at a place that may add constraints."""
        if constraints and constraints != Constraints() and direction is Direction.SENT:
            return self._resolved(resolve(self._api, ref, constraints), direction)
        match ref:
            case Scalar():
                return self._resolved(resolve(self._api, ref), direction)
            case Named(name):
                return {"$ref": self._refer(name, direction)}
            case ListOf(item):
                return {"type": "array", "items": self.type(item, direction)}
            case DictOf(value):
                return {"type": "object", "additionalProperties": self.type(value, direction)}
            case Nullable(inner):
                return _or_null(self.type(inner, direction))

    def field(self, field: Field, direction: Direction) -> JsonSchema:
        """The schema of a field, with its description."""
        schema = self.type(field.type, direction, field.constraints)
        notes: JsonSchema = {"description": field.doc}
        if field.default is not None:
            notes["default"] = field.default.value
        if field.deprecated:
            notes["deprecated"] = True
        notes |= field_notes(field) | constraint_notes(field.type, field.constraints)
        # Draft 7, which OpenRPC uses, ignores what stands beside a $ref.
        return {"allOf": [schema]} | notes if "$ref" in schema else schema | notes

    def object(
        self, fields: Iterable[Field], direction: Direction, *, tag: tuple[str, str] | None = None
    ) -> JsonSchema:
        """The schema of an object with these members; `tag` is one more, and the value that it has if it is there."""
        listed = list(fields)
        members: JsonSchema = {} if tag is None else {tag[0]: {"const": tag[1]}}
        members |= {field.name: self.field(field, direction) for field in listed}
        schema: JsonSchema = {"type": "object", "properties": members}
        required = [field.name for field in listed if field.required]
        if required:
            schema["required"] = required
        if direction is Direction.SENT:
            schema["additionalProperties"] = False
        return schema

    def _refer(self, name: str, direction: Direction) -> str:
        key = f"{name}.params" if direction is Direction.SENT and name in self._doubled else name
        self._wanted[key] = (name, direction)
        return f"{self._prefix}{key}"

    def _declared(self, item: TypeDef, direction: Direction) -> JsonSchema:
        notes: JsonSchema = {"title": item.name, "description": item.doc}
        if item.deprecated:
            notes["deprecated"] = True
        notes |= type_notes(item)
        if isinstance(item, Alias):
            notes |= constraint_notes(item.type, item.constraints)
        schema = self._definition(item, direction)
        return notes | ({"allOf": [schema]} if "$ref" in schema else schema)

    def _definition(self, item: TypeDef, direction: Direction) -> JsonSchema:
        match item:
            case Alias():
                return self.type(item.type, direction, item.constraints)
            case Struct():
                return self._struct(item, direction)
            case Enum():
                return _enum(item, direction)
            case Union():
                return self._union(item, direction)

    def _struct(self, item: Struct, direction: Direction) -> JsonSchema:
        return self.object(item.fields, direction, tag=self._api.tag_by_struct.get(item.name))

    def _union(self, item: Union, direction: Direction) -> JsonSchema:
        known: list[JsonSchema] = [
            {"allOf": [{"$ref": self._refer(variant.struct, direction)}, {"required": [item.tag]}]}
            for variant in item.variants
        ]
        if item.closed or direction is Direction.SENT:
            return {"anyOf": known} | ({} if item.closed else {"x-open": True})
        tag = {"type": "string", "not": {"enum": [variant.tag for variant in item.variants]}}
        unknown = {"type": "object", "required": [item.tag], "properties": {item.tag: tag}}
        return {"anyOf": [*known, unknown]}

    def _resolved(self, whole: Resolved, direction: Direction) -> JsonSchema:
        match whole.base:
            case Scalar(name):
                schema = _SCALARS[name](whole.constraints, direction)
            case ListOf(item):
                schema = {"type": "array", "items": self.type(item, direction)} | _lengths(whole.constraints, "Items")
            case DictOf(value):
                inner = self.type(value, direction)
                schema = {"type": "object", "additionalProperties": inner}
                schema |= _lengths(whole.constraints, "Properties")
            case other:
                schema = {"$ref": self._refer(other.name, direction)}
        return _or_null(schema) if whole.nullable else schema


def _or_null(schema: JsonSchema) -> JsonSchema:
    kind = schema.get("type")
    if isinstance(kind, str):
        return schema | {"type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _lengths(limits: Constraints, what: str) -> JsonSchema:
    pairs = ((f"min{what}", limits.min_length), (f"max{what}", limits.max_length))
    return {key: value for key, value in pairs if value is not None}


def _text(limits: Constraints, direction: Direction) -> JsonSchema:
    schema: JsonSchema = {"type": "string"} | _lengths(limits, "Length")
    return schema | ({"pattern": f"^(?:{as_ecma(limits.pattern)})$"} if limits.pattern is not None else {})


def _integer(limits: Constraints, direction: Direction) -> JsonSchema:
    schema: JsonSchema = {"type": "integer", "format": "int64"}
    if direction is Direction.SENT:
        schema["minimum"] = INT_MIN if limits.minimum is None else limits.minimum
        schema["maximum"] = INT_MAX if limits.maximum is None else limits.maximum
    return schema


def _number(limits: Constraints, direction: Direction) -> JsonSchema:
    pairs = (("minimum", limits.minimum), ("maximum", limits.maximum))
    return {"type": "number"} | {key: value for key, value in pairs if value is not None}


def _datetime(limits: Constraints, direction: Direction) -> JsonSchema:
    zone = _ZONE if direction is Direction.SENT else f"{_ZONE}?"
    return {"type": "string", "format": "date-time", "pattern": f"{_TIME}{zone}$"}


def _fixed(schema: JsonSchema) -> Callable[[Constraints, Direction], JsonSchema]:
    return lambda limits, direction: dict(schema)


_SCALARS: Final[dict[ScalarName, Callable[[Constraints, Direction], JsonSchema]]] = {
    ScalarName.STR: _text,
    ScalarName.INT: _integer,
    ScalarName.FLOAT: _number,
    ScalarName.BOOL: _fixed({"type": "boolean"}),
    ScalarName.BYTES: _fixed({"type": "string", "contentEncoding": "base64", "pattern": _BASE64}),
    ScalarName.DATETIME: _datetime,
    ScalarName.UUID: _fixed({"type": "string", "format": "uuid", "pattern": _UUID}),
    ScalarName.ANY: _fixed({}),
}


def _enum(item: Enum, direction: Direction) -> JsonSchema:
    values = [value.value for value in item.values]
    docs = enum_notes(item)
    if item.closed or direction is Direction.SENT:
        return {"type": "string", "enum": values} | docs | ({} if item.closed else {"x-open": True})
    return {"anyOf": [{"type": "string", "enum": values}, {"type": "string"}]} | docs


def _doubled(api: Api) -> set[str]:
    """Types that travel both ways and do not look the same both ways."""
    differing = {item.name for item in api.types if _differs_itself(api, item)}
    while more := {
        item.name for item in api.types if item.name not in differing and differing.intersection(uses_of(item))
    }:
        differing |= more
    return differing & sent_by_clients(api) & read_tolerantly(api)


def _differs_itself(api: Api, item: TypeDef) -> bool:
    match item:
        case Struct():
            return True
        case Enum() | Union():
            return not item.closed
        case Alias():
            whole = resolve(api, item.type, item.constraints)
            return whole.constraints != Constraints() or _holds_int(item.type)


def _holds_int(ref: TypeRef) -> bool:
    match ref:
        case Scalar(name):
            return name is ScalarName.INT
        case ListOf(inner) | DictOf(inner) | Nullable(inner):
            return _holds_int(inner)
        case Named():
            return False
