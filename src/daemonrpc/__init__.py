"""daemonrpc: typed JSON-RPC 2.0 for local daemons.

The names below are the public surface. What needs asyncio is imported when it is first used, so that a command line
on the blocking client starts without it.
"""

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from daemonrpc.abi import ABI, require_abi
from daemonrpc.calling import Timeout
from daemonrpc.context import Access, Context, Peer
from daemonrpc.errors import (
    ApplicationError,
    BusyError,
    CallCancelledError,
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    DeadlineExceededError,
    InternalError,
    InvalidParamsError,
    InvalidRequestError,
    LocalProtocolError,
    MessageTooLargeError,
    MethodNotFoundError,
    NotAllowedError,
    ParseError,
    ProtocolError,
    RemoteProtocolError,
    RpcError,
    ShuttingDownError,
    StreamLaggedError,
)
from daemonrpc.limits import Limits
from daemonrpc.method import Method, ServiceInfo, StreamMethod
from daemonrpc.values import Constraint, OpenEnum, Redacted, Unknown, decode_hook, open_union

if TYPE_CHECKING:
    from daemonrpc.client import Channel
    from daemonrpc.client_sync import SyncChannel, SyncStream
    from daemonrpc.handler import RequestHandler
    from daemonrpc.server import DaemonServer
    from daemonrpc.socketfile import SocketFileError
    from daemonrpc.stream import Stream
    from daemonrpc.strictness import strict

__all__ = [
    "ABI",
    "UNSET",
    "Access",
    "ApplicationError",
    "BusyError",
    "CallCancelledError",
    "CallTimeoutError",
    "Channel",
    "ConnectionLostError",
    "Constraint",
    "Context",
    "DaemonError",
    "DaemonNotRunningError",
    "DaemonServer",
    "DeadlineExceededError",
    "InternalError",
    "InvalidParamsError",
    "InvalidRequestError",
    "Limits",
    "LocalProtocolError",
    "MessageTooLargeError",
    "Method",
    "MethodNotFoundError",
    "NotAllowedError",
    "OpenEnum",
    "ParseError",
    "Peer",
    "ProtocolError",
    "Redacted",
    "RemoteProtocolError",
    "RequestHandler",
    "RpcError",
    "ServiceInfo",
    "ShuttingDownError",
    "SocketFileError",
    "Stream",
    "StreamLaggedError",
    "StreamMethod",
    "SyncChannel",
    "SyncStream",
    "Timeout",
    "Unknown",
    "UnsetType",
    "decode_hook",
    "open_union",
    "require_abi",
    "strict",
]

_LAZY = {
    "Channel": "client",
    "DaemonServer": "server",
    "RequestHandler": "handler",
    "SocketFileError": "socketfile",
    "Stream": "stream",
    "SyncChannel": "client_sync",
    "SyncStream": "client_sync",
    "strict": "strictness",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
