"""Every method of the schemas that go to the ends of the language: called through a real channel with random values.

What the client sends is what the service gets, and what the service answers is what the client gets: params by name and
by default, results, items of streams, errors with their data.
"""

import importlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from daemonrpc import UNSET, Channel, decode_hook, strict
from daemonrpc.testing import ChannelFor
from daemonrpc.testing.schemas import drawn
from daemonrpc_codegen import Api, generate, load, naming
from daemonrpc_codegen.model import Field, Method

TYPING = Path(__file__).parents[1] / "typing"
SCHEMAS = {name: load(TYPING / f"{name}.yaml", source=f"{name}.yaml") for name in ("torture", "extremes")}
METHODS = [(name, method.name) for name, api in SCHEMAS.items() for method in api.methods]
BY_POSITION = [
    (name, method.name)
    for name, api in SCHEMAS.items()
    for method in api.methods
    if method.params and not method.stream
]
CALLS = 4
FEWEST_CALLS = 150


@dataclass(frozen=True)
class Generated:
    """A generated package and what it was made of."""

    api: Api
    package: ModuleType
    strategies: ModuleType

    def method(self, name: str) -> Method:
        return next(method for method in self.api.methods if method.name == name)

    def fake(self) -> Any:
        fakes = importlib.import_module(f"{self.package.__name__}.fakes")
        return getattr(fakes, f"Fake{self.api.service}Service")()

    def client(self, service: Any) -> Any:
        client = getattr(self.package, f"{self.api.service}Client")
        return ChannelFor(self.package.request_handler(service), client)

    def values(self, type_name: str, count: int = CALLS) -> list[Any]:
        return drawn(getattr(self.strategies, naming.strategy_name(type_name))(), count, 1)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Generated]]:
    folder = tmp_path_factory.mktemp("every")
    sys.path.insert(0, str(folder))
    made: dict[str, Generated] = {}
    try:
        for name, api in SCHEMAS.items():
            generate(api, folder / name)
            sys.path.insert(0, str(folder / name))
            package = importlib.import_module(api.package)
            made[name] = Generated(api, package, importlib.import_module(f"{api.package}.strategies"))
        yield made
    finally:
        sys.path[:] = [path for path in sys.path if not path.startswith(str(folder))]


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    return Counter()


@pytest.mark.parametrize(("schema", "name"), METHODS, ids=map("/".join, METHODS))
async def test_params_and_answers_arrive_as_they_were_sent(
    generated: dict[str, Generated], counts: Counter[str], schema: str, name: str
) -> None:
    made = generated[schema]
    method = made.method(name)
    fake = made.fake()
    scripted = getattr(fake, naming.method_name(method))
    params = made.values(naming.params_name(method))
    results = drawn(made.strategies.RESULTS[name](), CALLS, 2)
    async with made.client(fake) as client:
        stub = getattr(client, naming.method_name(method))
        for number in range(CALLS):
            sent, result = params[number % len(params)], results[number % len(results)]
            if method.stream:
                items = drawn(made.strategies.ITEMS[name](), CALLS, number)
                scripted.yields(*items, result=result)
                with warning(method):
                    stream = stub(**arguments(method, sent))
                assert [item async for item in stream] == items
                assert stream.result == result
            else:
                scripted.returns(result)
                with warning(method):
                    assert await stub(**arguments(method, sent)) == result
            assert scripted.calls[-1] == sent
            counts["calls"] += 1


def warning(method: Method) -> AbstractContextManager[Any]:
    """A call of a deprecated method warns with its reason, and no other call warns: that would be an error here."""
    if not method.deprecated:
        return nullcontext()
    return pytest.warns(DeprecationWarning, match=re.escape(f"{method.name}: {method.deprecated}"))


@pytest.mark.parametrize(("schema", "name"), BY_POSITION, ids=map("/".join, BY_POSITION))
async def test_params_by_position_are_the_same_as_by_name(
    generated: dict[str, Generated], schema: str, name: str
) -> None:
    made = generated[schema]
    method = made.method(name)
    fake = made.fake()
    scripted = getattr(fake, naming.method_name(method))
    scripted.returns(drawn(made.strategies.RESULTS[name](), 1, 3)[0])
    async with ChannelFor(made.package.request_handler(fake), Channel) as client:
        for whole in made.values(naming.params_name(method)):
            values = {param: getattr(whole, naming.param_name(param)) for param in method.params}
            # What is absent has no place in a list, so the list ends there; required ones come first.
            given = dict(takewhile(lambda item: item[1] is not UNSET, values.items()))
            await client.call(name, list(given.values()))
            assert scripted.calls[-1] == type(whole)(**{naming.param_name(param): given[param] for param in given})


def arguments(method: Method, sent: Any) -> dict[str, Any]:
    """The keyword arguments of the stub; what is absent or a default is left out."""
    values = {param: getattr(sent, naming.param_name(param)) for param in method.params}
    return {naming.param_name(param): value for param, value in values.items() if not is_usual(param, value)}


def is_usual(param: Field, value: Any) -> bool:
    is_plain = param.default is not None and isinstance(param.default.value, str | int | None)
    return value is UNSET or (is_plain and param.default is not None and value == param.default.value)


def test_enough_calls_were_made(counts: Counter[str]) -> None:
    print(dict(counts))
    assert counts["calls"] >= FEWEST_CALLS


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_errors_arrive_with_their_data(generated: dict[str, Generated], schema: str) -> None:
    made = generated[schema]
    seen: set[str] = set()
    for method in made.api.methods:
        if method.stream or not method.errors:
            continue
        fake = made.fake()
        async with made.client(fake) as client:
            call = arguments(method, made.values(naming.params_name(method), 1)[0])
            for name in method.errors:
                error = made.api.error_by_name[name]
                kind = getattr(made.package, name)
                for data in made.values(naming.data_name(name)) if error.data else [None]:
                    values = {naming.data_field_name(field): field for field in error.data}
                    given = {key: getattr(data, key) for key in values}
                    getattr(fake, naming.method_name(method)).raises(kind("what went wrong", **given))
                    with pytest.raises(kind, match="what went wrong") as caught:
                        await getattr(client, naming.method_name(method))(**call)
                    assert caught.value.data == data
                seen.add(name)
    assert len(seen) >= 3


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_examples_are_what_the_generated_codec_takes(generated: dict[str, Generated], schema: str) -> None:
    made = generated[schema]
    shown = 0
    for method in made.api.methods:
        for example in method.examples:
            descriptor = getattr(made.package, naming.constant_name(method))
            await play(made, method, descriptor, example)
            shown += 1
    assert shown >= 2


async def play(made: Generated, method: Method, descriptor: Any, example: Any) -> None:
    """An example, as the client sends it and as the service answers it."""
    result = msgspec.convert(example.result, strict(descriptor.result), dec_hook=decode_hook)
    items = [msgspec.convert(item, strict(descriptor.item), dec_hook=decode_hook) for item in example.items]
    params = msgspec.convert(example.params, strict(descriptor.params), dec_hook=decode_hook)
    fake = made.fake()
    scripted = getattr(fake, naming.method_name(method))
    async with made.client(fake) as client:
        stub = getattr(client, naming.method_name(method))
        if method.stream:
            scripted.yields(*items, result=result)
            assert [item async for item in stub(**arguments(method, params))] == items
        else:
            scripted.returns(result)
            assert await stub(**arguments(method, params)) == result
    assert scripted.calls == [params]
