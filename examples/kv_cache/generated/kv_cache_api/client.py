"""Async client of the KvCache service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import UNSET, Channel, Stream, UnsetType

from .methods import (
    CACHE_ADD,
    CACHE_CLEAR,
    CACHE_DELETE,
    CACHE_GET,
    CACHE_LIST,
    CACHE_PUT,
    CACHE_STATISTICS,
    CACHE_STATISTICS_WATCH,
    CACHE_WATCH,
)
from .types import (
    CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT,
    AddParams,
    Change,
    Cleared,
    ClearParams,
    Counted,
    Deleted,
    DeleteParams,
    Entry,
    GetParams,
    Key,
    ListEntriesParams,
    Listing,
    Position,
    Prefix,
    PutParams,
    RequestId,
    Statistics,
    StatisticsNowParams,
    Ttl,
    Version,
    WatchEnd,
    WatchParams,
    WatchStatisticsParams,
    Written,
)


class KvCacheClient(Channel):
    """A cache of texts that forgets what is old, what is seldom read, and everything when it ends."""

    async def get(self, key: Key, *, timeout: float | UnsetType | None = UNSET) -> Entry:
        """Read an entry.

        Args:
            key: Which.

        Raises:
            KeyMissing: There is no such entry.
        """
        return await self.call(CACHE_GET, GetParams(key=key), timeout=timeout)

    async def put(
        self,
        key: Key,
        value: str,
        ttl_seconds: Ttl | None = None,
        if_version: Version | UnsetType = UNSET,
        request_id: RequestId | UnsetType = UNSET,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> Written:
        """Write an entry, whether it is there or not.

        Args:
            key: Which.
            value: Its text.
            ttl_seconds: How long to keep it; null for as long as there is room.
            if_version: Write only if the entry is of this version; 0: only if there is none.
            request_id: With it a client may send the call again after a lost connection.

        Raises:
            VersionConflict: The entry is not the one that the caller knows: read it again, then decide.
            EntryTooLarge: The entry would not fit into the cache, or take too much of it.
            RequestIdReused: An earlier write had this request_id and asked for something else.
        """
        return await self.call(
            CACHE_PUT,
            PutParams(key=key, value=value, ttl_seconds=ttl_seconds, if_version=if_version, request_id=request_id),
            timeout=timeout,
        )

    async def add(
        self,
        key: Key,
        amount: int = 1,
        request_id: RequestId | UnsetType = UNSET,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> Counted:
        """Add to an entry that holds a whole number; without an entry to 0. How long it is kept does not
        change.

        Args:
            key: Which.
            amount: What to add.
            request_id: With it a client may send the call again after a lost connection.

        Raises:
            NotANumber: The text of the entry is no whole number of 64 bits, or would not be one after
                the addition.
            EntryTooLarge: The entry would not fit into the cache, or take too much of it.
            RequestIdReused: An earlier write had this request_id and asked for something else.
        """
        return await self.call(CACHE_ADD, AddParams(key=key, amount=amount, request_id=request_id), timeout=timeout)

    async def delete(self, key: Key, *, timeout: float | UnsetType | None = UNSET) -> Deleted:
        """Forget an entry.

        Args:
            key: Which.
        """
        return await self.call(CACHE_DELETE, DeleteParams(key=key), timeout=timeout)

    async def list_entries(
        self,
        prefix: Prefix = "",
        after: str = "",
        limit: int = 100,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> Listing:
        """List entries without their texts.

        Args:
            prefix: Only those whose key begins with it.
            after: Only those whose key comes after it.
            limit: At most so many.
        """
        return await self.call(CACHE_LIST, ListEntriesParams(prefix=prefix, after=after, limit=limit), timeout=timeout)

    def watch(
        self,
        prefix: Prefix = "",
        since: Position | UnsetType = UNSET,
        follow: bool = True,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> Stream[Change, WatchEnd]:
        """Send changes as they happen.

        Args:
            prefix: Only of entries whose key begins with it.
            since: Changes after this one; without it those from now on.
            follow: Whether to wait for more when all are sent.

        Raises:
            HistoryLost: The changes since then are forgotten: list the entries, then watch from there.
        """
        return self.stream(CACHE_WATCH, WatchParams(prefix=prefix, since=since, follow=follow), timeout=timeout)

    async def statistics_now(self, *, timeout: float | UnsetType | None = UNSET) -> Statistics:
        """Tell how the cache does."""
        return await self.call(CACHE_STATISTICS, StatisticsNowParams(), timeout=timeout)

    def watch_statistics(
        self,
        interval_seconds: float = CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> Stream[Statistics, WatchEnd]:
        """Tell how the cache does, again and again.

        Args:
            interval_seconds: How often.
        """
        return self.stream(
            CACHE_STATISTICS_WATCH,
            WatchStatisticsParams(interval_seconds=interval_seconds),
            timeout=timeout,
        )

    async def clear(self, *, timeout: float | UnsetType | None = UNSET) -> Cleared:
        """Forget everything."""
        return await self.call(CACHE_CLEAR, ClearParams(), timeout=timeout)
