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
    from daemonrpc.activation import ActivationError, InheritedListener, inherited_listener, inherited_listeners
    from daemonrpc.client import Channel
    from daemonrpc.client_sync import SyncChannel, SyncStream
    from daemonrpc.deprecation import deprecated
    from daemonrpc.handler import RequestHandler
    from daemonrpc.notify import ServiceManager
    from daemonrpc.observe import CallRecord, ConnectionRecord, Observer, Reason
    from daemonrpc.server import DaemonServer
    from daemonrpc.socketplace import SocketFileError
    from daemonrpc.stream import Stream
    from daemonrpc.strictness import strict
    from daemonrpc.trace import current_traceparent, traceparent

__all__ = [
    "ABI",
    "UNSET",
    "Access",
    "ActivationError",
    "ApplicationError",
    "BusyError",
    "CallCancelledError",
    "CallRecord",
    "CallTimeoutError",
    "Channel",
    "ConnectionLostError",
    "ConnectionRecord",
    "Constraint",
    "Context",
    "DaemonError",
    "DaemonNotRunningError",
    "DaemonServer",
    "DeadlineExceededError",
    "InheritedListener",
    "InternalError",
    "InvalidParamsError",
    "InvalidRequestError",
    "Limits",
    "LocalProtocolError",
    "MessageTooLargeError",
    "Method",
    "MethodNotFoundError",
    "NotAllowedError",
    "Observer",
    "OpenEnum",
    "ParseError",
    "Peer",
    "ProtocolError",
    "Reason",
    "Redacted",
    "RemoteProtocolError",
    "RequestHandler",
    "RpcError",
    "ServiceInfo",
    "ServiceManager",
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
    "current_traceparent",
    "decode_hook",
    "deprecated",
    "inherited_listener",
    "inherited_listeners",
    "open_union",
    "require_abi",
    "strict",
    "traceparent",
]

_LAZY = {
    "ActivationError": "activation",
    "CallRecord": "observe",
    "Channel": "client",
    "ConnectionRecord": "observe",
    "DaemonServer": "server",
    "InheritedListener": "activation",
    "Observer": "observe",
    "Reason": "observe",
    "RequestHandler": "handler",
    "ServiceManager": "notify",
    "SocketFileError": "socketplace",
    "Stream": "stream",
    "SyncChannel": "client_sync",
    "SyncStream": "client_sync",
    "current_traceparent": "trace",
    "deprecated": "deprecation",
    "inherited_listener": "activation",
    "inherited_listeners": "activation",
    "strict": "strictness",
    "traceparent": "trace",
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
