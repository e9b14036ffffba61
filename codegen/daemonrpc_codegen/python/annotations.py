"""Types and default values as Python expressions."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import (
    Api,
    Constraints,
    DictOf,
    Enum,
    Field,
    ListOf,
    Named,
    Nullable,
    Scalar,
    ScalarName,
    Struct,
    TypeRef,
)
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.text import Brackets, Code, literal
from daemonrpc_codegen.resolve import Resolved, resolve, resolve_field

__all__ = ["Annotations", "literal_bytes", "or_before_none"]

_SCALARS: Final = {
    ScalarName.DATETIME: ("datetime", "datetime"),
    ScalarName.UUID: ("uuid", "UUID"),
    ScalarName.ANY: ("typing", "Any"),
}


class Annotations:
    """Prints types for one module; what they need is noted in that module's imports.

    types_module: where declared types are imported from; empty in the module that defines them.
    """

    def __init__(self, api: Api, imports: Imports, types_module: str = ".types") -> None:
        self._api = api
        self._imports = imports
        self._types_module = types_module

    def type(self, ref: TypeRef) -> str:
        """A type as an annotation."""
        match ref:
            case Scalar(name):
                return self._imports.use(*_SCALARS[name]) if name in _SCALARS else name.value
            case Named(name):
                return self.name(name)
            case ListOf(item):
                return f"list[{self.type(item)}]"
            case DictOf(value):
                return f"dict[str, {self.type(value)}]"
            case Nullable(inner):
                return f"{self.type(inner)} | None"

    def name(self, name: str) -> str:
        """A declared type by its name."""
        return self._imports.use(self._types_module, name) if self._types_module else name

    def constrained(self, ref: TypeRef, constraints: Constraints, *, sensitive: bool) -> Code:
        """A type with the constraints of the place that uses it."""
        if constraints == Constraints() and not sensitive:
            return self.type(ref)
        whole = resolve(self._api, ref, constraints, sensitive=sensitive)
        annotated = Brackets(
            f"{self._imports.use('typing', 'Annotated')}[", [self._base(whole), self._constraint(whole)], "]"
        )
        return annotated.then(" | None") if whole.nullable else annotated

    def field(self, field: Field) -> Code:
        """The annotation of a field, with its constraints."""
        return self._or_unset(field, self.constrained(field.type, field.constraints, sensitive=field.sensitive))

    def argument(self, field: Field) -> Code:
        """The annotation of a function's argument: as the field's, but a reader there needs no constraints."""
        return self._or_unset(field, self.type(field.type))

    def default(self, field: Field) -> Code | None:
        """The default of a struct's field as an expression, or None for a required field."""
        if field.optional:
            return self._imports.use("daemonrpc", "UNSET")
        if field.default is None:
            return None
        value, whole = field.default.value, resolve_field(self._api, field)
        if not isinstance(value, list | dict):
            return self.value(value, whole)
        if not value and not isinstance(whole.base, Struct):
            return "[]" if value == [] else "{}"  # msgspec makes a new one each time, and omits it as a default
        return self._factory(value, whole)

    def value(self, value: Any, whole: Resolved) -> str:
        """A value of a type, given as JSON data, as an expression."""
        if value is None:
            return "None"
        match whole.base:
            case Scalar(name):
                return self._scalar(value, name)
            case Enum() as enum:
                return self._enum_member(value, enum)
            case ListOf(item):
                return f"[{', '.join(self.value(element, resolve(self._api, item)) for element in value)}]"
            case DictOf(item):
                inner = resolve(self._api, item)
                rows = (f"{literal(key)}: {self.value(element, inner)}" for key, element in value.items())
                return f"{{{', '.join(rows)}}}"
            case other:
                return f"{self.name(other.name)}()"

    def _or_unset(self, field: Field, code: Code) -> Code:
        if not field.optional:
            return code
        unset = self._imports.use("daemonrpc", "UnsetType")
        if isinstance(code, Brackets):
            return replace(code, closing=or_before_none(code.closing, unset))
        return or_before_none(str(code), unset)

    def _base(self, whole: Resolved) -> str:
        base = whole.base
        return self.type(base) if isinstance(base, Scalar | ListOf | DictOf) else self.name(base.name)

    def _constraint(self, whole: Resolved) -> Brackets:
        limits = whole.constraints
        arguments = {
            "minimum": limits.minimum,
            "maximum": limits.maximum,
            "min_length": limits.min_length,
            "max_length": limits.max_length,
            "pattern": limits.pattern,
            "sensitive": whole.sensitive or None,
        }
        shown = [f"{name}={literal(value)}" for name, value in arguments.items() if value is not None]
        return Brackets(f"{self._imports.use('daemonrpc', 'Constraint')}(", shown, ")")

    def _factory(self, value: Any, whole: Resolved) -> str:
        made = self.name(whole.base.name) if isinstance(whole.base, Struct) else f"lambda: {self.value(value, whole)}"
        return f"{self._imports.use('msgspec', 'field')}(default_factory={made})"

    def _enum_member(self, value: str, enum: Enum) -> str:
        member = next(item for item in enum.values if item.value == value)
        return f"{self.name(enum.name)}.{naming.enum_member(member)}"

    def _scalar(self, value: Any, name: ScalarName) -> str:
        special: dict[ScalarName, Callable[[], str]] = {
            ScalarName.FLOAT: lambda: literal(float(value)),
            ScalarName.BYTES: lambda: literal_bytes(base64.b64decode(value)),
            ScalarName.DATETIME: lambda: f"{self._imports.use('datetime', 'datetime')}.fromisoformat({literal(value)})",
            ScalarName.UUID: lambda: f"{self._imports.use('uuid', 'UUID')}({literal(value)})",
        }
        return special[name]() if name in special else literal(value)


def or_before_none(annotation: str, other: str) -> str:
    """`T | None` with one more choice: None stays the last."""
    without = annotation.removesuffix(" | None")
    return f"{without} | {other}{annotation[len(without) :]}"


def literal_bytes(value: bytes) -> str:
    """Bytes as a literal in double quotes, where that needs no escape."""
    text = repr(value)
    return f'b"{text[2:-1]}"' if '"' not in text and text[1] == "'" else text
