"""Hypothesis strategies for the types of the Types service.

Made by `daemonrpc generate` from types.yaml. Do not edit.
"""

from datetime import UTC
from functools import cache
from typing import Any

from daemonrpc import UNSET
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .types import Content, Entry, File, Name, Names, Size, State, Text


def name() -> SearchStrategy[Name]:
    """Values of Name."""
    return st.from_regex(r"\w+", fullmatch=True).filter(lambda text: len(text) <= 20)


def names() -> SearchStrategy[Names]:
    """Values of Names."""
    return st.lists(name(), max_size=5)


def state() -> SearchStrategy[State]:
    """Values of State."""
    return st.sampled_from(State)


def size() -> SearchStrategy[Size]:
    """Values of Size."""
    return st.sampled_from(Size)


@cache
def entry() -> SearchStrategy[Entry]:
    """Values of Entry."""
    return st.builds(
        Entry,
        name=name(),
        class_=st.none() | st.text(),
        state=state(),
        size=st.just(UNSET) | st.integers(0, 2**63 - 1),
        labels=st.dictionaries(st.text(), names(), max_size=5),
        content=st.none() | content(),
        inner=st.lists(st.deferred(lambda: entry()), max_size=1),
    )


def content() -> SearchStrategy[Content]:
    """Values of Content."""
    return st.one_of(text(), file())


def text() -> SearchStrategy[Text]:
    """Values of Text."""
    return st.builds(Text, text=st.text())


def file() -> SearchStrategy[File]:
    """Values of File."""
    return st.builds(File, data=st.binary(), modified=st.datetimes(timezones=st.just(UTC)), id=st.uuids(), extra=_any())


def _any() -> SearchStrategy[Any]:
    """Any JSON value."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text()
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
