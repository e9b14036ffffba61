"""What a daemon says of itself: its OpenRPC document."""

from collections.abc import Iterable
from typing import Any

from daemonrpc.client_sync import SyncChannel
from daemonrpc.errors import RpcError
from daemonrpc.message import DISCOVER

__all__ = ["Json", "document_or_none", "fetch_document", "is_stream", "method_of", "nearest"]

Json = dict[str, Any]


def fetch_document(channel: SyncChannel) -> Json:
    """The document. Raises DaemonError: MethodNotFoundError if the daemon has none."""
    document: Json = channel.call(DISCOVER)
    return document


def document_or_none(channel: SyncChannel) -> Json:
    """The document, or an empty one of a daemon that answers the question with an error."""
    try:
        return fetch_document(channel)
    except RpcError:
        return {}


def method_of(document: Json, name: str) -> Json:
    """The description of a method. Raises LookupError, which names the nearest one."""
    methods: list[Json] = document.get("methods", [])
    for method in methods:
        if method["name"] == name:
            return method
    raise LookupError(f"the daemon has no method {name!r}{nearest(name, [m['name'] for m in methods])}")


def is_stream(document: Json, name: str) -> bool | None:
    """Whether the document says so; None if it says nothing of the method."""
    for method in document.get("methods", []):
        if method["name"] == name and not method.get("x-untyped", False):
            return "x-stream" in method
    return None


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, or nothing."""
    from difflib import get_close_matches  # slow to import; only for a mistake

    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
