"""Does a JSON value fit a schema? Read as a daemon on this stack reads it.

1.0 is no integer, `$` is the end of the text and nothing before it; `format` and `contentEncoding` say nothing.
"""

import re
from functools import cache
from typing import Any, cast

from daemonrpc.testing.schemas.normal import Json, Normalizer, type_of

__all__ = ["compiled", "fits", "fits_alternative"]


def fits(normalizer: Normalizer, schema: Any, value: Any) -> bool:
    """Whether a decoded JSON value is what the schema describes. Raises UnsupportedSchema."""
    return any(fits_alternative(normalizer, plain, value) for plain in normalizer.alternatives(schema))


def fits_alternative(normalizer: Normalizer, plain: Json, value: Any) -> bool:
    """Whether a value is what one alternative of a schema describes."""
    if value in plain.get("not", []):
        return False
    if "type" not in plain:
        return True
    kind = type_of(value)
    if kind != plain["type"] and (kind, plain["type"]) != ("integer", "number"):
        return False
    if "enum" in plain:
        return value in plain["enum"]
    match kind:
        case "integer" | "number":
            return _is_within(plain, value)
        case "string":
            return _is_long(plain, value, "Length") and all(
                compiled(pattern).search(value) for pattern in plain.get("patterns", [])
            )
        case "array":
            items = plain.get("items", True)
            return _is_long(plain, value, "Items") and all(fits(normalizer, items, item) for item in value)
        case "object":
            return _is_long(plain, value, "Properties") and _fits_members(normalizer, plain, value)
        case _:
            return True


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of JSON Schema, in which `$` never ends before a newline and letters are those of ASCII."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)


def _is_within(plain: Json, value: float) -> bool:
    return (
        value >= plain.get("minimum", value)
        and value <= plain.get("maximum", value)
        and ("exclusiveMinimum" not in plain or value > plain["exclusiveMinimum"])
        and ("exclusiveMaximum" not in plain or value < plain["exclusiveMaximum"])
    )


def _is_long(plain: Json, value: Any, what: str) -> bool:
    size = len(value)
    return bool(plain.get(f"min{what}", 0) <= size <= plain.get(f"max{what}", size))


def _fits_members(normalizer: Normalizer, plain: Json, value: Any) -> bool:
    members = cast("Json", value)
    properties, others = plain.get("properties", {}), plain.get("additionalProperties", True)
    return all(name in members for name in plain.get("required", [])) and all(
        fits(normalizer, properties.get(name, others), member) for name, member in members.items()
    )
