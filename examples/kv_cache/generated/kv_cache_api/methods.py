"""Methods of the KvCache service, as client and server both see them.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import Method, ServiceInfo, StreamMethod

from .errors import EntryTooLarge, HistoryLost, KeyMissing, NotANumber, RequestIdReused, VersionConflict
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

CACHE_GET: Method[GetParams, Entry] = Method(
    "cache.get",
    python_name="get",
    params=GetParams,
    result=Entry,
    errors=(KeyMissing,),
    safety="safe",
    handler="sync",
)
"""Read an entry."""

CACHE_PUT: Method[PutParams, Written] = Method(
    "cache.put",
    python_name="put",
    params=PutParams,
    result=Written,
    errors=(VersionConflict, EntryTooLarge, RequestIdReused),
    safety="keyed",
    key="request_id",
    handler="sync",
)
"""Write an entry, whether it is there or not."""

CACHE_ADD: Method[AddParams, Counted] = Method(
    "cache.add",
    python_name="add",
    params=AddParams,
    result=Counted,
    errors=(NotANumber, EntryTooLarge, RequestIdReused),
    safety="keyed",
    key="request_id",
    handler="sync",
)
"""Add to an entry that holds a whole number; without an entry to 0. How long it is kept does not change."""

CACHE_DELETE: Method[DeleteParams, Deleted] = Method(
    "cache.delete",
    python_name="delete",
    params=DeleteParams,
    result=Deleted,
    safety="idempotent",
    handler="sync",
)
"""Forget an entry."""

CACHE_LIST: Method[ListEntriesParams, Listing] = Method(
    "cache.list",
    python_name="list_entries",
    params=ListEntriesParams,
    result=Listing,
    safety="safe",
    handler="sync",
)
"""List entries without their texts."""

CACHE_WATCH: StreamMethod[WatchParams, Change, WatchEnd] = StreamMethod(
    "cache.watch",
    python_name="watch",
    params=WatchParams,
    item=Change,
    result=WatchEnd,
    notification="cache.change",
    slow_consumer="block",
    errors=(HistoryLost,),
    safety="safe",
)
"""Send changes as they happen."""

CACHE_STATISTICS: Method[StatisticsNowParams, Statistics] = Method(
    "cache.statistics",
    python_name="statistics_now",
    params=StatisticsNowParams,
    result=Statistics,
    safety="safe",
    handler="sync",
    admission="always",
)
"""Tell how the cache does."""

CACHE_STATISTICS_WATCH: StreamMethod[WatchStatisticsParams, Statistics, WatchEnd] = StreamMethod(
    "cache.statistics.watch",
    python_name="watch_statistics",
    params=WatchStatisticsParams,
    item=Statistics,
    result=WatchEnd,
    notification="cache.statistics.now",
    slow_consumer="drop_oldest",
    safety="safe",
)
"""Tell how the cache does, again and again."""

CACHE_CLEAR: Method[ClearParams, Cleared] = Method(
    "cache.clear",
    python_name="clear",
    params=ClearParams,
    result=Cleared,
    safety="idempotent",
    handler="sync",
    access="owner",
)
"""Forget everything."""

SERVICE = ServiceInfo(
    name="KvCache",
    version="1.0.0",
    fingerprint="b4bbe28b5c204522",
    package=__package__ or "",
    methods=(
        CACHE_GET,
        CACHE_PUT,
        CACHE_ADD,
        CACHE_DELETE,
        CACHE_LIST,
        CACHE_WATCH,
        CACHE_STATISTICS,
        CACHE_STATISTICS_WATCH,
        CACHE_CLEAR,
    ),
)
"""The service: its version, its fingerprint and all its methods."""
