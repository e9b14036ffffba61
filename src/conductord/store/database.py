"""The SQLite file: opened, locked, brought to the newest schema.

Why so: WAL lets a reader in another thread see a state while the daemon writes; `synchronous=FULL` makes a
commit survive a power cut, not only a kill -9 (see `Database.transaction` for two exceptions).
"""

import fcntl
import os
import sqlite3
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path

FILE_NAME = "conductor.db"
LOCK_NAME = "conductor.lock"
WAL_PAGES = 4000
"""Pages of 4 KiB in the log before it is copied back into the file: 16 MiB on the disk."""


class StoreError(Exception):
    """The state cannot be used; the message says why and what to do."""


class StateLock:
    """Proof that this process alone writes to a state directory. Ends with the process, whatever ends it."""

    def __init__(self, directory: Path) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise StoreError(f"cannot use the state directory {directory}: {problem.strerror}") from problem
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise StoreError(f"another conductord uses the state directory {directory}") from None

    def close(self) -> None:
        """Let another daemon have the directory."""
        os.close(self._descriptor)


class Database:
    """One connection with explicit transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._depth = 0
        self._relaxed = False

    @classmethod
    def open(cls, directory: Path) -> "Database":
        """The writing connection, with the newest schema. Raises StoreError."""
        path = directory / FILE_NAME
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # outputs may be private
            with ExitStack() as on_failure:
                database = cls(sqlite3.connect(path, isolation_level=None))
                on_failure.callback(database.close)
                database.connection.execute("PRAGMA journal_mode = WAL")
                database.connection.execute("PRAGMA synchronous = FULL")
                # Pages that change with each sheet are copied back into the file once in so many, not every few sheets.
                database.connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
                database.connection.execute("PRAGMA foreign_keys = ON")
                database.migrate()
                on_failure.pop_all()
        except (sqlite3.DatabaseError, OSError) as problem:
            raise StoreError(f"cannot use {path}: {problem}") from problem
        return database

    @classmethod
    def open_reader(cls, directory: Path) -> "Database":
        """A reading connection for another thread."""
        uri = f"{(directory / FILE_NAME).as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        return cls(connection)

    def migrate(self) -> None:
        """Apply the migrations that this file has not seen. Raises StoreError for a newer file."""
        steps = _migrations()
        seen = int(self.connection.execute("PRAGMA user_version").fetchone()[0])
        if seen > len(steps):
            raise StoreError(f"the state has schema {seen} and this conductor knows {len(steps)}: too old")
        for number, script in enumerate(steps[seen:], start=seen + 1):
            # executescript commits first, so the transaction stands inside: all of a migration or nothing.
            note = f"PRAGMA user_version = {number}"
            self.connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n{note};\nCOMMIT;")

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Generator[None]:
        """All of the body or nothing. A transaction inside another is part of it. Raises StoreError.

        durable=False lets the newest commits get lost in a power cut (never in a kill -9): for notes of how much
        output was seen, which the files themselves tell anyhow, and of processes, which end with the machine.
        """
        if self._depth:
            yield
            return
        self._depth = 1
        try:
            self._relax(not durable)
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            self.connection.execute("COMMIT")
        except sqlite3.OperationalError as problem:
            raise StoreError(f"cannot write the state: {problem}") from problem
        finally:
            self._depth = 0
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Generator[None]:
        """All reads of the body see one state, whatever is written meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    def _relax(self, relaxed: bool) -> None:
        if relaxed != self._relaxed:
            self.connection.execute(f"PRAGMA synchronous = {'NORMAL' if relaxed else 'FULL'}")
            self._relaxed = relaxed

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _migrations() -> list[str]:
    folder = resources.files("conductord.migrations")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]
