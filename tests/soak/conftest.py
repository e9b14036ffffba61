"""The long forms of tests that `make test` runs in short: `make soak`, a quarter of an hour.

DAEMONRPC_SOAK is a factor for how long they take: 0.01 for a try, 10 for a night.
"""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from daemonrpc import DaemonServer
from support.service import Service

Scaled = Callable[[int], int]


@pytest.fixture
def scaled() -> Scaled:
    """So many, times the factor."""
    factor = float(os.environ.get("DAEMONRPC_SOAK", "1"))
    return lambda number: max(1, round(number * factor))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def server(service: Service, socket_path: Path) -> AsyncIterator[DaemonServer]:
    async with DaemonServer(socket_path, service.handler) as server:
        yield server
