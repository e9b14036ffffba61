"""JSON Schema and the codec agree on every message of the conductor's API: on what is accepted and on what is refused.

Params are held against the strict codec of the server, results, items and error data against the tolerant one of the
client. A comparison in which nothing is ever refused would prove nothing, so both verdicts are counted.
"""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductor_api import SERVICE, strategies, types
from daemonrpc import decode_hook, strict
from daemonrpc.encode import encode_value
from daemonrpc_codegen import Api, load, naming, params_schema, result_schema
from daemonrpc_codegen.conformance import validator
from daemonrpc_codegen.jsonschema import Direction, type_schema
from support.mutation import accepts, mutated

SCHEMA = Path(__file__).parents[2] / "schema" / "methods.yaml"
EXAMPLES = 15
MUTANTS = 6


@pytest.fixture(scope="module")
def model() -> Api:
    return load(SCHEMA)


def compare(
    name: str, values: st.SearchStrategy[Any], kind: Any, schema: dict[str, Any], examples: int = EXAMPLES
) -> Counter[str]:
    """Holds values and mutants of them against both; counts what both accepted and what both refused."""
    decoder = msgspec.json.Decoder(kind, dec_hook=decode_hook)
    oracle = validator(schema)
    counts: Counter[str] = Counter()

    @settings(max_examples=examples, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(values, st.integers(0, 2**32))
    def hold(value: Any, seed: int) -> None:
        chance, plain = random.Random(seed), json.loads(encode_value(value))
        assert accepts(decoder, plain)
        assert oracle.is_valid(plain), (name, plain)
        counts["valid"] += 1
        for _ in range(MUTANTS):
            mutant = mutated(plain, chance)
            accepted = accepts(decoder, mutant)
            assert accepted == oracle.is_valid(mutant), (name, mutant)
            counts["mutant accepted" if accepted else "mutant refused"] += 1

    hold()
    return counts


def strategy_of(kind: type) -> st.SearchStrategy[Any]:
    """The generated strategy of a named type."""
    strategy: st.SearchStrategy[Any] = getattr(strategies, naming.strategy_name(kind.__name__))()
    return strategy


def strategy_of_result(kind: Any) -> st.SearchStrategy[Any]:
    """The same, for the lists that some methods answer with."""
    arguments = getattr(kind, "__args__", None)
    return st.lists(strategy_of(arguments[0]), max_size=3) if arguments else strategy_of(kind)


def test_they_agree_about_params(model: Api) -> None:
    counts: Counter[str] = Counter()
    for method in SERVICE.methods:
        found = compare(
            method.name, strategy_of(method.params), strict(method.params), params_schema(model, method.name)
        )
        assert found["mutant refused"] > 0, method
        counts += found
    print(f"params: {dict(counts)}")
    assert counts["valid"] >= 200
    assert counts["mutant refused"] >= 800
    assert counts["mutant accepted"] >= 100


def test_they_agree_about_results(model: Api) -> None:
    counts: Counter[str] = Counter()
    for method in SERVICE.methods:
        values = strategy_of_result(method.result)
        found = compare(method.name, values, method.result, result_schema(model, method.name))
        assert found["mutant refused"] > 0, method
        counts += found
    print(f"results: {dict(counts)}")
    assert counts["valid"] >= 300
    assert counts["mutant refused"] >= 800
    assert counts["mutant accepted"] >= 300


def test_they_agree_about_the_types_of_items_and_of_error_data(model: Api) -> None:
    """All named types, as the client reads them: those of items, and those inside the data of errors."""
    counts: Counter[str] = Counter()
    for item in model.types:
        kind: Any = getattr(types, item.name)
        values: st.SearchStrategy[Any] = getattr(strategies, naming.strategy_name(item.name))()
        counts += compare(item.name, values, kind, type_schema(model, item.name, Direction.RECEIVED), examples=8)
    print(f"types: {dict(counts)}")
    assert counts["valid"] >= 500
    assert counts["mutant refused"] >= 1000
    assert counts["mutant accepted"] >= 500
