"""The systems that are compared, each on the event loop that its users would take.

A module of a system has `serve(path)`, a coroutine that serves until it is killed, and `Client(path)`.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Coroutine
from importlib.util import find_spec
from typing import Any, Literal, Protocol

from msgspec import Struct

__all__ = ["FLOOR", "FLOOR_ASYNCIO", "JSON_LINES", "OURS", "OURS_UVLOOP", "STREAMS", "SYSTEMS", "Client", "System"]


class Client(Protocol):
    """What a question needs of a system's client."""

    async def open(self) -> None: ...
    async def echo(self, job_id: str, limit: int) -> Any: ...
    def items(self, count: int) -> AsyncIterator[Any]: ...
    async def close(self) -> None: ...


class System(Struct, frozen=True, kw_only=True):
    """One system on one event loop."""

    name: str
    module: str
    """Its module in this package."""
    loop: Literal["asyncio", "uvloop"] = "asyncio"
    needs: tuple[str, ...] = ()
    """Modules that must be installed besides those of daemonrpc."""

    @property
    def missing(self) -> list[str]:
        """What it needs and is not installed."""
        needed = (*self.needs, "uvloop") if self.loop == "uvloop" else self.needs
        return [name for name in needed if not _is_installed(name)]

    def serve(self, path: str) -> Coroutine[Any, Any, None]:
        """Its server."""
        coroutine: Coroutine[Any, Any, None] = self._loaded().serve(path)
        return coroutine

    def client(self, path: str) -> Client:
        """A client, not connected yet."""
        client: Client = self._loaded().Client(path)
        return client

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs a coroutine on the system's event loop."""
        factory = None
        if self.loop == "uvloop":
            factory = importlib.import_module("uvloop").new_event_loop
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(work)

    def _loaded(self) -> Any:
        return importlib.import_module(f"bench.systems.{self.module}")


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the package above it
        return False


OURS = System(name="ours", module="ours")
OURS_UVLOOP = System(name="ours, uvloop", module="ours", loop="uvloop")
FLOOR_ASYNCIO = System(name="floor, asyncio", module="floor")
_FLOOR_UVLOOP = System(name="floor, uvloop", module="floor", loop="uvloop")
FLOOR = FLOOR_ASYNCIO if _FLOOR_UVLOOP.missing else _FLOOR_UVLOOP
"""What the others are held against: on uvloop where that is installed."""
STREAMS = System(name="Streams + json", module="streams_json")
_GRPC = ("google.protobuf", "grpc")

SYSTEMS = (
    _FLOOR_UVLOOP,
    FLOOR_ASYNCIO,
    OURS_UVLOOP,
    OURS,
    System(name="grpc.aio", module="grpc_aio", needs=_GRPC),
    System(name="grpclib, uvloop", module="grpc_lib", loop="uvloop", needs=("google.protobuf", "grpclib")),
    STREAMS,
    System(name="Streams + json, uvloop", module="streams_json", loop="uvloop"),
)
JSON_LINES = tuple(system for system in SYSTEMS if system.module in ("floor", "ours", "streams_json"))
"""Those that speak JSON-RPC on lines, so that one generator of load fits them all."""
