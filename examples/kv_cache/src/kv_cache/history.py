"""What happened to the cache lately. All watchers read this one history, each at its own pace."""

from uuid import uuid4

from kv_cache_api.errors import HistoryLost
from kv_cache_api.types import Emptied, Position, Removed, Stored

__all__ = ["History", "Known"]

Known = Stored | Removed | Emptied
"""A change as the cache makes it; clients may meet kinds that they do not know."""


class History:
    """The last `kept` changes, numbered from 1 in the life of a cache."""

    def __init__(self, kept: int) -> None:
        self._run = uuid4()
        self._ring: list[Known | None] = [None] * kept
        self.last_seq = 0

    def next_position(self) -> Position:
        """The position of the change that is added next."""
        return Position(run=self._run, seq=self.last_seq + 1)

    def position(self, seq: int) -> Position:
        """The position after change `seq`."""
        return Position(run=self._run, seq=seq)

    def add(self, change: Known) -> None:
        """Adds a change; the oldest one is forgotten."""
        self.last_seq += 1
        assert change.position.seq == self.last_seq
        self._ring[self.last_seq % len(self._ring)] = change

    def find(self, position: Position) -> int:
        """The number from which a watch goes on. Raises HistoryLost if it was not of this life."""
        if position.run != self._run or position.seq > self.last_seq:
            raise self._lost()
        return position.seq

    def after(self, seq: int) -> Known:
        """The change that followed change `seq`, which is not the last one. Raises HistoryLost if it is forgotten."""
        change = self._ring[(seq + 1) % len(self._ring)]
        if change is None or change.position.seq != seq + 1:
            raise self._lost()
        return change

    def _lost(self) -> HistoryLost:
        return HistoryLost(position=self.position(max(0, self.last_seq - len(self._ring))))
