"""What the tests share: a service, and its generated client without a socket."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from daemonrpc.testing import ChannelFor

from kv_cache.service import CacheService
from kv_cache_api import KvCacheClient, request_handler


@pytest.fixture
async def service() -> AsyncIterator[CacheService]:
    service = CacheService(max_size=100_000, max_entry_size=10_000, history=50, answers=10)
    yield service
    service.close()


@pytest.fixture
def socket_dir() -> Iterator[Path]:
    """A folder whose path is short enough for a socket: 107 bytes, which `tmp_path` may exceed."""
    path = Path(tempfile.mkdtemp(prefix="kv"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def client(service: CacheService) -> AsyncIterator[KvCacheClient]:
    async with ChannelFor(request_handler(service), KvCacheClient) as client:
        yield client
