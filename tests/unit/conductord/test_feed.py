"""The stream of events: replay, going live, and every way to end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from conductord.feed import BATCH, End, Feed, Wanted
from conductord.job import JobState
from conductord.store import EventRow, Store
from support.engine import World, job_text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path)
    yield store
    store.close()


def write(store: Store, count: int, name: str = "daemon.started") -> None:
    with store.transaction():
        for _ in range(count):
            store.events.append(name, 1.0)


async def collect(stream: AsyncIterator[EventRow | End]) -> tuple[list[int], End]:
    numbers: list[int] = []
    async with asyncio.timeout(5):
        async for found in stream:
            if isinstance(found, End):
                return numbers, found
            numbers.append(found.seq)
    raise AssertionError("it ended without saying why")


async def test_stored_events_come_first_and_then_each_as_it_happens(store: Store) -> None:
    feed = Feed(store)
    store.on_commit = feed.wake
    write(store, 3)
    seen: list[int] = []
    async with aclosing(feed.read(0, Wanted())) as stream:
        for number in range(1, 6):
            if number > 3:
                asyncio.get_running_loop().call_later(0.01, write, store, 1)
            found = await asyncio.wait_for(anext(stream), 5)
            assert isinstance(found, EventRow)
            seen.append(found.seq)
    assert seen == [1, 2, 3, 4, 5]


async def test_going_on_from_a_number_leaves_no_gap_and_repeats_nothing(store: Store) -> None:
    feed = Feed(store)
    write(store, BATCH * 3 + 7)
    numbers, end = await collect(feed.read(0, Wanted(follow=False)))
    assert numbers == list(range(1, BATCH * 3 + 8))
    again, _ = await collect(feed.read(numbers[299], Wanted(follow=False)))
    assert again == numbers[300:]
    assert end == End("caught_up", numbers[-1], None)


async def test_without_a_number_only_new_events_come(store: Store) -> None:
    feed = Feed(store)
    write(store, 3)
    assert await collect(feed.read(None, Wanted(follow=False))) == ([], End("caught_up", 3, None))


async def test_a_number_from_another_state_starts_at_the_end(store: Store) -> None:
    write(store, 3)
    _, end = await collect(Feed(store).read(1000, Wanted(follow=False)))
    assert end.last_seq == 3


async def test_the_end_covers_events_that_were_not_wanted(store: Store) -> None:
    write(store, 2)
    write(store, 5, "daemon.stopping")
    wanted = Wanted(names=("daemon.started",), follow=False)
    assert await collect(Feed(store).read(0, wanted)) == ([1, 2], End("caught_up", 7, None))


async def test_a_followed_job_ends_the_stream_after_its_last_event(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    feed = Feed(world.store)
    world.store.on_commit = feed.wake
    asyncio.get_running_loop().call_later(0.02, world.run)
    numbers, end = await collect(feed.read(0, Wanted(job=job.id, until_job_ends=True)))
    assert world.store.events.after(numbers[-1], 10, job.id) == []
    assert (end.reason, end.job) == ("job_ended", world.job(job))
    assert end.job is not None
    assert end.job.state is JobState.COMPLETED


async def test_a_cleared_job_ends_the_stream(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    world.run()
    world.commands.clear([world.job(job)])
    numbers, end = await collect(Feed(world.store).read(0, Wanted(job=job.id, until_job_ends=True)))
    assert (numbers, end.reason, end.job) == ([], "job_ended", None)


async def test_a_daemon_that_goes_down_ends_the_stream(store: Store) -> None:
    feed = Feed(store)
    asyncio.get_running_loop().call_later(0.02, feed.close)
    _, end = await collect(feed.read(0, Wanted()))
    assert end.reason == "shutting_down"


async def test_output_comes_only_to_who_wants_it(store: Store) -> None:
    write(store, 1, "sheet.output")
    write(store, 1)
    assert (await collect(Feed(store).read(0, Wanted(follow=False))))[0] == [2]
    assert (await collect(Feed(store).read(0, Wanted(follow=False, output=True))))[0] == [1, 2]


async def test_streams_are_counted_and_the_slowest_is_known(store: Store) -> None:
    feed = Feed(store)
    write(store, 10)
    async with aclosing(feed.read(0, Wanted())) as stream:
        await anext(stream)
        await anext(stream)
        assert feed.lag() == 9
    assert feed.lag() == 0
