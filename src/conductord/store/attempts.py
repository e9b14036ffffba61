"""Attempts: one row for each time a process was to be started."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from conductord.job import AttemptState, Cause
from conductord.store.database import Database
from conductord.store.rows import AttemptRow, columns, read

_SELECT = f"SELECT {columns(AttemptRow)} FROM attempts"
_UNFINISHED = "state IN ('starting', 'running')"


class NewAttempt(TypedDict):
    """What is known before the process exists."""

    job: int
    sheet: int
    n: int
    job_name: str
    sheet_name: str
    step: str
    instrument: str
    dir: str
    started: float


class AttemptEnd(TypedDict, total=False):
    """What is known when the end is known."""

    counted: bool
    retriable: bool
    exit_code: int | None
    signal: int | None
    error: str | None
    signature: str | None
    utime: float | None
    stime: float | None
    maxrss_kb: int | None
    out_bytes: int
    err_bytes: int
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    checks: str | None


class Attempts:
    """The table of attempts."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def insert(self, **values: Unpack[NewAttempt]) -> AttemptRow:
        """A new attempt, starting: step 1 of the order that makes a crash harmless (CONDUCTOR part 2)."""
        cursor = self._db.execute(
            "INSERT INTO attempts (job, sheet, n, job_name, sheet_name, step, instrument, dir, started,"
            " state) VALUES (:job, :sheet, :n, :job_name, :sheet_name, :step, :instrument, :dir, :started,"
            " 'starting')",
            values,
        )
        return self.get(int(cursor.lastrowid or 0))

    def get(self, number: int) -> AttemptRow:
        """The attempt. Raises KeyError."""
        rows = self._all(f"{_SELECT} WHERE id = ?", number)
        if not rows:
            raise KeyError(number)
        return rows[0]

    def directory(self, number: int) -> str:
        """Where the files of an attempt lie, '' when they or it are gone."""
        row = self._db.execute("SELECT dir FROM attempts WHERE id = ?", (number,)).fetchone()
        return "" if row is None else str(row[0])

    def uses(self, job: int, directory: str) -> bool:
        """Whether an attempt of the job has its files there."""
        query = "SELECT 1 FROM attempts WHERE job = ? AND dir = ?"
        return self._db.execute(query, (job, directory)).fetchone() is not None

    def begun(self, number: int, pid: int, pid_start: str) -> AttemptRow:
        """The process is known: step 3."""
        self._db.execute(
            "UPDATE attempts SET state = 'running', pid = ?, pid_start = ? WHERE id = ?",
            (pid, pid_start, number),
        )
        return self.get(number)

    def ended(self, number: int, cause: Cause | None, now: float, **values: Unpack[AttemptEnd]) -> AttemptRow:
        """The end is known: part of step 6. No cause is success."""
        state = AttemptState.SUCCEEDED if cause is None else AttemptState.FAILED
        changes: dict[str, Any] = {"state": state, "cause": cause, "ended": now, **values}
        assignments = ", ".join(f"{name} = :{name}" for name in changes)
        self._db.execute(f"UPDATE attempts SET {assignments} WHERE id = :id", {**changes, "id": number})
        return self.get(number)

    def announced(self, number: int, stdout: int, stderr: int, at: float) -> None:
        """So many bytes of the output files have become events."""
        self._db.execute(
            "UPDATE attempts SET out_bytes = ?, err_bytes = ?, last_output = ? WHERE id = ?",
            (stdout, stderr, at, number),
        )

    def renumber(self, job: int, numbers: Mapping[str, int]) -> None:
        """Let attempts follow their sheets (by name) to the numbers that a changed job file gives them."""
        self._db.executemany(
            "UPDATE attempts SET sheet = ? WHERE job = ? AND sheet_name = ?",
            [(number, job, name) for name, number in numbers.items()],
        )

    def sheet_names(self, job: int) -> dict[str, int]:
        """Name of each sheet that was ever tried -> number of its newest attempt."""
        query = "SELECT sheet_name, max(n) FROM attempts WHERE job = ? GROUP BY sheet_name"
        return dict(self._db.execute(query, (job,)).fetchall())

    def unfinished(self, job: int | None = None) -> list[AttemptRow]:
        """Attempts (of one job) whose end is not known, oldest first."""
        return self._all(f"{_SELECT} WHERE {_UNFINISHED} AND (job = ? OR ? IS NULL) ORDER BY id", job, job)

    def usage(self, job: int) -> tuple[int, int, float]:
        """Input tokens, output tokens and cost in US dollars of a job, as far as its instruments told."""
        row = self._db.execute(
            "SELECT total(input_tokens), total(output_tokens), total(cost) FROM attempts WHERE job = ?",
            (job,),
        ).fetchone()
        return int(row[0]), int(row[1]), float(row[2])

    def of_sheet(self, job: int, sheet: int, limit: int) -> list[AttemptRow]:
        """The newest attempts of a sheet, oldest of them first."""
        found = self._all(f"{_SELECT} WHERE job = ? AND sheet = ? ORDER BY n DESC LIMIT ?", job, sheet, limit)
        return found[::-1]

    def of_job(self, job: int, limit: int) -> list[AttemptRow]:
        """The newest attempts of a job, oldest of them first."""
        return self._all(f"{_SELECT} WHERE job = ? ORDER BY id DESC LIMIT ?", job, limit)[::-1]

    def failed(self, job: int, limit: int) -> list[AttemptRow]:
        """The newest attempts of a job that did not succeed, oldest of them first."""
        return self._all(f"{_SELECT} WHERE job = ? AND state = 'failed' ORDER BY id DESC LIMIT ?", job, limit)[::-1]

    def page(
        self, job: int, sheet: int | None, attempt: int | None, before: int | None, limit: int
    ) -> list[AttemptRow]:
        """Attempts of a job, newest first: of one sheet, of one number, with an id below `before`, or all."""
        conditions = {"sheet = ?": sheet, "n = ?": attempt, "id < ?": before}
        given = {condition: value for condition, value in conditions.items() if value is not None}
        where = " AND ".join(["job = ?", *given])
        return self._all(f"{_SELECT} WHERE {where} ORDER BY id DESC LIMIT ?", job, *given.values(), limit)

    def _all(self, query: str, *values: object) -> list[AttemptRow]:
        return [read(row, AttemptRow) for row in self._db.execute(query, values)]
