"""The service: one method for each method of schema/methods.yaml."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

from daemonrpc import UNSET, Context

from kv_cache.answers import Answers
from kv_cache.history import History
from kv_cache.store import Item, Store
from kv_cache_api.types import (
    AddParams,
    Change,
    Cleared,
    ClearParams,
    Counted,
    Deleted,
    DeleteParams,
    Emptied,
    EndReason,
    Entry,
    EntryInfo,
    GetParams,
    ListEntriesParams,
    Listing,
    PutParams,
    Statistics,
    StatisticsNowParams,
    WatchEnd,
    WatchParams,
    WatchStatisticsParams,
    Written,
)

__all__ = ["CacheService"]

EXPIRIES_A_PASS = 1000
"""Entries that expire without letting anybody else run."""


class CacheService:
    """A cache. It satisfies `KvCacheService`, a Protocol.

    Args:
        max_size: bytes that all entries may count as.
        max_entry_size: bytes of key and text of one entry.
        history: changes that a watcher may be behind.
        answers: writes of which a repetition is known by its request_id.
    """

    def __init__(
        self,
        max_size: int = 64 * 2**20,
        max_entry_size: int = 2**20,
        history: int = 10_000,
        answers: int = 10_000,
    ) -> None:
        self._history = History(history)
        self._store = Store(max_size, max_entry_size, self._history, time.monotonic)
        self._answers = Answers(answers)
        self._news, self._told_seq = asyncio.Event(), 0
        self._closing = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def get(self, params: GetParams, context: Context) -> Entry:
        item = self._store.get(params.key)
        self._tell()  # an entry may have expired just now
        remaining = self._store.remaining(item)
        return Entry(key=item.key, value=item.text.decode(), version=item.version, expires_in_seconds=remaining)

    def put(self, params: PutParams, context: Context) -> Written:
        return self._answers.once(params.request_id, params, lambda: self._put(params))

    def add(self, params: AddParams, context: Context) -> Counted:
        return self._answers.once(params.request_id, params, lambda: self._add(params))

    def delete(self, params: DeleteParams, context: Context) -> Deleted:
        existed = self._store.delete(params.key)
        self._tell()
        return Deleted(existed=existed)

    def list_entries(self, params: ListEntriesParams, context: Context) -> Listing:
        found = self._store.select(params.prefix, params.after, params.limit + 1)
        self._tell()
        return Listing(
            entries=[_info(item) for item in found[: params.limit]],
            position=self._history.position(self._history.last_seq),
            is_complete=len(found) <= params.limit,
        )

    async def watch(self, params: WatchParams, context: Context) -> AsyncIterator[Change | WatchEnd]:
        """A reader that is slow stays at its `yield`. When the history has gone past it, it is told so."""
        seq = self._history.last_seq if params.since is UNSET else self._history.find(params.since)
        while True:
            news, is_closing = self._news, self._closing.is_set()  # before the look, or a change might be missed
            while seq < self._history.last_seq:
                change = self._history.after(seq)
                seq += 1
                if isinstance(change, Emptied) or change.key.startswith(params.prefix):
                    yield change
            if is_closing or not params.follow:
                yield self._end(EndReason.SHUTTING_DOWN if is_closing else EndReason.CAUGHT_UP, seq)
                return
            await news.wait()

    def statistics_now(self, params: StatisticsNowParams, context: Context) -> Statistics:
        return self._store.statistics()

    async def watch_statistics(
        self, params: WatchStatisticsParams, context: Context
    ) -> AsyncIterator[Statistics | WatchEnd]:
        while not self._closing.is_set():
            yield self._store.statistics()
            with suppress(TimeoutError):
                async with asyncio.timeout(params.interval_seconds):
                    await self._closing.wait()
        yield self._end(EndReason.SHUTTING_DOWN, self._history.last_seq)

    def clear(self, params: ClearParams, context: Context) -> Cleared:
        entries = self._store.clear()
        self._tell()
        return Cleared(entries=entries)

    def close(self) -> None:
        """Ends the streams, each with a result that says why: the cache is going down."""
        self._closing.set()
        self._wake()
        if self._timer is not None:
            self._timer.cancel()

    def _put(self, params: PutParams) -> Written:
        if_version = None if params.if_version is UNSET else params.if_version
        item, evicted = self._store.put(params.key, params.value.encode(), params.ttl_seconds, if_version)
        self._tell()
        return Written(version=item.version, evicted=evicted)

    def _add(self, params: AddParams) -> Counted:
        item, total = self._store.add(params.key, params.amount)
        self._tell()
        return Counted(value=total, version=item.version)

    def _end(self, reason: EndReason, seq: int) -> WatchEnd:
        return WatchEnd(reason=reason, position=self._history.position(seq))

    def _tell(self) -> None:
        """After each use of the store: watchers look for what has changed, and the timer is right."""
        if self._told_seq != self._history.last_seq:
            self._wake()
        due = self._store.next_expiry
        if due is not None and (self._timer is None or self._timer.when() > due or self._timer.cancelled()):
            self._set_timer(due)

    def _wake(self) -> None:
        self._told_seq = self._history.last_seq
        self._news.set()
        self._news = asyncio.Event()

    def _set_timer(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._closing.is_set():
            self._timer = asyncio.get_running_loop().call_at(due, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._store.expire(at_most=EXPIRIES_A_PASS)
        self._tell()


def _info(item: Item) -> EntryInfo:
    return EntryInfo(key=item.key, version=item.version, size=item.size)
