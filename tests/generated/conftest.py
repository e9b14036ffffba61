"""A service that nobody wrote the runtime for: generated into a temporary folder, imported, implemented, served."""

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from daemonrpc import UNSET, Context, DaemonServer
from daemonrpc_codegen import generate, load

SCHEMA = Path(__file__).with_name("methods.yaml")
MOST_ENTRIES = 5


@pytest.fixture(scope="session")
def store_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the generator."""
    out = tmp_path_factory.mktemp("store")
    generate(load(SCHEMA, source="tests/generated/methods.yaml"), out)
    return out


@pytest.fixture(scope="session")
def api(store_out: Path) -> Iterator[ModuleType]:
    """The generated package, imported."""
    sys.path.insert(0, str(store_out))
    try:
        yield importlib.import_module("store_api")
    finally:
        sys.path.remove(str(store_out))


class Store:
    """The service; `api` is the generated package."""

    def __init__(self, api: ModuleType) -> None:
        self._api = api
        self.entries: dict[str, Any] = {}
        self.changes: list[Any] = []
        self.received: list[Any] = []
        """The params of each call, as its handler saw them."""
        self.gate = asyncio.Event()
        """Changes are made while it is set."""
        self.gate.set()
        self.changed = asyncio.Condition()
        self.watchers = 0
        self.watch_ended = asyncio.Event()
        self._written: dict[str, Any] = {}

    async def put(self, params: Any, context: Context) -> Any:
        self.received.append(params)
        if params.request_id is not UNSET and params.request_id in self._written:
            return self._written[params.request_id]
        if len(self.entries) >= MOST_ENTRIES:
            raise self._api.StoreFull
        freshness = "REPLACED" if params.entry.key in self.entries else "CREATED"
        await self._change(self._api.PutChange(entry=params.entry))
        written = self._api.Written(
            entry=params.entry, freshness=self._api.Freshness[freshness], revision=len(self.changes)
        )
        if params.request_id is not UNSET:
            self._written[params.request_id] = written
        return written

    async def get(self, params: Any, context: Context) -> Any:
        entry = self.entries.get(params.key)
        if entry is None:
            nearest = [key for key in self.entries if key[0] == params.key[0]]
            raise self._api.KeyMissing(f"no entry {params.key!r}", key=params.key, nearest=nearest)
        return entry

    async def entry_list(self, params: Any, context: Context) -> Any:
        self.received.append(params)
        found = sorted(key for key in self.entries if key.startswith(params.prefix))
        return {key: self.entries[key] for key in found[: params.limit]}

    async def apply(self, params: Any, context: Context) -> Any:
        change = params.change
        if isinstance(change, self._api.DeleteChange) and change.key not in self.entries:
            raise self._api.KeyMissing(key=change.key)
        await self._change(change)
        return change

    async def store_clear(self, params: Any, context: Context) -> Any:
        self.entries.clear()
        return self._api.Done()

    def alive(self, params: Any, context: Context) -> Any:
        return self._api.Alive(entries=len(self.entries))

    async def watch(self, params: Any, context: Context) -> AsyncIterator[Any]:
        self.watchers += 1
        self.watch_ended.clear()
        try:
            sent = 0
            while True:
                for change in self.changes[params.since + sent :]:
                    yield change
                    sent += 1
                if not params.follow:
                    break
                async with self.changed:
                    while len(self.changes) <= params.since + sent:
                        await self.changed.wait()
            yield self._api.WatchEnd(sent=sent)
        finally:
            self.watchers -= 1
            self.watch_ended.set()

    async def _change(self, change: Any) -> None:
        await self.gate.wait()
        if isinstance(change, self._api.PutChange):
            self.entries[change.entry.key] = change.entry
        else:
            del self.entries[change.key]
        self.changes.append(change)
        async with self.changed:
            self.changed.notify_all()


@pytest.fixture
def store(api: ModuleType) -> Store:
    """The service of a test."""
    return Store(api)


@pytest.fixture
async def served(store: Store, api: ModuleType, socket_path: Path) -> AsyncIterator[Path]:
    """The socket at which the service answers."""
    async with DaemonServer(socket_path, api.request_handler(store)):
        yield socket_path


@pytest.fixture
async def client(api: ModuleType, served: Path) -> AsyncIterator[Any]:
    """The generated asynchronous client."""
    async with api.StoreClient(served, timeout=5.0) as client:
        yield client
