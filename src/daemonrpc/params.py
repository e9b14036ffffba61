"""Params: by name or by position (section 4.2), decoded strictly, with errors that say where and what was meant."""

import re
from collections.abc import Callable
from typing import Any, get_args

import msgspec
from msgspec import Struct

from daemonrpc.errors import InvalidParamsError
from daemonrpc.message import DECODE_ERRORS, decode_any
from daemonrpc.request import decode_items
from daemonrpc.strictness import strict
from daemonrpc.values import decode_hook

__all__ = ["decode_untyped_params", "params_decoder"]


def decode_untyped_params(raw: bytes) -> Any:
    """Params of a method registered by hand: a dict, a list, or None when there are none."""
    try:
        return decode_any(raw) if raw else None
    except DECODE_ERRORS as error:
        raise InvalidParamsError(f"invalid params: {error}") from error


def params_decoder(params: type[Struct]) -> Callable[[bytes], Any]:
    """The strict decoder of a params struct. It raises InvalidParamsError."""
    decoder = msgspec.json.Decoder(strict(params), dec_hook=decode_hook)
    names = [msgspec.json.encode(item.encode_name) for item in msgspec.structs.fields(params)]

    decode_object = decoder.decode

    def decode(raw: bytes) -> Any:
        try:
            return decode_object(raw or b"{}")
        except DECODE_ERRORS as error:
            if raw[:1] != b"[":
                raise _explained(error, params) from None
        try:
            return decode_object(_by_name(raw, names))
        except DECODE_ERRORS as error:
            raise _explained(error, params) from None

    return decode


def _by_name(raw: bytes, names: list[bytes]) -> bytes:
    """Params by position, as the object that they stand for."""
    values = decode_items(raw, len(names))
    if values is None:
        raise ValueError(f"too many params by position, the method takes at most {len(names)}")
    return b"{%b}" % b",".join(b"%b:%b" % pair for pair in zip(names, values, strict=False))


_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`")


def _explained(error: Exception, params: type[Struct]) -> InvalidParamsError:
    match = _MESSAGE.fullmatch(str(error))
    what, path = (match["what"], match["path"] or "$") if match else (str(error), "$")
    data = {"path": path, "reason": what}
    unknown = _UNKNOWN.fullmatch(what)
    if unknown and (nearest := _nearest(unknown["name"], params)):
        data["hint"] = f"did you mean `{nearest}`?"
    where = "" if path == "$" else f" at {path}"
    hint = f"; {data['hint']}" if "hint" in data else ""
    return InvalidParamsError(f"invalid params{where}: {what}{hint}", data=data)


def _nearest(name: str, params: type[Struct]) -> str | None:
    """The known field that is most like `name`, among those of the params and of all structs in them."""
    from difflib import get_close_matches  # only on the error path: it is slow to import

    matches = get_close_matches(name, _field_names(params, set()), n=1)
    return matches[0] if matches else None


def _field_names(kind: Any, seen: set[Any]) -> set[str]:
    if isinstance(kind, type) and issubclass(kind, Struct):
        if kind in seen:
            return set()
        seen.add(kind)
        fields = msgspec.structs.fields(kind)
        names = {item.encode_name for item in fields}
        return names.union(*(_field_names(item.type, seen) for item in fields))
    return set[str]().union(*(_field_names(argument, seen) for argument in get_args(kind)))
