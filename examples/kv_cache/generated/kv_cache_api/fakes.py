"""Fake of the KvCache service, for tests.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc.testing import FakeStream, FakeSyncMethod, RandomAnswers

from .methods import (
    CACHE_ADD,
    CACHE_CLEAR,
    CACHE_DELETE,
    CACHE_GET,
    CACHE_LIST,
    CACHE_PUT,
    CACHE_STATISTICS,
    CACHE_STATISTICS_WATCH,
    CACHE_WATCH,
    SERVICE,
)


class FakeKvCacheService:
    """A KvCacheService that answers what a test says: `fake.method.returns(...)`, `.raises(...)`,
    `.calls`.

    With a seed, methods of which nothing is said answer random valid values, the same for the same
    seed.
    """

    def __init__(self, *, seed: int | None = None) -> None:
        answers = RandomAnswers.of(SERVICE, seed)
        self.get = FakeSyncMethod(CACHE_GET, answers)
        self.put = FakeSyncMethod(CACHE_PUT, answers)
        self.add = FakeSyncMethod(CACHE_ADD, answers)
        self.delete = FakeSyncMethod(CACHE_DELETE, answers)
        self.list_entries = FakeSyncMethod(CACHE_LIST, answers)
        self.watch = FakeStream(CACHE_WATCH, answers)
        self.statistics_now = FakeSyncMethod(CACHE_STATISTICS, answers)
        self.watch_statistics = FakeStream(CACHE_STATISTICS_WATCH, answers)
        self.clear = FakeSyncMethod(CACHE_CLEAR, answers)
