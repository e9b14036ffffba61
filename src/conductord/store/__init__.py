"""The durable state of the conductor: the only place with SQL.

One daemon writes (`StateLock`), through one connection, in the thread of its event loop: a commit costs about
a third of a millisecond. Long reads use a second, reading `Store` in another thread.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from conductord.store.attempts import Attempts
from conductord.store.database import Database, StateLock, StoreError
from conductord.store.events import Events
from conductord.store.hooks import Hooks
from conductord.store.jobs import Jobs
from conductord.store.limits import Limits
from conductord.store.rows import AttemptRow, EventRow, HookRow, JobHead, JobRow, LimitRow, SheetRow
from conductord.store.sheets import Sheets
from conductord.store.statistics import Statistics
from conductord.store.texts import Texts

__all__ = [
    "AttemptRow",
    "EventRow",
    "HookRow",
    "JobHead",
    "JobRow",
    "LimitRow",
    "SheetRow",
    "StateLock",
    "Store",
    "StoreError",
]


class Store:
    """All tables over one connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.texts = Texts(database)
        self.jobs = Jobs(database)
        self.sheets = Sheets(database)
        self.attempts = Attempts(database)
        self.limits = Limits(database)
        self.hooks = Hooks(database)
        self.events = Events(database)
        self.statistics = Statistics(database)
        self.on_commit: Callable[[], None] | None = None
        """Called after each transaction: readers of events look again."""

    @classmethod
    def open(cls, directory: Path) -> "Store":
        """The writing store of a state directory. Raises StoreError."""
        return cls(Database.open(directory))

    @classmethod
    def open_reader(cls, directory: Path) -> "Store":
        """A reading store over a directory that `open` has made."""
        return cls(Database.open_reader(directory))

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Generator[None]:
        """All of the body or nothing, on disk at the end (see Database.transaction)."""
        with self._database.transaction(durable=durable):
            yield
        if self.on_commit is not None:
            self.on_commit()

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """All reads of the body see one state (see Database.snapshot)."""
        with self._database.snapshot():
            yield

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
