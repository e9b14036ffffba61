"""What observers of a server are told: one record for each call when it ends, one for each change of a connection.

    class Slow:
        def call_ended(self, record: CallRecord) -> None:
            if record.seconds > 1: ...
        def connection_changed(self, record: ConnectionRecord) -> None: ...

    DaemonServer(path, handler, observers=[Slow()])

Observers are called by the event loop, between two calls: they must not wait. No clock and no I/O here.
"""

import logging
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal, Protocol

from msgspec import Struct

from daemonrpc.context import Peer

__all__ = [
    "INVALID",
    "UNKNOWN",
    "CallKind",
    "CallRecord",
    "ConnectionRecord",
    "Observer",
    "Observers",
    "Reason",
    "reason_of",
]

logger = logging.getLogger("daemonrpc.server")

UNKNOWN: Final = "(unknown)"
"""The method of a record whose caller named one that the service lacks: labels of metrics stay bounded."""
INVALID: Final = "(invalid)"
"""The method of a record of a message that was refused before a method could be read."""

CallKind = Literal["call", "notification", "stream", "invalid"]


class Reason(StrEnum):
    """Why a call ended. All but `ok`, `lost` and `error` stand for codes of the answer, as `reason_of` says."""

    OK = "ok"
    """A result."""
    ERROR = "error"
    """An error that the handler meant: one of the schema, or any code that the runtime has no meaning for."""
    INVALID = "invalid"
    """-32700, -32600, -32601, -32602: the caller's message was at fault."""
    INTERNAL = "internal"
    """-32603: the handler failed by accident; the log has the traceback."""
    SHED = "shed"
    """-32090: a limit was reached, nothing was started."""
    DEADLINE = "deadline"
    """-32091: the time that the caller gave was over."""
    DENIED = "denied"
    """-32092: this uid or gid may not call the method."""
    TOO_LARGE = "too_large"
    """-32093: the line, or the answer, is over the limit."""
    SHUTDOWN = "shutdown"
    """-32094: the daemon was stopping."""
    LAGGED = "lagged"
    """-32095: the reader of the stream was too slow."""
    CANCELLED = "cancelled"
    """-32800: the caller cancelled."""
    LOST = "lost"
    """No answer: the connection broke before the call had ended."""


_REASONS: Final = {
    -32700: Reason.INVALID,
    -32600: Reason.INVALID,
    -32601: Reason.INVALID,
    -32602: Reason.INVALID,
    -32603: Reason.INTERNAL,
    -32090: Reason.SHED,
    -32091: Reason.DEADLINE,
    -32092: Reason.DENIED,
    -32093: Reason.TOO_LARGE,
    -32094: Reason.SHUTDOWN,
    -32095: Reason.LAGGED,
    -32800: Reason.CANCELLED,
}


def reason_of(code: int | None) -> Reason:
    """The reason that a code of an error answer stands for; None is a result."""
    return Reason.OK if code is None else _REASONS.get(code, Reason.ERROR)


class CallRecord(Struct, frozen=True, kw_only=True):
    """One call, when it has ended. Params and results are not in it, and neither are messages of errors."""

    method: str
    """A method that the service has, `rpc.cancel` or `rpc.discover`, else UNKNOWN or INVALID."""
    asked: str
    """The method as the caller wrote it, at most `Limits.method_bytes`: text of a stranger. Empty if INVALID."""
    kind: CallKind
    """`invalid` is what was refused before anything could be called."""
    reason: Reason
    code: int | None
    """The code of the error; None for a result and for LOST. Of a notification, what its answer would have been."""
    seconds: float
    """From the moment the request was looked at until its end."""
    queue_seconds: float | None
    """How long it waited for a slot; None if it did not."""
    peer: Peer
    id: str | None
    """JSON text of the request's id, at most `Limits.id_bytes`; None for a notification."""
    traceparent: str | None
    """The caller's W3C trace context, if it was a good one."""
    params_bytes: int
    """Size of the params as JSON text."""
    answer_bytes: int
    """Size of the answer and of a stream's items that were handed to the connection; whether they arrived nobody knows.
    0 when nothing was answered.
    """
    items: int
    """Items of a stream that were handed to the connection."""
    dropped: int
    """Items of a `drop_oldest` stream that its reader was too slow for."""


class ConnectionRecord(Struct, frozen=True, kw_only=True):
    """A connection was opened, closed, or refused before it was open."""

    change: Literal["opened", "closed", "refused"]
    peer: Peer | None
    """None for one that was refused before the kernel was asked."""
    code: int | None
    """What a refused client was answered; None otherwise."""
    open: int
    """Connections that are open now, this one included if it is."""


class Observer(Protocol):
    """Who is told. A method that raises is logged; neither the call nor the other observers notice."""

    def call_ended(self, record: CallRecord, /) -> None:
        """Called once for each call, when it has ended."""
        ...

    def connection_changed(self, record: ConnectionRecord, /) -> None:
        """Called when a connection is opened, and once more when it is closed; or once, when it is refused."""
        ...


class Observers:
    """All observers of a server, as one that never raises."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)
        self._failures = 0

    def call_ended(self, record: CallRecord) -> None:
        """Tells all."""
        for observer in self._observers:
            try:
                observer.call_ended(record)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                self._failed(observer, error)

    def connection_changed(self, record: ConnectionRecord) -> None:
        """Tells all."""
        for observer in self._observers:
            try:
                observer.connection_changed(record)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                self._failed(observer, error)

    def _failed(self, observer: Observer, error: BaseException) -> None:
        """Logged the 1st, 2nd, 4th, 8th... time, so that one that always fails does not fill the log."""
        self._failures += 1
        if self._failures & (self._failures - 1) == 0:
            message = "observer %s failed (%d failures of observers so far)"
            logger.error(message, type(observer).__name__, self._failures, exc_info=error)
