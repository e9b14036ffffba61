"""What a line of a server says, by the standard library's JSON; lines of clients are judged in `daemonrpc.testing`."""

from dataclasses import dataclass
from typing import Any, Literal

from daemonrpc import Limits
from daemonrpc.testing.fuzz.oracle import (
    SPACE,
    Answered,
    Number,
    Verdict,
    answers_in,
    depth,
    is_text,
    items,
    judge,
    loads,
    members,
)

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

ANSWER_MEMBERS = ("id", "result", "error", "method", "params", "stream")


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
    if not (method is None or is_text(method)) or not (error is None or _is_error(error)):
        return Said("wrong")
    if method is not None:
        return Said("item", given.get("stream", "").encode(), given.get("params", ""), is_open=is_open)
    if ("result" in given) == (error is not None):
        return Said("wrong")
    value = given.get("error" if error else "result", "")
    return Said("answer", given.get("id", "").encode(), value, is_error=error is not None, is_open=is_open)


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("code"), Number) and is_text(value.get("message"))


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
