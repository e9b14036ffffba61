"""Typed calls of a second API over a real socket, by both clients."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import UNSET, CallTimeoutError, DaemonNotRunningError, InvalidParamsError, MethodNotFoundError
from support.waiting import SECONDS


async def blocking(work: Callable[[], Any]) -> Any:
    """Runs what blocks in a thread."""
    async with asyncio.timeout(SECONDS):
        return await asyncio.to_thread(work)


async def test_a_nested_struct_goes_there_and_back(api: ModuleType, client: Any) -> None:
    entry = api.Entry(key="a/1", value="x", owner=api.Owner(name="ada", team=None), tags=["t"], note="n")
    written = await client.put(entry)
    assert written == api.Written(entry=entry, freshness=api.Freshness.CREATED, revision=1)
    assert await client.get("a/1") == entry
    assert (await client.put(entry)).freshness is api.Freshness.REPLACED


async def test_the_blocking_client_sees_the_same_world(api: ModuleType, client: Any, served: Path) -> None:
    entry = api.Entry(key="a", value=None)

    def calls() -> Any:
        with api.StoreClientSync(served, timeout=5.0) as blocking_client:
            written = blocking_client.put(entry, request_id="r")
            again = blocking_client.put(entry, request_id="r")
            return written, again, blocking_client.entry_list(), blocking_client.alive()

    written, again, listed, alive = await blocking(calls)
    assert written == again
    assert listed == await client.entry_list() == {"a": entry}
    assert alive == await client.alive() == api.Alive(entries=1)


@pytest.mark.parametrize(("given", "seen"), [({}, UNSET), ({"if_revision": None}, None), ({"if_revision": 7}, 7)])
async def test_absent_null_and_a_value_are_three_things(
    api: ModuleType, client: Any, store: Any, given: dict[str, Any], seen: Any
) -> None:
    await client.put(api.Entry(key="a", value="x"), **given)
    received = store.received[-1].if_revision
    assert received is seen if seen in (UNSET, None) else received == seen


@pytest.mark.parametrize("team", [UNSET, None, "blue"])
async def test_absent_null_and_a_value_survive_inside_a_result(api: ModuleType, client: Any, team: Any) -> None:
    await client.put(api.Entry(key="a", value="x", owner=api.Owner(name="ada", team=team)))
    owner = (await client.get("a")).owner
    assert owner.team is team if team in (UNSET, None) else owner.team == team
    assert owner.quota == 10


async def test_a_default_reaches_the_handler_although_it_is_not_sent(client: Any, store: Any) -> None:
    await client.entry_list()
    assert (store.received[-1].prefix, store.received[-1].limit) == ("", 100)


async def test_params_by_position_and_by_name_are_the_same(client: Any, store: Any) -> None:
    await client.call("entry.list", ["a", 5])
    await client.call("entry.list", {"limit": 5, "prefix": "a"})
    await client.call("entry.list", ["a"])
    first, second, short = store.received[-3:]
    assert first == second
    assert (short.prefix, short.limit) == ("a", 100)


async def test_too_many_params_by_position_are_refused(client: Any) -> None:
    with pytest.raises(InvalidParamsError, match="at most 2"):
        await client.call("entry.list", ["a", 5, 6])


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("entry.list", {"limitt": 5}, "did you mean `limit`"),
        ("entry.put", {"entry": {"key": "a", "value": "x", "owner": {"name": "b", "tema": 1}}}, "did you mean `team`"),
        ("entry.put", {"entry": {"key": "a"}}, "missing required field `value`"),
        ("entry.put", {"entry": {"key": "A", "value": "x"}}, r"at \$\.entry\.key"),
        ("entry.put", {"entry": {"key": "a" * 21, "value": "x"}}, r"length <= 20 at \$\.entry\.key|length <= 20"),
        ("entry.put", {"entry": {"key": "a", "value": "x", "owner": {"name": ""}}}, r"\$\.entry\.owner\.name"),
        ("entry.put", {"entry": {"key": "a", "value": "x", "owner": {"name": "b", "quota": 1001}}}, "<= 1000"),
        ("entry.put", {"entry": {"key": "a", "value": "x", "note": 5}}, r"\$\.entry\.note"),
        ("entry.put", {"entry": {"key": "a", "value": "x"}, "request_id": None}, r"\$\.request_id"),
        ("entry.put", {"entry": {"key": "a", "value": "x"}, "if_revision": -1}, r"\$\.if_revision"),
        ("entry.put", {"entry": {"key": "a", "value": "x"}, "if_revision": 2**63}, r"\$\.if_revision"),
        ("entry.get", None, "missing required field `key`"),
        ("entry.apply", {"change": {"kind": "move", "key": "a"}}, "move"),
        ("entry.apply", {"change": {"kind": "delete", "key": "a", "kye": "b"}}, "kye"),
        ("store.alive", {"a": 1}, "unknown field `a`"),
    ],
)
async def test_the_server_refuses_what_the_schema_does_not_allow(
    client: Any, store: Any, method: str, params: Any, says: str
) -> None:
    with pytest.raises(InvalidParamsError, match=says) as caught:
        await client.call(method, params)
    assert caught.value.code == -32602
    assert store.received == []


async def test_the_declared_error_arrives_typed_with_its_data(api: ModuleType, client: Any, served: Path) -> None:
    await client.put(api.Entry(key="abc", value="x"))
    with pytest.raises(api.KeyMissing, match="no entry 'axe'") as caught:
        await client.get("axe")
    assert caught.value.data == api.KeyMissingData(key="axe", nearest=["abc"])
    assert caught.value.code == -32000

    def call() -> None:
        with api.StoreClientSync(served) as blocking_client:
            blocking_client.apply(api.DeleteChange(key="b"))

    with pytest.raises(api.KeyMissing, match=r"There is no such entry\.") as caught:
        await blocking(call)
    assert caught.value.data == api.KeyMissingData(key="b")


async def test_an_error_without_data_arrives_typed(api: ModuleType, client: Any) -> None:
    for key in "abcde":
        await client.put(api.Entry(key=key, value="x"))
    with pytest.raises(api.StoreFull) as caught:
        await client.put(api.Entry(key="f", value="x"))
    assert (caught.value.code, caught.value.data) == (1001, None)


async def test_a_union_travels_both_ways(api: ModuleType, client: Any) -> None:
    put = api.PutChange(entry=api.Entry(key="a", value="x"))
    assert await client.apply(put) == put
    assert await client.apply(api.DeleteChange(key="a")) == api.DeleteChange(key="a")
    assert await client.entry_list() == {}


async def test_many_calls_share_a_connection_and_each_gets_its_own_answer(api: ModuleType, client: Any) -> None:
    keys = ["a", "b", "c", "d"]
    await asyncio.gather(*(client.put(api.Entry(key=key, value=key)) for key in keys))
    found = await asyncio.gather(*(client.get(key) for key in keys * 10))
    assert [entry.value for entry in found] == keys * 10
    assert client.statistics() == {"connections": 1, "in_flight": 0}


async def test_a_method_that_the_schema_lacks_is_not_found(client: Any) -> None:
    with pytest.raises(MethodNotFoundError) as caught:
        await client.call("entry.move")
    assert caught.value.data == {"method": "entry.move", "service": "Store", "version": "3.1.0"}


async def test_a_call_may_have_a_deadline_of_its_own(api: ModuleType, client: Any, store: Any) -> None:
    store.gate.clear()
    with pytest.raises(CallTimeoutError, match=r"'entry\.put' got no answer within 0\.05 s"):
        await client.put(api.Entry(key="a", value="x"), timeout=0.05)
    assert (await client.alive()).entries == 0


async def test_nobody_at_the_socket_is_told_apart(api: ModuleType, socket_path: Path) -> None:
    async with api.StoreClient(socket_path) as client:
        with pytest.raises(DaemonNotRunningError):
            await client.alive()
        assert not await client.is_daemon_running()
