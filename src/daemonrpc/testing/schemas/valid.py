"""Hypothesis strategies for JSON values that fit a schema."""

import base64
import math
from datetime import UTC
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from daemonrpc.testing.schemas.check import compiled, fits_alternative
from daemonrpc.testing.schemas.normal import Json, Normalizer, UnsupportedSchema

__all__ = ["DEPTH", "ValidValues", "any_json"]

DEPTH = 4
"""How deep values are free; below, each is as small as its schema allows, so that recursive types come to an end."""

EXTRA_ITEMS = 3
LONGEST_FREE = 1000
"""Of a longer text the rest is filled up."""
INT_MIN, INT_MAX = -(2**63), 2**63 - 1


class ValidValues:
    """Makes strategies for the schemas of one document, each once."""

    def __init__(self, normalizer: Normalizer) -> None:
        self._normalizer = normalizer
        self._made: dict[tuple[bytes, int], list[SearchStrategy[Any]]] = {}
        self._heights: dict[bytes, float] = {}

    def values(self, schema: Any, depth: int = DEPTH) -> SearchStrategy[Any]:
        """Values that fit. Raises UnsupportedSchema, also for a schema that nothing fits."""
        key = (msgspec.json.encode(schema, order="deterministic"), depth)
        if key not in self._made:
            self._made[key] = [self.alternative(plain, depth) for plain in self._possible(schema, depth)]
        if not self._made[key]:
            raise UnsupportedSchema("nothing fits this schema, or only what has no end")
        return st.one_of(self._made[key])

    def alternative(self, plain: Json, depth: int = DEPTH) -> SearchStrategy[Any]:
        """Values of one alternative of a schema."""
        if "enum" in plain:
            return st.sampled_from(plain["enum"])
        made = self._of_type(plain, depth)
        return made.filter(lambda value: value not in plain["not"]) if plain.get("not") else made

    def _of_type(self, plain: Json, depth: int) -> SearchStrategy[Any]:
        match plain.get("type"):
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer":
                return _integers(plain)
            case "number":
                return _numbers(plain)
            case "string":
                return self._texts(plain)
            case "array":
                low, high = _sizes(plain, "Items", depth)
                return st.lists(self._inner(plain.get("items", True), high, depth), min_size=low, max_size=high)
            case "object":
                return self._objects(plain, depth)
            case _:
                return any_json() if depth > 0 else st.none()

    def _inner(self, schema: Any, high: int, depth: int) -> SearchStrategy[Any]:
        return self.values(schema, depth - 1) if high else st.nothing()

    def _texts(self, plain: Json) -> SearchStrategy[str]:
        low, high = plain.get("minLength", 0), plain.get("maxLength")
        if plain.get("contentEncoding") == "base64":
            made = st.binary(max_size=30).map(lambda data: base64.b64encode(data).decode())
        elif plain.get("format") == "date-time":
            made = st.datetimes(timezones=st.just(UTC)).map(lambda time: time.isoformat())
        elif plain.get("format") == "uuid":
            made = st.uuids().map(str)
        elif plain.get("patterns"):
            made = st.from_regex(compiled(plain["patterns"][0]))
        else:
            free = st.text(min_size=min(low, LONGEST_FREE), max_size=None if high is None else min(high, LONGEST_FREE))
            return free if low <= LONGEST_FREE else free.map(lambda text: text.ljust(low, "x"))
        return made.filter(lambda text: fits_alternative(self._normalizer, plain, text))

    def _objects(self, plain: Json, depth: int) -> SearchStrategy[Json]:
        properties: Json = plain.get("properties", {})
        required: list[str] = plain.get("required", [])
        others: Any = plain.get("additionalProperties", True)
        needed = {name: self.values(properties.get(name, others), depth - 1) for name in required}
        optional = {} if depth <= 0 else self._optional(properties, required, depth)
        made: SearchStrategy[Json] = st.fixed_dictionaries(needed, optional=optional)
        low, high = _sizes(plain, "Properties", depth)
        if not properties and not required and self._normalizer.alternatives(others):
            entries = self._inner(others, high, depth)
            made = st.dictionaries(st.text(), entries, min_size=low, max_size=high) if high else made
        if "minProperties" in plain or "maxProperties" in plain:
            return made.filter(lambda value: fits_alternative(self._normalizer, plain, value))
        return made

    def _optional(self, properties: Json, required: list[str], depth: int) -> dict[str, SearchStrategy[Any]]:
        free = [name for name in properties if name not in required and self._possible(properties[name], depth - 1)]
        return {name: self.values(properties[name], depth - 1) for name in free}

    def _possible(self, schema: Any, depth: int) -> list[Json]:
        """The alternatives that come to an end; below the depth only those that do so first."""
        heights = [(self._height(plain, frozenset()), plain) for plain in self._normalizer.alternatives(schema)]
        finite = [pair for pair in heights if pair[0] != float("inf")]
        lowest = min((height for height, _ in finite), default=0)
        return [plain for height, plain in finite if depth > 0 or height == lowest]

    def _height(self, plain: Json, above: frozenset[bytes]) -> float:
        """How many levels the smallest value of an alternative has; infinite if it must hold itself."""
        match plain.get("type"):
            case "object":
                properties, others = plain.get("properties", {}), plain.get("additionalProperties", True)
                needed = [properties.get(name, others) for name in plain.get("required", [])]
                needed += [others] if plain.get("minProperties", 0) > len(needed) else []
            case "array":
                needed = [plain.get("items", True)] if plain.get("minItems", 0) else []
            case _:
                return 0
        return 1 + max((self._least_height(schema, above) for schema in needed), default=0)

    def _least_height(self, schema: Any, above: frozenset[bytes]) -> float:
        key = msgspec.json.encode(schema, order="deterministic")
        if key in above:
            return float("inf")
        if key not in self._heights:
            alternatives = self._normalizer.alternatives(schema)
            height = min((self._height(plain, above | {key}) for plain in alternatives), default=float("inf"))
            if above:
                return height  # it may be less where what stands above is not in the way
            self._heights[key] = height
        return self._heights[key]


def any_json() -> SearchStrategy[Any]:
    """Any JSON value."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(INT_MIN, INT_MAX)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text()
    )
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6
    )


def _integers(plain: Json) -> SearchStrategy[int]:
    low = math.floor(plain["exclusiveMinimum"]) + 1 if "exclusiveMinimum" in plain else INT_MIN
    high = math.ceil(plain["exclusiveMaximum"]) - 1 if "exclusiveMaximum" in plain else INT_MAX
    low, high = max(low, plain.get("minimum", low)), min(high, plain.get("maximum", high))
    return st.integers(math.ceil(low), math.floor(high))


def _numbers(plain: Json) -> SearchStrategy[float]:
    low = max((plain[name] for name in ("minimum", "exclusiveMinimum") if name in plain), default=None)
    high = min((plain[name] for name in ("maximum", "exclusiveMaximum") if name in plain), default=None)
    return st.floats(
        None if low is None else float(low),
        None if high is None else float(high),
        allow_nan=False,
        allow_infinity=False,
        exclude_min=low is not None and low == plain.get("exclusiveMinimum"),
        exclude_max=high is not None and high == plain.get("exclusiveMaximum"),
    )


def _sizes(plain: Json, what: str, depth: int) -> tuple[int, int]:
    low: int = plain.get(f"min{what}", 0)
    high = low + (EXTRA_ITEMS if depth > 0 else 0)
    return low, min(high, plain.get(f"max{what}", high))
