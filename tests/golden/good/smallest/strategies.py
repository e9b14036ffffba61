"""Hypothesis strategies for the types of the Kv service.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .types import GetParams


def get_params() -> SearchStrategy[GetParams]:
    """Values of GetParams."""
    return st.builds(GetParams, key=st.text())
