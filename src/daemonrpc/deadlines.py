"""Deadlines of calls that wait: one timer for a whole channel, since a timer for each call costs more than the call.

The timer runs for the earliest deadline. When it ends, all calls that wait are looked at: they are few (at most those
in flight on the connections of one channel), and their deadlines come seldom.
"""

import asyncio
from math import inf
from typing import Any

__all__ = ["Deadlines"]

SLOT_SECONDS = 1 / 256
"""The least time between two looks at the calls that wait."""


class Deadlines:
    """Fails futures with TimeoutError when their time is over, at most one slot late. For one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: dict[asyncio.Future[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = inf

    def watch(self, future: asyncio.Future[Any], deadline: float) -> None:
        """`future` has until `deadline`, on the clock of the loop."""
        self._waiting[future] = deadline
        if deadline < self._timer_at:
            self._arm(deadline)

    def forget(self, future: asyncio.Future[Any]) -> None:
        """The call has ended. The timer stays: to look once in vain costs less than to move it with each call."""
        self._waiting.pop(future, None)

    def _arm(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_at(at, self._expire)

    def _expire(self) -> None:
        now = self._loop.time()
        self._timer, self._timer_at = None, inf
        earliest = inf
        for future, deadline in self._waiting.items():
            if deadline > now:
                earliest = min(earliest, deadline)
            elif not future.done():
                future.set_exception(TimeoutError())
        if earliest < inf:
            self._arm(max(earliest, now + SLOT_SECONDS))
