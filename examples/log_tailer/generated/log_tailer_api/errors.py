"""Errors that methods of the LogTailer service answer with.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import ApplicationError
from msgspec import Struct

from .types import LogName, LogState


class LogUnknownData(Struct, kw_only=True):
    """Data of LogUnknown."""

    log: LogName
    """What was asked for."""
    known: list[str]
    """The logs there are."""


class LogUnknown(ApplicationError):
    """There is no log of that name."""

    code = -32000
    data_type = LogUnknownData
    data: LogUnknownData

    def __init__(self, message: str = "There is no log of that name.", *, log: LogName, known: list[str]) -> None:
        super().__init__(message, data=LogUnknownData(log=log, known=known))


class LogUnreadableData(Struct, kw_only=True):
    """Data of LogUnreadable."""

    log: LogName
    """Which."""
    state: LogState
    """Why."""


class LogUnreadable(ApplicationError):
    """The log cannot be read now."""

    code = -32001
    data_type = LogUnreadableData
    data: LogUnreadableData

    def __init__(self, message: str = "The log cannot be read now.", *, log: LogName, state: LogState) -> None:
        super().__init__(message, data=LogUnreadableData(log=log, state=state))
