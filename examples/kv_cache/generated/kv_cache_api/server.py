"""Server side of the KvCache service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from daemonrpc import Context, RequestHandler

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
    SERVICE,
)
from .types import (
    AddParams,
    Change,
    Cleared,
    ClearParams,
    Counted,
    Deleted,
    DeleteParams,
    Entry,
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


class KvCacheService(Protocol):
    """What a daemon that offers the KvCache service implements; there is nothing to inherit from."""

    def get(self, params: GetParams, context: Context) -> Entry:
        """Read an entry.

        Raises KeyMissing.
        """
        ...

    def put(self, params: PutParams, context: Context) -> Written:
        """Write an entry, whether it is there or not.

        Raises VersionConflict, EntryTooLarge, RequestIdReused.
        """
        ...

    def add(self, params: AddParams, context: Context) -> Counted:
        """Add to an entry that holds a whole number; without an entry to 0. How long it is kept does not
        change.

        Raises NotANumber, EntryTooLarge, RequestIdReused.
        """
        ...

    def delete(self, params: DeleteParams, context: Context) -> Deleted:
        """Forget an entry."""
        ...

    def list_entries(self, params: ListEntriesParams, context: Context) -> Listing:
        """List entries without their texts."""
        ...

    def watch(self, params: WatchParams, context: Context) -> AsyncIterator[Change | WatchEnd]:
        """Send changes as they happen.

        An async generator: yields the items, and may yield the result as the last.

        Raises HistoryLost.
        """
        ...

    def statistics_now(self, params: StatisticsNowParams, context: Context) -> Statistics:
        """Tell how the cache does."""
        ...

    def watch_statistics(self, params: WatchStatisticsParams, context: Context) -> AsyncIterator[Statistics | WatchEnd]:
        """Tell how the cache does, again and again.

        An async generator: yields the items, and may yield the result as the last.
        """
        ...

    def clear(self, params: ClearParams, context: Context) -> Cleared:
        """Forget everything."""
        ...


def request_handler(service: KvCacheService) -> RequestHandler:
    """The dispatch table of `service`. Raises TypeError naming every method that it lacks."""
    handler = RequestHandler(SERVICE)
    handler.require(service)
    handler.register(CACHE_GET, service.get)
    handler.register(CACHE_PUT, service.put)
    handler.register(CACHE_ADD, service.add)
    handler.register(CACHE_DELETE, service.delete)
    handler.register(CACHE_LIST, service.list_entries)
    handler.register(CACHE_WATCH, service.watch)
    handler.register(CACHE_STATISTICS, service.statistics_now)
    handler.register(CACHE_STATISTICS_WATCH, service.watch_statistics)
    handler.register(CACHE_CLEAR, service.clear)
    return handler
