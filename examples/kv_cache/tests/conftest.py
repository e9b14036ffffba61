"""What the tests share: a service, and its generated client without a socket."""

from collections.abc import AsyncIterator

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
async def client(service: CacheService) -> AsyncIterator[KvCacheClient]:
    async with ChannelFor(request_handler(service), KvCacheClient) as client:
        yield client
