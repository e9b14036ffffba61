"""A service as a later version of it may be, so that the author of a client meets it today."""

import copy
from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import NODEFAULT, UNSET, Struct

from daemonrpc.context import Context
from daemonrpc.errors import InvalidParamsError
from daemonrpc.handler import Entry, RequestHandler
from daemonrpc.method import Method

__all__ = ["tomorrow"]

EXTRA = "x-tomorrow"

Handler = Callable[[Any, Context], Any]


def tomorrow(handler: RequestHandler, *, unknown: bool = True, deprecated: bool = False) -> RequestHandler:
    """The same service, with what a later version may do to its clients without breaking its promises.

    Args:
        handler: of the service, or of a fake of it.
        unknown: each object in an answer and in an item has one more field, `x-tomorrow`: a client ignores it.
        deprecated: what the schema marks as deprecated still works. Without it such a method is not there, and such a
            param is refused: a client that uses neither does not notice.
    """
    later = RequestHandler(handler.service)
    retired = {} if deprecated or handler.service is None else _deprecated(handler.service.document())
    for name in handler.method_names:
        entry = handler.lookup(name)
        if entry is None or (name in retired and retired[name] is None):
            continue
        if entry.method.params is dict:  # registered by hand: nothing is known of it
            later.register(name, entry.function)
            continue
        function = _refusing(entry, retired.get(name) or {})
        method = entry.method
        if unknown:
            method, function = _grown_method(method), _growing(entry, function)
        later.register(method, function)
    return later


def _deprecated(document: bytes) -> dict[str, dict[str, str] | None]:
    """By method: None if it is deprecated itself, else its deprecated params and why they are."""
    found: dict[str, dict[str, str] | None] = {}
    for method in msgspec.json.decode(document)["methods"]:
        params = {param["name"]: param.get("x-deprecated", "") for param in method["params"] if param.get("deprecated")}
        found[method["name"]] = None if method.get("deprecated") else params
    return found


def _refusing(entry: Entry, retired: dict[str, str]) -> Handler:
    function = entry.function
    if not retired:
        return function
    fields = [item for item in msgspec.structs.fields(entry.method.params) if item.encode_name in retired]

    def check(params: Any) -> None:
        for item in fields:
            default = None if item.default is NODEFAULT else item.default
            value = getattr(params, item.name)
            if value is not UNSET and value != default:
                reason = retired[item.encode_name]
                raise InvalidParamsError(f"invalid params: '{item.encode_name}' was deprecated: {reason}")

    return _around(entry, check, function, lambda value: value)


def _growing(entry: Entry, function: Handler) -> Handler:
    end = entry.method.result if entry.method.is_stream else None

    def grow(value: Any) -> Any:
        return _with_extra(value) if end is not None and isinstance(value, end) else _grown(value)

    return _around(entry, lambda _params: None, function, grow)


def _around(entry: Entry, before: Callable[[Any], None], function: Handler, after: Callable[[Any], Any]) -> Handler:
    """A handler of the same kind."""

    def inline(params: Any, context: Context) -> Any:
        before(params)
        return after(function(params, context))

    async def awaiting(params: Any, context: Context) -> Any:
        before(params)
        return after(await function(params, context))

    async def streaming(params: Any, context: Context) -> AsyncIterator[Any]:
        before(params)
        async for item in function(params, context):
            yield after(item)

    return {"sync": inline, "async": awaiting, "stream": streaming}[entry.kind]


def _grown_method(method: Method[Any, Any]) -> Method[Any, Any]:
    """The descriptor with which a server takes answers that the schema of today does not have."""
    later: Any = copy.copy(method)
    later.result = _grown_type(method.result) if method.is_stream else Any
    if method.is_stream:
        later.item = Any
    return cast("Method[Any, Any]", later)


def _grown(value: object) -> Any:
    """A value in which each struct has one more field."""
    if isinstance(value, Struct):
        kind = type(value)
        return _grown_type(kind)(**{name: _grown(getattr(value, name)) for name in kind.__struct_fields__})
    if isinstance(value, list):
        return [_grown(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: _grown(member) for key, member in cast("dict[str, object]", value).items()}
    return value


def _with_extra(value: Struct) -> Struct:
    """The end of a stream, which is known by its type: only it itself grows."""
    kind = type(value)
    return _grown_type(kind)(**{name: getattr(value, name) for name in kind.__struct_fields__})


@cache
def _grown_type(kind: type[Struct]) -> type[Struct]:
    extra = ("x_tomorrow", bool, msgspec.field(name=EXTRA, default=True))
    return msgspec.defstruct(kind.__name__, [extra], bases=(kind,), kw_only=True, omit_defaults=False)
