"""Errors that methods of the KvCache service answer with.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import ApplicationError
from msgspec import Struct

from .types import Key, Position, RequestId, Version


class KeyMissingData(Struct, kw_only=True):
    """Data of KeyMissing."""

    key: Key
    """What was asked for."""


class KeyMissing(ApplicationError):
    """There is no such entry."""

    code = -32000
    data_type = KeyMissingData
    data: KeyMissingData

    def __init__(self, message: str = "There is no such entry.", *, key: Key) -> None:
        super().__init__(message, data=KeyMissingData(key=key))


class VersionConflictData(Struct, kw_only=True):
    """Data of VersionConflict."""

    key: Key
    """Which entry."""
    expected: Version
    """What the caller knew."""
    actual: Version
    """What it is."""


class VersionConflict(ApplicationError):
    """The entry is not the one that the caller knows: read it again, then decide."""

    code = -32001
    data_type = VersionConflictData
    data: VersionConflictData

    def __init__(
        self,
        message: str = "The entry is not the one that the caller knows: read it again, then decide.",
        *,
        key: Key,
        expected: Version,
        actual: Version,
    ) -> None:
        super().__init__(message, data=VersionConflictData(key=key, expected=expected, actual=actual))


class EntryTooLargeData(Struct, kw_only=True):
    """Data of EntryTooLarge."""

    size: int
    """Bytes of key and text, in UTF-8."""
    max_size: int
    """What one entry may have."""


class EntryTooLarge(ApplicationError):
    """The entry would not fit into the cache, or take too much of it."""

    code = -32002
    data_type = EntryTooLargeData
    data: EntryTooLargeData

    def __init__(
        self,
        message: str = "The entry would not fit into the cache, or take too much of it.",
        *,
        size: int,
        max_size: int,
    ) -> None:
        super().__init__(message, data=EntryTooLargeData(size=size, max_size=max_size))


class NotANumberData(Struct, kw_only=True):
    """Data of NotANumber."""

    key: Key
    """Which entry."""


class NotANumber(ApplicationError):
    """The text of the entry is no whole number of 64 bits, or would not be one after the addition."""

    code = -32003
    data_type = NotANumberData
    data: NotANumberData

    def __init__(
        self,
        message: str = "The text of the entry is no whole number of 64 bits, or would not be one after the addition.",
        *,
        key: Key,
    ) -> None:
        super().__init__(message, data=NotANumberData(key=key))


class RequestIdReusedData(Struct, kw_only=True):
    """Data of RequestIdReused."""

    request_id: RequestId
    """Which."""


class RequestIdReused(ApplicationError):
    """An earlier write had this request_id and asked for something else."""

    code = -32004
    data_type = RequestIdReusedData
    data: RequestIdReusedData

    def __init__(
        self,
        message: str = "An earlier write had this request_id and asked for something else.",
        *,
        request_id: RequestId,
    ) -> None:
        super().__init__(message, data=RequestIdReusedData(request_id=request_id))


class HistoryLostData(Struct, kw_only=True):
    """Data of HistoryLost."""

    position: Position
    """The oldest position that can be watched from."""


class HistoryLost(ApplicationError):
    """The changes since then are forgotten: list the entries, then watch from there."""

    code = -32005
    data_type = HistoryLostData
    data: HistoryLostData

    def __init__(
        self,
        message: str = "The changes since then are forgotten: list the entries, then watch from there.",
        *,
        position: Position,
    ) -> None:
        super().__init__(message, data=HistoryLostData(position=position))
