"""Every error of the runtime, and whose fault it is.

DaemonError                      whatever can go wrong with a call
├── DaemonNotRunningError        nobody listens on the socket; nothing was sent
├── ConnectionLostError          the request was sent, the connection broke: it may or may not have run
├── CallTimeoutError             no answer in time (also a TimeoutError)
├── ProtocolError                the bytes break the protocol (abstract)
│   ├── LocalProtocolError       we tried to do what the protocol forbids
│   └── RemoteProtocolError      the peer did; its connection is closed
└── RpcError                     the server answered with an error: code, message, data
    ├── ParseError               -32700
    ├── InvalidRequestError      -32600
    ├── MethodNotFoundError      -32601
    ├── InvalidParamsError       -32602
    ├── InternalError            -32603
    ├── BusyError                -32090  a limit is reached; nothing was started
    ├── DeadlineExceededError    -32091  (also a TimeoutError)
    ├── NotAllowedError          -32092
    ├── MessageTooLargeError     -32093
    ├── ShuttingDownError        -32094  nothing was started
    ├── StreamLaggedError        -32095
    ├── CallCancelledError       -32800
    └── ApplicationError         base of the errors that a schema declares
"""

from typing import Any, ClassVar, Self

__all__ = [
    "RUNTIME_ERRORS",
    "ApplicationError",
    "BusyError",
    "CallCancelledError",
    "CallTimeoutError",
    "ConnectionLostError",
    "DaemonError",
    "DaemonNotRunningError",
    "DeadlineExceededError",
    "InternalError",
    "InvalidParamsError",
    "InvalidRequestError",
    "LocalProtocolError",
    "MessageTooLargeError",
    "MethodNotFoundError",
    "NotAllowedError",
    "ParseError",
    "ProtocolError",
    "RemoteProtocolError",
    "RpcError",
    "ShuttingDownError",
    "StreamLaggedError",
]


RETRY_AFTER_MS = 100
"""What a refused caller is told to wait."""


class DaemonError(Exception):
    """Base of all errors of this package."""


class DaemonNotRunningError(DaemonError):
    """No daemon could be reached at the socket; the request was not sent."""


class ConnectionLostError(DaemonError):
    """The connection broke after the request was sent.

    The call may have run or not; it was not sent again because its method's `safety` does not allow it.
    """


class CallTimeoutError(DaemonError, TimeoutError):
    """No answer came within the call's timeout. The server was told to cancel; the call was not sent again."""


class ProtocolError(DaemonError):
    """The protocol was broken; see the subclasses for whose fault it is."""

    def __init__(self, message: str) -> None:
        if type(self) is ProtocolError:
            raise TypeError("raise LocalProtocolError or RemoteProtocolError: the type says whose fault it is")
        super().__init__(message)


class LocalProtocolError(ProtocolError):
    """This side tried to send what the protocol forbids (a value that JSON cannot hold, a line too long)."""


class RemoteProtocolError(ProtocolError):
    """The peer sent what the protocol forbids; its connection was closed."""


class RpcError(DaemonError):
    """An error answer (JSON-RPC 2.0, section 5.1). Handlers raise it; clients receive it.

    Attributes:
        code: the number on the wire.
        message: one sentence for a person.
        data: a decoded JSON value, or the struct that the schema declares for an ApplicationError.
        is_received: True on the client's side, where the error is what a server said.
    """

    code: int = -32603
    message: str
    data: Any
    is_received: bool = False

    def __init__(self, message: str, *, code: int | None = None, data: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} (code {self.code})"

    @property
    def not_started(self) -> bool:
        """True if the server proves that the call never started (`data.started` is false), so it may be sent again."""
        return self.detail("started") is False

    def detail(self, name: str) -> Any:
        """A member of `data`, or None when there is none."""
        data: Any = self.data
        return data.get(name) if isinstance(data, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]  # `isinstance` forgets that the keys are text


class ParseError(RpcError):
    """The line is not JSON (UTF-8, no NaN, at most 64 levels deep)."""

    code = -32700


class InvalidRequestError(RpcError):
    """The line is JSON and not a JSON-RPC 2.0 request."""

    code = -32600


class MethodNotFoundError(RpcError):
    """The server knows no such method; `data` names method, service and its version."""

    code = -32601


class InvalidParamsError(RpcError):
    """The params do not fit the method's schema."""

    code = -32602


class InternalError(RpcError):
    """The handler failed; the server's log has the details."""

    code = -32603


class BusyError(RpcError):
    """A limit of the server is reached; nothing was started. `data.retry_after_ms` says when to come again."""

    code = -32090

    @classmethod
    def refusal(cls, message: str, **data: Any) -> Self:
        """What a server answers: with the proof that nothing ran, and when to come again."""
        return cls(message, data={**data, "started": False, "retry_after_ms": RETRY_AFTER_MS})


class DeadlineExceededError(RpcError, TimeoutError):
    """The call's deadline passed on the server."""

    code = -32091


class NotAllowedError(RpcError):
    """The kernel-proved uid or gid of the caller may not call this method."""

    code = -32092


class MessageTooLargeError(RpcError):
    """A line is longer than the limit (`data.limit`, bytes); it was not executed."""

    code = -32093


class ShuttingDownError(RpcError):
    """The daemon is stopping; nothing was started."""

    code = -32094


class StreamLaggedError(RpcError):
    """The reader of a stream was too slow and the schema says `slow_consumer: disconnect`."""

    code = -32095


class CallCancelledError(RpcError):
    """The call was cancelled at the caller's request."""

    code = -32800


class ApplicationError(RpcError):
    """Base of the errors that a schema declares; generated subclasses set `code` and `data_type`."""

    data_type: ClassVar[type[Any] | None] = None

    @classmethod
    def from_wire(cls, message: str, data: Any) -> Self:
        """The error as a client received it, with `data` already decoded."""
        error = cls.__new__(cls)
        RpcError.__init__(error, message, data=data)
        error.is_received = True
        return error


RUNTIME_ERRORS: dict[int, type[RpcError]] = {
    error.code: error
    for error in (
        ParseError,
        InvalidRequestError,
        MethodNotFoundError,
        InvalidParamsError,
        InternalError,
        BusyError,
        DeadlineExceededError,
        NotAllowedError,
        MessageTooLargeError,
        ShuttingDownError,
        StreamLaggedError,
        CallCancelledError,
    )
}
"""The codes that the runtime itself answers with."""
