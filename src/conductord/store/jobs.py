"""Jobs."""

from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

from conductord.job import BUSY_SHEETS, DONE_SHEETS, Cause, JobMove, JobState, next_job_state
from conductord.store.database import Database
from conductord.store.rows import JobHead, JobRow, columns, read, read_all

_SELECT = f"SELECT {columns(JobRow)} FROM jobs"


class NewJob(TypedDict):
    """What is known of a job when it is submitted."""

    name: str
    request_id: str | None
    config_path: str | None
    workspace: str
    file_hash: str
    plan_hash: str
    source: str
    submitted: float
    sheets: int


class JobChange(TypedDict, total=False):
    """What may change of a job beside its state."""

    holds: str
    config_path: str | None
    file_hash: str
    plan_hash: str
    source: str
    next_change: str | None
    started: float | None
    ended: float | None
    cause: Cause | None
    error: str | None
    recovered: bool


class Jobs:
    """The table of jobs."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def insert(self, **values: Unpack[NewJob]) -> int:
        """A new job, queued. Answers its number."""
        cursor = self._db.execute(
            "INSERT INTO jobs (name, request_id, config_path, workspace, file_hash, plan_hash, source,"
            " submitted, updated, sheets, state) VALUES (:name, :request_id, :config_path, :workspace,"
            " :file_hash, :plan_hash, :source, :submitted, :submitted, :sheets, 'queued')",
            values,
        )
        return int(cursor.lastrowid or 0)

    def get(self, number: int) -> JobRow:
        """The job of that number. Raises KeyError."""
        job = self.find(number)
        if job is None:
            raise KeyError(number)
        return job

    def find(self, number: int) -> JobRow | None:
        """The job of that number, None when there is none."""
        return self._one(f"{_SELECT} WHERE id = ?", number)

    def by_request(self, request_id: str) -> JobRow | None:
        """The job that was submitted with this request id."""
        return self._one(f"{_SELECT} WHERE request_id = ?", request_id)

    def newest(self, name: str) -> JobRow | None:
        """The newest job of that name."""
        return self._one(f"{_SELECT} WHERE name = ? ORDER BY id DESC LIMIT 1", name)

    def identifiers_like(self, prefix: str, limit: int) -> list[JobRow]:
        """Jobs whose identifier `<name>#<n>` begins with `prefix`, newest first; at most `limit`."""
        name = prefix.partition("#")[0]
        end = name + "\U0010ffff"
        return self._all(
            f"{_SELECT} WHERE name >= ? AND name < ? AND substr(name || '#' || id, 1, ?) = ? ORDER BY id DESC LIMIT ?",
            *(name, end, len(prefix), prefix, limit),
        )

    def numbers(self) -> set[int]:
        """The numbers of all jobs."""
        return {number for (number,) in self._db.execute("SELECT id FROM jobs")}

    def names(self) -> list[str]:
        """All names that jobs have."""
        return [name for (name,) in self._db.execute("SELECT DISTINCT name FROM jobs ORDER BY name")]

    def listed(self, states: Iterable[JobState], limit: int = -1) -> list[JobHead]:
        """Jobs in one of the states, newest first; at most `limit`, -1 is no limit.

        A query a state, merged: each is in order by its index, so nothing is sorted and the limit ends all of them.
        """
        wanted = sorted(set(states))
        if not wanted:
            return []
        each = " UNION ALL ".join([f"SELECT {columns(JobHead)} FROM jobs WHERE state = ?"] * len(wanted))
        rows = self._db.execute(f"{each} ORDER BY id DESC LIMIT ?", (*wanted, limit)).fetchall()
        return read_all(rows, JobHead)

    def in_state(self, *states: JobState) -> list[JobRow]:
        """Jobs in one of the states, oldest first."""
        wanted = sorted(set(states))
        marks = ", ".join("?" * len(wanted))
        return self._all(f"{_SELECT} WHERE state IN ({marks}) ORDER BY id", *wanted)

    def counts(self) -> list[tuple[JobState, bool, int]]:
        """State, whether held with nothing running, number of jobs."""
        rows = self._db.execute("SELECT state, holds != '' AND busy = 0, count(*) FROM jobs GROUP BY 1, 2")
        return [(JobState(state), bool(held), count) for state, held, count in rows]

    def move(self, job: JobRow, move: JobMove, now: float, **values: Unpack[JobChange]) -> JobRow:
        """Change the state along the table, and other values with it. Raises IllegalMove."""
        return self._update(job.id, {"state": next_job_state(job.state, move), "updated": now, **values})

    def change(self, number: int, now: float, **values: Unpack[JobChange]) -> JobRow:
        """Change values and leave the state alone."""
        return self._update(number, {"updated": now, **values})

    def count_wait(self, number: int, *, retries: int = 0, limit_waits: int = 0) -> None:
        """Add to the counts of retries and of limit waits."""
        self._db.execute(
            "UPDATE jobs SET retries = retries + ?, limit_waits = limit_waits + ? WHERE id = ?",
            (retries, limit_waits, number),
        )

    def recount(self, number: int, now: float) -> JobRow:
        """Bring the counts of sheets up to date after a sheet moved."""
        done, busy = _words(DONE_SHEETS), _words(BUSY_SHEETS)
        self._db.execute(
            "UPDATE jobs SET updated = ?, (sheets, done, busy, current) ="
            f" (SELECT count(*), count(*) FILTER (WHERE state IN ({done})),"
            f" count(*) FILTER (WHERE state IN ({busy})), min(n) FILTER (WHERE state IN ({busy}))"
            " FROM sheets WHERE job = jobs.id) WHERE id = ?",
            (now, number),
        )
        return self.get(number)

    def delete(self, number: int) -> None:
        """Remove the job with its sheets, hooks and events.

        Its attempts stay, without words of their outputs: patterns and estimates are made of them.
        """
        self._db.execute("UPDATE attempts SET dir = '', error = NULL, checks = NULL WHERE job = ?", (number,))
        self._db.execute("DELETE FROM events WHERE job = ?", (number,))
        self._db.execute("DELETE FROM jobs WHERE id = ?", (number,))

    def _update(self, number: int, values: dict[str, Any]) -> JobRow:
        assignments = ", ".join(f"{name} = :{name}" for name in values)
        self._db.execute(f"UPDATE jobs SET {assignments} WHERE id = :id", {**values, "id": number})
        return self.get(number)

    def _one(self, query: str, *values: object) -> JobRow | None:
        rows = self._all(query, *values)
        return rows[0] if rows else None

    def _all(self, query: str, *values: object) -> list[JobRow]:
        return [read(row, JobRow) for row in self._db.execute(query, values)]


def _words(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))
