"""Limits that instruments reported. They outlive a restart: the provider does not forget either."""

from conductord.store.database import Database
from conductord.store.rows import LimitRow, columns, read

_SELECT = f"SELECT {columns(LimitRow)} FROM limits"


class Limits:
    """The table of limits."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def put(self, limit: LimitRow) -> LimitRow:
        """Note a limit. A later end wins over an earlier one; the beginning of the wait stays."""
        self._db.execute(
            "INSERT INTO limits (instrument, since, until, reason, evidence) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (instrument) DO UPDATE SET until = max(until, excluded.until),"
            " reason = excluded.reason, evidence = excluded.evidence",
            (limit.instrument, limit.since, limit.until, limit.reason, limit.evidence),
        )
        return next(row for row in self.all() if row.instrument == limit.instrument)

    def all(self) -> list[LimitRow]:
        """All limits, by name of the instrument."""
        return [read(row, LimitRow) for row in self._db.execute(f"{_SELECT} ORDER BY instrument")]

    def forget(self, instrument: str) -> None:
        """A limit is over, or a person says so."""
        self._db.execute("DELETE FROM limits WHERE instrument = ?", (instrument,))
