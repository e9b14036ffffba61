"""One request -> one reply: lookup, access, params, handler, encoding, and which error each failure becomes.

No sockets, no clock, no event loop: the shell passes the time in and runs the coroutines.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from typing import Any, NoReturn, cast

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
from daemonrpc.message import DECODE_ERRORS, NO_ID
from daemonrpc.method import StreamMethod
from daemonrpc.request import Request
from daemonrpc.strictness import strict
from daemonrpc.trace import parse_traceparent
from daemonrpc.values import decode_hook

__all__ = ["BoundCall", "Dispatcher"]

logger = logging.getLogger("daemonrpc.server")

SendItem = Callable[[bytes], Awaitable[None] | None]
"""Takes an item of a stream. What it returns must be awaited before the next one; mostly there is nothing to wait for,
and a coroutine for each item would cost as much as its JSON.
"""

MAX_TIMEOUT_MS = 10**12
"""31 years: a longer deadline is none."""


class BoundCall(Struct, eq=False):
    """A request that found its handler and whose params are good."""

    request: Request
    entry: Entry
    params: Any
    context: Context


class Dispatcher:
    """Binds requests to handlers and runs them.

    With `check_results` (DAEMONRPC_DEBUG=1) every answer is held against the schema before it is sent.
    """

    def __init__(self, handler: RequestHandler, clock: Callable[[], float], *, check_results: bool = False) -> None:
        self._handler = handler
        self._lookup = handler.lookup
        self._clock = clock
        self._check_results = check_results

    def bind(self, request: Request, peer: Peer) -> BoundCall:
        """Raises the RpcError that the request must be answered with; nothing was started then."""
        entry = self._lookup(request.method)
        if entry is None:
            raise self._not_found(request.method)
        method = entry.method
        if method.access not in peer.access:
            raise NotAllowedError(f"{method.name!r} is for the daemon's {method.access}, you are uid {peer.uid}")
        if request.id == NO_ID and entry.kind == "stream":
            raise InvalidRequestError(f"{method.name!r} is a stream: it needs an id")
        params = entry.decode_params(request.params)
        context = Context(peer, request.method, self._clock) if request.meta is None else self._context(request, peer)
        return BoundCall(request, entry, params, context)

    def lookup(self, method: str) -> Entry | None:
        """The row of a method, or None."""
        return self._handler.lookup(method)

    def is_detached(self, method: str) -> bool:
        """Whether calls of a method go on when their caller is gone."""
        entry = self._handler.lookup(method)
        return entry is not None and entry.method.detached

    def call_inline(self, call: BoundCall) -> bytes | Awaitable[Any]:
        """Runs a plain handler. An awaitable that it returns after all is for `finish`. Raises RpcError."""
        try:
            result = call.entry.function(call.params, call.context)
            try:
                data = encode_value(result)
            except LocalProtocolError:
                if not hasattr(result, "__await__"):
                    raise
                return cast("Awaitable[Any]", result)
            if self._check_results:
                _check(call.entry.method.result, data)
            return data
        except Exception as error:
            _raise_rpc_error(error, call)

    async def finish(self, call: BoundCall, result: Awaitable[Any]) -> bytes:
        """Awaits what a plain handler returned. Raises RpcError."""
        try:
            return self._encoded(call.entry.method.result, await result)
        except Exception as error:
            _raise_rpc_error(error, call)

    async def call(self, call: BoundCall) -> bytes:
        """Runs an asynchronous handler. Raises RpcError."""
        try:
            result = await call.entry.function(call.params, call.context)
            return self._encoded(call.entry.method.result, result)
        except Exception as error:
            _raise_rpc_error(error, call)

    async def call_stream(self, call: BoundCall, send: SendItem) -> bytes:
        """Runs an async generator and sends its items. Its last item may be the stream's result. Raises RpcError."""
        method: StreamMethod[Any, Any, Any] = call.entry.stream
        end_type = _end_type(method)
        end: Any = None
        item_type: type[Any] | None = None  # to ask isinstance for each item would take as long as its JSON
        check_results = self._check_results
        try:
            async with _closing(call.entry.function(call.params, call.context)) as items:
                async for item in items:
                    if end is not None:
                        raise TypeError("the stream went on after its result")
                    if type(item) is not item_type:
                        if end_type is not None and isinstance(item, end_type):
                            end = item
                            continue
                        item_type = type(item)  # pyright: ignore[reportUnknownVariableType]  # it may be anything
                    data = encode_value(item)
                    if check_results:
                        _check(method.item, data)
                    wait = send(data)
                    if wait is not None:
                        await wait
            if end is None and end_type is not None:
                end = end_type()  # the defaults; a TypeError names the fields that have none
            return self._encoded(method.result, end)
        except Exception as error:
            _raise_rpc_error(error, call)

    def _encoded(self, kind: Any, value: Any) -> bytes:
        data = encode_value(value)
        if self._check_results:
            _check(kind, data)
        return data

    def _context(self, request: Request, peer: Peer) -> Context:
        """Of a request with `meta`."""
        meta = request.meta
        assert meta is not None
        deadline = None
        if meta.timeout_ms is not None:
            if meta.timeout_ms <= 0:
                raise DeadlineExceededError("the deadline passed before the call started", data={"started": False})
            # A whole number of any length is valid JSON, and not every one has a float.
            deadline = self._clock() + min(meta.timeout_ms, MAX_TIMEOUT_MS) / 1000
        trace = None if meta.traceparent is None else parse_traceparent(meta.traceparent)
        return Context(peer, request.method, self._clock, deadline, trace, meta.key)

    def _not_found(self, name: str) -> MethodNotFoundError:
        service = self._handler.service
        data = {"method": name, "service": service and service.name, "version": service and service.version}
        return MethodNotFoundError(f"method {name!r} not found", data=data)


def _closing(items: Any) -> AbstractAsyncContextManager[Any]:
    """RULES 2.21: a generator that is left early is closed here and now, not by the garbage collector."""
    return aclosing(items) if hasattr(items, "aclose") else nullcontext(items)


def _end_type(method: StreamMethod[Any, Any, Any]) -> type[Struct] | None:
    """The struct that ends a stream; None for a stream that ends with null."""
    kind = method.result
    return kind if isinstance(kind, type) and issubclass(kind, Struct) else None


def _check(kind: Any, data: bytes) -> None:
    if kind is Any:
        return
    try:
        msgspec.json.decode(data, type=strict(kind), dec_hook=decode_hook)
    except DECODE_ERRORS as error:
        raise LocalProtocolError(f"the answer does not fit the schema: {error}") from error


def _raise_rpc_error(error: Exception, call: BoundCall) -> NoReturn:
    """Only params are the caller's fault; what a handler raises by accident is an internal error (RULES 1.15)."""
    if isinstance(error, RpcError):
        raise _own(error) if error.is_received and error.not_started else error
    name = call.entry.method.name
    logger.error("handler of %s failed", name, exc_info=error)
    if isinstance(error, LocalProtocolError):
        raise InternalError(f"the answer of {name!r} cannot be sent: {error}") from error
    raise InternalError(f"internal error in {name!r}: {type(error).__name__}") from error


def _own(error: RpcError) -> RpcError:
    """What another daemon told our handler. That *its* call never started proves nothing about ours, which did."""
    return RpcError(error.message, code=error.code, data={**error.data, "started": True})
