"""Whose turn it is: each pass of the event loop has so much room for lines, shared by all connections (RULES 2.20).

A short line that comes alone is always handled at once. Who sends more shares what there is with the others, in order
of arrival, so that a few busy connections, or many, leave every pass short.
"""

from collections import deque
from collections.abc import Callable

__all__ = ["Turns"]

CallSoon = Callable[[Callable[[], None]], object]
"""The event loop's `call_soon`."""


class Turns:
    """The room of the present pass, and the connections that wait for one with room for them."""

    __slots__ = ("_call_soon", "_is_scheduled", "_queue", "_room", "left")

    def __init__(self, room: int) -> None:
        self._room = room
        self.left = room
        """What this pass still has room for; below zero after a line that is longer than a pass."""
        self._queue: deque[Callable[[], None]] = deque()
        self._is_scheduled = False

    def spend(self, amount: int, call_soon: CallSoon) -> None:
        """So much of this pass was used."""
        self.left -= amount
        self._schedule(call_soon)

    def wait(self, turn: Callable[[], None], call_soon: CallSoon) -> None:
        """Calls `turn` when there is room, after those who came before."""
        self._queue.append(turn)
        self._schedule(call_soon)

    def _schedule(self, call_soon: CallSoon) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._call_soon = call_soon
            call_soon(self._begin_pass)

    def _begin_pass(self) -> None:
        self._is_scheduled = False
        # After a line as long as some passes there is one pass for short calls only, before another long line.
        self.left = 0 if self.left < -self._room else self._room
        for _ in range(len(self._queue)):  # who comes back from its turn has the next one in a later pass
            if self.left <= 0:
                break
            self._queue.popleft()()
        if self._queue:
            self._schedule(self._call_soon)
