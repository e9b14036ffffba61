"""The checker of defaults and examples says what the strict codec says."""

import json
import random
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemonrpc import decode_hook, strict
from daemonrpc.values import encode_hook
from daemonrpc_codegen import Api, naming
from daemonrpc_codegen.errors import Place
from daemonrpc_codegen.load import Node, Path
from daemonrpc_codegen.model import Named
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate.values import check_value

ENCODER = msgspec.json.Encoder(enc_hook=encode_hook)
TYPES = ["Name", "Names", "Port", "Ratio", "Colour", "Level", "Tree", "Expression", "Shape", "Login", "Item"]


@pytest.mark.parametrize("name", TYPES)
def test_a_value_fits_exactly_if_the_server_would_take_it(
    torture: Api, torture_api: ModuleType, torture_strategies: ModuleType, name: str
) -> None:
    decoder = msgspec.json.Decoder(strict(getattr(torture_api, name)), dec_hook=decode_hook)

    @settings(max_examples=30, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(getattr(torture_strategies, naming.strategy_name(name))(), st.integers(0, 2**32))
    def compare(value: Any, seed: int) -> None:
        plain = json.loads(ENCODER.encode(value))
        for candidate in (plain, changed(plain, random.Random(seed))):
            report = Report()
            check_value(torture, Named(name), node_of(candidate, ()), report)
            assert bool(report.errors) != accepts(decoder, candidate), (candidate, report.errors)

    compare()


def node_of(value: Any, path: Path) -> Node:
    """A value as it would stand in a schema; as text, YAML has no place for some of the characters of JSON."""
    place = Place("x.yaml", 1, 1)
    if isinstance(value, dict):
        value = {key: node_of(child, (*path, key)) for key, child in value.items()}
    elif isinstance(value, list):
        value = [node_of(child, (*path, index)) for index, child in enumerate(value)]
    return Node(value, place, place, path)


def accepts(decoder: Any, candidate: Any) -> bool:
    try:
        decoder.decode(json.dumps(candidate).encode())
    except msgspec.ValidationError:
        return False
    return True


def changed(value: Any, chance: random.Random) -> Any:
    """The value with one thing changed, somewhere near its top."""
    if isinstance(value, dict) and value and chance.random() < 0.7:
        key = chance.choice(list(value))
        return value | {key: changed(value[key], chance)} if chance.random() < 0.7 else value | {"more": 1}
    if isinstance(value, list) and value and chance.random() < 0.7:
        return [*value[1:], changed(value[0], chance)]
    return chance.choice([None, True, -1, 0.5, 10**6, "x", "unit", [], {}, {"op": "mul"}])
