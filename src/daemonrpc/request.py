"""Requests, as a server reads them.

Ids and params stay raw bytes: ids are echoed byte for byte, params are decoded by their method. Reading is two-pass.
The fast pass decodes a well-formed message into a struct; what it refuses goes through a slow one, which finds out why,
and which id the error answer must carry. A long message has the slow pass alone, since two would take twice the time.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from daemonrpc.errors import InvalidRequestError, ParseError, RpcError
from daemonrpc.framing import Line
from daemonrpc.limits import Limits
from daemonrpc.message import DECODE_ERRORS, NULL_ID, text_fault

__all__ = [
    "LONG_BYTES",
    "Invalid",
    "Meta",
    "Request",
    "decode_id_param",
    "decode_items",
    "decode_requests",
    "decode_run",
]

LONG_BYTES = 256 * 1024
"""From here on a message is long."""

_ID_HEADS = frozenset(b'"-0123456789n')
_PARAMS_HEADS = frozenset(b"[{n")
_ID_STARTS = frozenset([b"", *(b"%c" % head for head in _ID_HEADS)])
_OBJECT_OR_ARRAY = b"{["


class Meta(Struct, kw_only=True, omit_defaults=True):
    """The one extension member of a request (WIRE part A). Peers that do not know it ignore it."""

    timeout_ms: int | float | None = None
    """Milliseconds that the caller still waits."""
    key: str | None = None
    """Same key, same call: for methods whose schema says `keyed`."""
    traceparent: str | None = None
    """W3C trace context; ignored if it is malformed (trace.py)."""


@final
class Request(Struct, eq=False):
    """A request or, without an id, a notification (section 4)."""

    id: bytes
    """The id's JSON text, echoed byte for byte; empty for a notification."""
    method: str
    params: bytes
    """JSON text of the params; empty when there are none."""
    meta: Meta | None
    batch: Any = None
    """The batch that this is an item of; the connection's business."""
    is_open: bool = False
    """It is in flight; the connection's business."""
    is_answered: bool = False
    """Each request ends once (RULES 2.22); the connection's business."""


class Invalid(Struct, eq=False):
    """A message that is answered with an error at once."""

    id: bytes
    """The id that the answer carries: `null` when it could not be detected (section 5)."""
    error: RpcError


_Version = Literal["2.0"]


class _RequestFrame(Struct):
    jsonrpc: _Version
    method: str
    id: Raw = Raw(b"")
    params: Raw = Raw(b"")
    meta: Meta | UnsetType | None = UNSET


class _Members(Struct):
    """The members of a request, before anything is known about them. Others are skipped, however many there are."""

    jsonrpc: Raw = Raw(b"")
    method: Raw = Raw(b"")
    id: Raw = Raw(b"")
    params: Raw = Raw(b"")
    meta: Raw = Raw(b"null")


class _IdParam(Struct):
    id: Raw


_frame_decoder = msgspec.json.Decoder(_RequestFrame)
_members_decoder = msgspec.json.Decoder(_Members)
_id_param_decoder = msgspec.json.Decoder(_IdParam)


def decode_requests(line: Line, limits: Limits) -> Request | Invalid | list[Request | Invalid] | None:
    """One line of a client: a request, a batch as a list, or None for a blank line. Never raises.

    The line is within its limits of length and depth: that is the framing's business.
    """
    plain = decode_run((line,), limits) if len(line) <= LONG_BYTES else None
    if plain:
        return plain[0]
    fault = None if line.isascii() else text_fault(line)
    if fault is not None:
        return Invalid(NULL_ID, fault)
    text = line if line[:1] in (b"{", b"[") else line.strip(b" \t\r\n")
    if not text:
        return None
    return _decode_batch(text, limits) if text[:1] == b"[" else _decode_with_care(text, limits)


def decode_run(lines: Sequence[Line], limits: Limits) -> list[Request]:
    """The requests at the head of `lines`, up to the first line that needs a closer look. Never raises.

    One loop for all of them: a call of `decode_requests` for each takes half as long again.
    """
    requests: list[Request] = []
    decode, id_bytes, method_length = _frame_decoder.decode, limits.id_bytes, limits.method_bytes // 4
    try:
        for line in lines:
            if not line.isascii():
                line.decode()
            frame = decode(line)
            id_, method, params = bytes(frame.id), frame.method, bytes(frame.params)
            if not (id_.isdigit() or id_[:1] in _ID_STARTS) or not (not params or params[0] in _OBJECT_OR_ARRAY):
                break
            if len(id_) > id_bytes or len(method) > method_length:
                break
            requests.append(Request(id_, method, params, frame.meta or None))
    except DECODE_ERRORS:
        pass  # what stands before the line that is amiss counts
    return requests


def _decode_item(item: bytes, limits: Limits) -> Request | Invalid:
    plain = decode_run((item,), limits) if len(item) <= LONG_BYTES else None
    return plain[0] if plain else _decode_with_care(item, limits)


def _request(id_: bytes, method: str, params: bytes, meta: Meta | None, limits: Limits) -> Request | Invalid:
    if id_ and (id_[0] not in _ID_HEADS or len(id_) > limits.id_bytes):
        return Invalid(NULL_ID, _id_fault(id_, limits))
    if params and params[0] not in _PARAMS_HEADS:
        return Invalid(id_ or NULL_ID, InvalidRequestError("params must be an object or an array"))
    if len(method) > limits.method_bytes // 4 and len(method.encode()) > limits.method_bytes:
        return Invalid(id_ or NULL_ID, InvalidRequestError(f"method is longer than {limits.method_bytes} bytes"))
    return Request(id_, method, b"" if params == b"null" else params, meta)


def _decode_batch(data: Line, limits: Limits) -> Invalid | list[Request | Invalid]:
    """Section 6: each item is answered for itself; an empty array is one invalid request."""
    try:
        items = decode_items(data, limits.batch_items)
        if items is None:
            _any_syntax(data)  # what stands behind the limit was not looked at
    except DECODE_ERRORS as error:
        return Invalid(NULL_ID, ParseError(f"the line is not JSON: {error}"))
    if items is None:
        message = f"a batch of more than {limits.batch_items} items is over the limit; nothing was started"
        return Invalid(NULL_ID, InvalidRequestError(message, data={"limit": limits.batch_items, "started": False}))
    if not items:
        return Invalid(NULL_ID, InvalidRequestError("a batch must not be empty"))
    return [_decode_item(item, limits) for item in items]


def decode_items(data: Line | Raw, limit: int) -> list[bytes] | None:
    """The items of a JSON array as JSON texts, or None if there are more than `limit`. Raises one of DECODE_ERRORS.

    Nothing is built for items beyond the limit: a line of 16 MiB holds 8 million of them.
    """
    try:
        row = _row_decoder(limit).decode(data)
    except msgspec.ValidationError:
        return None
    return [bytes(item) for item in msgspec.structs.astuple(row) if bytes(item)]


@cache
def _row_decoder(limit: int) -> msgspec.json.Decoder[Any]:
    fields = [(f"item{position}", Raw, Raw(b"")) for position in range(limit)]
    return msgspec.json.Decoder(msgspec.defstruct("Row", fields, array_like=True, forbid_unknown_fields=True))


def _decode_with_care(data: Line, limits: Limits) -> Request | Invalid:
    """The slow pass: it reads a message once, whatever its members are, and says what is wrong with which."""
    try:
        members = _members_decoder.decode(data)
    except DECODE_ERRORS:
        return Invalid(NULL_ID, _fault_of_no_object(data))
    id_ = bytes(members.id)
    if id_ and (id_[0] not in _ID_HEADS or len(id_) > limits.id_bytes):
        return Invalid(NULL_ID, _id_fault(id_, limits))
    if not _is_a(_Version, members.jsonrpc):
        return Invalid(id_ or NULL_ID, InvalidRequestError('jsonrpc must be exactly "2.0"'))
    if not _is_a(str, members.method):
        return Invalid(id_ or NULL_ID, InvalidRequestError("method must be a string"))
    if not _is_a(Meta | None, members.meta):
        message = "meta must be an object with timeout_ms (a number), key and traceparent (strings)"
        return Invalid(id_ or NULL_ID, InvalidRequestError(message))
    method: str = msgspec.json.decode(members.method)
    meta = msgspec.json.decode(members.meta, type=Meta | None)
    return _request(id_, method, bytes(members.params), meta, limits)


def _is_a(kind: Any, raw: Raw) -> bool:
    try:
        msgspec.json.decode(raw, type=kind)
    except DECODE_ERRORS:
        return False
    return True


def _fault_of_no_object(data: Line) -> RpcError:
    try:
        _any_syntax(data)
    except DECODE_ERRORS as error:
        return ParseError(f"the line is not JSON: {error}")
    return InvalidRequestError("a request must be a JSON object")


def _any_syntax(data: Line) -> None:
    """Raises unless `data` is one JSON value: decoding to Raw checks the grammar and builds nothing."""
    msgspec.json.decode(data, type=Raw)


def _id_fault(id_: bytes, limits: Limits) -> InvalidRequestError:
    if id_[0] not in _ID_HEADS:
        return InvalidRequestError("id must be a string, a number or null")
    return InvalidRequestError(f"id is longer than {limits.id_bytes} bytes")


def decode_id_param(params: bytes) -> bytes:
    """The id that `rpc.cancel` names, as its JSON text. Raises ValueError."""
    try:
        if params[:1] == b"{":
            return bytes(_id_param_decoder.decode(params).id)
        items = decode_items(params, 1)
    except DECODE_ERRORS:
        items = None
    if not items:
        raise ValueError('rpc.cancel takes the params {"id": <id of a call>}')
    return items[0]
