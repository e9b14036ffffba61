"""Texts by their digest: job files, compiled jobs, steps. What many jobs share is kept once."""

from conductord.store.database import Database


class Texts:
    """The table of texts. Keys begin with `file:`, `plan:` or `step:` (see the migration)."""

    def __init__(self, database: Database) -> None:
        self._db = database.connection

    def put(self, key: str, text: str) -> None:
        """Keep a text; the same key has the same text."""
        self._db.execute("INSERT OR IGNORE INTO texts (key, text) VALUES (?, ?)", (key, text))

    def get(self, key: str) -> str:
        """The text. Raises KeyError."""
        row = self._db.execute("SELECT text FROM texts WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return str(row[0])

    def drop_unused(self) -> None:
        """Remove texts that no job, no modification that waits and no attempt of a job refers to any more."""
        self._db.execute(
            "DELETE FROM texts WHERE key NOT IN ("
            " SELECT 'file:' || file_hash FROM jobs UNION SELECT 'plan:' || plan_hash FROM jobs"
            " UNION SELECT 'file:' || json_extract(next_change, '$.file_hash') FROM jobs"
            "  WHERE next_change IS NOT NULL"
            " UNION SELECT 'plan:' || json_extract(next_change, '$.plan_hash') FROM jobs"
            "  WHERE next_change IS NOT NULL"
            " UNION SELECT 'step:' || step FROM attempts WHERE dir != '')"
        )
