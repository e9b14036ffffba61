"""JSON Schemas of texts and numbers -> built-in types and constraints."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from daemonrpc_codegen.jsonschema import INT_MAX, INT_MIN
from daemonrpc_codegen.openrpc_import.findings import Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json
from daemonrpc_codegen.openrpc_import.patterns import whole_text_pattern

__all__ = ["Slot", "number_slot", "text_slot"]

_FORMATS: Final = {"date-time": "datetime", "uuid": "uuid"}
_LENGTHS: Final = {"minLength": "min_length", "maxLength": "max_length"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A type as the schema file writes it, and the constraints beside it."""

    type: str
    constraints: Json = field(default_factory=dict[str, Any])
    nullable: bool = False

    @property
    def text(self) -> str:
        """The type with its None."""
        return f"{self.type} | None" if self.nullable and self.type != "any" else self.type


def text_slot(schema: Json, at: str, findings: Findings, *, is_ours: bool) -> Slot:
    """A schema with `type: string` and no enum."""
    kind = schema.get("format")
    special = "bytes" if schema.get("contentEncoding") == "base64" else _FORMATS.get(str(kind))
    if special:
        for limit in (*_LENGTHS, "pattern"):
            if limit in schema and not is_ours:  # in our own documents the pattern says what the type says
                findings.lost(below(at, limit), f"a {special} has no constraints", "written without it")
        return Slot(special)
    if kind is not None:
        findings.note(below(at, "format"), f"the format {kind!r} is none of ours", "written as str without it")
    limits = {ours: schema[theirs] for theirs, ours in _LENGTHS.items() if theirs in schema}
    if "pattern" in schema:
        pattern = whole_text_pattern(str(schema["pattern"]))
        if pattern is None:
            problem = f"the pattern {schema['pattern']!r} is not one of ours: it has an anchor inside, or other syntax"
            findings.lost(below(at, "pattern"), problem, "written without it")
        else:
            limits["pattern"] = pattern
    return Slot("str", limits)


def number_slot(schema: Json, at: str, findings: Findings, *, whole: bool) -> Slot:
    """A schema with `type: integer` or `type: number`."""
    low = _limit(schema, "minimum", at, findings, whole=whole)
    high = _limit(schema, "maximum", at, findings, whole=whole)
    limits = {name: value for name, value in (("minimum", low), ("maximum", high)) if value is not None}
    return Slot("int" if whole else "float", limits)


def _limit(schema: Json, name: str, at: str, findings: Findings, *, whole: bool) -> float | None:
    """The tighter one of a limit and its exclusive form, as a limit that may be reached."""
    exclusive = f"exclusive{name.capitalize()}"
    plain, beyond = schema.get(name), schema.get(exclusive)
    if beyond is True:  # draft 4: a flag beside the limit
        plain, beyond = None, plain
    if not whole and _is_number(beyond):
        findings.lost(below(at, exclusive), "a float has no exclusive limit", f"written as {name} {beyond}")
    inside = [value for value in (_reached(plain, name, whole), _next(beyond, name, whole)) if value is not None]
    if not inside:
        return None
    value: float = (max if name == "minimum" else min)(inside)
    if whole and not INT_MIN <= value <= INT_MAX:
        findings.lost(below(at, name), f"{value} is beyond 64 bits", "written without it: an int has 64 bits")
    return None if whole and (value <= INT_MIN or value >= INT_MAX) else value


def _reached(value: Any, name: str, whole: bool) -> float | None:
    if not _is_number(value):
        return None
    return (math.ceil(value) if name == "minimum" else math.floor(value)) if whole else value


def _next(value: Any, name: str, whole: bool) -> float | None:
    if not _is_number(value):
        return None
    return (math.floor(value) + 1 if name == "minimum" else math.ceil(value) - 1) if whole else value


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
