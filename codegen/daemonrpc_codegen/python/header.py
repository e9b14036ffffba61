"""What stands at the top of each generated module."""

from daemonrpc_codegen.model import Api
from daemonrpc_codegen.python.text import docstring

__all__ = ["MADE_BY", "made_from", "module_docstring"]

MADE_BY = "Made by `daemonrpc generate`"
"""Marks a file as ours: one without it is never overwritten."""


def made_from(api: Api) -> str:
    """The sentence that names tool and source, without a time, so that the same schema gives the same bytes."""
    return f"{MADE_BY} from {api.source}. Do not edit."


def module_docstring(api: Api, summary: str) -> str:
    """The docstring of a generated module."""
    return docstring([summary, made_from(api)], 0)
