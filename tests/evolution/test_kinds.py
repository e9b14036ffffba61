"""Which kinds of value a reader of another kind takes: what the detector believes, and what the codecs do."""

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import msgspec
import pytest

from daemonrpc import InvalidParamsError
from daemonrpc.params import params_decoder
from daemonrpc_codegen import Api
from daemonrpc_codegen.breaking.kinds import accepts, kind_of
from daemonrpc_codegen.resolve import resolve
from evolution.peers import Peer
from evolution.row import load_parts, method, struct

TYPES = {
    "Open": {"doc": "An enum.", "enum": {"a": "A.", "b": "B."}},
    "Closed": {"doc": "An enum.", "closed": True, "enum": {"a": "A.", "b": "B."}},
    "Pair": struct(left="int", right="str"),
    "Choice": {"doc": "A union.", "union": {"tag": "kind", "of": {"one": "One", "two": "Two"}}},
    "One": struct(x="int"),
    "Two": struct(y="str"),
}
SAMPLES: dict[str, list[Any]] = {
    "str": ["", "a", "x y", "YQ==", "2026-02-01T12:00:00Z"],
    "int": [0, -5, 2**62],
    "float": [0.5, 1.0, -3],
    "bool": [True, False],
    "bytes": ["", "YQ=="],
    "datetime": ["2026-02-01T12:00:00Z"],
    "uuid": ["12345678-1234-5678-1234-567812345678"],
    "any": [None, 1, "x", [], {}],
    "Open": ["a", "b"],
    "Closed": ["a", "b"],
    "list[int]": [[], [1]],
    "dict[str, int]": [{}, {"a": 1}],
    "dict[str, any]": [{}, {"a": []}],
    "Pair": [{"left": 1, "right": "x"}],
    "Choice": [{"kind": "one", "x": 1}, {"kind": "two", "y": "x"}],
}
"""Values that a writer of each kind may send."""

KINDS = list(SAMPLES)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Api:
    methods = {f"m{at}": method({"v": kind}, result=f"R{at}") for at, kind in enumerate(KINDS)}
    results = {f"R{at}": struct(v=kind) for at, kind in enumerate(KINDS)}
    return load_parts(tmp_path_factory.mktemp("kinds") / "kinds.yaml", {"methods": methods, "types": TYPES | results})


@pytest.fixture(scope="module")
def peer(model: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with Peer.of(model, "kinds_api", tmp_path_factory.mktemp("out")) as peer:
        yield peer


def reads_all(read: Callable[[bytes], Any], values: list[Any]) -> bool:
    try:
        for value in values:
            read(json.dumps({"v": value}).encode())
    except (InvalidParamsError, msgspec.ValidationError):
        return False
    return True


@pytest.mark.parametrize("strict", [True, False], ids=["as params", "as results"])
def test_the_detector_believes_what_the_codecs_do(model: Api, peer: Peer, strict: bool) -> None:
    counts = {True: 0, False: 0}
    for (at, reader), writer in product(enumerate(KINDS), KINDS):
        known = peer.methods[f"m{at}"]
        read = params_decoder(known.params) if strict else known.result_decoder.decode
        bases = [resolve(model, model.methods[KINDS.index(kind)].params[0].type).base for kind in (reader, writer)]
        if kind_of(bases[0]) == kind_of(bases[1]):
            continue
        really = reads_all(read, SAMPLES[writer])
        assert accepts(*bases, strict=strict) == really, f"a reader of {reader} and a writer of {writer}"
        counts[really] += 1
    print(f"{'params' if strict else 'results'}: {counts[True]} pairs of kinds fit, {counts[False]} do not")
    assert counts[True] >= 15
    assert counts[False] >= 100


def test_every_sample_is_one(peer: Peer) -> None:
    for at, kind in enumerate(KINDS):
        assert reads_all(params_decoder(peer.methods[f"m{at}"].params), SAMPLES[kind]), kind
