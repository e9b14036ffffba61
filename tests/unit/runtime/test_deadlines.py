import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from daemonrpc.client_connection import ClientCall
from daemonrpc.deadlines import Deadlines


class Calls:
    """Calls that wait, as the connections of a channel hold them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: list[ClientCall] = []
        self.deadlines = Deadlines(self._loop, self._look)
        self.looks = 0

    def _look(self) -> Iterator[ClientCall]:
        self.looks += 1
        return iter(self._waiting)

    def watch(self, seconds: float) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = self._loop.create_future()
        deadline = self._loop.time() + seconds
        self._waiting.append(ClientCall(1, b"1", False, future, deadline=deadline))
        self.deadlines.watch(deadline)
        return future

    def end(self, future: "asyncio.Future[Any]") -> None:
        self._waiting = [call for call in self._waiting if call.owner is not future]


async def test_future_fails_when_its_time_is_over_and_not_before() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    with pytest.raises(TimeoutError):
        await Calls().watch(0.05)
    assert 0.05 <= loop.time() - start < 1.0


async def test_call_that_has_ended_is_left_alone() -> None:
    calls = Calls()
    ended, watched = calls.watch(0.01), calls.watch(0.03)
    calls.end(ended)
    with pytest.raises(TimeoutError):
        await watched
    assert not ended.done()


async def test_call_that_was_given_up_is_left_alone() -> None:
    calls = Calls()
    given_up, watched = calls.watch(0.01), calls.watch(0.02)
    calls._waiting[0].owner = None
    with pytest.raises(TimeoutError):
        await watched
    assert not given_up.done()


async def test_earlier_deadline_that_comes_later_is_met_first() -> None:
    calls = Calls()
    late, early = calls.watch(30), calls.watch(0.02)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(early, 5)
    assert not late.done()


async def test_answered_future_keeps_its_result_at_the_deadline() -> None:
    calls = Calls()
    answered, watched = calls.watch(0.01), calls.watch(0.01)
    answered.set_result("answer")
    with pytest.raises(TimeoutError):
        await watched
    assert await answered == "answer"


async def test_calls_are_looked_at_when_a_deadline_comes_and_not_for_each_call() -> None:
    calls = Calls()
    for _ in range(1000):
        calls.end(calls.watch(0.05))
    with pytest.raises(TimeoutError):
        await calls.watch(0.05)
    assert calls.looks <= 3
