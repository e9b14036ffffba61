"""What a line must lead to, said a second time with the standard library's JSON: the oracle of all fuzzing.

The model is slow and plain on purpose and shares no code with the runtime. It says of each message of a line whether it
is a request, a notification, or is refused, with which id and which code (docs/protocol.md). A message whose meaning
the protocol leaves open (a member of `meta` that stands twice, a deadline that no clock can hold) is `open`: it gets at
most one answer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from daemonrpc import Limits

__all__ = [
    "Answered",
    "Said",
    "Verdict",
    "answers_in",
    "depth",
    "is_same",
    "items",
    "judge",
    "judge_answer",
    "loads",
    "members",
]

SPACE = " \t\r\n"
PARSE, INVALID = -32700, -32600
ANSWER_MEMBERS = ("id", "result", "error", "method", "params", "stream")
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
    if not value or len(value) > limits.batch_items:
        return Verdict("refused", code=INVALID)
    return [_judge_message(item, limits) for item in items(text)]


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


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _is_request(given: dict[str, Any], limits: Limits) -> bool:
    method = given.get("method")
    meta: dict[str, Any] = given.get("meta") or {}
    return (
        _is_text(given.get("jsonrpc"))
        and given["jsonrpc"] == "2.0"
        and _is_text(method)
        and len(str(method).encode()) <= limits.method_bytes
        and isinstance(given.get("params"), dict | list | None)
        and isinstance(given.get("meta"), dict | None)
        and isinstance(meta.get("timeout_ms"), Number | None)
        and all(meta.get(name) is None or _is_text(meta[name]) for name in ("key", "traceparent"))
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
    """The answers and items in a line of a server. Raises AssertionError if it is not right."""
    text = line.decode()
    value = loads(text)
    for item in items(text) if isinstance(value, list) else [text]:
        given = dict(members(item))
        assert loads(given["jsonrpc"]) == "2.0", line
        if "method" in given:
            assert given.keys() == {"jsonrpc", "method", "params", "stream"}, line
            yield Answered(given["stream"].encode(), result=given["params"], is_item=True)
            continue
        assert given.keys() in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"}), line
        error = loads(given["error"]) if "error" in given else None
        if error is not None:
            assert _is_text(error["message"]), line
            assert isinstance(error["code"], Number), line
        yield Answered(given["id"].encode(), error and int(error["code"]), given.get("result", ""))
    assert value != [], line


@dataclass(frozen=True)
class Said:
    """What a line of a server says."""

    kind: Literal["answer", "item", "blank", "wrong"]
    id: bytes = b""
    """Of an answer its id, of an item its stream, empty when it has none."""
    value: str = ""
    """JSON text of the result, the error, or the params of an item."""
    is_error: bool = False
    is_open: bool = False
    """The line may be refused as well: a member stands twice, or a code is a whole number only to some."""


def judge_answer(line: bytes, limits: Limits) -> Said:
    """The verdict on a line of a server."""
    try:
        text = line.decode().strip(SPACE)
        if not text:
            return Said("blank")
        if len(line) > limits.line_bytes or depth(line) > limits.depth or not isinstance(loads(text), dict):
            return Said("wrong")
    except ValueError:
        return Said("wrong")
    row = [(name, member) for name, member in members(text) if name in ANSWER_MEMBERS]
    given = dict(row)
    error, method = loads(given.get("error", "null")), loads(given.get("method", "null"))
    is_open = len(given) < len(row) or (isinstance(error, dict) and _is_odd(given["error"], error))
    if not (method is None or _is_text(method)) or not (error is None or _is_error(error)):
        return Said("wrong")
    if method is not None:
        return Said("item", given.get("stream", "").encode(), given.get("params", ""), is_open=is_open)
    if ("result" in given) == (error is not None):
        return Said("wrong")
    value = given.get("error" if error else "result", "")
    return Said("answer", given.get("id", "").encode(), value, is_error=error is not None, is_open=is_open)


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("code"), Number) and _is_text(value.get("message"))


def _is_odd(text: str, error: dict[str, Any]) -> bool:
    names = [name for name, _ in members(text) if name in ("code", "message", "data")]
    code = error.get("code")
    is_whole = isinstance(code, Number) and code.removeprefix("-").isdigit() and len(code) <= 15
    return len(set(names)) < len(names) or not is_whole


def is_same(ours: Any, theirs: Any) -> bool:
    """Equal values; a whole number over 64 bits may have become a float."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(is_same(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(is_same, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, int):
        return abs(theirs) >= 2**63 and ours == float(theirs)
    return type(ours) is type(theirs) and bool(ours == theirs)
