"""One row of the table: what is sent, and which answers must come."""

import json
from dataclasses import dataclass, field
from typing import Any

from msgspec import Raw
from msgspec.json import decode

__all__ = ["Batch", "Case", "Error", "Item", "Result", "request"]


@dataclass(frozen=True)
class Result:
    """A success. Id and value are JSON texts and are compared byte for byte."""

    id: bytes
    value: bytes

    def matches(self, line: bytes) -> bool:
        return line == b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (self.id, self.value)


@dataclass(frozen=True)
class Error:
    """A failure: the id byte for byte, the code, a message of some length, and at least these members of `data`."""

    id: bytes
    code: int
    data: dict[str, Any] = field(default_factory=dict)

    def matches(self, line: bytes) -> bool:
        head = b'{"jsonrpc":"2.0","id":%b,"error":' % self.id
        if not (line.startswith(head) and line.endswith(b"}")):
            return False
        error = json.loads(line[len(head) : -1])
        found = error.get("data", {})
        return (
            error.keys() <= {"code", "message", "data"}
            and error["code"] == self.code
            and type(error["code"]) is int
            and bool(error["message"])
            and all(found.get(name) == value for name, value in self.data.items())
        )


@dataclass(frozen=True)
class Item:
    """One item of a stream."""

    stream: bytes
    value: bytes
    method: bytes = b'"count"'

    def matches(self, line: bytes) -> bool:
        parts = (self.method, self.value, self.stream)
        return line == b'{"jsonrpc":"2.0","method":%b,"params":%b,"stream":%b}' % parts


@dataclass(frozen=True)
class Batch:
    """Answers in one array, in any order (section 6)."""

    answers: tuple[Result | Error, ...]

    def matches(self, line: bytes) -> bool:
        if not line.startswith(b"["):
            return False
        found = [bytes(item) for item in decode(line, type=list[Raw])]
        for answer in self.answers:
            fits = next((item for item in found if answer.matches(item)), None)
            if fits is None:
                return False
            found.remove(fits)
        return not found


@dataclass(frozen=True)
class Case:
    """`sent` goes out as it is; then exactly `answers` come, a line each, in this order."""

    id: str
    rule: str
    """The section of the JSON-RPC 2.0 specification, of RULES or of WIRE that the case was made from."""
    sent: bytes
    answers: tuple[Result | Error | Item | Batch, ...] = ()
    half_close: bool = False
    """The client sends no more, so no ping can follow."""
    closes: bool = False
    """The server closes the connection after its answers."""


def request(method: str = "echo", id_: bytes = b"1", params: bytes = b"", **members: bytes) -> bytes:
    """A line whose members are given as JSON texts; no id makes a notification."""
    given = {"id": id_, "params": params, **members}
    rest = b"".join(b',"%b":%b' % (name.encode(), text) for name, text in given.items() if text)
    return b'{"jsonrpc":"2.0","method":%b%b}\n' % (json.dumps(method).encode(), rest)
