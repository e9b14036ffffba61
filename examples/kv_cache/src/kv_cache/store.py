"""The entries. No I/O and no clock of its own, so that tests decide what time it is."""

import heapq
import re
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from kv_cache.history import History
from kv_cache_api.errors import EntryTooLarge, KeyMissing, NotANumber, VersionConflict
from kv_cache_api.types import Emptied, RemovalReason, Removed, Statistics, Stored

__all__ = ["ENTRY_COST", "Item", "Store"]

ENTRY_COST = 640
"""Bytes that an entry counts as besides key and text: objects, tables and the order of expiry. Measured by a test."""
NUMBER = re.compile(r"-?[0-9]{1,19}")


@dataclass(slots=True)
class Item:
    """An entry. Its text is kept in UTF-8: as `str` one rare character could make it four times as large."""

    key: str
    text: bytes
    version: int
    expires_at: float | None

    @property
    def size(self) -> int:
        """Bytes of key and text; a key is ASCII."""
        return len(self.key) + len(self.text)


class Store:
    """Entries by key, in the order of their last use.

    Args:
        max_size: bytes that all entries may count as; the one used longest ago goes first.
        max_entry_size: bytes of key and text of one entry.
        history: is told of every change.
        clock: seconds, never going back.
    """

    def __init__(self, max_size: int, max_entry_size: int, history: History, clock: Callable[[], float]) -> None:
        if max_entry_size + ENTRY_COST > max_size:
            raise ValueError(f"one entry of {max_entry_size} bytes would not fit into {max_size} bytes")
        self.history = history
        self._max_size, self._max_entry_size = max_size, max_entry_size
        self._clock = clock
        self._items: OrderedDict[str, Item] = OrderedDict()
        self._keys: list[str] = []
        self._expiries: list[tuple[float, int, str]] = []
        self._size = 0
        self._hits = self._misses = self._evicted = self._expired = 0

    def get(self, key: str) -> Item:
        """The entry, which is used by this. Raises KeyMissing."""
        item = self._find(key)
        if item is None:
            self._misses += 1
            raise KeyMissing(key=key)
        self._hits += 1
        self._items.move_to_end(key)
        return item

    def put(self, key: str, text: bytes, ttl: float | None, if_version: int | None = None) -> tuple[Item, int]:
        """The new entry, and how many others had to go for it. Raises VersionConflict, EntryTooLarge."""
        found = self._find(key)
        actual = found.version if found else 0
        if if_version is not None and if_version != actual:
            raise VersionConflict(key=key, expected=if_version, actual=actual)
        return self._write(key, text, None if ttl is None else self._clock() + ttl)

    def add(self, key: str, amount: int) -> tuple[Item, int]:
        """The entry with the sum, and the sum. Raises NotANumber, EntryTooLarge."""
        found = self._find(key)
        text = found.text.decode() if found else "0"
        total = int(text) + amount if NUMBER.fullmatch(text) else 2**63
        if not -(2**63) <= total < 2**63:
            raise NotANumber(key=key)
        item, _ = self._write(key, str(total).encode(), found.expires_at if found else None)
        return item, total

    def delete(self, key: str) -> bool:
        """Whether there was such an entry."""
        found = self._find(key)
        if found is not None:
            self._remove(found, RemovalReason.DELETED)
        return found is not None

    def clear(self) -> int:
        """Forgets everything; returns how many entries there were."""
        self.expire()
        entries = len(self._items)
        self._items.clear()
        self._keys.clear()
        self._expiries.clear()
        self._size = 0
        if entries:
            self.history.add(Emptied(position=self.history.next_position(), entries=entries))
        return entries

    def select(self, prefix: str, after: str, limit: int) -> list[Item]:
        """The first entries by key that begin with `prefix` and come after `after`."""
        self.expire()
        start = max(bisect_right(self._keys, after), bisect_left(self._keys, prefix))
        found: list[Item] = []
        for key in self._keys[start : start + limit]:
            if not key.startswith(prefix):
                break
            found.append(self._items[key])
        return found

    def statistics(self) -> Statistics:
        """Figures of now, and sums since the start."""
        return Statistics(
            entries=len(self._items),
            size=self._size,
            max_size=self._max_size,
            hits=self._hits,
            misses=self._misses,
            evicted=self._evicted,
            expired=self._expired,
        )

    @property
    def next_expiry(self) -> float | None:
        """When `expire` has something to do, on the clock; perhaps too early, never too late."""
        return self._expiries[0][0] if self._expiries else None

    def expire(self, at_most: int | None = None) -> None:
        """Removes entries whose time is over: all, or the first `at_most`."""
        now, left = self._clock(), at_most
        while self._expiries and self._expiries[0][0] <= now and left != 0:
            _, version, key = heapq.heappop(self._expiries)
            left = None if left is None else left - 1
            item = self._items.get(key)
            if item is not None and item.version == version:
                self._expired += 1
                self._remove(item, RemovalReason.EXPIRED)

    def remaining(self, item: Item) -> float | None:
        """Seconds that an entry has left; None if it may stay for ever."""
        return None if item.expires_at is None else max(0.0, item.expires_at - self._clock())

    def _find(self, key: str) -> Item | None:
        """The entry, unless its time is over: nobody waits for a timer to be told the truth."""
        item = self._items.get(key)
        if item is not None and item.expires_at is not None and item.expires_at <= self._clock():
            self._expired += 1
            self._remove(item, RemovalReason.EXPIRED)
            return None
        return item

    def _write(self, key: str, text: bytes, expires_at: float | None) -> tuple[Item, int]:
        size = len(key) + len(text)
        if size > self._max_entry_size:
            raise EntryTooLarge(size=size, max_size=self._max_entry_size)
        position = self.history.next_position()
        old, item = self._items.pop(key, None), Item(key, text, position.seq, expires_at)
        if old is None:
            insort(self._keys, key)
            self._size += ENTRY_COST
        self._size += size - (old.size if old else 0)
        self._items[key] = item
        self.history.add(Stored(position=position, key=key, version=item.version, size=size))
        if expires_at is not None:
            self._note_expiry(expires_at, item)
        return item, self._make_room()

    def _make_room(self) -> int:
        """Evicts what was used longest ago, never the newest entry: that one fits alone."""
        before = self._evicted
        while self._size > self._max_size:
            self._evicted += 1
            self._remove(next(iter(self._items.values())), RemovalReason.EVICTED)
        return self._evicted - before

    def _remove(self, item: Item, reason: RemovalReason) -> None:
        del self._items[item.key]
        del self._keys[bisect_left(self._keys, item.key)]
        self._size -= item.size + ENTRY_COST
        self.history.add(Removed(position=self.history.next_position(), key=item.key, reason=reason))

    def _note_expiry(self, expires_at: float, item: Item) -> None:
        """Overwritten entries stay in the heap until their time: without a look at it, it would grow without bound."""
        heapq.heappush(self._expiries, (expires_at, item.version, item.key))
        if len(self._expiries) > 2 * len(self._items) + 64:
            live = (i for i in self._items.values() if i.expires_at is not None)
            self._expiries = [(i.expires_at, i.version, i.key) for i in live if i.expires_at is not None]
            heapq.heapify(self._expiries)
