"""Hypothesis strategies for the types of the KvCache service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from collections.abc import Callable
from typing import Any

from daemonrpc import UNSET
from daemonrpc.testing.schemas import ServiceValues
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .errors import (
    EntryTooLargeData,
    HistoryLostData,
    KeyMissingData,
    NotANumberData,
    RequestIdReusedData,
    VersionConflictData,
)
from .methods import SERVICE
from .types import (
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

_INVALID = ServiceValues(SERVICE)


def key() -> SearchStrategy[Key]:
    """Values of Key."""
    return st.from_regex("[!-~]+", fullmatch=True).filter(lambda text: 1 <= len(text) <= 250)


def prefix() -> SearchStrategy[Prefix]:
    """Values of Prefix."""
    return st.text(max_size=250)


def ttl() -> SearchStrategy[Ttl]:
    """Values of Ttl."""
    return st.floats(min_value=0.001, max_value=31536000.0, allow_nan=False, allow_infinity=False)


def request_id() -> SearchStrategy[RequestId]:
    """Values of RequestId."""
    return st.text(min_size=1, max_size=100)


def version() -> SearchStrategy[Version]:
    """Values of Version."""
    return st.integers(0, 2**63 - 1)


def position() -> SearchStrategy[Position]:
    """Values of Position."""
    return st.builds(Position, run=st.uuids(), seq=st.integers(0, 2**63 - 1))


def entry() -> SearchStrategy[Entry]:
    """Values of Entry."""
    return st.builds(
        Entry,
        key=key(),
        value=st.text(),
        version=version(),
        expires_in_seconds=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    )


def written() -> SearchStrategy[Written]:
    """Values of Written."""
    return st.builds(Written, version=version(), evicted=st.integers(0, 2**63 - 1))


def counted() -> SearchStrategy[Counted]:
    """Values of Counted."""
    return st.builds(Counted, value=st.integers(-(2**63), 2**63 - 1), version=version())


def deleted() -> SearchStrategy[Deleted]:
    """Values of Deleted."""
    return st.builds(Deleted, existed=st.booleans())


def cleared() -> SearchStrategy[Cleared]:
    """Values of Cleared."""
    return st.builds(Cleared, entries=st.integers(0, 2**63 - 1))


def entry_info() -> SearchStrategy[EntryInfo]:
    """Values of EntryInfo."""
    return st.builds(EntryInfo, key=key(), version=version(), size=st.integers(0, 2**63 - 1))


def listing() -> SearchStrategy[Listing]:
    """Values of Listing."""
    return st.builds(
        Listing,
        entries=st.lists(entry_info(), max_size=5),
        position=position(),
        is_complete=st.booleans(),
    )


def change() -> SearchStrategy[Change]:
    """Values of Change."""
    return st.one_of(stored(), removed(), emptied())


def stored() -> SearchStrategy[Stored]:
    """Values of Stored."""
    return st.builds(Stored, position=position(), key=key(), version=version(), size=st.integers(0, 2**63 - 1))


def removed() -> SearchStrategy[Removed]:
    """Values of Removed."""
    return st.builds(Removed, position=position(), key=key(), reason=removal_reason())


def emptied() -> SearchStrategy[Emptied]:
    """Values of Emptied."""
    return st.builds(Emptied, position=position(), entries=st.integers(0, 2**63 - 1))


def removal_reason() -> SearchStrategy[RemovalReason]:
    """Values of RemovalReason."""
    return st.sampled_from(RemovalReason)


def end_reason() -> SearchStrategy[EndReason]:
    """Values of EndReason."""
    return st.sampled_from(EndReason)


def watch_end() -> SearchStrategy[WatchEnd]:
    """Values of WatchEnd."""
    return st.builds(WatchEnd, reason=end_reason(), position=position())


def statistics() -> SearchStrategy[Statistics]:
    """Values of Statistics."""
    return st.builds(
        Statistics,
        entries=st.integers(0, 2**63 - 1),
        size=st.integers(0, 2**63 - 1),
        max_size=st.integers(1, 2**63 - 1),
        hits=st.integers(0, 2**63 - 1),
        misses=st.integers(0, 2**63 - 1),
        evicted=st.integers(0, 2**63 - 1),
        expired=st.integers(0, 2**63 - 1),
    )


def get_params() -> SearchStrategy[GetParams]:
    """Values of GetParams."""
    return st.builds(GetParams, key=key())


def put_params() -> SearchStrategy[PutParams]:
    """Values of PutParams."""
    return st.builds(
        PutParams,
        key=key(),
        value=st.text(),
        ttl_seconds=st.none() | ttl(),
        if_version=st.just(UNSET) | version(),
        request_id=st.just(UNSET) | request_id(),
    )


def add_params() -> SearchStrategy[AddParams]:
    """Values of AddParams."""
    return st.builds(
        AddParams,
        key=key(),
        amount=st.integers(-(2**63), 2**63 - 1),
        request_id=st.just(UNSET) | request_id(),
    )


def delete_params() -> SearchStrategy[DeleteParams]:
    """Values of DeleteParams."""
    return st.builds(DeleteParams, key=key())


def list_entries_params() -> SearchStrategy[ListEntriesParams]:
    """Values of ListEntriesParams."""
    return st.builds(ListEntriesParams, prefix=prefix(), after=st.text(max_size=250), limit=st.integers(1, 1000))


def watch_params() -> SearchStrategy[WatchParams]:
    """Values of WatchParams."""
    return st.builds(WatchParams, prefix=prefix(), since=st.just(UNSET) | position(), follow=st.booleans())


def statistics_now_params() -> SearchStrategy[StatisticsNowParams]:
    """Values of StatisticsNowParams."""
    return st.builds(StatisticsNowParams)


def watch_statistics_params() -> SearchStrategy[WatchStatisticsParams]:
    """Values of WatchStatisticsParams."""
    return st.builds(
        WatchStatisticsParams,
        interval_seconds=st.floats(min_value=0.01, max_value=3600.0, allow_nan=False, allow_infinity=False),
    )


def clear_params() -> SearchStrategy[ClearParams]:
    """Values of ClearParams."""
    return st.builds(ClearParams)


def key_missing_data() -> SearchStrategy[KeyMissingData]:
    """Values of KeyMissingData."""
    return st.builds(KeyMissingData, key=key())


def version_conflict_data() -> SearchStrategy[VersionConflictData]:
    """Values of VersionConflictData."""
    return st.builds(VersionConflictData, key=key(), expected=version(), actual=version())


def entry_too_large_data() -> SearchStrategy[EntryTooLargeData]:
    """Values of EntryTooLargeData."""
    return st.builds(
        EntryTooLargeData,
        size=st.integers(-(2**63), 2**63 - 1),
        max_size=st.integers(-(2**63), 2**63 - 1),
    )


def not_a_number_data() -> SearchStrategy[NotANumberData]:
    """Values of NotANumberData."""
    return st.builds(NotANumberData, key=key())


def request_id_reused_data() -> SearchStrategy[RequestIdReusedData]:
    """Values of RequestIdReusedData."""
    return st.builds(RequestIdReusedData, request_id=request_id())


def history_lost_data() -> SearchStrategy[HistoryLostData]:
    """Values of HistoryLostData."""
    return st.builds(HistoryLostData, position=position())


def invalid_key() -> SearchStrategy[Any]:
    """JSON that no reader takes as Key: one thing in it is wrong."""
    return _INVALID.invalid_type("Key")


def invalid_prefix() -> SearchStrategy[Any]:
    """JSON that no reader takes as Prefix: one thing in it is wrong."""
    return _INVALID.invalid_type("Prefix")


def invalid_ttl() -> SearchStrategy[Any]:
    """JSON that no reader takes as Ttl: one thing in it is wrong."""
    return _INVALID.invalid_type("Ttl")


def invalid_request_id() -> SearchStrategy[Any]:
    """JSON that no reader takes as RequestId: one thing in it is wrong."""
    return _INVALID.invalid_type("RequestId")


def invalid_version() -> SearchStrategy[Any]:
    """JSON that no reader takes as Version: one thing in it is wrong."""
    return _INVALID.invalid_type("Version")


def invalid_position() -> SearchStrategy[Any]:
    """JSON that no reader takes as Position: one thing in it is wrong."""
    return _INVALID.invalid_type("Position")


def invalid_entry() -> SearchStrategy[Any]:
    """JSON that no reader takes as Entry: one thing in it is wrong."""
    return _INVALID.invalid_type("Entry")


def invalid_written() -> SearchStrategy[Any]:
    """JSON that no reader takes as Written: one thing in it is wrong."""
    return _INVALID.invalid_type("Written")


def invalid_counted() -> SearchStrategy[Any]:
    """JSON that no reader takes as Counted: one thing in it is wrong."""
    return _INVALID.invalid_type("Counted")


def invalid_deleted() -> SearchStrategy[Any]:
    """JSON that no reader takes as Deleted: one thing in it is wrong."""
    return _INVALID.invalid_type("Deleted")


def invalid_cleared() -> SearchStrategy[Any]:
    """JSON that no reader takes as Cleared: one thing in it is wrong."""
    return _INVALID.invalid_type("Cleared")


def invalid_entry_info() -> SearchStrategy[Any]:
    """JSON that no reader takes as EntryInfo: one thing in it is wrong."""
    return _INVALID.invalid_type("EntryInfo")


def invalid_listing() -> SearchStrategy[Any]:
    """JSON that no reader takes as Listing: one thing in it is wrong."""
    return _INVALID.invalid_type("Listing")


def invalid_change() -> SearchStrategy[Any]:
    """JSON that no reader takes as Change: one thing in it is wrong."""
    return _INVALID.invalid_type("Change")


def invalid_stored() -> SearchStrategy[Any]:
    """JSON that no reader takes as Stored: one thing in it is wrong."""
    return _INVALID.invalid_type("Stored")


def invalid_removed() -> SearchStrategy[Any]:
    """JSON that no reader takes as Removed: one thing in it is wrong."""
    return _INVALID.invalid_type("Removed")


def invalid_emptied() -> SearchStrategy[Any]:
    """JSON that no reader takes as Emptied: one thing in it is wrong."""
    return _INVALID.invalid_type("Emptied")


def invalid_removal_reason() -> SearchStrategy[Any]:
    """JSON that no reader takes as RemovalReason: one thing in it is wrong."""
    return _INVALID.invalid_type("RemovalReason")


def invalid_end_reason() -> SearchStrategy[Any]:
    """JSON that no reader takes as EndReason: one thing in it is wrong."""
    return _INVALID.invalid_type("EndReason")


def invalid_watch_end() -> SearchStrategy[Any]:
    """JSON that no reader takes as WatchEnd: one thing in it is wrong."""
    return _INVALID.invalid_type("WatchEnd")


def invalid_statistics() -> SearchStrategy[Any]:
    """JSON that no reader takes as Statistics: one thing in it is wrong."""
    return _INVALID.invalid_type("Statistics")


def invalid_get_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as GetParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.get")


def invalid_put_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as PutParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.put")


def invalid_add_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as AddParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.add")


def invalid_delete_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as DeleteParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.delete")


def invalid_list_entries_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ListEntriesParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.list")


def invalid_watch_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as WatchParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.watch")


def invalid_statistics_now_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as StatisticsNowParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.statistics")


def invalid_watch_statistics_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as WatchStatisticsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.statistics.watch")


def invalid_clear_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ClearParams: one thing in it is wrong."""
    return _INVALID.invalid_params("cache.clear")


def invalid_key_missing_data() -> SearchStrategy[Any]:
    """JSON that no client takes as KeyMissingData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("KeyMissing")


def invalid_version_conflict_data() -> SearchStrategy[Any]:
    """JSON that no client takes as VersionConflictData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("VersionConflict")


def invalid_entry_too_large_data() -> SearchStrategy[Any]:
    """JSON that no client takes as EntryTooLargeData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("EntryTooLarge")


def invalid_not_a_number_data() -> SearchStrategy[Any]:
    """JSON that no client takes as NotANumberData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("NotANumber")


def invalid_request_id_reused_data() -> SearchStrategy[Any]:
    """JSON that no client takes as RequestIdReusedData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("RequestIdReused")


def invalid_history_lost_data() -> SearchStrategy[Any]:
    """JSON that no client takes as HistoryLostData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("HistoryLost")


RESULTS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "cache.get": entry,
    "cache.put": written,
    "cache.add": counted,
    "cache.delete": deleted,
    "cache.list": listing,
    "cache.watch": watch_end,
    "cache.statistics": statistics,
    "cache.statistics.watch": watch_end,
    "cache.clear": cleared,
}
"""For each method what makes its results."""

ITEMS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "cache.watch": change,
    "cache.statistics.watch": statistics,
}
"""For each stream what makes its items."""
