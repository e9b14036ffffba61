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
from support.mutation import accepts, mutated

ENCODER = msgspec.json.Encoder(enc_hook=encode_hook)


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
            accepted = accepts(decoder, candidate)
            assert accepted == schema.is_valid(candidate), candidate
            verdicts[accepted] += 1

    compare()
