"""The stream of events: stored ones first, then each as it happens. Nothing is dropped; a slow reader makes only
itself wait."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager

from msgspec import Struct

from conductord.job import ENDED_JOBS
from conductord.store import EventRow, JobRow, Store

BATCH = 256
"""Events read at a time."""
MAX_STREAMS = 100
"""Streams that may be open at a time."""


class Reader:
    """How far one stream is."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        """Every matching event up to this number has been sent."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which events a reader wants."""

    job: int | None = None
    names: tuple[str, ...] | None = None
    output: bool = False
    """Whether chunks of output are among them."""
    until_job_ends: bool = False
    follow: bool = True


class End(Struct, frozen=True):
    """Why a stream ended: `job_ended`, `caught_up` or `shutting_down`."""

    reason: str
    last_seq: int
    job: JobRow | None


class Feed:
    """All open streams. `wake` is called after each commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._readers: set[Reader] = set()
        self._news = asyncio.Event()
        self._closed = False

    def wake(self) -> None:
        """There may be new events."""
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        """End all streams: the daemon is going down."""
        self._closed = True
        self.wake()

    @property
    def is_full(self) -> bool:
        """Whether no further stream may be opened."""
        return len(self._readers) >= MAX_STREAMS

    def lag(self) -> int:
        """How many events the slowest reader is behind."""
        head = self._store.events.last_seq()
        return max((head - reader.seq for reader in self._readers), default=0)

    @contextmanager
    def _reading(self, since: int | None) -> Generator[Reader]:
        head = self._store.events.last_seq()
        reader = Reader(head if since is None else min(since, head))
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    async def read(self, since: int | None, wanted: Wanted) -> AsyncIterator[EventRow | End]:
        """Events after `since` (None: only those from now on), then why there are no more."""
        with self._reading(since) as reader:
            while True:
                news, ended, head = self._news, self._job_ended(wanted), self._store.events.last_seq()
                rows = self._store.events.after(reader.seq, BATCH, wanted.job, wanted.names, output=wanted.output)
                for row in rows:
                    yield row
                    reader.seq = row.seq
                if len(rows) == BATCH:
                    continue
                reader.seq = max(reader.seq, head)
                reason = self._end_reason(wanted, ended)
                if reason is not None:
                    job = None if wanted.job is None else self._store.jobs.find(wanted.job)
                    yield End(reason, reader.seq, job)
                    return
                await news.wait()

    def _job_ended(self, wanted: Wanted) -> bool:
        """Whether the job that is followed had ended before the events were read: then these are all."""
        if not wanted.until_job_ends or wanted.job is None:
            return False
        job = self._store.jobs.find(wanted.job)
        return job is None or job.state in ENDED_JOBS

    def _end_reason(self, wanted: Wanted, ended: bool) -> str | None:
        if ended:
            return "job_ended"
        if self._closed:
            return "shutting_down"
        return None if wanted.follow else "caught_up"
