"""What JSON Schema and OpenRPC have no words for, as `x-` members: with them a document says all that the schema says.

`daemonrpc import openrpc` reads them back.
"""

from dataclasses import fields
from typing import Any

from daemonrpc_codegen.model import (
    Alias,
    Constraints,
    DictOf,
    Enum,
    EnumValue,
    ErrorDef,
    Field,
    ListOf,
    Method,
    Named,
    Nullable,
    Scalar,
    TypeDef,
    TypeRef,
    Union,
)

__all__ = ["constraint_notes", "enum_notes", "error_notes", "field_notes", "method_notes", "type_notes", "type_text"]

Notes = dict[str, Any]


def field_notes(field: Field) -> Notes:
    """Of a field or a param, beside its schema."""
    return {
        **_history(field),
        **({"x-name": field.python_name} if field.python_name else {}),
        **({"x-sensitive": True} if field.sensitive else {}),
    }


def type_notes(item: TypeDef) -> Notes:
    """Of a declared type."""
    return {**_history(item), **({"x-sensitive": True} if isinstance(item, Alias) and item.sensitive else {})}


def constraint_notes(ref: TypeRef, constraints: Constraints) -> Notes:
    """The constraints of a place itself: a client checks none, and those of an alias are not its own."""
    own = {item.name: getattr(constraints, item.name) for item in fields(Constraints)}
    given = {name: value for name, value in own.items() if value is not None}
    if not given:
        return {}
    return {"x-constraints": given} | ({"x-type": type_text(ref)} if _is_alias_of_its_own(ref) else {})


def enum_notes(item: Enum) -> Notes:
    """What the values of an enum mean."""
    more = {value.value: _value_notes(value) for value in item.values}
    notes = {value: note for value, note in more.items() if note}
    docs = {value.value: value.doc for value in item.values}
    return {"x-values": docs} | ({"x-value-notes": notes} if notes else {})


def method_notes(method: Method) -> Notes:
    """Of a method, where it is not as usual."""
    return {
        **({"x-name": method.python_name} if method.python_name else {}),
        **({"x-handler": method.handler} if method.handler != "async" else {}),
    }


def error_notes(error: ErrorDef) -> Notes:
    """Of an error; they stand beside the errors, as an Error Object of OpenRPC allows no members of others."""
    return _history(error)


def type_text(ref: TypeRef) -> str:
    """A type as a schema file writes it."""
    match ref:
        case Scalar(name):
            return name.value
        case Named(name):
            return name
        case ListOf(item):
            return f"list[{type_text(item)}]"
        case DictOf(value):
            return f"dict[str, {type_text(value)}]"
        case Nullable(inner):
            return f"{type_text(inner)} | None"


def _history(item: Field | TypeDef | ErrorDef | EnumValue) -> Notes:
    return {
        **({"x-since": item.since} if item.since else {}),
        **({"x-widened": item.widened} if isinstance(item, Field | Alias | Union) and item.widened else {}),
        **({"x-deprecated": item.deprecated} if item.deprecated else {}),
    }


def _value_notes(value: EnumValue) -> Notes:
    return _history(value) | ({"x-name": value.python_name} if value.python_name else {})


def _is_alias_of_its_own(ref: TypeRef) -> bool:
    return isinstance(ref.inner if isinstance(ref, Nullable) else ref, Named)
