"""The JSON-RPC 2.0 envelope.

What both sides write, and what a client reads; how a server reads requests is in request.py. Ids, params and results
stay raw bytes.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from daemonrpc.encode import encode_value
from daemonrpc.errors import RUNTIME_ERRORS, ParseError, RemoteProtocolError, RpcError
from daemonrpc.framing import Line

__all__ = [
    "CANCEL",
    "DECODE_ERRORS",
    "DISCOVER",
    "NO_ID",
    "NULL_ID",
    "Answer",
    "ErrorObject",
    "decode_answer",
    "decode_answers",
    "decode_any",
    "decode_error_data",
    "encode_error",
    "encode_items",
    "encode_request",
    "encode_result",
    "rpc_error",
    "text_fault",
]

NO_ID: Final = b""
"""The id of a notification."""
NULL_ID: Final = b"null"
CANCEL: Final = "rpc.cancel"
DISCOVER: Final = "rpc.discover"

DECODE_ERRORS = (msgspec.MsgspecError, ValueError, RecursionError)
"""All that a decoder may raise: UnicodeDecodeError and RecursionError are no DecodeError (RULES 2.27, 2.29)."""


class ErrorObject(Struct):
    """Section 5.1 of the specification."""

    code: int
    message: str
    data: Raw = Raw(b"")


class Answer(Struct, eq=False):
    """What a client receives: an answer (`id` and one of `result` and `error`), or an item of a stream."""

    id: Raw = Raw(b"")
    result: Raw = Raw(b"")
    error: ErrorObject | None = None
    method: str | None = None
    params: Raw = Raw(b"")
    stream: Raw = Raw(b"")


_answer_decoder = msgspec.json.Decoder(Answer)
_any_decoder = msgspec.json.Decoder()


# -- reading ----------------------------------------------------------------------------------------------------------


def text_fault(line: Line) -> ParseError | None:
    """Bad UTF-8, which msgspec does not see inside raw members (RULES 2.29)."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return ParseError(f"the line is not UTF-8: {error.reason} at byte {error.start}")
    return None


def decode_answer(line: Line) -> Answer | None:
    """One line of a server, None for a blank line. Raises RemoteProtocolError for anything else."""
    fault = None if line.isascii() else text_fault(line)
    if fault is not None:
        raise RemoteProtocolError(f"the server sent a bad line: {fault.message}")
    try:
        return _answer_decoder.decode(line)
    except DECODE_ERRORS as error:
        if not line.strip(b" \t\r\n"):
            return None
        raise RemoteProtocolError(f"the server sent a line that is no JSON-RPC message: {error}") from error


def decode_answers(lines: Sequence[Any]) -> list[Answer] | None:
    """Many lines of a server at once, or None if one of them needs a closer look: blank, malformed or not kept."""
    try:
        text = b"\n".join(lines)  # UTF-8 if each line is: no character goes across a newline
        if not text.isascii():
            text.decode()
        return list(map(_answer_decoder.decode, lines))  # a call of Python for each would cost as much again
    except (*DECODE_ERRORS, TypeError):
        return None


def decode_any(data: bytes | Raw) -> Any:
    """Any JSON value as Python builtins. Raises one of DECODE_ERRORS."""
    return _any_decoder.decode(data)


# -- writing ----------------------------------------------------------------------------------------------------------


def encode_request(method: bytes, id_: bytes, params: bytes, meta: bytes) -> bytes:
    """A line. `method` is the JSON text of the name; `params` and `meta` may be empty; no id makes a notification."""
    if id_ and params and meta:  # the call of every day
        return b'{"jsonrpc":"2.0","method":%b,"id":%b,"params":%b,"meta":%b}\n' % (method, id_, params, meta)
    return b'{"jsonrpc":"2.0","method":%b%b%b%b}\n' % (
        method,
        b',"id":' + id_ if id_ else b"",
        b',"params":' + params if params else b"",
        b',"meta":' + meta if meta else b"",
    )


def encode_result(id_: bytes, result: bytes) -> bytes:
    """A line with an answer."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}\n' % (id_, result)


def encode_error(id_: bytes, error: RpcError) -> bytes:
    """A line with an error answer. Never raises: what JSON cannot hold never hides the error itself."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        body["data"] = error.data
    try:
        text = encode_value(body)
    except Exception as fault:  # whatever a data object's own encoding raises
        data = {"unsendable": _sendable(fault)}
        text = encode_value({"code": error.code, "message": _sendable(error.message), "data": data})
    return b'{"jsonrpc":"2.0","id":%b,"error":%b}\n' % (id_, text)


def _sendable(value: object) -> str:
    """The text of a value, without lone surrogates, which UTF-8 cannot hold."""
    return str(value).encode(errors="replace").decode()


def encode_items(notification: bytes, id_: bytes, items: Sequence[bytes]) -> bytes:
    """Lines with items of the stream that `id_` opened. `notification` is the JSON text of their method's name."""
    head = b'{"jsonrpc":"2.0","method":%b,"params":' % notification
    tail = b',"stream":%b}\n' % id_
    return head + (tail + head).join(items) + tail  # a step of Python for each item would take as long as its JSON


def rpc_error(error: ErrorObject) -> RpcError:
    """The runtime's own error for a code that it knows, else a plain RpcError. Unreadable data never hides it."""
    data = decode_error_data(error.data)
    kind = RUNTIME_ERRORS.get(error.code, RpcError)
    received = kind(error.message, code=error.code, data=data)
    received.is_received = True
    return received


def decode_error_data(raw: Raw) -> Any:
    """The data of an error as Python builtins: None when there is none, its text when no value can be made of it."""
    text = bytes(raw)
    try:
        return decode_any(text) if text else None
    except DECODE_ERRORS:
        return text.decode(errors="replace")
