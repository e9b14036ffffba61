"""A newer daemon and today's client, and the other way round, over the real stack: calls, streams and errors."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from daemonrpc import MethodNotFoundError, RpcError, StreamMethod, Unknown
from daemonrpc.testing import ChannelFor
from daemonrpc_codegen import Api, load
from daemonrpc_codegen.breaking import compare_models
from evolution.draft import TODAY, Draft
from evolution.legal import ADDITIONS, add_enum_value, add_union_tag, let_a_method_fail
from evolution.peers import Peer

VALUES = 5

pytestmark = pytest.mark.filterwarnings("ignore:parcel.count. Look for them:DeprecationWarning")  # it is called too


@pytest.fixture(scope="module")
def today() -> Api:
    return load(TODAY)


@pytest.fixture(scope="module")
def old(today: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with Peer.of(today, "old_api", tmp_path_factory.mktemp("old")) as peer:
        yield peer


@pytest.fixture(scope="module")
def new(today: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """A newer schema with everything that can be added, three times over."""
    draft, out = Draft(random.Random(7)), tmp_path_factory.mktemp("new")
    for change in [*ADDITIONS, add_enum_value, add_union_tag, let_a_method_fail] * 3:
        change(draft)
    api = draft.save(out / "new.yaml")
    assert not [item for item in compare_models(today, api, is_release=True) if item.rule.breaks]
    with Peer.of(api, "new_api", out) as peer:
        yield peer


class Answers:
    """A service that answers with any values of its types, one after the other."""

    def __init__(self, peer: Peer) -> None:
        self.received: list[Any] = []
        for method in peer.methods.values():
            serve = self._stream(peer, method) if isinstance(method, StreamMethod) else self._call(peer, method)
            setattr(self, method.python_name, serve)

    def _call(self, peer: Peer, method: Any) -> Any:
        results = iter(peer.samples(method.result, VALUES) * 9)

        async def call(params: Any, context: Any) -> Any:
            self.received.append(params)
            return next(results)

        return call

    def _stream(self, peer: Peer, method: Any) -> Any:
        items, results = peer.samples(method.item, 20), peer.samples(method.result, 1)

        async def stream(params: Any, context: Any) -> AsyncIterator[Any]:
            self.received.append(params)
            for item in items:
                yield item
            yield results[0]

        return stream


async def call_everything(client_side: Peer, server_side: Peer, sender: Peer) -> Counter[str]:
    """Calls every method that both know, with params of the older side, which both understand."""
    service, counts = Answers(server_side), Counter[str]()
    handler = server_side.package.request_handler(service)
    async with ChannelFor(handler, client_side.package.DepotClient) as client:
        for name in client_side.methods.keys() & server_side.methods.keys():
            method = client_side.methods[name]
            for params in sender.samples(sender.methods[name].params, VALUES):
                counts += await _call(client, method, _arguments(params))
    assert len(service.received) == counts["calls"]
    return counts


def _arguments(params: Any) -> dict[str, Any]:
    return {name: getattr(params, name) for name in params.__struct_fields__}


async def _call(client: Any, method: Any, arguments: dict[str, Any]) -> Counter[str]:
    function = getattr(client, method.python_name)
    if not isinstance(method, StreamMethod):
        assert await function(**arguments) is not None
        return Counter(calls=1)
    items = [item async for item in function(**arguments)]
    return Counter(calls=1, items=len(items), unknown=sum(isinstance(item, Unknown) for item in items))


async def test_todays_client_calls_every_method_of_a_newer_daemon(old: Peer, new: Peer) -> None:
    counts = await call_everything(old, new, old)
    print(f"today's client, newer daemon: {dict(counts)}")
    assert counts["calls"] >= 15
    assert counts["unknown"] > 0, "variants that today's client does not know came, and were kept"


async def test_a_newer_client_that_uses_nothing_new_calls_every_method_of_todays_daemon(old: Peer, new: Peer) -> None:
    counts = await call_everything(new, old, old)
    print(f"newer client, today's daemon: {dict(counts)}")
    assert counts["calls"] >= 15


async def test_what_is_new_gets_a_clear_error_from_todays_daemon(old: Peer, new: Peer) -> None:
    added = sorted(new.methods.keys() - old.methods.keys())
    handler = old.package.request_handler(Answers(old))
    assert added
    async with ChannelFor(handler, new.package.DepotClient) as client:
        for name in added:
            with pytest.raises(MethodNotFoundError):
                await client.call(name, {})


async def test_a_new_error_reaches_todays_client_as_a_plain_one(old: Peer, new: Peer) -> None:
    name, error = next(
        (name, error)
        for name, method in new.methods.items()
        if name in old.methods and not isinstance(method, StreamMethod)
        for code, error in method.errors_by_code.items()
        if code not in old.methods[name].errors_by_code
    )
    service = Answers(new)

    async def fail(params: Any, context: Any) -> Any:
        data = error.data_type and new.samples(error.data_type, 1)[0]
        raise error(**(_arguments(data) if data else {}))

    setattr(service, new.methods[name].python_name, fail)
    async with ChannelFor(new.package.request_handler(service), old.package.DepotClient) as client:
        arguments = _arguments(old.samples(old.methods[name].params, 1)[0])
        with pytest.raises(RpcError) as caught:
            await getattr(client, old.methods[name].python_name)(**arguments)
    assert (type(caught.value), caught.value.code) == (RpcError, error.code)
