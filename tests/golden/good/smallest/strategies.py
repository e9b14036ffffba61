"""Hypothesis strategies for the types of the Kv service.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from collections.abc import Callable
from typing import Any

from daemonrpc.testing.schemas import ServiceValues
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .methods import SERVICE
from .types import GetParams

_INVALID = ServiceValues(SERVICE)


def get_params() -> SearchStrategy[GetParams]:
    """Values of GetParams."""
    return st.builds(GetParams, key=st.text())


def _get_result() -> SearchStrategy[str]:
    """Values of `str`."""
    return st.text()


def invalid_get_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as GetParams: one thing in it is wrong."""
    return _INVALID.invalid_params("get")


RESULTS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "get": _get_result,
}
"""For each method what makes its results."""

ITEMS: dict[str, Callable[[], SearchStrategy[Any]]] = {}
"""For each stream what makes its items."""
