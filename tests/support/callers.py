"""Both clients behind one face, so that a test of what they promise is written once."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

from daemonrpc import Channel, SyncChannel

__all__ = ["Caller", "Kind", "OpenCaller", "SyncCaller", "open_callers"]

Kind = Literal["async", "sync"]
THREADS = 70


class Caller(Protocol):
    """What both clients can do."""

    async def call(self, method: Any, params: Any = None, *, timeout: Any = ...) -> Any:
        """A call."""
        ...

    async def is_daemon_running(self) -> bool:
        """Whether the daemon answers."""
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...


OpenCaller = Callable[..., Caller]


class SyncCaller:
    """The blocking client, each call in a thread."""

    def __init__(self, path: Path, threads: ThreadPoolExecutor, **options: Any) -> None:
        self.channel = SyncChannel(path, **options)
        self._threads = threads

    async def call(self, method: Any, params: Any = None, **options: Any) -> Any:
        return await self._run(partial(self.channel.call, method, params, **options))

    async def is_daemon_running(self) -> bool:
        running: bool = await self._run(self.channel.is_daemon_running)
        return running

    async def close(self) -> None:
        self.channel.close()

    async def _run(self, function: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)


@contextmanager
def open_callers(kind: Kind) -> Iterator[tuple[OpenCaller, list[Caller]]]:
    """A function that makes clients of that kind, and all that it made."""
    made: list[Caller] = []
    threads = ThreadPoolExecutor(THREADS)

    def make(path: Path, **options: Any) -> Caller:
        caller = Channel(path, **options) if kind == "async" else SyncCaller(path, threads, **options)
        made.append(caller)
        return caller

    try:
        yield make, made
    finally:
        threads.shutdown()
