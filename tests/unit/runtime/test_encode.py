import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Raw, Struct

from daemonrpc.encode import encode_value
from daemonrpc.errors import LocalProtocolError
from daemonrpc.values import Unknown, open_union


class Point(Struct, kw_only=True):
    x: float
    label: str | None = None


class Tree(Struct, kw_only=True):
    weight: float = 0.0
    children: "list[Tree] | None" = None


class Circle(Struct, kw_only=True, tag_field="kind", tag="circle"):
    radius: float


Shape: Any = open_union("Shape", tag="kind", of={"circle": Circle})


class Drawing(Struct, kw_only=True):
    shapes: list[Shape]
    note: None = None


class Names(Struct, kw_only=True):
    names: list[str]
    note: str | None = None


@dataclass
class Plain:
    value: float


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, b"null"),
        ([1, "ä", None, True], '[1,"ä",null,true]'.encode()),
        ({"a": 1.5}, b'{"a":1.5}'),
        (Point(x=1.0), b'{"x":1.0,"label":null}'),
        (Unknown("new", {"kind": "new", "n": 1}), b'{"kind":"new","n":1}'),
        (b"\x00\xff", b'"AP8="'),
        (datetime(2026, 1, 2, tzinfo=UTC), b'"2026-01-02T00:00:00Z"'),
        (2**64, b"18446744073709551616"),
        (Raw(b'{"a": 1}'), b'{"a": 1}'),
    ],
)
def test_values_become_compact_json(value: Any, text: bytes) -> None:
    assert encode_value(value) == text


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda n: n,
        lambda n: [1.0, n],
        lambda n: {"a": {"b": (n,)}},
        lambda n: Point(x=n),
        lambda n: Tree(children=[Tree(), Tree(weight=n)]),
        lambda n: Drawing(shapes=[Circle(radius=n)]),
        lambda n: [None, Plain(n)],
    ],
    ids=["bare", "list", "nested", "struct", "recursive", "union", "dataclass"],
)
def test_nan_and_infinity_are_refused_and_never_written_as_null(number: float, wrap: Any) -> None:
    with pytest.raises(LocalProtocolError, match="NaN"):
        encode_value(wrap(number))


def test_honest_null_beside_finite_floats_is_sent() -> None:
    assert encode_value([Point(x=1.0), Tree(), Drawing(shapes=[]), Names(names=["null"])])


@pytest.mark.parametrize(
    "value",
    [object(), {1, (2, object())}, "\ud800", {"a": "\ud800"}, Raw(b"[1,\n2]")],
    ids=["object", "set", "surrogate", "nested surrogate", "raw with newline"],
)
def test_what_json_cannot_hold_on_one_line_is_our_own_fault(value: Any) -> None:
    with pytest.raises(LocalProtocolError, match="cannot be sent as JSON"):
        encode_value(value)


def test_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(LocalProtocolError, match="cannot be sent as JSON"):
        encode_value(loop)
