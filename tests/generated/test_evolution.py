"""A newer or a foreign server at the other end: what the client does not know survives, what is wrong is said."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import UNSET, InvalidParamsError, RemoteProtocolError, RpcError, Unknown
from support.raw import FakeServer, RawPeer

Serve = Callable[[RawPeer], Awaitable[None]]


def answering(*results: str) -> Serve:
    """Answers one call after the other with the text of a result."""

    async def serve(peer: RawPeer) -> None:
        for result in results:
            request = await peer.line()
            peer.write(b'{"jsonrpc":"2.0","id":%d,"result":%b}\n' % (request["id"], result.encode()))
        await peer.rest()

    return serve


def failing(error: dict[str, Any]) -> Serve:
    """Answers a call with an error."""

    async def serve(peer: RawPeer) -> None:
        request = await peer.line()
        peer.write_line({"jsonrpc": "2.0", "id": request["id"], "error": error})
        await peer.rest()

    return serve


@asynccontextmanager
async def talking_to(serve: Serve, api: ModuleType, path: Path) -> AsyncIterator[Any]:
    async with FakeServer(path, serve), api.StoreClient(path, timeout=5.0) as client:
        yield client


async def test_fields_that_are_not_known_are_ignored(api: ModuleType, socket_path: Path) -> None:
    result = '{"key":"a","value":"x","colour":"red","owner":{"name":"ada","age":36}}'
    async with talking_to(answering(result), api, socket_path) as client:
        assert await client.get("a") == api.Entry(key="a", value="x", owner=api.Owner(name="ada"))


async def test_an_enum_value_that_is_not_known_survives_and_can_be_sent_on(api: ModuleType, socket_path: Path) -> None:
    result = '{"entry":{"key":"a","value":"x"},"freshness":"merged","revision":1}'
    async with talking_to(answering(result), api, socket_path) as client:
        written = await client.put(api.Entry(key="a", value="x"))
    assert written.freshness == "merged"
    assert isinstance(written.freshness, api.Freshness)
    assert not written.freshness.is_known
    assert api.Freshness.CREATED.is_known


async def test_a_union_tag_that_is_not_known_survives_and_goes_back_unchanged(
    api: ModuleType, socket_path: Path
) -> None:
    moved = {"kind": "move", "from": "a", "to": {"deep": [1, None]}}
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        for _ in range(2):
            request = await peer.line()
            seen.append(request["params"]["change"])
            peer.answer(request, moved)
        await peer.rest()

    async with talking_to(serve, api, socket_path) as client:
        unknown = await client.apply(api.DeleteChange(key="a"))
        assert isinstance(unknown, Unknown)
        assert (unknown.tag, unknown.raw) == ("move", moved)
        assert await client.apply(unknown) == unknown
    assert seen == [{"kind": "delete", "key": "a"}, moved]


async def test_an_unknown_item_of_a_stream_survives_between_known_ones(api: ModuleType, socket_path: Path) -> None:
    items = [{"kind": "delete", "key": "a"}, {"kind": "move"}, {"kind": "delete", "key": "b"}]

    async def serve(peer: RawPeer) -> None:
        request = await peer.line()
        for item in items:
            peer.write_line(
                {"jsonrpc": "2.0", "method": "entry.change", "params": item, "stream": request["id"], "new": 1}
            )
        peer.answer(request, {"sent": 3, "why": "enough"})
        await peer.rest()

    async with talking_to(serve, api, socket_path) as client:
        stream = client.watch()
        received = [item async for item in stream]
    assert received == [api.DeleteChange(key="a"), Unknown("move", items[1]), api.DeleteChange(key="b")]
    assert stream.result == api.WatchEnd(sent=3)


async def test_the_client_does_not_enforce_constraints_on_a_result(api: ModuleType, socket_path: Path) -> None:
    result = '{"key":"Not A Key %s","value":"x","owner":{"name":"","quota":-5}}' % ("y" * 50)
    async with talking_to(answering(result), api, socket_path) as client:
        assert (await client.get("a")).owner == api.Owner(name="", quota=-5)


@pytest.mark.parametrize(
    ("raw", "note"), [('{"key":"a","value":null}', UNSET), ('{"key":"a","value":null,"note":null}', None)]
)
async def test_absent_and_null_are_told_apart_in_a_result(
    api: ModuleType, socket_path: Path, raw: str, note: Any
) -> None:
    async with talking_to(answering(raw), api, socket_path) as client:
        assert (await client.get("a")).note is note


async def test_a_result_that_breaks_the_schema_is_the_servers_fault(api: ModuleType, socket_path: Path) -> None:
    async with talking_to(answering('{"key":5}', '{"key":"a","value":"x"}'), api, socket_path) as client:
        with pytest.raises(RemoteProtocolError, match=r"result of 'entry\.get' does not fit.*\$\.key"):
            await client.get("a")
        assert (await client.get("a")).value == "x", "the connection lives on"


async def test_a_code_that_the_schema_does_not_declare_arrives_as_it_is(api: ModuleType, socket_path: Path) -> None:
    error = {"code": -31999, "message": "the moon is full", "data": {"phase": 4}}
    async with talking_to(failing(error), api, socket_path) as client:
        with pytest.raises(RpcError, match="the moon is full") as caught:
            await client.get("a")
    assert type(caught.value) is RpcError
    assert (caught.value.code, caught.value.data) == (-31999, {"phase": 4})


async def test_the_code_of_another_method_is_not_taken_for_this_ones(api: ModuleType, socket_path: Path) -> None:
    async with talking_to(failing({"code": 1001, "message": "full"}), api, socket_path) as client:
        with pytest.raises(RpcError) as caught:
            await client.get("a")  # declares KeyMissing only
    assert not isinstance(caught.value, api.StoreFull)


async def test_a_code_of_the_runtime_arrives_as_its_class(api: ModuleType, socket_path: Path) -> None:
    async with talking_to(failing({"code": -32602, "message": "no"}), api, socket_path) as client:
        with pytest.raises(InvalidParamsError, match="no"):
            await client.get("a")


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ({"key": "a", "why": "x"}, None),
        ({"kee": "a"}, {"kee": "a"}),
        ("text", "text"),
        (None, None),
    ],
)
async def test_data_of_a_declared_error_that_does_not_fit_never_hides_the_error(
    api: ModuleType, socket_path: Path, data: Any, seen: Any
) -> None:
    async with talking_to(failing({"code": -32000, "message": "gone", "data": data}), api, socket_path) as client:
        with pytest.raises(api.KeyMissing, match="gone") as caught:
            await client.get("a")
    expected = api.KeyMissingData(key="a") if isinstance(data, dict) and "key" in data else seen
    assert caught.value.data == expected


async def test_what_the_client_puts_on_the_wire(api: ModuleType, socket_path: Path) -> None:
    lines: list[bytes] = []

    async def serve(peer: RawPeer) -> None:
        for _ in range(3):
            lines.append(await peer.raw_line())
            peer.answer(json.loads(lines[-1]), {})
        await peer.rest()

    async with FakeServer(socket_path, serve), api.StoreClient(socket_path, timeout=None) as client:
        await client.entry_list()
        await client.entry_list("a", limit=100)
        await client.entry_list(limit=5)
    assert lines == [
        b'{"jsonrpc":"2.0","method":"entry.list","id":1}\n',
        b'{"jsonrpc":"2.0","method":"entry.list","id":2,"params":{"prefix":"a"}}\n',
        b'{"jsonrpc":"2.0","method":"entry.list","id":3,"params":{"limit":5}}\n',
    ], "a default is never sent, so a new client can talk to an old, strict server"
