"""LogTailer service, version 1.0.0. Reads log files for who may not, or cannot: their last lines, and
every line as it is written.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from daemonrpc import require_abi

if TYPE_CHECKING:
    from .client import LogTailerClient
    from .client_sync import LogTailerClientSync
    from .errors import LogUnknown, LogUnknownData, LogUnreadable, LogUnreadableData
    from .methods import LOG_FOLLOW, LOG_LIST, LOG_TAIL, SERVICE
    from .server import LogTailerService, request_handler
    from .types import (
        Ending,
        EndReason,
        FollowEnd,
        FollowParams,
        Gap,
        Line,
        ListLogsParams,
        Log,
        LogEvent,
        LogList,
        LogName,
        LogState,
        Position,
        Rotated,
        Tail,
        TailParams,
        Truncated,
    )

require_abi(1)

__all__ = [
    "LOG_FOLLOW",
    "LOG_LIST",
    "LOG_TAIL",
    "SERVICE",
    "EndReason",
    "Ending",
    "FollowEnd",
    "FollowParams",
    "Gap",
    "Line",
    "ListLogsParams",
    "Log",
    "LogEvent",
    "LogList",
    "LogName",
    "LogState",
    "LogTailerClient",
    "LogTailerClientSync",
    "LogTailerService",
    "LogUnknown",
    "LogUnknownData",
    "LogUnreadable",
    "LogUnreadableData",
    "Position",
    "Rotated",
    "Tail",
    "TailParams",
    "Truncated",
    "request_handler",
]

_MODULES = {
    "LOG_FOLLOW": "methods",
    "LOG_LIST": "methods",
    "LOG_TAIL": "methods",
    "SERVICE": "methods",
    "EndReason": "types",
    "Ending": "types",
    "FollowEnd": "types",
    "FollowParams": "types",
    "Gap": "types",
    "Line": "types",
    "ListLogsParams": "types",
    "Log": "types",
    "LogEvent": "types",
    "LogList": "types",
    "LogName": "types",
    "LogState": "types",
    "LogTailerClient": "client",
    "LogTailerClientSync": "client_sync",
    "LogTailerService": "server",
    "LogUnknown": "errors",
    "LogUnknownData": "errors",
    "LogUnreadable": "errors",
    "LogUnreadableData": "errors",
    "Position": "types",
    "Rotated": "types",
    "Tail": "types",
    "TailParams": "types",
    "Truncated": "types",
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
