"""Deadlines of calls that wait: one timer for a whole channel, since a timer for each call costs more than the call.

The timer runs for the earliest deadline that it was told. When it ends, all calls that wait are looked at: they are few
(at most those in flight on the connections of one channel), and their deadlines come seldom. A call that has ended
needs no word: it waits no more.
"""

import asyncio
from collections.abc import Callable, Iterable
from math import inf

from daemonrpc.client_connection import ClientCall

__all__ = ["Deadlines"]

SLOT_SECONDS = 1 / 256
"""The least time between two looks at the calls that wait."""


class Deadlines:
    """Fails the futures of calls with TimeoutError when their time is over, at most one slot late. For one event loop.

    `waiting` gives the calls that have no answer yet.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, waiting: Callable[[], Iterable[ClientCall]]) -> None:
        self._loop = loop
        self._waiting = waiting
        self._timer: asyncio.TimerHandle | None = None
        self.next_look = inf
        """When the calls are looked at; a deadline before that must be told to `watch`."""

    def watch(self, deadline: float) -> None:
        """There is a call that has until `deadline`, on the clock of the loop."""
        if deadline < self.next_look:
            if self._timer is not None:
                self._timer.cancel()
            self.next_look = deadline
            self._timer = self._loop.call_at(deadline, self._expire)

    def _expire(self) -> None:
        now = self._loop.time()
        self._timer, self.next_look = None, inf
        earliest = inf
        for call in self._waiting():
            if call.deadline > now:
                earliest = min(earliest, call.deadline)
            elif call.owner is not None and not call.owner.done():
                call.owner.set_exception(TimeoutError())
        if earliest < inf:
            self.watch(max(earliest, now + SLOT_SECONDS))
