"""A service on a real socket, and both clients."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemonrpc import DaemonServer
from support.callers import Kind, OpenCaller, open_callers
from support.service import Service


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
