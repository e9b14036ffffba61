"""What a line must lead to, said a second time with the standard library's JSON: the oracle of all fuzzing.

The model is slow and plain on purpose and shares no code with the runtime. It says of each message of a line whether it
is a request, a notification, or is refused, with which id and which code (docs/protocol.md). A message whose meaning
the protocol leaves open (a member of `meta` that stands twice, a deadline that no clock can hold) is `open`: it gets at
most one answer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from daemonrpc.limits import Limits

__all__ = [
    "SPACE",
    "Answered",
    "Number",
    "Verdict",
    "answers_in",
    "depth",
    "is_text",
    "items",
    "judge",
    "loads",
    "members",
]

SPACE = " \t\r\n"
PARSE, INVALID = -32700, -32600
META_MEMBERS = ("timeout_ms", "key", "traceparent")


@dataclass(frozen=True)
class Verdict:
    """What becomes of one message."""

    kind: Literal["request", "notification", "refused", "open"]
    id: bytes = b"null"
    """JSON text of the id that the answer must carry; of an open one the id that it may carry instead of null."""
    code: int = 0
    """Of a refusal."""
    method: str = ""
    params: bytes = b""


@dataclass(frozen=True)
class Answered:
    """One answer or item of a stream as a client sees it."""

    id: bytes
    code: int | None = None
    """Of an error."""
    result: str = ""
    """JSON text of the result, or of the item."""
    is_item: bool = False
    error: str = ""
    """JSON text of the error."""


class Number(str):
    """A number, as it was written: no value is lost and no digit is converted."""


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The last of equal names counts, and half a character is wrong in each: UTF-8 cannot hold it."""
    json.dumps(pairs, ensure_ascii=False).encode()
    return dict(pairs)


_DECODER = json.JSONDecoder(
    parse_int=Number, parse_float=Number, parse_constant=_refuse_constant, object_pairs_hook=_object
)


def loads(text: str) -> Any:
    """A JSON value by RFC 8259, numbers as Number. Raises ValueError, or RecursionError for deep ones."""
    value = _DECODER.decode(text)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def members(text: str) -> list[tuple[str, str]]:
    """The members of an object that is known to be valid JSON: name and JSON text, in order, repeated ones too."""
    found: list[tuple[str, str]] = []
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        found.append((name, text[start:end]))
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def items(text: str) -> list[str]:
    """The items of an array that is known to be valid JSON, as JSON texts."""
    found: list[str] = []
    at = _skip(text, text.index("[") + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end])
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
    return found


def _skip(text: str, at: int) -> int:
    while text[at] in SPACE:
        at += 1
    return at


def depth(line: bytes) -> int:
    """How deep a parser gets that stops at the first bracket that closes nothing, one byte after the other."""
    level = deepest = 0
    in_string = is_escaped = False
    for byte in line:
        char = chr(byte)
        if is_escaped:
            is_escaped = False
        elif in_string:
            is_escaped, in_string = char == "\\", char != '"'
        elif char == '"':
            in_string = True
        elif char in "[{":
            level += 1
            deepest = max(deepest, level)
        elif char in "]}":
            level -= 1
        if level < 0 or (char == "\\" and not in_string):
            break
    return deepest


def judge(line: bytes, limits: Limits) -> list[Verdict] | Verdict | None:
    """The verdict on a line of a client: one, a list for a batch, None for a blank line."""
    try:
        text = line.decode().strip(SPACE)
        if not text:
            return None
        if depth(line) > limits.depth:
            return Verdict("refused", code=PARSE)
        value = loads(text)
    except ValueError:
        return Verdict("refused", code=PARSE)
    if not isinstance(value, list):
        return _judge_message(text, limits)
    messages = items(text)
    if not 0 < len(messages) <= limits.batch_items:
        return Verdict("refused", code=INVALID)
    return [_judge_message(item, limits) for item in messages]


def _judge_message(text: str, limits: Limits) -> Verdict:
    if not text.startswith("{"):
        return Verdict("refused", code=INVALID)
    given = dict(members(text))
    id_ = given.get("id", "").encode()
    if id_ and (not _is_id(loads(given["id"])) or len(id_) > limits.id_bytes):
        return Verdict("refused", code=INVALID)
    if _is_ambiguous(text):
        return Verdict("open", id_ or b"null")
    if not _is_request({name: loads(member) for name, member in given.items()}, limits):
        return Verdict("refused", id_ or b"null", INVALID)
    kind: Literal["request", "notification"] = "request" if id_ else "notification"
    params = given.get("params", "null")
    return Verdict(kind, id_, method=loads(given["method"]), params=b"" if params == "null" else params.encode())


def _is_id(value: Any) -> bool:
    return value is None or isinstance(value, str)  # a Number is a str


def is_text(value: Any) -> bool:
    """Whether a value of `loads` was a text, and not a number."""
    return isinstance(value, str) and not isinstance(value, Number)


def _is_request(given: dict[str, Any], limits: Limits) -> bool:
    method = given.get("method")
    meta: dict[str, Any] = given.get("meta") or {}
    return (
        is_text(given.get("jsonrpc"))
        and given["jsonrpc"] == "2.0"
        and is_text(method)
        and len(str(method).encode()) <= limits.method_bytes
        and isinstance(given.get("params"), dict | list | None)
        and isinstance(given.get("meta"), dict | None)
        and isinstance(meta.get("timeout_ms"), Number | None)
        and all(meta.get(name) is None or is_text(meta[name]) for name in ("key", "traceparent"))
    )


def _is_ambiguous(text: str) -> bool:
    """Whether a member of `meta` stands twice, or its deadline is a number that no clock can hold.

    Of a member of the request that stands twice the last one counts (RULES 2.33).
    """
    meta = dict(members(text)).get("meta", "")
    inner = [(name, member) for name, member in members(meta) if name in META_MEMBERS] if meta.startswith("{") else []
    return len(dict(inner)) < len(inner) or any(name == "timeout_ms" and _is_huge(member) for name, member in inner)


def _is_huge(number: str) -> bool:
    return len(number) > 15 or "e" in number.lower()


def answers_in(line: bytes) -> Iterator[Answered]:
    """The answers and items in a line of a server. Raises ValueError if it is not right."""
    text = line.decode()
    value = loads(text)
    if not isinstance(value, dict | list):
        raise ValueError(f"it is no answer: {text}")
    if value == []:
        raise ValueError("an empty array is no answer")
    for item in items(text) if isinstance(value, list) else [text]:
        yield _answer(item)


def _answer(text: str) -> Answered:
    given = dict(members(text))
    if loads(given.get("jsonrpc", "null")) != "2.0":
        raise ValueError(f"it lacks jsonrpc 2.0: {text}")
    if "method" in given:
        if given.keys() != {"jsonrpc", "method", "params", "stream"}:
            raise ValueError(f"it is no item of a stream: {text}")
        return Answered(given["stream"].encode(), result=given["params"], is_item=True)
    if given.keys() not in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"}):
        raise ValueError(f"it is no answer: {text}")
    error = loads(given["error"]) if "error" in given else None
    if error is not None and not _is_error(error):
        raise ValueError(f"its error has no code or no message: {text}")
    code = None if error is None else int(error["code"])
    return Answered(given["id"].encode(), code, given.get("result", ""), error=given.get("error", ""))


def _is_error(error: Any) -> bool:
    if not isinstance(error, dict):
        return False
    given = cast("dict[str, Any]", error)
    return is_text(given.get("message")) and isinstance(given.get("code"), Number)
