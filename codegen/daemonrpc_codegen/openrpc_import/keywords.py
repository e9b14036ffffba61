"""Which members of a JSON Schema an import reads, so that every other one is told and none is dropped in silence."""

from typing import Final

from daemonrpc_codegen.openrpc_import.findings import Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json

__all__ = ["report_rest"]

_READ_ANYWHERE: Final = frozenset(
    ("title", "description", "summary", "default", "deprecated", "type", "$schema", "$id", "$comment", "nullable")
) | frozenset(("definitions", "$defs"))  # read where a $ref leads there
_OWN: Final = frozenset(
    ("x-since", "x-widened", "x-deprecated", "x-name", "x-sensitive", "x-constraints", "x-type", "x-open", "x-values")
) | frozenset(("x-value-notes",))
_NOTES: Final = frozenset(("examples", "example", "readOnly", "writeOnly", "externalDocs", "xml", "format"))
_SHAPES: Final[dict[str, type]] = {"properties": dict, "required": list, "enum": list, "oneOf": list, "anyOf": list}
_READ: Final[dict[str, frozenset[str]]] = {
    "text": frozenset(("format", "contentEncoding", "minLength", "maxLength", "pattern")),
    "number": frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format")),
    "enum": frozenset(("enum", "const")),
    "list": frozenset(("items", "minItems", "maxItems", "additionalItems", "prefixItems")),
    "dict": frozenset(
        ("additionalProperties", "minProperties", "maxProperties", "properties", "required", "patternProperties")
    ),
    "struct": frozenset(("properties", "required", "additionalProperties")),
    "union": frozenset(("oneOf", "anyOf", "discriminator")),
    "reference": frozenset(("$ref",)),
    "any": frozenset[str](),
}


def report_rest(schema: Json, kind: str, at: str, findings: Findings) -> None:
    """Tell of each member that a schema of this kind has and that was not read."""
    for key, kind_of in _SHAPES.items():
        if key in schema and not isinstance(schema[key], kind_of):
            findings.lost(below(at, key), f"it is no {'object' if kind_of is dict else 'array'}", "left out")
    for key in schema:
        if key in _READ_ANYWHERE or key in _OWN or key in _READ[kind]:
            continue
        if key in _NOTES or key.startswith("x-"):
            findings.note(below(at, key), f"'{key}' has no place in a schema file", "left out")
        else:
            findings.lost(below(at, key), f"'{key}' cannot be said of {_words(kind)}", "written without it")


def _words(kind: str) -> str:
    return {"any": "a value of any type", "reference": "a reference"}.get(kind, f"a {kind}")
