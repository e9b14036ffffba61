"""Kv service, version 1.0.0. A store of texts.

Made by `daemonrpc generate` from smallest.yaml. Do not edit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from daemonrpc import require_abi

if TYPE_CHECKING:
    from .client import KvClient
    from .client_sync import KvClientSync
    from .errors import KeyMissing
    from .methods import GET, SERVICE
    from .server import KvService, request_handler
    from .types import GetParams

require_abi(1)

__all__ = [
    "GET",
    "SERVICE",
    "GetParams",
    "KeyMissing",
    "KvClient",
    "KvClientSync",
    "KvService",
    "request_handler",
]

_MODULES = {
    "GET": "methods",
    "SERVICE": "methods",
    "GetParams": "types",
    "KeyMissing": "errors",
    "KvClient": "client",
    "KvClientSync": "client_sync",
    "KvService": "server",
    "request_handler": "server",
}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first used: a blocking client needs no asyncio."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
