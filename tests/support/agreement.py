"""The three readings of a schema side by side: its strategies, its JSON Schema, and the codec of its structs.

A subject is one type in one direction, or the params, result, items or error data of one method. Of each, values that
must be accepted, values that must be refused, and values with one random change are held against the codec and against
JSON Schema. The verdicts are kept, so that a further validator can be held against them.
"""

import importlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from daemonrpc import decode_hook, strict
from daemonrpc.encode import encode_value
from daemonrpc.testing.schemas import drawn
from daemonrpc_codegen import Api, generate, load, naming, params_schema, result_schema
from daemonrpc_codegen.conformance import validator
from daemonrpc_codegen.direction import read_tolerantly, sent_by_clients
from daemonrpc_codegen.jsonschema import Direction, item_schema, type_schema
from support.mutation import accepts, mutated
from support.random_schema import random_schema

__all__ = ["GOLDEN", "ROOT", "Agreement", "Subject", "Verdict", "imported", "model_of", "subjects"]

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden" / "good").glob("*.yaml"))


class Subject(NamedTuple):
    """What values are made for and held against."""

    name: str
    schema: dict[str, Any]
    kind: Any
    """The type that the codec reads, strict or tolerant."""
    valid: st.SearchStrategy[Any]
    invalid: st.SearchStrategy[Any] | None
    """None where no strategy says what is refused."""


class Verdict(NamedTuple):
    """A value and whether it is one of the subject's."""

    value: Any
    is_accepted: bool


@dataclass
class Agreement:
    """What codec and JSON Schema said to the values of one subject."""

    subject: Subject
    counts: Counter[str] = field(default_factory=Counter[str])
    verdicts: list[Verdict] = field(default_factory=list[Verdict])

    def hold(self, examples: int, mutants: int, seed: int) -> None:
        """Hold so many valid and invalid values, and mutants of each, against both."""
        chance = random.Random(seed)
        invalid = self.subject.invalid
        for value, wrong in drawn(
            st.tuples(self.subject.valid, st.none() if invalid is None else invalid), examples, seed
        ):
            plain = json.loads(encode_value(value))
            assert self._verdict(plain, "valid"), (self.subject.name, "a valid value is refused", plain)
            for _ in range(mutants):
                self._verdict(mutated(plain, chance), "mutant")
            if invalid is not None:
                assert not self._verdict(wrong, "invalid"), (self.subject.name, "an invalid value is accepted", wrong)

    def _verdict(self, plain: Any, kind: str) -> bool:
        accepted = accepts(self._decoder, plain)
        assert accepted == self._oracle.is_valid(plain), (self.subject.name, "the codec accepts", accepted, plain)
        self.counts[f"{kind} {'accepted' if accepted else 'rejected'}"] += 1
        self.verdicts.append(Verdict(plain, accepted))
        return accepted

    def __post_init__(self) -> None:
        self._decoder = msgspec.json.Decoder(self.subject.kind, dec_hook=decode_hook)
        self._oracle = validator(self.subject.schema)


def model_of(source: str, folder: Path) -> Api:
    """The model of a schema: `conductor`, `torture`, the name of a golden one, or the number of a random one."""
    if source.isdigit():
        path = folder / f"random{source}.yaml"
        path.write_text(random_schema(int(source)), encoding="utf-8")
        return load(path)
    named = {"conductor": "schema/methods.yaml", "torture": "tests/typing/torture.yaml"}
    return load(ROOT / named.get(source, f"tests/golden/good/{source}.yaml"))


@contextmanager
def imported(api: Api, out: Path) -> Iterator[ModuleType]:
    """The package that is made of a model, imported from where it was written to."""
    generate(api, out)
    sys.path.insert(0, str(out))
    before = {name: sys.modules.pop(name) for name in _modules_of(api.package)}
    try:
        yield importlib.import_module(api.package)
    finally:
        sys.path.remove(str(out))
        for name in _modules_of(api.package):
            del sys.modules[name]
        sys.modules.update(before)


def _modules_of(package: str) -> list[str]:
    return [name for name in sys.modules if name == package or name.startswith(f"{package}.")]


def subjects(api: Api, package: ModuleType) -> Iterator[Subject]:
    """Every type in both directions, and what every method and error carries."""
    strategies = importlib.import_module(f"{package.__name__}.strategies")
    for direction in Direction:
        yield from _types(api, package, strategies, direction)
    for method in package.SERVICE.methods:
        name = method.params.__name__
        params = params_schema(api, method.name)
        yield Subject(f"{method.name} params", params, strict(method.params), *_strategies(strategies, name))
        results = strategies.RESULTS[method.name]()
        yield Subject(f"{method.name} result", result_schema(api, method.name), method.result, results, None)
        if method.is_stream:
            items = strategies.ITEMS[method.name]()
            yield Subject(f"{method.name} item", item_schema(api, method.name), method.item, items, None)


def _types(api: Api, package: ModuleType, strategies: ModuleType, direction: Direction) -> Iterator[Subject]:
    only_sent = sent_by_clients(api) - read_tolerantly(api)
    for item in api.types:
        kind: Any = getattr(package, item.name)
        schema = type_schema(api, item.name, direction)
        valid, invalid = _strategies(strategies, item.name)
        if direction is Direction.RECEIVED and item.name in only_sent:
            invalid = None  # what a tolerant reader would make of it is nobody's business
        kind = strict(kind) if direction is Direction.SENT else kind
        yield Subject(f"{item.name} {direction.value}", schema, kind, valid, invalid)


def _strategies(module: ModuleType, name: str) -> tuple[st.SearchStrategy[Any], st.SearchStrategy[Any] | None]:
    invalid = getattr(module, naming.invalid_name(name, ()), None)
    return getattr(module, naming.strategy_name(name))(), None if invalid is None else invalid()
