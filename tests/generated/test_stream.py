"""The stream of a second API over a real socket."""

import asyncio
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import InternalError
from support.waiting import SECONDS, until


async def put(api: ModuleType, client: Any, *keys: str) -> list[Any]:
    """Writes entries; the changes that a watch will tell."""
    entries = [api.Entry(key=key, value=key) for key in keys]
    for entry in entries:
        await client.put(entry)
    return [api.PutChange(entry=entry) for entry in entries]


async def test_items_come_in_order_and_then_the_result(api: ModuleType, client: Any) -> None:
    changes = await put(api, client, "a", "b", "c")
    changes.append(await client.apply(api.DeleteChange(key="b")))
    stream = client.watch(follow=False)
    assert [change async for change in stream] == changes
    assert stream.result == api.WatchEnd(sent=4)


async def test_the_blocking_client_streams_alike(api: ModuleType, client: Any, served: Path) -> None:
    changes = await put(api, client, "a", "b", "c")

    def watch() -> tuple[list[Any], Any]:
        with api.StoreClientSync(served) as blocking_client, blocking_client.watch(since=1, follow=False) as stream:
            return list(stream), stream.result

    async with asyncio.timeout(SECONDS):
        items, result = await asyncio.to_thread(watch)
    assert items == changes[1:]
    assert result == api.WatchEnd(sent=2)


async def test_a_stream_may_be_empty(api: ModuleType, client: Any) -> None:
    stream = client.watch(follow=False)
    assert [change async for change in stream] == []
    assert stream.result == api.WatchEnd()


async def test_an_item_arrives_while_the_stream_is_open(api: ModuleType, client: Any) -> None:
    async with asyncio.timeout(SECONDS), client.watch() as stream:
        for key in ("a", "b"):
            (change,) = await put(api, client, key)
            assert await anext(stream) == change


async def test_the_result_is_not_there_before_the_end(api: ModuleType, client: Any) -> None:
    await put(api, client, "a")
    async with client.watch() as stream:
        await anext(stream)
        with pytest.raises(RuntimeError, match="not ended"):
            _ = stream.result


async def test_break_ends_the_stream_on_the_server(api: ModuleType, client: Any, store: Any) -> None:
    await put(api, client, "a")
    async for _change in client.watch():
        assert store.watchers == 1
        break
    async with asyncio.timeout(SECONDS):
        await store.watch_ended.wait()
    assert store.watchers == 0
    assert await client.alive() == api.Alive(entries=1)


async def test_break_of_a_blocking_stream_ends_it_on_the_server(
    api: ModuleType, client: Any, store: Any, served: Path
) -> None:
    await put(api, client, "a")

    def watch() -> None:
        with api.StoreClientSync(served) as blocking_client:
            for _change in blocking_client.watch():
                break

    async with asyncio.timeout(SECONDS):
        await asyncio.to_thread(watch)
        await store.watch_ended.wait()
    assert store.watchers == 0


async def test_a_handler_that_raises_ends_the_stream_with_its_error(api: ModuleType, client: Any, store: Any) -> None:
    await put(api, client, "a")

    async with client.watch() as stream:
        await anext(stream)
        store.changes.append(object())  # no value that could be sent
        async with store.changed:
            store.changed.notify_all()
        with pytest.raises(InternalError, match=r"entry\.watch"):
            await anext(stream)
    await until(lambda: store.watchers == 0)


async def test_two_watchers_see_the_same(api: ModuleType, client: Any, store: Any) -> None:
    async def first_two() -> list[Any]:
        async with client.watch() as stream:
            return [await anext(stream), await anext(stream)]

    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
        watchers = [group.create_task(first_two()) for _ in range(2)]
        await until(lambda: store.watchers == 2)
        changes = await put(api, client, "a", "b")
    assert [watcher.result() for watcher in watchers] == [changes, changes]
