"""Two generations of one service, both generated and imported, and what each can read of the other."""

import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemonrpc import InvalidParamsError, Method, OpenEnum, StreamMethod, Unknown, decode_hook
from daemonrpc.encode import encode_value
from daemonrpc.params import params_decoder
from daemonrpc_codegen import Api, generate, naming

__all__ = ["Peer", "answers_are_read", "misunderstandings", "params_are_read"]

VALUES = settings(
    max_examples=6, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


class Peer:
    """A generated package."""

    def __init__(self, package: ModuleType, strategies: ModuleType) -> None:
        self.package = package
        self.methods: dict[str, Method[Any, Any]] = {method.name: method for method in package.SERVICE.methods}
        self._strategies = strategies

    @classmethod
    @contextmanager
    def of(cls, api: Api, name: str, out: Path) -> Iterator["Peer"]:
        """The package of a model, under another name than the other generation has."""
        generate(replace(api, package=name), out)
        sys.path.insert(0, str(out))
        try:
            yield cls(importlib.import_module(name), importlib.import_module(f"{name}.strategies"))
        finally:
            sys.path.remove(str(out))
            for module in [module for module in sys.modules if module.partition(".")[0] == name]:
                del sys.modules[module]

    def values(self, kind: Any) -> st.SearchStrategy[Any]:
        """Values of a type that a method names."""
        if get_origin(kind) is list:
            return st.lists(self.values(get_args(kind)[0]), max_size=2)
        if get_origin(kind) is dict:
            return st.dictionaries(st.text(max_size=3), self.values(get_args(kind)[1]), max_size=2)
        if kind is int:
            return st.integers(0, 9)
        strategy: st.SearchStrategy[Any] = getattr(self._strategies, naming.strategy_name(kind.__name__))()
        return strategy

    def samples(self, kind: Any, count: int) -> list[Any]:
        """Some values of a type."""
        found: list[Any] = []

        @settings(VALUES, max_examples=count)
        @given(self.values(kind))
        def keep(value: Any) -> None:
            found.append(value)

        keep()
        return found


def params_are_read(client: Peer, server: Peer, counts: Counter[str], gone: set[str]) -> None:
    """Whatever one generation of clients sends, another one of servers takes. `gone` was announced to go."""
    for name, method in client.methods.items():
        if name not in server.methods:
            assert name in gone
            continue
        _send_all(client.values(method.params), params_decoder(server.methods[name].params), counts, gone)


def _send_all(
    params: st.SearchStrategy[Any], read: Callable[[bytes], Any], counts: Counter[str], gone: set[str]
) -> None:
    @VALUES
    @given(params)
    def send(value: Any) -> None:
        plain = _without(json.loads(encode_value(value)), gone)
        counts["values of params"] += agreed(read(json.dumps(plain).encode()), plain, counts)
        counts["params"] += 1

    send()


def answers_are_read(server: Peer, client: Peer, counts: Counter[str]) -> None:
    """Whatever one generation of servers answers, another one of clients reads: results, items, data of errors."""
    for name in server.methods.keys() & client.methods.keys():
        theirs, ours = server.methods[name], client.methods[name]
        _read_all(server, theirs.result, ours.result_decoder, "results", counts)
        if isinstance(theirs, StreamMethod) and isinstance(ours, StreamMethod):
            _read_all(server, theirs.item, ours.item_decoder, "items", counts)
        for code, error in theirs.errors_by_code.items():
            known = ours.errors_by_code.get(code)
            if known is not None and known.data_type is not None and error.data_type is not None:
                decoder = msgspec.json.Decoder(known.data_type, dec_hook=decode_hook)
                _read_all(server, error.data_type, decoder, "data of errors", counts)


def _read_all(server: Peer, kind: Any, decoder: "msgspec.json.Decoder[Any]", what: str, counts: Counter[str]) -> None:
    @VALUES
    @given(server.values(kind))
    def answer(value: Any) -> None:
        data = encode_value(value)
        counts[f"values of {what}"] += agreed(decoder.decode(data), json.loads(data), counts)
        counts[what] += 1

    answer()


def agreed(seen: Any, plain: Any, counts: Counter[str]) -> int:
    """How many values of what was sent arrived as they were sent; fails if one that the receiver knows did not."""
    if isinstance(seen, msgspec.Struct):
        names = {field.encode_name: field.name for field in msgspec.structs.fields(seen)}
        counts["unknown fields ignored"] += len(plain.keys() - names.keys() - {seen.__struct_config__.tag_field})
        return sum(agreed(getattr(seen, names[key]), child, counts) for key, child in plain.items() if key in names)
    if isinstance(seen, list):
        return sum(agreed(item, child, counts) for item, child in zip(seen, plain, strict=True))
    if isinstance(seen, dict):
        return sum(agreed(seen[key], child, counts) for key, child in plain.items())
    counts["unknown tags kept"] += isinstance(seen, Unknown)
    counts["unknown values kept"] += isinstance(seen, OpenEnum) and not seen.is_known
    assert (seen.raw if isinstance(seen, Unknown) else json.loads(encode_value(seen))) == plain
    return 1


def misunderstandings(client: Peer, server: Peer) -> int:
    """How many messages of a client this server refuses, and of this server the client."""
    refused = 0
    for name in server.methods.keys() & client.methods.keys():
        theirs, ours = server.methods[name], client.methods[name]
        refused += _refusals(client, ours.params, params_decoder(theirs.params))
        refused += _refusals(server, theirs.result, ours.result_decoder.decode)
        if isinstance(theirs, StreamMethod) and isinstance(ours, StreamMethod):
            refused += _refusals(server, theirs.item, ours.item_decoder.decode)
    return refused


def _refusals(sender: Peer, kind: Any, read: Callable[[bytes], Any]) -> int:
    refused: list[str] = []

    @settings(VALUES, max_examples=30)
    @given(sender.values(kind))
    def send(value: Any) -> None:
        try:
            read(encode_value(value))
        except (InvalidParamsError, msgspec.ValidationError) as error:
            refused.append(str(error))

    send()
    return len(refused)


def _without(plain: Any, gone: set[str]) -> Any:
    """Params of a client that listened: it does not use what was announced to go."""
    if isinstance(plain, dict):
        return {key: _without(child, gone) for key, child in plain.items() if not {key, str(child)} & gone}
    return [_without(child, gone) for child in plain] if isinstance(plain, list) else plain
