"""Events: what happened, in order. By the last number it saw, a reader goes on without gap or repeat."""

from collections.abc import Sequence
from typing import Any

import msgspec

from conductord.store.database import Database
from conductord.store.rows import EventRow, columns, read

_SELECT = f"SELECT {columns(EventRow)} FROM events"


class Events:
    """The table of events."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def append(self, event: str, now: float, job: int | None = None, sheet: int = 0, **data: Any) -> int:
        """Add an event and answer its number. Details that are None are left out."""
        text = msgspec.json.encode({key: value for key, value in data.items() if value is not None}).decode()
        cursor = self._db.execute(
            "INSERT INTO events (at, job, sheet, event, data) VALUES (?, ?, ?, ?, ?)",
            (now, job, sheet, event, text),
        )
        return int(cursor.lastrowid or 0)

    def after(
        self,
        seq: int,
        limit: int,
        job: int | None = None,
        names: Sequence[str] | None = None,
        output: bool = True,
    ) -> list[EventRow]:
        """The next events after `seq`, oldest first: of one job or all, of some names or all.

        output: whether chunks of output are among them.
        """
        condition, values = _only(job, names)
        if not output:
            condition += " AND event != 'sheet.output'"
        query = f"{_SELECT} WHERE seq > ?{condition} ORDER BY seq LIMIT ?"
        return self._all(query, [seq, *values, limit])

    def newest(self, limit: int, job: int | None = None, names: Sequence[str] | None = None) -> list[EventRow]:
        """The newest events, newest first; chunks of output are left out."""
        condition, values = _only(job, names)
        query = f"{_SELECT} WHERE event != 'sheet.output'{condition} ORDER BY seq DESC LIMIT ?"
        return self._all(query, [*values, limit])

    def newest_of_open_jobs(self, limit: int, names: Sequence[str], job: int | None = None) -> list[EventRow]:
        """The newest events of those names, newest first, of jobs (or one job) that have not ended."""
        condition, values = _only(job, names)
        return self._all(
            f"{_SELECT} WHERE event != 'sheet.output'{condition} AND job IN"
            " (SELECT id FROM jobs WHERE state IN ('queued', 'running', 'cancelling'))"
            " ORDER BY seq DESC LIMIT ?",
            [*values, limit],
        )

    def count_since(self, since: float, name: str) -> int:
        """How many events of that name happened since then."""
        query = "SELECT count(*) FROM events WHERE event != 'sheet.output' AND event = ? AND at >= ?"
        return int(self._db.execute(query, (name, since)).fetchone()[0])

    def last_seq(self) -> int:
        """The number of the newest event ever, also when it has been removed since; 0 before the first."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        return 0 if row is None else int(row[0])

    def prune(self, before: float, most: int = 20) -> bool:
        """Remove the events of jobs that ended before then, and those of the daemon itself from before then.

        most: jobs that are looked after at a time, so that nobody waits long. Answers whether there may be more.
        """
        self._db.execute("DELETE FROM events WHERE job IS NULL AND at < ?", (before,))
        jobs = self._db.execute(
            "SELECT id FROM jobs WHERE state IN ('completed', 'failed', 'cancelled') AND ended < ?"
            " AND EXISTS (SELECT 1 FROM events WHERE job = jobs.id) LIMIT ?",
            (before, most),
        ).fetchall()
        self._db.executemany("DELETE FROM events WHERE job = ?", jobs)
        return len(jobs) == most

    def _all(self, query: str, values: Sequence[object]) -> list[EventRow]:
        return [read(row, EventRow) for row in self._db.execute(query, values)]


def _only(job: int | None, names: Sequence[str] | None) -> tuple[str, list[object]]:
    condition, values = "", list[object]()
    if job is not None:
        condition = " AND job = ?"
        values.append(job)
    if names:
        condition += f" AND event IN ({', '.join('?' * len(names))})"
        values.extend(names)
    return condition, values
