"""Hypothesis strategies for the types of the Types service.

Made by `daemonrpc generate` from types.yaml. Do not edit.
"""

from collections.abc import Callable
from datetime import UTC
from functools import cache
from typing import Any

from daemonrpc import UNSET
from daemonrpc.testing.schemas import ServiceValues
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .methods import SERVICE
from .types import Content, Entry, File, Name, Names, Size, State, Text

_INVALID = ServiceValues(SERVICE)


def name() -> SearchStrategy[Name]:
    """Values of Name."""
    return st.from_regex(r"(?a:\w+)", fullmatch=True).filter(lambda text: len(text) <= 20)


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


def invalid_name() -> SearchStrategy[Any]:
    """JSON that no reader takes as Name: one thing in it is wrong."""
    return _INVALID.invalid_type("Name")


def invalid_names() -> SearchStrategy[Any]:
    """JSON that no reader takes as Names: one thing in it is wrong."""
    return _INVALID.invalid_type("Names")


def invalid_state() -> SearchStrategy[Any]:
    """JSON that no reader takes as State: one thing in it is wrong."""
    return _INVALID.invalid_type("State")


def invalid_size() -> SearchStrategy[Any]:
    """JSON that no reader takes as Size: one thing in it is wrong."""
    return _INVALID.invalid_type("Size")


def invalid_entry() -> SearchStrategy[Any]:
    """JSON that no reader takes as Entry: one thing in it is wrong."""
    return _INVALID.invalid_type("Entry")


def invalid_content() -> SearchStrategy[Any]:
    """JSON that no reader takes as Content: one thing in it is wrong."""
    return _INVALID.invalid_type("Content")


def invalid_text() -> SearchStrategy[Any]:
    """JSON that no reader takes as Text: one thing in it is wrong."""
    return _INVALID.invalid_type("Text")


def invalid_file() -> SearchStrategy[Any]:
    """JSON that no reader takes as File: one thing in it is wrong."""
    return _INVALID.invalid_type("File")


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


RESULTS: dict[str, Callable[[], SearchStrategy[Any]]] = {}
"""For each method what makes its results."""

ITEMS: dict[str, Callable[[], SearchStrategy[Any]]] = {}
"""For each stream what makes its items."""
