"""What past attempts tell: plain SQL over the one table of attempts."""

import msgspec

from conductord.store.database import Database
from conductord.store.rows import read

_COUNTS = "state IN ('succeeded', 'failed') AND counted"
"""Attempts that say something about their sheet: neither a limit nor an interruption nor a cancellation."""

_RECORDS = f"""
WITH per_job AS (
    SELECT job_name, sheet_name, instrument, job,
        count(*) AS runs,
        count(*) FILTER (WHERE state = 'succeeded') AS good,
        min(id) FILTER (WHERE state = 'failed') AS first_bad,
        max(id) FILTER (WHERE state = 'succeeded') AS last_good,
        total(ended - started) AS seconds,
        total(ended - started) FILTER (WHERE state = 'failed') AS lost,
        max(ended) AS last_seen,
        total(cost) AS cost,
        count(cost) AS priced
    FROM attempts WHERE {_COUNTS} GROUP BY job_name, sheet_name, instrument, job)
SELECT job_name, sheet_name, instrument, sum(runs), sum(good), count(*),
    count(*) FILTER (WHERE first_bad < last_good), count(*) FILTER (WHERE good = 0),
    total(seconds), total(lost), max(last_seen), total(cost) / sum(priced)
FROM per_job GROUP BY job_name, sheet_name, instrument
ORDER BY total(lost) DESC, total(seconds) DESC, job_name, sheet_name, instrument LIMIT ?
"""

_QUANTILES = """
WITH RECURSIVE names (name) AS (
    SELECT min(sheet_name) FROM attempts WHERE state = 'succeeded' AND job_name = :job_name
    UNION ALL SELECT (
        SELECT min(sheet_name) FROM attempts
        WHERE state = 'succeeded' AND job_name = :job_name AND sheet_name > names.name)
    FROM names WHERE name IS NOT NULL),
good AS (
    SELECT a.sheet_name, a.ended - a.started AS seconds FROM names JOIN attempts a ON a.id IN (
        SELECT id FROM attempts
        WHERE state = 'succeeded' AND job_name = :job_name AND sheet_name = names.name
            AND (instrument = :instrument OR :instrument IS NULL)
        ORDER BY id DESC LIMIT 200)),
ranked AS (
    SELECT sheet_name, seconds,
        row_number() OVER (PARTITION BY sheet_name ORDER BY seconds) AS rank,
        count(*) OVER (PARTITION BY sheet_name) AS runs
    FROM good)
SELECT sheet_name, min(seconds) FILTER (WHERE rank >= 0.5 * runs),
    min(seconds) FILTER (WHERE rank >= 0.9 * runs), max(runs)
FROM ranked GROUP BY sheet_name
"""
"""Goes from name to name by the index, and from the newest attempt of each back: a history of years costs no more."""


class SheetRecord(msgspec.Struct, array_like=True, frozen=True):
    """Past attempts of one sheet name of one job name with one instrument."""

    job_name: str
    sheet_name: str
    instrument: str
    runs: int
    successes: int
    jobs: int
    """Jobs in which it ran."""
    jobs_flaky: int
    """Of them, those in which it failed first and succeeded later."""
    jobs_stuck: int
    """Of them, those in which it never succeeded."""
    seconds: float
    """Time of all attempts."""
    seconds_lost: float
    """Time of the failed ones."""
    last_seen: float
    mean_cost: float | None
    """US dollars an attempt, of those that reported one."""


class Quantiles(msgspec.Struct, array_like=True, frozen=True):
    """Durations of successful attempts of a sheet, in seconds (nearest rank)."""

    sheet_name: str
    p50: float
    p90: float
    runs: int


class Statistics:
    """Questions to the table of attempts."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def records(self, limit: int) -> list[SheetRecord]:
        """One record for each sheet: what lost most time in failures first, then what took most time."""
        return [read(row, SheetRecord) for row in self._db.execute(_RECORDS, (limit,))]

    def newest_results(self, job_name: str, sheet_name: str, instrument: str, limit: int) -> list[tuple[bool, float]]:
        """Success and duration in seconds of the newest attempts, newest first."""
        rows = self._db.execute(
            f"SELECT state = 'succeeded', ended - started FROM attempts WHERE {_COUNTS}"
            " AND job_name = ? AND sheet_name = ? AND instrument = ? ORDER BY id DESC LIMIT ?",
            (job_name, sheet_name, instrument, limit),
        )
        return [(bool(success), float(seconds)) for success, seconds in rows]

    def top_signature(self, job_name: str, sheet_name: str, instrument: str) -> tuple[str, int] | None:
        """The most frequent signature of a failure, and how often it was seen."""
        row = self._db.execute(
            f"SELECT signature, count(*) AS seen FROM attempts WHERE {_COUNTS} AND state = 'failed'"
            " AND signature NOT NULL AND job_name = ? AND sheet_name = ? AND instrument = ?"
            " GROUP BY signature ORDER BY seen DESC, max(id) DESC LIMIT 1",
            (job_name, sheet_name, instrument),
        ).fetchone()
        return None if row is None else (str(row[0]), int(row[1]))

    def quantiles(self, job_name: str, instrument: str | None = None) -> dict[str, Quantiles]:
        """Sheet name -> how long its newest 200 successful attempts took, with one instrument or with any."""
        rows = self._db.execute(_QUANTILES, {"job_name": job_name, "instrument": instrument})
        return {row[0]: read(row, Quantiles) for row in rows}

    def recent_outcomes(self, since: float) -> tuple[int, int]:
        """Attempts that ended since then: how many, and how many of them failed by their own fault."""
        row = self._db.execute(
            f"SELECT count(*), count(*) FILTER (WHERE state = 'failed') FROM attempts WHERE {_COUNTS} AND ended >= ?",
            (since,),
        ).fetchone()
        return int(row[0]), int(row[1])
