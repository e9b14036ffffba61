"""Sheets: the steps of a job and the state that each is in."""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import msgspec

from conductord.job import Cause, JobState, SheetMove, SheetState, next_sheet_state
from conductord.store.database import Database
from conductord.store.rows import SheetRow, columns, decode_needs, read

_SELECT = f"SELECT {columns(SheetRow)} FROM sheets"


class SheetChange(TypedDict, total=False):
    """What may change of a sheet beside its state."""

    recovered: bool
    attempts: int
    counted: int
    tries: int
    lost: int
    spent: float
    due: float | None
    limited_since: float | None
    fresh_since: float | None
    started: float | None
    ended: float | None
    cause: Cause | None
    error: str | None
    checks: str | None


class Sheets:
    """The table of sheets."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def replace(self, job: int, sheets: Sequence[SheetRow]) -> None:
        """Let the job have these sheets and no others."""
        marks = ", ".join("?" * len(SheetRow.__struct_fields__))
        self._db.execute("DELETE FROM sheets WHERE job = ?", (job,))
        self._db.executemany(
            f"INSERT INTO sheets ({columns(SheetRow)}) VALUES ({marks})",
            [[getattr(sheet, field) for field in SheetRow.__struct_fields__] for sheet in sheets],
        )

    def get(self, job: int, number: int) -> SheetRow:
        """The sheet. Raises KeyError."""
        rows = self._all(f"{_SELECT} WHERE job = ? AND n = ?", job, number)
        if not rows:
            raise KeyError((job, number))
        return rows[0]

    def of_job(self, job: int) -> list[SheetRow]:
        """All sheets of a job in the order of their numbers."""
        return self._all(f"{_SELECT} WHERE job = ? ORDER BY n", job)

    def states(self, job: int) -> dict[int, SheetState]:
        """Sheet number -> state, of all sheets of a job."""
        rows = self._db.execute("SELECT n, state FROM sheets WHERE job = ?", (job,)).fetchall()
        return dict(msgspec.convert(rows, list[tuple[int, SheetState]]))

    def pending_needs(self, job: int) -> dict[int, list[int]]:
        """Number of each sheet of a job that has not been promoted yet -> numbers of the sheets it needs."""
        rows = self._db.execute("SELECT n, needs FROM sheets WHERE job = ? AND state = 'pending'", (job,))
        return {number: decode_needs(text) for number, text in rows}

    def ready(self, job: int) -> list[SheetRow]:
        """The sheets of a job that may start."""
        return self._all(f"{_SELECT} WHERE job = ? AND state = 'ready' ORDER BY n", job)

    def startable(
        self,
        job_state: JobState,
        exclude: Sequence[str] = (),
        after: tuple[int, int] = (0, 0),
        limit: int = -1,
    ) -> list[SheetRow]:
        """Sheets that may start, of jobs in that state which nothing holds or changes; older jobs first.

        exclude: instruments to leave out. after: numbers of a job and of its sheet, only those behind it.
        """
        chosen = ", ".join(f"s.{field}" for field in SheetRow.__struct_fields__)
        return self._all(
            f"SELECT {chosen} FROM jobs j CROSS JOIN sheets s ON s.job = j.id WHERE j.holds = ''"
            " AND j.state IN ('queued', 'running') AND j.state = ? AND j.next_change IS NULL AND s.state = 'ready'"
            f" AND s.instrument NOT IN ({', '.join('?' * len(exclude))}) AND j.id >= ? AND (j.id > ? OR s.n > ?)"
            " ORDER BY j.id, s.n LIMIT ?",
            *(job_state, *exclude, after[0], *after, limit),
        )

    def due(self, now: float) -> list[SheetRow]:
        """Sheets whose wait is over."""
        return self._all(f"{_SELECT} WHERE due IS NOT NULL AND due <= ? ORDER BY due, job, n", now)

    def next_due(self) -> float | None:
        """When the next wait ends, in seconds since the epoch."""
        query = "SELECT min(due) FROM sheets WHERE due IS NOT NULL"
        due: float | None = self._db.execute(query).fetchone()[0]
        return due

    def ready_instruments(self, job: int | None = None) -> dict[int, set[str]]:
        """Number of each job that runs or is queued, is not held and has nothing running -> instruments of its sheets
        that may start. job: only this one."""
        only, values = ("", ()) if job is None else (" AND j.id = ?", (job,))
        rows = self._db.execute(
            "SELECT DISTINCT s.job, s.instrument FROM jobs j CROSS JOIN sheets s ON s.job = j.id WHERE j.holds = ''"
            f" AND j.state IN ('queued', 'running') AND j.busy = 0 AND s.state = 'ready'{only}",
            values,
        )
        found: dict[int, set[str]] = {}
        for number, instrument in rows:
            found.setdefault(number, set()).add(instrument)
        return found

    def first_due(self, job: int | None = None) -> dict[int, SheetRow]:
        """Number of each job (or only this one) -> its sheet whose wait ends first."""
        only, values = ("", ()) if job is None else ("job = ? AND ", (job,))
        rows = self._all(f"{_SELECT} WHERE {only}due IS NOT NULL ORDER BY due DESC, n DESC", *values)
        return {sheet.job: sheet for sheet in rows}

    def limited(self, instrument: str) -> list[SheetRow]:
        """Sheets that wait for the limit of an instrument."""
        return self._all(f"{_SELECT} WHERE state = 'waiting' AND instrument = ? ORDER BY job, n", instrument)

    def busy_by_instrument(self) -> dict[str, int]:
        """How many sheets of each instrument run now."""
        rows = self._db.execute(
            "SELECT instrument, count(*) FROM sheets WHERE state IN ('dispatched', 'in_progress') GROUP BY instrument"
        )
        return dict(rows.fetchall())

    def slot_holders(self) -> set[int]:
        """Jobs that occupy a place among the running jobs: something of them runs, or waits for a retry."""
        rows = self._db.execute(
            "SELECT DISTINCT s.job FROM sheets s JOIN jobs j ON j.id = s.job"
            " WHERE s.state IN ('dispatched', 'in_progress', 'waiting', 'retry_scheduled') AND (s.state IN"
            " ('dispatched', 'in_progress') OR s.state = 'retry_scheduled' AND j.state = 'running' AND j.holds = '')"
        )
        return {job for (job,) in rows}

    def move(self, sheet: SheetRow, move: SheetMove, **values: Unpack[SheetChange]) -> SheetRow:
        """Change the state along the table, and values with it; a move ends any wait. Raises IllegalMove."""
        return self._update(sheet, {"state": next_sheet_state(sheet.state, move), "due": None, **values})

    def change(self, sheet: SheetRow, **values: Unpack[SheetChange]) -> SheetRow:
        """Change values and leave the state alone."""
        return self._update(sheet, dict(values))

    def postpone(self, instrument: str, until: float) -> None:
        """Let the sheets that wait for a limit wait until then."""
        query = "UPDATE sheets SET due = ? WHERE state = 'waiting' AND instrument = ?"
        self._db.execute(query, (until, instrument))

    def _update(self, sheet: SheetRow, values: dict[str, Any]) -> SheetRow:
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        self._db.execute(
            f"UPDATE sheets SET {assignments} WHERE job = :job_ AND n = :n_",
            {**values, "job_": sheet.job, "n_": sheet.n},
        )
        return msgspec.structs.replace(sheet, **values)

    def _all(self, query: str, *values: object) -> list[SheetRow]:
        return [read(row, SheetRow) for row in self._db.execute(query, values)]
