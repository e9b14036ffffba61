"""What all handlers work with."""

import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import TypeVar

import conductor_api as api
from conductord.conductor import Conductor
from conductord.config import Settings
from conductord.engine.lookup import find_job
from conductord.engine.refusal import UnknownJob
from conductord.feed import Feed
from conductord.job import Hold
from conductord.reader import Reader
from conductord.store import JobRow, Store
from conductord.views.jobs import Outside
from conductord.views.machine import DaemonFacts

VERSION = version("daemonrpc")

T = TypeVar("T")


class Desk:
    """The parts of the daemon that a handler may need."""

    def __init__(
        self,
        conductor: Conductor,
        reader: Reader,
        feed: Feed,
        settings: Settings,
        shut_down: Callable[[bool], None],
    ) -> None:
        """shut_down: end the daemon; True lets running attempts end first."""
        self.conductor = conductor
        self.store: Store = conductor.engine.store
        self.commands = conductor.engine.commands
        self.reader = reader
        self.feed = feed
        self.settings = settings
        self.shut_down = shut_down
        self._began = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.conductor.clock()

    @property
    def uptime(self) -> float:
        """Seconds since the daemon started."""
        return time.monotonic() - self._began

    @property
    def holds(self) -> frozenset[Hold]:
        """Holds of the daemon itself, over all jobs."""
        return self.conductor.holds

    def outside(self) -> Outside:
        """What a view of a job must know that no row says."""
        return Outside(now=self.now, holds=self.holds, jobs_dir=self.settings.jobs_dir)

    def facts(self) -> DaemonFacts:
        """What the daemon knows of itself."""
        return DaemonFacts(
            now=self.now,
            uptime=self.uptime,
            holds=self.holds,
            recovering=not self.conductor.ready.is_set(),
            draining=self.conductor.draining,
            lag=self.feed.lag(),
        )

    def find(self, reference: str) -> JobRow:
        """The job that is meant, for a request. Raises UnknownJob."""
        return find_job(self.store, reference)

    async def look_at(self, reference: str, question: Callable[[Store, JobRow], T]) -> T:
        """The answer to a question about a job. Raises JobNotFound."""
        return await self.reader.ask(partial(_about_job, reference, question))


def _about_job(reference: str, question: Callable[[Store, JobRow], T], store: Store) -> T:
    return question(store, must_find(store, reference))


def must_find(store: Store, reference: str) -> JobRow:
    """The job that is meant. Raises JobNotFound, the error of the schema."""
    try:
        return find_job(store, reference)
    except UnknownJob as unknown:
        raise api.JobNotFound(str(unknown), job_id=reference, candidates=unknown.candidates) from unknown
