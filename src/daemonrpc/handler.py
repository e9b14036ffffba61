"""The dispatch table of a server: which function serves which method."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal, TypeVar, overload

from msgspec import Raw

from daemonrpc.context import Context
from daemonrpc.message import DISCOVER
from daemonrpc.method import Method, ServiceInfo, StreamMethod
from daemonrpc.params import decode_untyped_params, params_decoder

__all__ = ["Entry", "RequestHandler"]

P = TypeVar("P")
R = TypeVar("R")
I = TypeVar("I")  # noqa: E741  # the item of a stream, as in method.py

HandlerKind = Literal["sync", "async", "stream"]


class Entry:
    """One row of the dispatch table."""

    __slots__ = ("decode_params", "function", "kind", "method")

    def __init__(
        self,
        method: Method[Any, Any],
        function: Callable[[Any, Context], Any],
        decode_params: Callable[[bytes], Any],
        kind: HandlerKind,
    ) -> None:
        self.method = method
        self.function = function
        self.decode_params = decode_params
        self.kind: HandlerKind = kind

    @property
    def stream(self) -> StreamMethod[Any, Any, Any]:
        """The method of an entry whose kind is `stream`."""
        method: Any = self.method
        stream: StreamMethod[Any, Any, Any] = method
        return stream


class RequestHandler:
    """The dispatch table of a server: method name -> handler.

    Generated code fills it from a service object. By hand: `handler.register("sum", function)`, where
    `function(params, context)` gets a dict, a list or None and returns any JSON value, plain or async; an async
    generator function makes a stream.
    """

    def __init__(self, service: ServiceInfo | None = None) -> None:
        self.service = service
        self._entries: dict[str, Entry] = {}
        self.lookup: Callable[[str], Entry | None] = self._entries.get
        """The row of a method, or None."""
        self._add(_untyped(DISCOVER, self._discover), self._discover, decode_untyped_params)

    @property
    def method_names(self) -> list[str]:
        """What was registered, in order."""
        return [name for name in self._entries if name != DISCOVER]

    def require(self, service: object) -> None:
        """Raises TypeError naming every method of the schema that `service` lacks or that cannot be called."""
        methods = self.service.methods if self.service else ()
        missing = [m for m in methods if not callable(getattr(service, m.python_name, None))]
        if missing:
            names = ", ".join(f"{m.python_name} ({m.name})" for m in missing)
            owner = type(service).__name__
            raise TypeError(f"{owner} does not implement {len(missing)} method(s) of the schema: {names}")

    @overload
    def register(
        self, method: StreamMethod[P, I, R], function: Callable[[P, Context], AsyncIterator[I | R]]
    ) -> None: ...
    @overload
    def register(self, method: Method[P, R], function: Callable[[P, Context], Awaitable[R] | R]) -> None: ...
    @overload
    def register(self, method: str, function: Callable[[Any, Context], Any]) -> None: ...

    def register(self, method: Any, function: Callable[[Any, Context], Any]) -> None:
        """Adds a handler. Raises ValueError for a taken or reserved name, TypeError for what cannot be called."""
        name = method if isinstance(method, str) else method.name
        if not callable(function):
            raise TypeError(f"the handler of {name!r} cannot be called")
        if name.startswith("rpc."):
            raise ValueError(f"{name!r}: names that start with 'rpc.' are reserved (JSON-RPC 2.0, section 4.3)")
        if name in self._entries:
            raise ValueError(f"{name!r} is registered already")
        if isinstance(method, str):
            self._add(_untyped(method, function), function, decode_untyped_params)
        else:
            self._add(method, function, params_decoder(method.params))

    def _add(self, method: Method[Any, Any], function: Callable[..., Any], decode: Callable[[bytes], Any]) -> None:
        kind: HandlerKind = "async"
        if method.is_stream:
            kind = "stream"
            if _is_kind(inspect.iscoroutinefunction, function):
                raise TypeError(f"{method.name!r} is a stream: its handler yields items, this one returns one value")
        elif _is_kind(inspect.isasyncgenfunction, function):
            raise TypeError(f"{method.name!r} is no stream: its handler returns one value, this one yields")
        elif method.handler == "sync":
            kind = "sync"
            if _is_kind(inspect.iscoroutinefunction, function):
                raise TypeError(f"the schema says `handler: sync` for {method.name!r}: write `def`, not `async def`")
        self._entries[method.name] = Entry(method, function, decode, kind)

    def _discover(self, _params: object, _context: Context) -> Raw | dict[str, Any]:
        if self.service:
            return Raw(self.service.document())
        untyped: dict[str, Any] = {"name": "result", "schema": {}}
        # OpenRPC has no words for params of which nothing is known.
        method = {"params": list[Any](), "result": untyped, "x-untyped": True}
        methods = [{"name": name} | method for name in self.method_names]
        return {"openrpc": "1.3.2", "info": {"title": "daemonrpc", "version": "0"}, "methods": methods}


def _untyped(name: str, function: Callable[..., Any]) -> Method[Any, Any]:
    """The descriptor of a method that is registered by hand."""
    python_name = getattr(function, "__name__", name)
    if _is_kind(inspect.isasyncgenfunction, function):
        stream: StreamMethod[Any, Any, Any] = StreamMethod(
            name, python_name=python_name, params=dict, result=Any, item=Any, notification=name
        )
        return stream
    is_async = _is_kind(inspect.iscoroutinefunction, function)
    return Method(name, python_name=python_name, params=dict, result=Any, handler="async" if is_async else "sync")


def _is_kind(test: Callable[[object], bool], function: Any) -> bool:
    """`test` on a function, or on the `__call__` of an object that is used as one."""
    return test(function) or test(getattr(function, "__call__", None))  # noqa: B004  # the bound method itself is wanted
