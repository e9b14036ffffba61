"""The generated clients and service, over a real socket: proof that the runtime knows no method."""

import asyncio
import importlib.util
import inspect
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import UNSET, DaemonServer, InvalidParamsError, MethodNotFoundError

USAGE = Path(__file__).parents[3] / "typing" / "usage.py"


@pytest.fixture
def service(torture_api: ModuleType) -> Any:
    """The service that the type tests check, for once run."""
    spec = importlib.util.spec_from_file_location("usage", USAGE)
    assert spec is not None
    assert spec.loader is not None
    usage = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(usage)
    return usage.Torture()


@pytest.fixture
async def socket_path(service: Any, torture_api: ModuleType) -> AsyncIterator[Path]:
    """The socket of a running server; its folder is short, since socket paths are."""
    with tempfile.TemporaryDirectory(prefix="drpc") as folder:
        path = Path(folder) / "t.sock"
        server = DaemonServer(path, torture_api.request_handler(service))
        await server.start()
        try:
            yield path
        finally:
            await server.stop(grace=2.0)


async def test_a_typed_call_goes_there_and_back(torture_api: ModuleType, socket_path: Path) -> None:
    async with torture_api.TortureClient(socket_path) as client:
        assert await client.list_(["a", "b"]) == ["a", "b"]
        assert await client.put_value(torture_api.Reserved(class_="x", int_=7), "key") == 7
        with pytest.warns(DeprecationWarning, match="import: use another"):
            assert await client.import_() == torture_api.Empty()
        tree = torture_api.Addition(left=torture_api.Constant(value=1), right=torture_api.Constant(value=2.5))
        assert await client.evaluate(tree, timeout=5.0) == tree


async def test_a_declared_error_is_raised_with_its_data(torture_api: ModuleType, socket_path: Path) -> None:
    async with torture_api.TortureClient(socket_path) as client:
        with pytest.raises(torture_api.WithData, match="An error with data") as caught:
            await client.dict_str_ings("me", colour=torture_api.Colour.LIGHT_GREEN)
    expected = torture_api.WithDataData(optional_first=UNSET, message_="me", self_=5, super_="light-green")
    assert caught.value.data == expected


async def test_a_stream_yields_its_items_and_ends_with_its_result(torture_api: ModuleType, socket_path: Path) -> None:
    async with torture_api.TortureClient(socket_path) as client:
        assert [item async for item in client.numbers_watch(since=3)] == [torture_api.Item(n=3)]
        assert [item async for item in client.expressions_watch()] == [torture_api.Constant(value=1)]


async def test_the_blocking_client_has_the_same_methods(torture_api: ModuleType, socket_path: Path) -> None:
    def calls() -> tuple[list[str], list[Any]]:
        with torture_api.TortureClientSync(socket_path) as client:
            return client.list_(["a"]), list(client.numbers_watch(since=4))

    listed, items = await asyncio.to_thread(calls)
    assert listed == ["a"]
    assert items == [torture_api.Item(n=4)]


async def test_params_may_be_given_by_position(torture_api: ModuleType, socket_path: Path) -> None:
    async with torture_api.TortureClient(socket_path) as client:
        assert await client.call("list", [["a"]]) == ["a"]


async def test_the_server_is_strict_with_params(torture_api: ModuleType, socket_path: Path) -> None:
    async with torture_api.TortureClient(socket_path) as client:
        with pytest.raises(InvalidParamsError, match="lst"):
            await client.call("list", {"lst": []})
        with pytest.raises(MethodNotFoundError):
            await client.call("lists", {})


async def test_the_document_is_served(torture_api: ModuleType, socket_path: Path) -> None:
    async with torture_api.TortureClient(socket_path) as client:
        document = await client.call("rpc.discover", {})
    assert document["info"]["x-fingerprint"] == torture_api.SERVICE.fingerprint


def test_both_clients_have_the_same_signatures(torture_api: ModuleType) -> None:
    for method in torture_api.SERVICE.methods:
        both = [
            getattr(client, method.python_name) for client in (torture_api.TortureClient, torture_api.TortureClientSync)
        ]
        first, second = (inspect.signature(function).parameters for function in both)
        assert list(first.values()) == list(second.values())
