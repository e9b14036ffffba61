"""Every type of the conductor's API survives encoding and decoding, by the tolerant codec and by the strict one."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conductor_api import strategies, types
from daemonrpc import OpenEnum, decode_hook, strict
from daemonrpc.encode import encode_value

MAKERS: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    name: function
    for name, function in vars(strategies).items()
    if getattr(function, "__module__", "") == strategies.__name__ and not name.startswith(("_", "invalid_"))
}
STRUCTS = {
    kind
    for kind in vars(types).values()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__module__ == types.__name__
}
ENUMS = [kind for kind in vars(types).values() if isinstance(kind, type) and issubclass(kind, OpenEnum) and len(kind)]


def test_every_struct_has_a_strategy() -> None:
    makers = {name.replace("_", "") for name in MAKERS}
    assert len(STRUCTS) > 60
    assert {kind.__name__ for kind in STRUCTS if kind.__name__.lower() not in makers} == set()


@pytest.mark.parametrize("name", MAKERS)
def test_a_value_survives_a_round_trip(name: str) -> None:
    @settings(max_examples=20)
    @given(MAKERS[name]())
    def round_trip(value: Any) -> None:
        data = encode_value(value)
        assert b"\n" not in data
        kind: Any = type(value)
        for wanted in (kind, strict(kind)):
            decoded = msgspec.json.decode(data, type=wanted, dec_hook=decode_hook)
            assert decoded == value
            assert encode_value(decoded) == data

    round_trip()


@given(st.text(), st.sampled_from(ENUMS))
def test_an_enum_keeps_every_text_and_the_strict_one_only_its_own(text: str, kind: type[OpenEnum]) -> None:
    data = msgspec.json.encode(text)
    value = msgspec.json.decode(data, type=kind, dec_hook=decode_hook)
    assert value == text
    assert encode_value(value) == data
    assert value.is_known == (text in {member.value for member in kind})
    if not value.is_known:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(data, type=strict(kind), dec_hook=decode_hook)
