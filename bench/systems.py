"""The systems that are compared, each with its server in a process of its own."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

from bench import floor, ours, streams_json


class Client(Protocol):
    """What a question needs of a system's client."""

    async def open(self) -> None: ...
    async def echo(self, job_id: str, limit: int) -> Any: ...
    def items(self, count: int) -> AsyncIterator[Any]: ...
    async def close(self) -> None: ...


SERVERS = {"floor": floor.serve, "ours": ours.serve, "streams+json": streams_json.serve}
CLIENTS: dict[str, Any] = {
    "floor": floor.FloorClient,
    "ours": ours.OurClient,
    "streams+json": streams_json.StreamsClient,
}


@contextlib.contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Starts every server; gives their socket paths by name."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.ExitStack() as stack:
        paths = {name: str(Path(folder) / f"{index}.sock") for index, name in enumerate(SERVERS)}
        for name, path in paths.items():
            process = subprocess.Popen([sys.executable, "-m", "bench.systems", name, path])
            stack.callback(process.wait)
            stack.callback(process.kill)
        asyncio.run(_wait_for(list(paths.values())))
        yield paths


async def _wait_for(paths: list[str]) -> None:
    async with asyncio.timeout(10):
        for path in paths:
            while True:
                with contextlib.suppress(OSError):
                    _reader, writer = await asyncio.open_unix_connection(path)
                    writer.close()
                    break
                await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(SERVERS[sys.argv[1]](sys.argv[2]))
