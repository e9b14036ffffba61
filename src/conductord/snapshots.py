"""The file of snapshots: one line of JSON every few seconds, for whoever wants to see how the machine did."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

logger = logging.getLogger(__name__)

INTERVAL = 5.0
"""Seconds between two lines."""
MAX_BYTES = 16 * 2**20
"""Size at which the file is put aside as `.1` and begun anew."""


class SnapshotWriter:
    """Appends snapshots to a file until it is cancelled."""

    def __init__(self, path: Path, take: Callable[[], Awaitable[msgspec.Struct]]) -> None:
        self.path = path
        self._take = take

    async def run(self) -> None:
        """Write a line now and one each INTERVAL. A disk that is full costs lines, nothing else."""
        while True:
            snapshot = await self._take()
            try:
                await asyncio.to_thread(self._append, msgspec.json.encode(snapshot))
            except OSError as error:
                logger.warning("cannot write %s: %s", self.path, error)
            await asyncio.sleep(INTERVAL)

    def _append(self, line: bytes) -> None:
        if self.path.exists() and self.path.stat().st_size + len(line) > MAX_BYTES:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        with self.path.open("ab") as file:
            file.write(line + b"\n")
