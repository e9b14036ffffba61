"""Values -> JSON bytes that are safe to put on a line.

msgspec checks nothing on encode: it writes NaN and infinities as `null` and copies a `Raw` verbatim, newlines included
(RULES 2.28, 2.37). Both are refused here, since the first is a wrong answer and the second breaks the framing.
"""

from functools import cache
from math import isfinite
from typing import Any, get_args

import msgspec
from msgspec import Struct

from daemonrpc.errors import LocalProtocolError
from daemonrpc.values import UnionType, encode_hook

__all__ = ["encode_value"]

NEWLINE = ord("\n")
"""As a number: to look for one in bytes is seven times faster than to look for bytes."""
_encoder = msgspec.json.Encoder(enc_hook=encode_hook)


def encode_value(value: Any) -> bytes:
    """One value as compact JSON on one line. Raises LocalProtocolError if JSON cannot hold it."""
    try:
        data = _encoder.encode(value)
        # A float that JSON cannot hold was written as null, so without a null there is nothing to look for.
        is_changed = data.find(b"null") >= 0 and _holds_non_finite(value)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError, OverflowError) as error:
        raise LocalProtocolError(f"value cannot be sent as JSON: {error}") from error
    if is_changed:
        raise LocalProtocolError("value cannot be sent as JSON: NaN and infinities have no JSON form")
    if NEWLINE in data:
        raise LocalProtocolError("value cannot be sent as JSON: an embedded raw message contains a newline")
    return data


def _holds_non_finite(value: Any) -> bool:
    if isinstance(value, float):
        return not isfinite(value)
    kind = type(value)  # pyright: ignore[reportUnknownVariableType]  # the value may be anything
    if issubclass(kind, list | tuple | set | frozenset):
        return any(map(_holds_non_finite, value))
    if issubclass(kind, dict):
        return any(map(_holds_non_finite, value.values()))
    if issubclass(kind, Struct):
        return any(_holds_non_finite(getattr(value, name)) for name in _float_fields(kind))
    # A dataclass, known by its mark: importing `dataclasses` would cost each client a millisecond at its start.
    return any(_holds_non_finite(getattr(value, name)) for name in getattr(value, "__dataclass_fields__", ()))


@cache
def _float_fields(kind: type[Struct]) -> tuple[str, ...]:
    """The fields of a struct that can hold a float at any depth: a large answer is searched only there."""
    return tuple(item.name for item in msgspec.structs.fields(kind) if _may_hold_float(item.type, {kind}))


def _may_hold_float(kind: Any, seen: set[Any]) -> bool:
    if kind is float or kind is Any or kind is object:
        return True
    if isinstance(kind, UnionType):
        return any(_may_hold_float(variant, seen) for variant in kind.variants.values())
    if isinstance(kind, type) and issubclass(kind, Struct):
        if kind in seen:
            return True  # recursive: the walk over the value decides
        seen = seen | {kind}
        return any(_may_hold_float(item.type, seen) for item in msgspec.structs.fields(kind))
    return any(_may_hold_float(argument, seen) for argument in get_args(kind))
