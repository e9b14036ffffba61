"""The accounts of one connection: when its calls began, what they cost, and the record of each when it ends.

Kept only for a server that has observers. The connection says how a call was answered (`ServerConnection.on_end`),
which happens once whatever becomes of it; the calls that nobody waits for any more are ended here by `lose` and `end`.
"""

from collections.abc import Callable
from typing import Protocol

from daemonrpc.context import Peer
from daemonrpc.errors import RpcError
from daemonrpc.handler import Entry
from daemonrpc.message import CANCEL, NO_ID, NULL_ID
from daemonrpc.observe import INVALID, UNKNOWN, CallKind, CallRecord, Observers, Reason, reason_of
from daemonrpc.request import Request
from daemonrpc.trace import parse_traceparent

__all__ = ["CallAccounts", "ItemCount"]


class ItemCount(Protocol):
    """What a stream has sent."""

    items: int
    item_bytes: int
    dropped: int


class _Account:
    """A call that has not ended."""

    __slots__ = ("began", "count", "queued", "started")

    def __init__(self, began: float) -> None:
        self.began = began
        self.queued = False
        self.started: float | None = None  # when a queued call got its slot
        self.count: ItemCount | None = None


class CallAccounts:
    """Opens an account for each request, and closes it with one record."""

    def __init__(
        self,
        observers: Observers,
        peer: Peer,
        clock: Callable[[], float],
        lookup: Callable[[str], Entry | None],
    ) -> None:
        self._observers = observers
        self._peer = peer
        self._clock = clock
        self._lookup = lookup
        self._open: dict[Request, _Account] = {}

    def begin(self, request: Request) -> None:
        """The request is looked at."""
        self._open[request] = _Account(self._clock())

    def wait(self, request: Request) -> None:
        """It waits for a slot."""
        self._open[request].queued = True

    def start(self, request: Request) -> None:
        """It has its slot."""
        account = self._open[request]
        if account.queued:
            account.started = self._clock()

    def stream(self, request: Request, count: ItemCount) -> None:
        """Its items are counted there."""
        self._open[request].count = count

    def end(self, request: Request, error: RpcError | None, answer_bytes: int) -> None:
        """It ended with a result, or with an error."""
        code = None if error is None else error.code
        self._close(request, reason_of(code), code, answer_bytes)

    def lose(self, request: Request) -> None:
        """It ended, and its caller was gone."""
        self._close(request, Reason.LOST, None, 0)

    def refuse(self, id_: bytes, error: RpcError, answer_bytes: int) -> None:
        """A message, or an item of a batch, was answered with an error before a method could be read."""
        self._observers.call_ended(
            CallRecord(
                method=INVALID,
                asked="",
                kind="invalid",
                reason=reason_of(error.code),
                code=error.code,
                seconds=0.0,
                queue_seconds=None,
                peer=self._peer,
                id=None if id_ == NULL_ID else id_.decode(),
                traceparent=None,
                params_bytes=0,
                answer_bytes=answer_bytes,
                items=0,
                dropped=0,
            )
        )

    def _close(self, request: Request, reason: Reason, code: int | None, answer_bytes: int) -> None:
        account = self._open.pop(request)
        now = self._clock()
        entry = self._lookup(request.method)
        header = request.meta and request.meta.traceparent
        count = account.count
        queue_seconds = None
        if account.queued:
            queue_seconds = (now if account.started is None else account.started) - account.began
        self._observers.call_ended(
            CallRecord(
                method=request.method if entry is not None or request.method == CANCEL else UNKNOWN,
                asked=request.method,
                kind=_kind(request, entry),
                reason=reason,
                code=code,
                seconds=now - account.began,
                queue_seconds=queue_seconds,
                peer=self._peer,
                id=None if request.id == NO_ID else request.id.decode(),
                traceparent=parse_traceparent(header) if header else None,
                params_bytes=len(request.params),
                answer_bytes=answer_bytes + (count.item_bytes if count else 0),
                items=count.items if count else 0,
                dropped=count.dropped if count else 0,
            )
        )


def _kind(request: Request, entry: Entry | None) -> CallKind:
    if request.id == NO_ID:
        return "notification"
    return "stream" if entry is not None and entry.kind == "stream" else "call"
