"""Slots for asynchronous handlers: so many at once, so many waiting in order of arrival; the rest must come again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

__all__ = ["Slots"]


class Slots:
    """A bounded queue before a bounded number of running calls. First come, first served (RULES 2.6)."""

    __slots__ = ("_limit", "_queue", "_queue_limit", "running")

    def __init__(self, limit: int, queue_limit: int) -> None:
        self._limit = limit
        self._queue_limit = queue_limit
        self._queue: OrderedDict[Hashable, Callable[[], bool]] = OrderedDict()
        self.running = 0
        """Slots that are taken."""

    @property
    def waiting(self) -> int:
        """Calls in the queue."""
        return len(self._queue)

    def enter(self, key: Hashable, start: Callable[[], bool]) -> bool:
        """Takes a slot and calls `start` now, or as soon as one is free. False when the queue is full.

        `start` returns False if its call is over already; the slot then goes to the next one.
        """
        if self.running < self._limit:
            self.running += 1
            if not start():
                self.leave()
            return True
        if len(self._queue) >= self._queue_limit:
            return False
        self._queue[key] = start
        return True

    def is_waiting(self, key: Hashable) -> bool:
        """Whether a call is in the queue."""
        return key in self._queue

    def discard(self, key: Hashable) -> None:
        """Takes a call out of the queue, so that the calls of callers who left keep no others away."""
        self._queue.pop(key, None)

    def leave(self) -> None:
        """Gives a slot back: to the first one in the queue that still wants it."""
        while self._queue:
            _key, start = self._queue.popitem(last=False)
            if start():
                return
        self.running -= 1
