"""Hypothesis strategies for JSON values that do not fit a schema, because one thing in them is wrong."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from daemonrpc.testing.schemas.check import fits
from daemonrpc.testing.schemas.normal import TYPES, Json, Normalizer
from daemonrpc.testing.schemas.valid import DEPTH, ValidValues

__all__ = ["InvalidValues", "Wrong"]


class Wrong(NamedTuple):
    """A value that does not fit, and why."""

    value: Any
    why: str
    """Where and what, such as `limit: not of type integer`."""


LONGEST = 10_000
"""A limit above this is not exceeded: the values would be large, and say no more than those of a smaller one."""

_SAMPLES: dict[str, SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.sampled_from([0, 1, -1, 7, 2**31, 2**53 + 1]),
    "number": st.sampled_from([0.5, -1.5, 1e300]),
    "string": st.sampled_from(["", "x", "0", "true", "null", "[]", "é\n"]),
    "array": st.sampled_from([[], [None], [0, "x"], [{}]]),
    "object": st.sampled_from([{}, {"x": 1}, {"": None}]),
}
"""Of each type a few values. No 1.0: whether that is an integer is a matter of opinion."""


class InvalidValues:
    """Makes strategies for the schemas of one document, each once."""

    def __init__(self, normalizer: Normalizer, valid: ValidValues) -> None:
        self._normalizer = normalizer
        self._valid = valid
        self._made: dict[tuple[bytes, int], list[SearchStrategy[Wrong]]] = {}

    def values(self, schema: Any, depth: int = DEPTH) -> SearchStrategy[Wrong] | None:
        """Values that do not fit; None if every value fits. Raises UnsupportedSchema."""
        ways = self._ways(schema, depth)
        return st.one_of(ways) if ways else None

    def objects(self, schema: Any) -> SearchStrategy[Wrong] | None:
        """The same, but all of them are objects, as params by name must be; None if every object fits."""
        ways = list(self._broken(schema, DEPTH, "object"))
        return st.one_of(ways) if ways else None

    def _ways(self, schema: Any, depth: int) -> list[SearchStrategy[Wrong]]:
        key = (msgspec.json.encode(schema, order="deterministic"), depth)
        if key not in self._made:
            self._made[key] = [*self._of_wrong_type(schema), *self._broken(schema, depth)]
        return self._made[key]

    def _of_wrong_type(self, schema: Any) -> Iterator[SearchStrategy[Wrong]]:
        plains = self._normalizer.alternatives(schema)
        if any("type" not in plain for plain in plains):
            return
        allowed = {plain["type"] for plain in plains}
        others = [name for name in TYPES if name not in allowed and not (name == "integer" and "number" in allowed)]
        if others:
            why = f"not of type {' or '.join(sorted(allowed))}"
            yield st.one_of([_SAMPLES[name] for name in others]).map(_because(why))

    def _broken(self, schema: Any, depth: int, kind: str | None = None) -> Iterator[SearchStrategy[Wrong]]:
        """Values of a type that the schema allows, and yet not what it allows."""
        plains = self._normalizer.alternatives(schema)
        if any("type" not in plain for plain in plains):
            return
        for plain in plains:
            if kind in (None, plain["type"]):
                for way in self._ways_of(plain, depth):
                    # What one alternative refuses, another may take.
                    yield way.filter(lambda wrong: not fits(self._normalizer, schema, wrong.value))

    def _ways_of(self, plain: Json, depth: int) -> Iterator[SearchStrategy[Wrong]]:
        if "enum" in plain:
            yield from _beside(plain)
            return
        match plain["type"]:
            case "integer" | "number":
                yield from _out_of_range(plain)
            case "string":
                yield from self._wrong_texts(plain)
            case "array":
                yield from self._wrong_arrays(plain, depth)
            case "object":
                yield from self._wrong_objects(plain, depth)
            case _:
                return

    def _wrong_texts(self, plain: Json) -> Iterator[SearchStrategy[Wrong]]:
        low, high = plain.get("minLength", 0), plain.get("maxLength")
        if low:
            yield st.text(max_size=low - 1).map(_because(f"shorter than {low}"))
        if high is not None and high <= LONGEST:
            long = [letter * (high + 1) for letter in ("a", "1", "é")]
            yield st.sampled_from(long).map(_because(f"longer than {high}"))
        for pattern in plain.get("patterns", []):
            fitting, spoilt = self._valid.alternative(plain), st.sampled_from(["\n", " ", "#", "é", "\x00"])
            texts = st.text() | st.tuples(fitting, spoilt).map("".join) | st.tuples(spoilt, fitting).map("".join)
            yield texts.map(_because(f"does not match {pattern}"))

    def _wrong_arrays(self, plain: Json, depth: int) -> Iterator[SearchStrategy[Wrong]]:
        fitting = self._valid.alternative(plain, depth)
        low, high = plain.get("minItems", 0), plain.get("maxItems")
        items: Any = plain.get("items", True)
        if low:
            yield fitting.map(lambda found: found[: low - 1]).map(_because(f"fewer than {low} items"))
        if high is not None and high <= LONGEST:
            inner = self._valid.values(items, depth - 1) if high else st.none()
            yield inner.map(lambda item: [item] * (high + 1)).map(_because(f"more than {high} items"))
        elements = self.values(items, depth - 1) if depth > 0 and high != 0 else None
        if elements is not None:
            yield st.tuples(fitting, elements, st.integers(0, 8)).map(_with_wrong_item)

    def _wrong_objects(self, plain: Json, depth: int) -> Iterator[SearchStrategy[Wrong]]:
        fitting = self._valid.alternative(plain, depth)
        properties: Json = plain.get("properties", {})
        others: Any = plain.get("additionalProperties", True)
        for name in plain.get("required", []):
            yield fitting.map(partial(_without, name)).map(_because(f"{name}: missing"))
        if depth > 0:
            for name, schema in properties.items():
                yield from self._wrong_members(fitting, schema, st.just(name), depth)
        if others is False or (depth > 0 and not self._normalizer.alternatives(others)):
            names = _unknown_names(list(properties))
            yield st.tuples(fitting, names, st.none() | st.just(1)).map(_with_unknown_member)
        elif depth > 0:
            yield from self._wrong_members(fitting, others, _unknown_names(list(properties)), depth)
        yield from self._wrong_counts(plain, fitting)

    def _wrong_members(
        self, fitting: SearchStrategy[Json], schema: Any, names: SearchStrategy[str], depth: int
    ) -> Iterator[SearchStrategy[Wrong]]:
        members = self.values(schema, depth - 1)
        if members is not None:
            yield st.tuples(fitting, names, members).map(_with_wrong_member)

    def _wrong_counts(self, plain: Json, fitting: SearchStrategy[Json]) -> Iterator[SearchStrategy[Wrong]]:
        low, high = plain.get("minProperties", 0), plain.get("maxProperties")
        if low:
            fewer = fitting.map(lambda found: dict([*found.items()][: low - 1]))
            yield fewer.map(_because(f"fewer than {low} members"))
        if high is not None and high <= LONGEST and not plain.get("properties"):
            others = self._valid.values(plain.get("additionalProperties", True), 0)
            names = [str(number) for number in range(high + 1)]
            yield others.map(lambda value: dict.fromkeys(names, value)).map(_because(f"more than {high} members"))


def _because(why: str) -> Callable[[Any], Wrong]:
    return lambda value: Wrong(value, why)


def _beside(plain: Json) -> Iterator[SearchStrategy[Wrong]]:
    """Values of the right type that are none of those listed."""
    listed: list[Any] = plain["enum"]
    if plain["type"] == "string":
        near = [changed for value in listed for changed in (value + "x", value.upper(), value[:-1])]
        yield st.sampled_from([*near, "no such value", "\n"]).map(_because("none of the values listed"))
    if plain["type"] == "integer":
        yield st.sampled_from([max(listed) + 1, min(listed) - 1]).map(_because("none of the values listed"))


def _out_of_range(plain: Json) -> Iterator[SearchStrategy[Wrong]]:
    is_whole = plain["type"] == "integer"
    for name, sign in (("minimum", -1), ("maximum", 1)):
        if name in plain:
            edge = int(plain[name]) if is_whole else float(plain[name])
            nearest = edge + sign if is_whole else math.nextafter(edge, sign * math.inf)
            beyond = [nearest, edge + sign * 2, edge + sign * 10**9]
            yield st.sampled_from(beyond).map(_because(f"beyond the {name} {plain[name]}"))
        exclusive = f"exclusive{name.capitalize()}"
        if exclusive in plain:
            yield st.just(plain[exclusive]).map(_because(f"not within the {exclusive} {plain[exclusive]}"))


def _unknown_names(known: list[str]) -> SearchStrategy[str]:
    """Names that are not known, some of them nearly so."""
    near = [changed for name in known for changed in (f"{name}x", name.upper(), name[:-1])]
    return st.sampled_from([name for name in [*near, "unknown", ""] if name not in known])


def _without(name: str, members: Json) -> Json:
    return {key: value for key, value in members.items() if key != name}


def _with_unknown_member(drawn: tuple[Json, str, Any]) -> Wrong:
    members, name, value = drawn
    return Wrong(members | {name: value}, f"{name or repr(name)}: unknown")


def _with_wrong_member(drawn: tuple[Json, str, Wrong]) -> Wrong:
    members, name, wrong = drawn
    return Wrong(members | {name: wrong.value}, _within(name, wrong.why))


def _with_wrong_item(drawn: tuple[list[Any], Wrong, int]) -> Wrong:
    items, wrong, place = drawn
    at = place % (len(items) + 1)
    return Wrong([*items[:at], wrong.value, *items[at:]], _within(f"[{at}]", wrong.why))


def _within(name: str, why: str) -> str:
    """The place inside of a place: `a` and `b: wrong` are `a.b: wrong`."""
    place, colon, rest = why.partition(": ")
    is_place = colon and " " not in place
    return f"{name}.{place}: {rest}" if is_place else f"{name}: {why}"
