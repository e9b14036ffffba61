"""One request -> one reply: lookup, access, params, handler, encoding, and which error each failure becomes.

No sockets, no clock, no event loop: the shell passes the time in and runs the coroutines.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import msgspec
from msgspec import Struct

from daemonrpc.context import Context, Peer
from daemonrpc.encode import encode_value
from daemonrpc.errors import (
    DeadlineExceededError,
    InternalError,
    InvalidRequestError,
    LocalProtocolError,
    MethodNotFoundError,
    NotAllowedError,
    RpcError,
)
from daemonrpc.handler import Entry, RequestHandler
from daemonrpc.message import DECODE_ERRORS, NO_ID, Request
from daemonrpc.method import StreamMethod
from daemonrpc.strictness import strict
from daemonrpc.values import decode_hook

__all__ = ["BoundCall", "Dispatcher"]

logger = logging.getLogger("daemonrpc.server")

SendItem = Callable[[bytes], Awaitable[None]]


class BoundCall:
    """A request that found its handler and whose params are good."""

    __slots__ = ("context", "entry", "params", "request")

    def __init__(self, request: Request, entry: Entry, params: Any, context: Context) -> None:
        self.request = request
        self.entry = entry
        self.params = params
        self.context = context


class Dispatcher:
    """Binds requests to handlers and runs them.

    With `check_results` (DAEMONRPC_DEBUG=1) every answer is held against the schema before it is sent.
    """

    def __init__(self, handler: RequestHandler, clock: Callable[[], float], *, check_results: bool = False) -> None:
        self._handler = handler
        self._clock = clock
        self._check_results = check_results

    def bind(self, request: Request, peer: Peer) -> BoundCall:
        """Raises the RpcError that the request must be answered with; nothing was started then."""
        entry = self._handler.lookup(request.method)
        if entry is None:
            raise self._not_found(request.method)
        method = entry.method
        if method.access not in peer.access:
            raise NotAllowedError(f"{method.name!r} is for the daemon's {method.access}, you are uid {peer.uid}")
        if entry.kind == "stream" and request.id == NO_ID:
            raise InvalidRequestError(f"{method.name!r} is a stream: it needs an id")
        params = entry.decode_params(request.params)
        return BoundCall(request, entry, params, self._context(request, peer))

    def call_inline(self, call: BoundCall) -> bytes | Awaitable[bytes]:
        """Runs a plain handler. One that returns an awaitable after all gives an awaitable. Raises RpcError."""
        try:
            result = call.entry.function(call.params, call.context)
            if inspect.isawaitable(result):
                return self._finish(call, result)
            return self._encoded(call.entry.method.result, result)
        except Exception as error:
            raise _as_rpc_error(error, call) from error

    async def call(self, call: BoundCall) -> bytes:
        """Runs an asynchronous handler. Raises RpcError."""
        try:
            result = await call.entry.function(call.params, call.context)
            return self._encoded(call.entry.method.result, result)
        except Exception as error:
            raise _as_rpc_error(error, call) from error

    async def call_stream(self, call: BoundCall, send: SendItem) -> bytes:
        """Runs an async generator and sends its items. Its last item may be the stream's result. Raises RpcError."""
        method: StreamMethod[Any, Any, Any] = call.entry.stream
        end_type = _end_type(method)
        end: Any = None
        try:
            # RULES 2.21: a generator that is left early is closed here and now, not by the garbage collector.
            async with aclosing(call.entry.function(call.params, call.context)) as items:
                async for item in items:
                    if end is not None:
                        raise TypeError("the stream went on after its result")
                    if end_type is not None and isinstance(item, end_type):
                        end = item
                    else:
                        await send(self._encoded(method.item, item))
            if end is None and end_type is not None:
                end = end_type()  # the defaults; a TypeError names the fields that have none
            return self._encoded(method.result, end)
        except Exception as error:
            raise _as_rpc_error(error, call) from error

    async def _finish(self, call: BoundCall, result: Awaitable[Any]) -> bytes:
        try:
            return self._encoded(call.entry.method.result, await result)
        except Exception as error:
            raise _as_rpc_error(error, call) from error

    def _encoded(self, kind: Any, value: Any) -> bytes:
        data = encode_value(value)
        if self._check_results and kind is not Any:
            _check(kind, data)
        return data

    def _context(self, request: Request, peer: Peer) -> Context:
        meta = request.meta
        if meta is None:
            return Context(peer=peer, method=request.method, clock=self._clock)
        deadline = None
        if meta.timeout_ms is not None:
            if meta.timeout_ms <= 0:
                raise DeadlineExceededError("the deadline passed before the call started", data={"started": False})
            deadline = self._clock() + meta.timeout_ms / 1000
        return Context(
            peer=peer, method=request.method, clock=self._clock, deadline=deadline, trace=meta.traceparent, key=meta.key
        )

    def _not_found(self, name: str) -> MethodNotFoundError:
        service = self._handler.service
        data = {"method": name, "service": service and service.name, "version": service and service.version}
        return MethodNotFoundError(f"method {name!r} not found", data=data)


def _end_type(method: StreamMethod[Any, Any, Any]) -> type[Struct] | None:
    """The struct that ends a stream; None for a stream that ends with null."""
    kind = method.result
    return kind if isinstance(kind, type) and issubclass(kind, Struct) else None


def _check(kind: Any, data: bytes) -> None:
    try:
        msgspec.json.decode(data, type=strict(kind), dec_hook=decode_hook)
    except DECODE_ERRORS as error:
        raise LocalProtocolError(f"the answer does not fit the schema: {error}") from error


def _as_rpc_error(error: Exception, call: BoundCall) -> RpcError:
    """Only params are the caller's fault; what a handler raises by accident is an internal error (RULES 1.15)."""
    if isinstance(error, RpcError):
        return error
    name = call.entry.method.name
    logger.error("handler of %s failed", name, exc_info=error)
    if isinstance(error, LocalProtocolError):
        return InternalError(f"the answer of {name!r} cannot be sent: {error}")
    return InternalError(f"internal error in {name!r}: {type(error).__name__}")
