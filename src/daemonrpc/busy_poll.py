"""Waiting awake for a moment before going to sleep, as `net.core.busy_poll` of Linux does for sockets.

To put a process to sleep and wake it again takes longer than most calls of a local daemon, and more processor time than
to ask a few times whether the answer is there. So who expects bytes any moment stays awake for about as long as the
sleep and what follows it would have cost, and no longer: at worst a wait costs twice what it would have.
"""

import os
from collections.abc import Callable
from typing import Protocol

__all__ = ["BusyPoll", "Loop", "is_worthwhile"]


def is_worthwhile() -> bool:
    """Whether whoever is waited for can work meanwhile: not on a machine with one processor."""
    return (os.cpu_count() or 1) > 1


class Loop(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """Its clock, in seconds."""
        ...

    def call_soon(self, callback: Callable[[], None], /) -> object:
        """Calls it in the next pass."""
        ...


class BusyPoll:
    """Keeps an event loop awake: each pass asks the selector without waiting, and everybody else has their turn.

    For one event loop. `seconds` is how long after each `begin`; 0 for never.
    """

    __slots__ = ("_is_on", "_loop", "_seconds", "_until")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds if is_worthwhile() else 0.0
        self._until = 0.0
        self._is_on = False

    def begin(self, loop: Loop) -> None:
        """Bytes are expected any moment."""
        if self._seconds:
            self._until = loop.time() + self._seconds
            if not self._is_on:
                self._is_on = True
                self._loop = loop
                loop.call_soon(self._again)

    def end(self) -> None:
        """They have come, or nobody waits for them any more."""
        self._until = 0.0

    def _again(self) -> None:
        if self._loop.time() < self._until:
            os.sched_yield()  # whoever is waited for may have been given this very processor
            self._loop.call_soon(self._again)
        else:
            self._is_on = False
