"""The service side of a second API: completeness, access, the document, and the table that serves it."""

import json
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from daemonrpc import Context, InternalError, Method, NotAllowedError, Peer, RequestHandler, StreamMethod
from daemonrpc.testing import ChannelFor

METHODS = {
    "entry.put": "put",
    "entry.get": "get",
    "entry.list": "entry_list",
    "entry.apply": "apply",
    "store.clear": "store_clear",
    "store.alive": "alive",
    "entry.watch": "watch",
}


def test_a_service_that_lacks_everything_is_told_every_method(api: ModuleType) -> None:
    with pytest.raises(TypeError) as caught:
        api.request_handler(SimpleNamespace())
    for wire, python in METHODS.items():
        assert f"{python} ({wire})" in str(caught.value)
    assert "7 method(s)" in str(caught.value)


def test_a_service_that_lacks_two_methods_is_told_those_two(api: ModuleType, store: Any) -> None:
    partial = SimpleNamespace(**{name: getattr(store, name) for name in METHODS.values() if name not in ("get", "put")})
    with pytest.raises(TypeError) as caught:
        api.request_handler(partial)
    named = [python for wire, python in METHODS.items() if f"{python} ({wire})" in str(caught.value)]
    assert named == ["put", "get"]


def test_the_table_holds_every_method_once(api: ModuleType, store: Any) -> None:
    assert api.request_handler(store).method_names == list(METHODS)


@pytest.mark.parametrize(
    ("name", "wrong", "says"),
    [
        ("alive", "get", "handler: sync"),
        ("watch", "get", "is a stream"),
        ("get", "watch", "is no stream"),
    ],
)
def test_a_handler_of_the_wrong_kind_is_refused_at_once(
    api: ModuleType, store: Any, name: str, wrong: str, says: str
) -> None:
    setattr(store, name, getattr(store, wrong))
    with pytest.raises(TypeError, match=says):
        api.request_handler(store)


def test_the_descriptors_say_what_the_schema_says(api: ModuleType) -> None:
    put, clear, alive, watch = api.ENTRY_PUT, api.STORE_CLEAR, api.STORE_ALIVE, api.ENTRY_WATCH
    assert (put.safety, put.key, put.errors) == ("keyed", "request_id", (api.StoreFull,))
    assert (clear.safety, clear.access) == ("unsafe", "owner")
    assert (alive.safety, alive.handler, alive.admission) == ("safe", "sync", "always")
    assert isinstance(watch, StreamMethod)
    assert isinstance(put, Method)
    assert (watch.item, watch.result, watch.notification) == (api.Change, api.WatchEnd, "entry.change")


async def test_the_document_on_the_wire_is_the_generated_one(client: Any, store_out: Path, api: ModuleType) -> None:
    document = await client.call("rpc.discover")
    assert document == json.loads((store_out / "openrpc.json").read_text(encoding="utf-8"))
    assert document["info"]["version"] == api.SERVICE.version == "3.1.0"
    assert {method["name"] for method in document["methods"]} == set(METHODS)


async def test_who_is_not_the_owner_may_read_and_not_clear(api: ModuleType, store: Any) -> None:
    stranger = Peer(uid=12345, gid=12345, pid=1)
    async with ChannelFor(api.request_handler(store), api.StoreClient, peer=stranger) as client:
        await client.put(api.Entry(key="a", value="x"))
        with pytest.raises(NotAllowedError, match=r"'store\.clear' is for the daemon's owner, you are uid 12345"):
            await client.store_clear()
        assert await client.alive() == api.Alive(entries=1)


async def test_the_owner_may_clear(api: ModuleType, client: Any) -> None:
    await client.put(api.Entry(key="a", value="x"))
    assert await client.store_clear() == api.Done()
    assert await client.alive() == api.Alive(entries=0)


async def test_a_typed_method_may_also_be_served_by_hand(api: ModuleType) -> None:
    """One descriptor, no service object: what a proxy or a test double does."""

    async def get(params: Any, context: Context) -> Any:
        return api.Entry(key=params.key, value=context.method)

    handler = RequestHandler()
    handler.register(api.ENTRY_GET, get)
    async with ChannelFor(handler, api.StoreClient) as client:
        assert await client.get("a") == api.Entry(key="a", value="entry.get")


async def test_what_a_handler_returns_is_held_against_the_schema(api: ModuleType, store: Any) -> None:
    store.entries["a"] = api.Entry(key="NOT A KEY", value="x")
    async with ChannelFor(api.request_handler(store), api.StoreClient) as client:
        with pytest.raises(InternalError, match="does not fit the schema"):
            await client.get("a")
