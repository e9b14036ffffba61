"""A service on a real socket, and both clients."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer, SyncChannel
from support.callers import Kind, OpenCaller, open_callers
from support.service import Service
from support.streams import InThread


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def server(service: Service, socket_path: Path) -> AsyncIterator[DaemonServer]:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    yield server
    await server.stop(grace=0)


@pytest.fixture(params=["async", "sync"])
async def client_of(request: pytest.FixtureRequest) -> AsyncIterator[OpenCaller]:
    """Makes clients of one of the two kinds; they are closed at the end."""
    kind: Kind = request.param
    with open_callers(kind) as (make, made):
        yield make
        for caller in made:
            await caller.close()


@pytest.fixture(params=["async", "sync"])
def open_stream(request: pytest.FixtureRequest, socket_path: Path) -> Callable[..., Any]:
    """Opens a stream with one of the two clients."""

    def make(method: Any, params: Any = None, **options: Any) -> Any:
        if request.param == "async":
            return Channel(socket_path).stream(method, params, **options)
        return InThread(SyncChannel(socket_path).stream(method, params, **options))

    return make
