"""A pattern that may match anywhere, and ours that covers the whole text, take the same texts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemonrpc_codegen.openrpc_import.patterns import whole_text_pattern
from daemonrpc_codegen.patterns import compiled

SAME = [
    "^[a-c]+$",
    "[a-c]",
    "a|b",
    "^(?:a|b)$",
    "^(a|b)c$",
    "^a",
    "c$",
    r"^a\$",
    "^[^$|]+$",
    "^(?:a)(?:b)$",
    "a.c",
    r"^\|$",
    "^$",
    "",
]


@pytest.mark.parametrize("pattern", SAME)
@given(data=st.data())
def test_both_take_the_same_texts(pattern: str, data: st.DataObject) -> None:
    ours = whole_text_pattern(pattern)
    assert ours is not None
    theirs = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)  # in ECMA-262 the end is the end, newline or not
    text = data.draw(st.text("abc$|\n", max_size=6) | st.from_regex(theirs))
    assert bool(compiled(ours).fullmatch(text)) == bool(re.search(theirs, text))


@pytest.mark.parametrize("pattern", ["^a|b$", "(^a)", "a^b", "a$b", r"\p{L}", "(", "^a|b"])
def test_what_cannot_be_said_is_none(pattern: str) -> None:
    assert whole_text_pattern(pattern) is None


def test_our_own_form_is_unwrapped() -> None:
    assert whole_text_pattern("^(?:[a-z]+|x)$") == "[a-z]+|x"
    assert whole_text_pattern("^[a-z]+$") == "[a-z]+"
