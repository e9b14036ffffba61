"""Hooks: commands to run when a job ends. Written down with the end itself, run at most once."""

from collections.abc import Sequence

import msgspec

from conductord.store.database import Database
from conductord.store.rows import HookRow, columns, read

_SELECT = f"SELECT {columns(HookRow)} FROM hooks"


class Hooks:
    """The table of hooks."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def add(self, job: int, hook: str, argv: Sequence[str], now: float) -> None:
        """A hook to run."""
        self._db.execute(
            "INSERT INTO hooks (job, hook, argv, state, due) VALUES (?, ?, ?, 'pending', ?)",
            (job, hook, msgspec.json.encode(argv).decode(), now),
        )

    def in_state(self, state: str) -> list[HookRow]:
        """Hooks that are `pending` or `running`, oldest first."""
        query = f"{_SELECT} WHERE state != 'ended' AND state = ? ORDER BY id"
        return [read(row, HookRow) for row in self._db.execute(query, (state,))]

    def of_job(self, job: int) -> list[HookRow]:
        """The hooks of a job, oldest first."""
        query = f"{_SELECT} WHERE job = ? ORDER BY id"
        return [read(row, HookRow) for row in self._db.execute(query, (job,))]

    def started(self, number: int) -> None:
        """It runs now. Found so by a later daemon, it is not run again."""
        self._db.execute("UPDATE hooks SET state = 'running' WHERE id = ?", (number,))

    def ended(self, number: int, result: str, now: float) -> None:
        """It is over; `result` says how, in words."""
        query = "UPDATE hooks SET state = 'ended', result = ?, ended = ? WHERE id = ?"
        self._db.execute(query, (result, now, number))
