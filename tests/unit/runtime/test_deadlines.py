import asyncio

import pytest

from daemonrpc.deadlines import Deadlines


async def test_future_fails_when_its_time_is_over_and_not_before() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    future: asyncio.Future[object] = loop.create_future()
    start = loop.time()
    deadlines.watch(future, start + 0.05)
    with pytest.raises(TimeoutError):
        await future
    assert 0.05 <= loop.time() - start < 1.0


async def test_forgotten_future_is_left_alone() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    forgotten, watched = loop.create_future(), loop.create_future()
    deadlines.watch(forgotten, loop.time() + 0.01)
    deadlines.watch(watched, loop.time() + 0.03)
    deadlines.forget(forgotten)
    with pytest.raises(TimeoutError):
        await watched
    assert not forgotten.done()


async def test_earlier_deadline_that_comes_later_is_met_first() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    late, early = loop.create_future(), loop.create_future()
    deadlines.watch(late, loop.time() + 30)
    deadlines.watch(early, loop.time() + 0.02)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(early, 5)
    assert not late.done()
    deadlines.forget(late)


async def test_answered_future_keeps_its_result_at_the_deadline() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    answered, watched = loop.create_future(), loop.create_future()
    deadlines.watch(answered, loop.time() + 0.01)
    deadlines.watch(watched, loop.time() + 0.01)
    answered.set_result("answer")
    with pytest.raises(TimeoutError):
        await watched
    assert await answered == "answer"


async def test_nothing_is_kept_of_a_call_that_ended() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    for _ in range(1000):
        future: asyncio.Future[object] = loop.create_future()
        deadlines.watch(future, loop.time() + 30)
        deadlines.forget(future)
    assert deadlines._waiting == {}
