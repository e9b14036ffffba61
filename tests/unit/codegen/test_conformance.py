"""The three descriptions of a type agree: what the strategies make, what the codec accepts, what JSON Schema allows."""

import json
import random
from collections import Counter
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemonrpc import decode_hook, strict
from daemonrpc.values import encode_hook
from daemonrpc_codegen import Api, naming
from daemonrpc_codegen.conformance import validator
from daemonrpc_codegen.jsonschema import Direction, type_schema

ENCODER = msgspec.json.Encoder(enc_hook=encode_hook)

JUNK: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**63, 2**63 - 1, -(2**63) - 1, "", "x", "\n", "YQ==", [], {}, [None], {"zz": 1}),
    *("2026-02-30T00:00:00Z", {"op": "new", "x": 1}, {"op": "const"}, {"op": 5}, {"@type": "circle", "radius": 2}),
]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("direction", Direction)
def test_codec_and_json_schema_agree_on_accept_and_on_reject(
    torture: Api, torture_api: ModuleType, torture_strategies: ModuleType, direction: Direction
) -> None:
    verdicts: Counter[bool] = Counter()
    for item in torture.types:
        kind: Any = getattr(torture_api, item.name)
        decoder = msgspec.json.Decoder(strict(kind) if direction is Direction.SENT else kind, dec_hook=decode_hook)
        values = getattr(torture_strategies, naming.strategy_name(item.name))()
        _compare(values, decoder, validator(type_schema(torture, item.name, direction)), verdicts)
    assert verdicts[True] > 1000
    assert verdicts[False] > 500


def _compare(values: st.SearchStrategy[Any], decoder: Any, schema: Any, verdicts: Counter[bool]) -> None:
    @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(values, st.integers(0, 2**32))
    def compare(value: Any, seed: int) -> None:
        raw = ENCODER.encode(value)
        assert decoder.decode(raw) == value
        chance, plain = random.Random(seed), json.loads(raw)
        for candidate in (plain, *(mutated(plain, chance) for _ in range(4))):
            accepted = _accepts(decoder, json.dumps(candidate).encode())
            assert accepted == schema.is_valid(candidate), candidate
            verdicts[accepted] += 1

    compare()


def _accepts(decoder: Any, raw: bytes) -> bool:
    try:
        decoder.decode(raw)
    except msgspec.ValidationError:
        return False
    return True


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
