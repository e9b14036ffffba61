"""The service by its generated client: the whole protocol, and no socket."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from daemonrpc import (
    ApplicationError,
    ConnectionLostError,
    DaemonServer,
    InvalidParamsError,
    Method,
    NotAllowedError,
    Peer,
    Unknown,
)
from daemonrpc.testing import ChannelFor, Fault, FaultProxy, Way
from hypothesis import given, settings
from hypothesis import strategies as st

from kv_cache.service import CacheService
from kv_cache_api import CACHE_ADD, CACHE_DELETE, CACHE_LIST, CACHE_PUT, KvCacheClient, request_handler
from kv_cache_api.errors import HistoryLost, KeyMissing, RequestIdReused, VersionConflict
from kv_cache_api.strategies import add_params, delete_params, list_entries_params, put_params
from kv_cache_api.types import (
    AddParams,
    Change,
    DeleteParams,
    Emptied,
    EndReason,
    ListEntriesParams,
    PutParams,
    RemovalReason,
    Removed,
    Stored,
)

METHODS: dict[type, Method[Any, Any]] = {
    PutParams: CACHE_PUT,
    AddParams: CACHE_ADD,
    DeleteParams: CACHE_DELETE,
    ListEntriesParams: CACHE_LIST,
}


def short(change: Change) -> str:
    """A change in few words. A client must say what it does with kinds that it does not know."""
    match change:
        case Stored(key=key):
            return f"+{key}"
        case Removed(key=key, reason=reason):
            return f"-{key} {reason}"
        case Emptied():
            return "emptied"
        case Unknown(tag=tag):
            return f"?{tag}"


async def test_an_entry_is_written_read_and_deleted(client: KvCacheClient) -> None:
    written = await client.put("colour", "teal \N{ARTIST PALETTE}")
    entry = await client.get("colour")
    assert (entry.value, entry.version) == ("teal \N{ARTIST PALETTE}", written.version)
    assert entry.expires_in_seconds is None
    assert (await client.delete("colour")).existed
    assert not (await client.delete("colour")).existed
    with pytest.raises(KeyMissing) as caught:
        await client.get("colour")
    assert caught.value.data.key == "colour"


async def test_a_value_stays_out_of_what_is_logged(client: KvCacheClient) -> None:
    await client.put("token", "secret")
    assert "secret" not in repr(await client.get("token"))


@pytest.mark.parametrize("key", ["", "a b", "\N{LATIN SMALL LETTER O WITH DIAERESIS}", "x" * 251])
async def test_what_is_no_key_is_refused(client: KvCacheClient, key: str) -> None:
    with pytest.raises(InvalidParamsError):
        await client.put(key, "x")


async def test_a_lost_update_is_a_typed_error(client: KvCacheClient) -> None:
    seen = await client.get("a") if (await client.put("a", "1")) else None
    await client.put("a", "2")
    assert seen is not None
    with pytest.raises(VersionConflict) as caught:
        await client.put("a", "3", if_version=seen.version)
    assert caught.value.data.actual == (await client.get("a")).version


async def test_a_write_with_the_same_id_is_made_once(client: KvCacheClient) -> None:
    first = await client.add("visits", 5, request_id="r1")
    assert await client.add("visits", 5, request_id="r1") == first
    assert (await client.get("visits")).value == "5"
    assert (await client.add("visits", 5)).value == 10
    with pytest.raises(RequestIdReused):
        await client.add("visits", 6, request_id="r1")
    with pytest.raises(RequestIdReused):
        await client.put("visits", "5", request_id="r1")


async def test_an_addition_whose_answer_is_lost_is_made_once(service: CacheService, socket_dir: Path) -> None:
    """Over real sockets, with a proxy that breaks a connection after some bytes of an answer."""
    lost = Fault(reply=Way(end_at=10))
    async with DaemonServer(socket_dir / "daemon", request_handler(service)):
        for number in (1, 2):
            proxy_path = socket_dir / f"proxy{number}"
            async with (
                FaultProxy(proxy_path, socket_dir / "daemon", [lost]),
                KvCacheClient(proxy_path) as client,
            ):
                if number == 1:  # with an id the client sends it again by itself
                    assert (await client.add("visits", request_id="r1")).value == 1
                else:  # without one nobody can know whether it was made, and the caller decides
                    with pytest.raises(ConnectionLostError):
                        await client.add("visits")
                assert (await client.get("visits")).value == str(number)


async def test_ids_are_forgotten_in_the_end(client: KvCacheClient) -> None:
    for number in range(11):
        await client.add("n", request_id=f"r{number}")
    assert (await client.add("n", request_id="r10")).value == 11
    assert (await client.add("n", request_id="r0")).value == 12


async def test_a_watch_sees_writes_and_expiries_as_they_happen(client: KvCacheClient) -> None:
    async with client.watch("app/", since=(await client.list_entries()).position) as watch:
        await client.put("app/a", "x", ttl_seconds=0.05)
        await client.put("other", "x")
        assert short(await anext(watch)) == "+app/a"
        gone = await anext(watch)  # by the service's own timer: nobody calls
        assert isinstance(gone, Removed)
        assert (gone.key, gone.reason) == ("app/a", RemovalReason.EXPIRED)


async def test_an_earlier_expiry_is_not_kept_waiting_by_a_later_one(client: KvCacheClient) -> None:
    async with client.watch(since=(await client.list_entries()).position) as watch:
        await client.put("late", "x", ttl_seconds=600)
        await client.put("soon", "x", ttl_seconds=0.02)
        assert [short(await anext(watch)) for _ in range(3)] == ["+late", "+soon", "-soon expired"]


async def test_a_watch_goes_on_from_a_position(client: KvCacheClient) -> None:
    await client.put("a", "x")
    middle = (await client.list_entries()).position
    await client.put("b", "x")
    await client.delete("a")
    watch = client.watch(since=middle, follow=False)
    assert [short(change) async for change in watch] == ["+b", "-a deleted"]
    assert watch.result.reason == EndReason.CAUGHT_UP
    again = client.watch(since=watch.result.position, follow=False)
    assert [change async for change in again] == []


async def test_list_and_watch_together_miss_nothing(client: KvCacheClient) -> None:
    for number in range(5):
        await client.put(f"k{number}", "x")
    page = await client.list_entries(limit=3)
    assert not page.is_complete
    await client.put("k9", "x")
    rest = await client.list_entries(after=page.entries[-1].key)
    assert rest.is_complete
    assert [entry.key for entry in page.entries + rest.entries] == ["k0", "k1", "k2", "k3", "k4", "k9"]
    watch = client.watch(since=page.position, follow=False)
    assert [short(change) async for change in watch] == ["+k9"]


async def test_a_watcher_that_lags_too_far_is_told_where_it_can_go_on(client: KvCacheClient) -> None:
    start = (await client.list_entries()).position
    for number in range(60):  # the history has room for 50
        await client.put("k", str(number))
    with pytest.raises(HistoryLost) as caught:
        await anext(client.watch(since=start))
    oldest = caught.value.data.position
    assert oldest.seq == 10
    assert len([change async for change in client.watch(since=oldest, follow=False)]) == 50


async def test_a_watcher_that_does_not_read_is_overtaken_and_costs_no_memory(client: KvCacheClient) -> None:
    async with client.watch(since=(await client.list_entries()).position) as watch:
        await client.put("k", "x")
        assert short(await anext(watch)) == "+k"
        for number in range(3000):
            await client.put("k", str(number))
        seen = 0
        with pytest.raises(HistoryLost):
            async for _ in watch:
                seen += 1
        assert seen < 2000, "what fits into the buffers still comes, and no more"


async def test_a_position_of_another_life_is_not_taken_for_one_of_this(client: KvCacheClient) -> None:
    async with ChannelFor(request_handler(CacheService()), KvCacheClient) as other:
        await other.put("a", "x")
        foreign = (await other.list_entries()).position
    await client.put("a", "x")
    with pytest.raises(HistoryLost):
        await anext(client.watch(since=foreign))


async def test_streams_end_with_a_reason_when_the_cache_goes_down(client: KvCacheClient, service: CacheService) -> None:
    watch = client.watch(since=(await client.list_entries()).position)
    figures = client.watch_statistics(interval_seconds=0.01)
    assert (await anext(figures)).entries == 0
    assert (await anext(figures)).max_size == 100_000
    await client.put("a", "x")
    assert short(await anext(watch)) == "+a"
    service.close()
    assert [item async for item in watch] == []
    assert watch.result.reason == EndReason.SHUTTING_DOWN
    assert len([item async for item in figures]) < 1000
    assert figures.result.reason == EndReason.SHUTTING_DOWN


async def test_only_the_owner_may_clear_the_cache(client: KvCacheClient, service: CacheService) -> None:
    await client.put("a", "x")
    stranger = Peer(uid=12345, gid=12345, pid=1, access=frozenset({"any"}))
    async with ChannelFor(request_handler(service), KvCacheClient, peer=stranger) as other:
        assert (await other.get("a")).value == "x"
        with pytest.raises(NotAllowedError):
            await other.clear()
    watch = client.watch(since=(await client.list_entries()).position)
    assert (await client.clear()).entries == 1
    assert short(await anext(watch)) == "emptied"
    await watch.aclose()
    assert (await client.statistics_now()).entries == 0


def test_whatever_the_schema_allows_is_answered() -> None:
    """With the strategies that are generated from the schema: a result or a declared error, never a failure of ours."""

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.lists(put_params() | add_params() | delete_params() | list_entries_params(), max_size=8))
    def check(calls: list[PutParams | AddParams | DeleteParams | ListEntriesParams]) -> None:
        asyncio.run(answered(calls))

    async def answered(calls: list[PutParams | AddParams | DeleteParams | ListEntriesParams]) -> None:
        service = CacheService(max_size=5000, max_entry_size=100, answers=2)
        async with ChannelFor(request_handler(service), KvCacheClient) as client:
            for params in calls:
                with suppress(ApplicationError):
                    await client.call(METHODS[type(params)], params)
            await client.statistics_now()
        service.close()

    check()
