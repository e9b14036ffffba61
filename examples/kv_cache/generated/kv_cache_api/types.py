"""Types of the KvCache service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from daemonrpc import UNSET, Constraint, OpenEnum, Redacted, Unknown, UnsetType, open_union
from msgspec import Struct

Key = Annotated[str, Constraint(min_length=1, max_length=250, pattern="[!-~]+")]
"""Name of an entry: visible ASCII, no blanks."""

Prefix = Annotated[str, Constraint(max_length=250)]
"""The first characters of a key."""

Ttl = Annotated[float, Constraint(minimum=0.001, maximum=31536000)]
"""Seconds until an entry is forgotten: at most a year."""

RequestId = Annotated[str, Constraint(min_length=1, max_length=100)]
"""Chosen by the caller: a write with the same id is made once."""

Version = Annotated[int, Constraint(minimum=0)]
"""Number of the write that made an entry; 0 stands for no entry."""


class Position(Struct, kw_only=True):
    """A place in the history of the cache. Clients take it from an answer and give it back as it is."""

    run: UUID
    """Of the cache's life: a cache that was started again has none of the entries."""
    seq: Annotated[int, Constraint(minimum=0)]
    """Number of the last change."""


class Entry(Redacted, Struct, kw_only=True):
    """One entry."""

    key: Key
    """Its name."""
    value: Annotated[str, Constraint(sensitive=True)]
    """Its text. It may be a secret, and stays out of logs."""
    version: Version
    """The write that made it."""
    expires_in_seconds: float | None = None
    """Its time from now on; null for as long as there is room."""


class Written(Struct, kw_only=True):
    """What became of a write."""

    version: Version
    """The entry's version now."""
    evicted: Annotated[int, Constraint(minimum=0)] = 0
    """How many other entries had to go for it."""


class Counted(Struct, kw_only=True):
    """What became of an addition."""

    value: int
    """The sum."""
    version: Version
    """The entry's version now."""


class Deleted(Struct, kw_only=True):
    """What became of a deletion."""

    existed: bool
    """Whether there was such an entry."""


class Cleared(Struct, kw_only=True):
    """What became of the whole cache."""

    entries: Annotated[int, Constraint(minimum=0)]
    """How many entries there were."""


class EntryInfo(Struct, kw_only=True):
    """An entry without its text."""

    key: Key
    """Its name."""
    version: Version
    """The write that made it."""
    size: Annotated[int, Constraint(minimum=0)]
    """Bytes of key and text, in UTF-8."""


class Listing(Struct, kw_only=True):
    """Entries by their keys, and the moment at which they were such."""

    entries: list[EntryInfo]
    """In the order of keys."""
    position: Position
    """Watch from here to miss nothing."""
    is_complete: bool = True
    """False if there are more: list again after the last key."""


class Stored(Struct, kw_only=True, tag_field="kind", tag="stored"):
    """An entry was written."""

    position: Position
    """This change."""
    key: Key
    """Which entry."""
    version: Version
    """Its version now."""
    size: Annotated[int, Constraint(minimum=0)]
    """Bytes of key and text, in UTF-8."""


class RemovalReason(OpenEnum):
    """Why an entry is gone."""

    DELETED = "deleted"
    """Somebody deleted it."""
    EXPIRED = "expired"
    """Its time was over."""
    EVICTED = "evicted"
    """The room was needed, and this entry was the one read longest ago."""


class Removed(Struct, kw_only=True, tag_field="kind", tag="removed"):
    """An entry is gone."""

    position: Position
    """This change."""
    key: Key
    """Which entry."""
    reason: RemovalReason
    """Why."""


class Emptied(Struct, kw_only=True, tag_field="kind", tag="emptied"):
    """Every entry is gone at once."""

    position: Position
    """This change."""
    entries: Annotated[int, Constraint(minimum=0)]
    """How many there were."""


if TYPE_CHECKING:
    Change = Stored | Removed | Emptied | Unknown
else:
    Change = open_union("Change", tag="kind", of={"stored": Stored, "removed": Removed, "emptied": Emptied})
"""What happened to an entry. It tells no text, so that the history of the cache is small; `cache.get` has
it.
"""


class EndReason(OpenEnum):
    """Why a watch ended."""

    CAUGHT_UP = "caught_up"
    """The caller did not ask to wait for more."""
    SHUTTING_DOWN = "shutting_down"
    """The cache is going down."""


class WatchEnd(Struct, kw_only=True):
    """How a watch ended."""

    reason: EndReason
    """Why."""
    position: Position
    """Where to go on."""


class Statistics(Struct, kw_only=True):
    """How the cache does."""

    entries: Annotated[int, Constraint(minimum=0)]
    """Entries now."""
    size: Annotated[int, Constraint(minimum=0)]
    """Bytes that they count as, with what each costs besides its text."""
    max_size: Annotated[int, Constraint(minimum=1)]
    """Bytes that there is room for."""
    hits: Annotated[int, Constraint(minimum=0)]
    """Reads that found an entry."""
    misses: Annotated[int, Constraint(minimum=0)]
    """Reads that found none."""
    evicted: Annotated[int, Constraint(minimum=0)]
    """Entries that had to go for others."""
    expired: Annotated[int, Constraint(minimum=0)]
    """Entries whose time was over."""


class GetParams(Struct, kw_only=True):
    """Params of cache.get."""

    key: Key
    """Which."""


class PutParams(Redacted, Struct, kw_only=True, omit_defaults=True):
    """Params of cache.put."""

    key: Key
    """Which."""
    value: Annotated[str, Constraint(sensitive=True)]
    """Its text."""
    ttl_seconds: Ttl | None = None
    """How long to keep it; null for as long as there is room."""
    if_version: Version | UnsetType = UNSET
    """Write only if the entry is of this version; 0: only if there is none."""
    request_id: RequestId | UnsetType = UNSET
    """With it a client may send the call again after a lost connection."""


class AddParams(Struct, kw_only=True, omit_defaults=True):
    """Params of cache.add."""

    key: Key
    """Which."""
    amount: int = 1
    """What to add."""
    request_id: RequestId | UnsetType = UNSET
    """With it a client may send the call again after a lost connection."""


class DeleteParams(Struct, kw_only=True):
    """Params of cache.delete."""

    key: Key
    """Which."""


class ListEntriesParams(Struct, kw_only=True, omit_defaults=True):
    """Params of cache.list."""

    prefix: Prefix = ""
    """Only those whose key begins with it."""
    after: Annotated[str, Constraint(max_length=250)] = ""
    """Only those whose key comes after it."""
    limit: Annotated[int, Constraint(minimum=1, maximum=1000)] = 100
    """At most so many."""


class WatchParams(Struct, kw_only=True, omit_defaults=True):
    """Params of cache.watch."""

    prefix: Prefix = ""
    """Only of entries whose key begins with it."""
    since: Position | UnsetType = UNSET
    """Changes after this one; without it those from now on."""
    follow: bool = True
    """Whether to wait for more when all are sent."""


class StatisticsNowParams(Struct, kw_only=True):
    """Params of cache.statistics."""


CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT = 1.0
"""Default of interval_seconds of cache.statistics.watch."""


class WatchStatisticsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of cache.statistics.watch."""

    interval_seconds: Annotated[
        float,
        Constraint(minimum=0.01, maximum=3600),
    ] = CACHE_STATISTICS_WATCH_INTERVAL_SECONDS_DEFAULT
    """How often."""


class ClearParams(Struct, kw_only=True):
    """Params of cache.clear."""
