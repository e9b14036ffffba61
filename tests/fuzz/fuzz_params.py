"""Target `params`: every method of the conductor decodes any params, or says -32602.

Oracle: no other exception; what is accepted is the same after a round trip; params by position mean what they mean by
name; and the JSON Schema of the method accepts just what the decoder does.
"""

import json
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from conductor_api import SERVICE
from daemonrpc import InvalidParamsError, Limits
from daemonrpc.depth import is_deeper
from daemonrpc.encode import encode_value
from daemonrpc.params import decode_untyped_params, params_decoder
from daemonrpc.request import Request, decode_requests
from daemonrpc_codegen import load, params_schema
from daemonrpc_codegen.conformance import validator
from support.oracle import items

__all__ = ["run"]

SCHEMA = Path(__file__).parents[2] / "schema" / "methods.yaml"
LIMITS = Limits()
METHODS = [*SERVICE.methods]
DECODERS = [params_decoder(method.params) for method in METHODS]


class Unclear(ValueError):
    """A value that the two sides may read differently: a name that stands twice, a number that has no float."""


def run(data: bytes) -> None:
    """The first byte chooses the method, the rest is the params."""
    number = data[0] % len(METHODS) if data else 0
    text = data[1:].replace(b"\n", b" ")
    if is_deeper(text, LIMITS.depth):
        return  # the framing keeps no such line
    _decode(number, text)  # what is no JSON at all never comes so far, and must not hurt if it does
    request = decode_requests(b'{"jsonrpc":"2.0","method":"m","params":%b}' % text, LIMITS)
    if isinstance(request, Request):
        _compare(number, request.params)


def _compare(number: int, raw: bytes) -> None:
    found = _decode(number, raw)
    if found is not None:
        encoded = encode_value(found)
        assert encode_value(DECODERS[number](encoded)) == encoded, (raw, encoded)
        assert DECODERS[number](encoded) == found, (raw, encoded)
    if raw[:1] == b"[":
        assert _decode(number, _named(number, raw)) == found, raw
    elif raw:
        try:
            value = json.loads(raw, object_pairs_hook=_object, parse_float=_float, parse_int=_int)
        except Unclear:
            return
        is_valid = _schema(number).is_valid(value)
        assert is_valid == (found is not None), (METHODS[number].name, raw, is_valid)


def _named(number: int, raw: bytes) -> bytes:
    """Params by position as the object that they stand for; too many have a name that no method knows."""
    names = [field.encode_name for field in msgspec.structs.fields(METHODS[number].params)]
    texts = items(raw.decode())
    names += [f"one too many {place}" for place in range(len(texts) - len(names))]
    return b"{%b}" % ",".join(f"{json.dumps(name)}:{text}" for name, text in zip(names, texts, strict=False)).encode()


def _decode(number: int, raw: bytes) -> Any:
    """The params, None if they are refused."""
    try:
        decode_untyped_params(raw)
    except InvalidParamsError as error:
        encode_value(error.message)
    try:
        return DECODERS[number](raw)
    except InvalidParamsError as error:
        encode_value([error.message, error.data])
        return None


@cache
def _schema(number: int) -> Any:
    return validator(params_schema(_api(), METHODS[number].name))


@cache
def _api() -> Any:
    return load(SCHEMA)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise Unclear("a name stands twice")
    return dict(pairs)


def _float(text: str) -> float:
    if not isfinite(float(text)):
        raise Unclear(text)
    return float(text)


def _int(text: str) -> int:
    if len(text) > 18:
        raise Unclear(text)
    return int(text)
