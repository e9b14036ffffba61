"""KvCache service, version 1.0.0. A cache of texts that forgets what is old, what is seldom read, and
everything when it ends.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from daemonrpc import require_abi

if TYPE_CHECKING:
    from .client import KvCacheClient
    from .client_sync import KvCacheClientSync
    from .errors import (
        EntryTooLarge,
        EntryTooLargeData,
        HistoryLost,
        HistoryLostData,
        KeyMissing,
        KeyMissingData,
        NotANumber,
        NotANumberData,
        RequestIdReused,
        RequestIdReusedData,
        VersionConflict,
        VersionConflictData,
    )
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
    from .server import KvCacheService, request_handler
    from .types import (
        CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT,
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
        Key,
        ListEntriesParams,
        Listing,
        Position,
        Prefix,
        PutParams,
        RemovalReason,
        Removed,
        RequestId,
        Statistics,
        StatisticsNowParams,
        Stored,
        Ttl,
        Version,
        WatchEnd,
        WatchParams,
        WatchStatisticsParams,
        Written,
    )

require_abi(1)

__all__ = [
    "CACHE_ADD",
    "CACHE_CLEAR",
    "CACHE_DELETE",
    "CACHE_GET",
    "CACHE_LIST",
    "CACHE_PUT",
    "CACHE_STATISTICS",
    "CACHE_STATISTICS_WATCH",
    "CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT",
    "CACHE_WATCH",
    "SERVICE",
    "AddParams",
    "Change",
    "ClearParams",
    "Cleared",
    "Counted",
    "DeleteParams",
    "Deleted",
    "Emptied",
    "EndReason",
    "Entry",
    "EntryInfo",
    "EntryTooLarge",
    "EntryTooLargeData",
    "GetParams",
    "HistoryLost",
    "HistoryLostData",
    "Key",
    "KeyMissing",
    "KeyMissingData",
    "KvCacheClient",
    "KvCacheClientSync",
    "KvCacheService",
    "ListEntriesParams",
    "Listing",
    "NotANumber",
    "NotANumberData",
    "Position",
    "Prefix",
    "PutParams",
    "RemovalReason",
    "Removed",
    "RequestId",
    "RequestIdReused",
    "RequestIdReusedData",
    "Statistics",
    "StatisticsNowParams",
    "Stored",
    "Ttl",
    "Version",
    "VersionConflict",
    "VersionConflictData",
    "WatchEnd",
    "WatchParams",
    "WatchStatisticsParams",
    "Written",
    "request_handler",
]

_MODULES = {
    "CACHE_ADD": "methods",
    "CACHE_CLEAR": "methods",
    "CACHE_DELETE": "methods",
    "CACHE_GET": "methods",
    "CACHE_LIST": "methods",
    "CACHE_PUT": "methods",
    "CACHE_STATISTICS": "methods",
    "CACHE_STATISTICS_WATCH": "methods",
    "CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT": "types",
    "CACHE_WATCH": "methods",
    "SERVICE": "methods",
    "AddParams": "types",
    "Change": "types",
    "ClearParams": "types",
    "Cleared": "types",
    "Counted": "types",
    "DeleteParams": "types",
    "Deleted": "types",
    "Emptied": "types",
    "EndReason": "types",
    "Entry": "types",
    "EntryInfo": "types",
    "EntryTooLarge": "errors",
    "EntryTooLargeData": "errors",
    "GetParams": "types",
    "HistoryLost": "errors",
    "HistoryLostData": "errors",
    "Key": "types",
    "KeyMissing": "errors",
    "KeyMissingData": "errors",
    "KvCacheClient": "client",
    "KvCacheClientSync": "client_sync",
    "KvCacheService": "server",
    "ListEntriesParams": "types",
    "Listing": "types",
    "NotANumber": "errors",
    "NotANumberData": "errors",
    "Position": "types",
    "Prefix": "types",
    "PutParams": "types",
    "RemovalReason": "types",
    "Removed": "types",
    "RequestId": "types",
    "RequestIdReused": "errors",
    "RequestIdReusedData": "errors",
    "Statistics": "types",
    "StatisticsNowParams": "types",
    "Stored": "types",
    "Ttl": "types",
    "Version": "types",
    "VersionConflict": "errors",
    "VersionConflictData": "errors",
    "WatchEnd": "types",
    "WatchParams": "types",
    "WatchStatisticsParams": "types",
    "Written": "types",
    "request_handler": "server",
}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first used: a blocking client needs no asyncio."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
