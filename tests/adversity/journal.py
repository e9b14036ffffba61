"""A service with a journal, and a reader that copies it: two programs that a test may kill at any time.

python journal.py serve SOCKET DATABASE MOST: writes entries until there are MOST, and streams them.
python journal.py read SOCKET DATABASE MOST: keeps each entry with its number in one transaction, until it has MOST.
"""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator

from msgspec import Struct

from daemonrpc import (
    Channel,
    ConnectionLostError,
    Context,
    DaemonNotRunningError,
    DaemonServer,
    RequestHandler,
    ShuttingDownError,
    StreamMethod,
)

BATCH = 50
LOCK_SECONDS = 60.0
"""The test looks into the tables too, and what was killed in the middle is rolled back by whoever comes first."""
PAUSE = 0.02
"""Seconds between two tries to reach the service."""


class ReadParams(Struct):
    since: int = 0


class Entry(Struct):
    seq: int
    text: str


READ: StreamMethod[ReadParams, Entry, None] = StreamMethod(
    "journal.read",
    python_name="read",
    params=ReadParams,
    item=Entry,
    result=None,
    notification="journal.entry",
    safety="safe",
)


def open_table(path: str) -> sqlite3.Connection:
    """A second entry of one number is an error, not a replacement."""
    database = sqlite3.connect(path, isolation_level=None, timeout=LOCK_SECONDS)
    database.execute("CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)")
    return database


class Journal:
    """The service."""

    def __init__(self, path: str, most: int) -> None:
        self._table = open_table(path)
        self._most = most
        self._news = asyncio.Event()

    async def write(self) -> None:
        """Entries without end, or rather up to the number that was asked for."""
        last = self._table.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()[0]
        while last < self._most:
            last = self._table.execute("INSERT INTO entries (text) VALUES (hex(randomblob(8)))").lastrowid
            self._news.set()
            self._news = asyncio.Event()
            await asyncio.sleep(0.001)

    async def read(self, params: ReadParams, _context: Context) -> AsyncIterator[Entry]:
        since = params.since
        while True:
            news = self._news
            query = "SELECT seq, text FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"
            rows = self._table.execute(query, (since, BATCH)).fetchall()
            for seq, text in rows:
                yield Entry(seq, text)
                since = seq
            if not rows:
                await news.wait()


async def serve(socket: str, path: str, most: int) -> None:
    journal, handler = Journal(path, most), RequestHandler()
    handler.register(READ, journal.read)
    async with DaemonServer(socket, handler):
        await journal.write()
        await asyncio.Event().wait()


async def read(socket: str, path: str, most: int) -> None:
    """The number of the last entry is kept in the same transaction as the entry: that makes it exactly once."""
    table = open_table(path)
    while True:
        since = table.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()[0]
        if since >= most:
            return
        try:
            async with Channel(socket) as client, client.stream(READ, ReadParams(since)) as entries:
                async for entry in entries:
                    table.execute("INSERT INTO entries VALUES (?, ?)", (entry.seq, entry.text))
                    if entry.seq >= most:
                        return
        except (ConnectionLostError, DaemonNotRunningError, ShuttingDownError):
            await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    _, role, socket, path, most = sys.argv
    asyncio.run({"serve": serve, "read": read}[role](socket, path, int(most)))
