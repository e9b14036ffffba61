"""What both client shells do with a call besides moving bytes: encoding, decoding, and whether it may be sent again."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from daemonrpc.encode import encode_value
from daemonrpc.errors import (
    BusyError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    RemoteProtocolError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.message import DECODE_ERRORS, Answer, ErrorObject, decode_any, decode_error_data, rpc_error
from daemonrpc.method import Method
from daemonrpc.values import decode_hook

__all__ = [
    "MAX_TRIES",
    "NotSentError",
    "Outgoing",
    "Timeout",
    "explained",
    "may_send_again",
    "retry_delay",
    "said",
    "seconds_of",
]

MAX_TRIES: Final = 3

Timeout = float | UnsetType | None
"""Seconds; None for no deadline; UNSET for the channel's own."""


class NotSentError(DaemonError):
    """Inside the client: the connection was lost before the request was handed to the kernel."""


class Outgoing:
    """One call: its method, encoded once, and how to read what comes back."""

    __slots__ = ("method", "params", "typed", "value", "wire_name")

    def __init__(self, method: Method[Any, Any] | str, params: Any) -> None:
        if isinstance(method, Method):
            self.typed: Method[Any, Any] | None = method
            self.method = method.name
            self.wire_name = method.wire_name
        else:
            self.typed = None
            self.method = method
            self.wire_name = msgspec.json.encode(method)
        self.value = params
        self.params = b"" if params is None else encode_value(params)
        if self.typed and self.params == b"{}":
            self.params = b""  # the same to a typed handler; one registered by hand can tell {} from nothing
        if self.params and self.params[:1] not in (b"{", b"["):
            raise TypeError(f"params of {self.method!r} must be a dict, a list, a struct or None")

    @property
    def is_stream(self) -> bool:
        """Whether the schema says that the method streams."""
        return self.typed is not None and self.typed.is_stream

    def may_be_repeated(self) -> bool:
        """Whether the call may be sent again although it may have run."""
        return self.typed is not None and self.typed.may_be_repeated(self.value)

    def result(self, answer: Answer) -> Any:
        """The decoded result. Raises the RpcError that the server answered with."""
        if answer.error is not None:
            raise self.error(answer.error)
        return self._decode(self.typed.result_decoder if self.typed else None, answer.result, "result")

    def item(self, raw: Raw | bytes) -> Any:
        """A decoded item of the call's stream."""
        decoder = getattr(self.typed, "item_decoder", None)
        return self._decode(decoder, raw, "item")

    def error(self, error: ErrorObject) -> RpcError:
        """The declared error of that code, else the runtime's own. Data that does not fit never hides the error."""
        kind = self.typed.errors_by_code.get(error.code) if self.typed else None
        if kind is None:
            return rpc_error(error)
        return kind.from_wire(error.message, _error_data(kind.data_type, error.data))

    def _decode(self, decoder: msgspec.json.Decoder[Any] | None, raw: Raw | bytes, what: str) -> Any:
        try:
            return decode_any(raw) if decoder is None else decoder.decode(raw)
        except DECODE_ERRORS as error:
            raise RemoteProtocolError(f"the {what} of {self.method!r} does not fit the schema: {error}") from error


def _error_data(kind: type[Struct] | None, raw: Raw) -> Any:
    if kind is None or not bytes(raw):
        return decode_error_data(raw)
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=decode_hook)
    except DECODE_ERRORS:
        return decode_error_data(raw)


def may_send_again(error: DaemonError, call: Outgoing, tries: int) -> bool:
    """The rule of at most once (DESIGN part 5.1): again only if the call provably never started, or may run twice.

    A timeout is not among the reasons, and never will be (RULES 1.1, 2.7).
    """
    if tries >= MAX_TRIES:
        return False
    if isinstance(error, NotSentError):
        return True
    if isinstance(error, BusyError | ShuttingDownError):
        return error.not_started
    return isinstance(error, ConnectionLostError) and call.may_be_repeated()


def retry_delay(error: DaemonError, tries: int, jitter: float) -> float:
    """Seconds to wait before the next try: what the server asked for, doubled each time. `jitter` lies in 0..1."""
    asked = error.detail("retry_after_ms") if isinstance(error, BusyError) else None
    seconds = max(0, min(asked, 5000)) / 1000 if isinstance(asked, int | float) else 0.0
    return float(seconds * 2 ** (tries - 1) * (0.5 + jitter))


def seconds_of(timeout: Timeout, default: float | None) -> float | None:
    """The timeout of a call in seconds, None for none."""
    return default if timeout is UNSET else timeout


def said(error: TimeoutError) -> RpcError | None:
    """What the server said about a call that ran out of time, if it was the server who noticed."""
    return error if isinstance(error, RpcError) else None


def explained(error: DaemonError, call: Outgoing, path: str) -> DaemonError:
    """A failure of the connection in the caller's words; every other error as it is."""
    if isinstance(error, NotSentError):
        return DaemonNotRunningError(f"{call.method!r} was not sent to {path}: {error}")
    if isinstance(error, ConnectionLostError):
        return ConnectionLostError(f"{call.method!r} was sent to {path} and may or may not have run: {error}")
    return error
