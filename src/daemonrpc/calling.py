"""What both client shells do with a call besides moving bytes: encoding, decoding, the caller's words for a failure."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from daemonrpc.encode import encode_value
from daemonrpc.errors import (
    DaemonError,
    RemoteProtocolError,
    RpcError,
)
from daemonrpc.message import DECODE_ERRORS, Answer, ErrorObject, decode_any, decode_error_data, rpc_error
from daemonrpc.method import Method
from daemonrpc.trace import current_traceparent
from daemonrpc.values import decode_hook

__all__ = ["BadAnswerError", "NotSentError", "Outgoing", "Timeout", "encode_meta", "outgoing", "said", "seconds_of"]

_PARAMS_HEADS: Final = b"{["
FOREVER_SECONDS: Final = 1e8
"""Three years: a timeout beyond is no deadline, since clocks and sockets of the machine cannot count so far."""

Timeout = float | UnsetType | None
"""Seconds; None for no deadline; UNSET for the channel's own."""


class NotSentError(DaemonError):
    """Inside the client: the connection was lost before the request was handed to the kernel."""


class BadAnswerError(RemoteProtocolError):
    """Inside the client: what came from the server cannot be trusted, nor can the connection."""


class Outgoing(Struct, eq=False):
    """One call: its method, its params encoded once, and how to read what comes back. Made by `outgoing`."""

    typed: Method[Any, Any] | None
    """The method; None if only its name is known."""
    wire_name: bytes
    """JSON text of the method's name."""
    value: Any
    """The params as the caller gave them."""
    params: bytes
    """The params as JSON text; empty when there are none."""

    @property
    def method(self) -> str:
        """The name of the method."""
        return msgspec.json.decode(self.wire_name, type=str) if self.typed is None else self.typed.name

    @property
    def is_safe(self) -> bool:
        """Whether the schema says that the method changes nothing."""
        return self.typed is not None and self.typed.safety == "safe"

    def may_be_repeated(self) -> bool:
        """Whether the call may be sent again although it may have run."""
        return self.typed is not None and self.typed.may_be_repeated(self.value)

    def result(self, answer: Answer) -> Any:
        """The decoded result. Raises the RpcError that the server answered with."""
        if answer.error is not None:
            raise self.error(answer.error)
        try:
            return decode_any(answer.result) if self.typed is None else self.typed.result_decoder.decode(answer.result)
        except DECODE_ERRORS as error:
            raise self.misfit("result", error) from error

    @property
    def decode_item(self) -> Callable[[Raw], Any]:
        """Decodes an item of the call's stream. Raises one of DECODE_ERRORS."""
        decoder: msgspec.json.Decoder[Any] | None = getattr(self.typed, "item_decoder", None)
        return decode_any if decoder is None else decoder.decode

    def item(self, raw: Raw) -> Any:
        """A decoded item of the call's stream."""
        try:
            return self.decode_item(raw)
        except DECODE_ERRORS as error:
            raise self.misfit("item", error) from error

    def misfit(self, what: str, error: Exception) -> RemoteProtocolError:
        """What a caller is told when a result or an item is not of its type."""
        return RemoteProtocolError(f"the {what} of {self.method!r} does not fit the schema: {error}")

    def error(self, error: ErrorObject) -> RpcError:
        """The declared error of that code, else the runtime's own. Data that does not fit never hides the error."""
        kind = self.typed.errors_by_code.get(error.code) if self.typed else None
        if kind is None:
            return rpc_error(error)
        return kind.from_wire(error.message, _error_data(kind.data_type, error.data))


def outgoing(method: Method[Any, Any] | str, params: Any) -> Outgoing:
    """A call that can be sent. Raises LocalProtocolError or TypeError for params that cannot."""
    data = b"" if params is None else encode_value(params)
    if data and data[0] not in _PARAMS_HEADS:
        raise TypeError(f"params of {method!r} must be a dict, a list, a struct or None")
    if isinstance(method, str):
        return Outgoing(None, msgspec.json.encode(method), params, data)
    # A typed handler takes {} for nothing; one registered by hand can tell them apart.
    return Outgoing(method, method.wire_name, params, b"" if data == b"{}" else data)


def _error_data(kind: type[Struct] | None, raw: Raw) -> Any:
    if kind is None or not bytes(raw):
        return decode_error_data(raw)
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=decode_hook)
    except DECODE_ERRORS:
        return decode_error_data(raw)


def encode_meta(left: float | None) -> bytes:
    """JSON text of the `meta` of a request that has `left` seconds; empty when there is nothing to say.

    A key needs no place there: it is one of the params of a `keyed` method.
    """
    trace = current_traceparent()
    if trace is None:
        return b"" if left is None else _meta_of_timeout(left)
    text = msgspec.json.encode(trace)
    if left is None:
        return b'{"traceparent":%b}' % text
    return b'%b,"traceparent":%b}' % (_meta_of_timeout(left)[:-1], text)


@lru_cache(maxsize=64)
def _meta_of_timeout(left: float) -> bytes:
    """Remembered, since most calls have all of their channel's timeout left."""
    return b'{"timeout_ms":%d}' % max(1, left * 1000)


def seconds_of(timeout: Timeout, default: float | None) -> float | None:
    """The timeout of a call in seconds, None for none. Raises ValueError for what is no number."""
    seconds = default if timeout is UNSET else timeout
    if seconds is None or seconds < FOREVER_SECONDS:
        return seconds
    if seconds != seconds:
        raise ValueError("the timeout is not a number")
    return None


def said(error: TimeoutError) -> RpcError | None:
    """What the server said about a call that ran out of time, if it was the server who noticed."""
    return error if isinstance(error, RpcError) else None
