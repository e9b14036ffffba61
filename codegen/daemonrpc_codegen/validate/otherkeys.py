"""Keys of other schema languages (OpenAPI, JSON Schema, OpenRPC, protobuf) -> what to write here, for hints."""

from collections.abc import Collection
from typing import Final

from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.load import Node

__all__ = ["what_to_write"]

_OURS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("description", "summary", "title", "comment", "help", "documentation", "message"), ("doc",)),
    **dict.fromkeys(("returns", "return", "response", "responses", "output", "reply"), ("result",)),
    **dict.fromkeys(("request", "parameters", "args", "arguments", "input", "body"), ("params",)),
    **dict.fromkeys(("throws", "raises", "exceptions"), ("errors",)),
    **dict.fromkeys(("properties", "members", "attributes"), ("fields", "data")),
    **dict.fromkeys(("import", "imports", "$include", "includes"), ("include",)),
    **dict.fromkeys(("definitions", "schemas", "models", "messages", "enums", "structs", "$defs"), ("types",)),
    **dict.fromkeys(("rpc", "rpcs", "procedures", "functions", "endpoints", "paths"), ("methods",)),
    **dict.fromkeys(("minItems", "minProperties", "min_items"), ("min_length",)),
    **dict.fromkeys(("maxItems", "maxProperties", "max_items"), ("max_length",)),
    **dict.fromkeys(("regex", "regexp", "match"), ("pattern",)),
    **dict.fromkeys(("ge", "gte", "min"), ("minimum",)),
    **dict.fromkeys(("le", "lte", "max"), ("maximum",)),
    **dict.fromkeys(("secret", "password", "private"), ("sensitive",)),
    **dict.fromkeys(("values", "symbols"), ("enum",)),
    "discriminator": ("tag",),
    "propertyName": ("tag",),
    "mapping": ("of",),
    "variants": ("of",),
    "name": ("service",),
    "request_id": ("key",),
    "id": ("code",),
    "kind": ("type",),
    "$ref": ("type",),
    "value": ("default",),
    "auth": ("access",),
    "security": ("access",),
    "permissions": ("access",),
    "streaming": ("stream",),
    "items": ("item",),
    "example": ("examples",),
}
"""A word, and the keys of ours that mean it: the first that is allowed where the word stands."""

_RULES: Final = {
    **dict.fromkeys(("nullable", "null", "allow_none"), "what may be null has the type `T | None`"),
    **dict.fromkeys(("required", "mandatory"), "a field is required unless it has `default` or `optional: true`"),
    **dict.fromkeys(("oneOf", "anyOf", "oneof"), "declare a type with `union: {tag: kind, of: {a: A, b: B}}`"),
    **dict.fromkeys(("allOf", "extends", "base", "inherits"), "structs do not inherit: write all the fields out"),
    **dict.fromkeys(("idempotent", "readonly", "safe", "retry"), "`safety` says whether a call is repeated"),
    **dict.fromkeys(("timeout", "deadline", "ttl"), "each caller gives its own: `timeout=` of the client's method"),
    **dict.fromkeys(("exclusiveMinimum", "gt"), "`minimum` is itself allowed: write the smallest value that is"),
    **dict.fromkeys(("exclusiveMaximum", "lt"), "`maximum` is itself allowed: write the largest value that is"),
    **dict.fromkeys(("multipleOf", "uniqueItems", "contains"), "there is no such constraint: let the handler check it"),
    **dict.fromkeys(("openrpc", "info", "servers"), "`daemonrpc import openrpc FILE` makes a schema of it"),
    **dict.fromkeys(("openapi", "swagger", "syntax"), "another language; docs/schema-language.md shows this one"),
    "format": "the types datetime, uuid and bytes say their form; else write `pattern`",
    "enum": "declare a type with `enum:` under `types` and write its name",
    **dict.fromkeys(("readOnly", "writeOnly"), "declare two structs: one for params, one for results"),
    "const": "declare an enum with this one value",
    "items": "the items of a list are part of its type: `list[T]`",
    "properties": "a struct is a type of its own: `fields:` in place of `type:`",
    "fields": "declare a struct under `types` and write its name",
    "union": "declare a union under `types` and write its name",
    "additionalProperties": "an object with any keys is `dict[str, T]`; a struct can always grow",
    "example": "examples belong to methods: `examples: [{params: {...}, result: ...}]`",
    "examples": "examples belong to methods",
    "components": "declare the types under `types`",
    "tags": "there are none; methods are grouped by the first word of their names",
    "position": "params have the order in which they stand",
    "closed": "only an enum or a union is closed; a struct can always grow",
    "extensible": "enums and unions are open unless they have `closed: true`",
    "<<": "YAML 1.2 has no merge keys: write the keys out",
    "removed": "only what has names below it has tombstones",
}
"""A word, and what is to be done where no key of ours means it."""


def what_to_write(child: Node, known: Collection[str]) -> str:
    """The hint for a key that is not known; `known` are the keys that are."""
    key = str(child.path[-1])
    ours = next((name for name in _OURS.get(key, ()) if name in known), "")
    if ours:
        return f"write `{ours}`"
    if key in _RULES:
        return _RULES[key]
    return _slip(key, known) or did_you_mean(key, known) or _cut_off(child) or f"known here: {', '.join(known)}"


def _slip(key: str, known: Collection[str]) -> str:
    """A key and its value that YAML took for one word: `doc:X` and `doc X`."""
    word = key.replace(":", " ").partition(" ")[0]
    return f"write `{word}: ...`, with a colon and a space" if word != key and word in known else ""


def _cut_off(child: Node) -> str:
    """A part of a text that YAML took for a key: `{doc: One, two}`."""
    return "a text with a comma needs quotes inside { }" if child.value is None else ""
