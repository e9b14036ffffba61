"""Values that are wrong in one place, for tests that compare who accepts what."""

import json
import random
from typing import Any

import msgspec

__all__ = ["JUNK", "accepts", "mutated"]

JUNK: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**63, 2**63 - 1, -(2**63) - 1, "", "x", "\n", "YQ==", [], {}, [None], {"zz": 1}),
    *("2026-02-30T00:00:00Z", {"op": "new", "x": 1}, {"op": "const"}, {"op": 5}, {"@type": "circle", "radius": 2}),
]


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with one thing changed somewhere in it."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key, kind = chance.choice(list(value)), chance.random()
        if kind < 0.15:
            return {name: child for name, child in value.items() if name != key}
        return value | ({"unknown": 1} if kind < 0.25 else {key: mutated(value[key], chance)})
    if isinstance(value, list) and value and chance.random() < 0.8:
        index = chance.randrange(len(value))
        return [*value[:index], mutated(value[index], chance), *value[index + 1 :]]
    if isinstance(value, str) and chance.random() < 0.4:
        return value + chance.choice(["\n", "x", "#", "é"])
    return chance.choice(JUNK)


def accepts(decoder: msgspec.json.Decoder[Any], value: Any) -> bool:
    """Whether the codec takes a JSON value."""
    try:
        decoder.decode(json.dumps(value).encode())
    except msgspec.ValidationError:
        return False
    return True
