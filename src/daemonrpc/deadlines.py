"""Deadlines of calls that wait: one timer for a whole channel, since a timer for each call costs more than the call.

Deadlines are sorted into slots of a few milliseconds; a timer runs for the earliest slot that is taken. Ending a call
costs one removal from a set.
"""

import asyncio
from typing import Any

__all__ = ["Deadlines"]

SLOTS_PER_SECOND = 256


class Deadlines:
    """Fails futures with TimeoutError when their time is over, at most one slot late. For one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots: dict[int, set[asyncio.Future[Any]]] = {}
        self._slot_of: dict[asyncio.Future[Any], int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_slot = 0

    def watch(self, future: asyncio.Future[Any], deadline: float) -> None:
        """`future` has until `deadline`, on the clock of the loop."""
        slot = int(deadline * SLOTS_PER_SECOND) + 1
        waiting = self._slots.get(slot)
        if waiting is None:
            waiting = self._slots[slot] = set()
        waiting.add(future)
        self._slot_of[future] = slot
        if self._timer is None or slot < self._timer_slot:
            self._arm(slot)

    def forget(self, future: asyncio.Future[Any]) -> None:
        """The call has ended."""
        slot = self._slot_of.pop(future, None)
        if slot is not None:
            waiting = self._slots[slot]
            waiting.discard(future)
            if not waiting:
                del self._slots[slot]

    def _arm(self, slot: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_slot = slot
        self._timer = self._loop.call_at(slot / SLOTS_PER_SECOND, self._expire)

    def _expire(self) -> None:
        """The timer's own slot may be empty by now: ended calls do not move it."""
        self._timer = None
        now = int(self._loop.time() * SLOTS_PER_SECOND)
        for slot in [slot for slot in self._slots if slot <= now]:
            for future in self._slots[slot]:
                if not future.done():
                    future.set_exception(TimeoutError())
        ahead = [slot for slot in self._slots if slot > now]
        if ahead:
            self._arm(min(ahead))
