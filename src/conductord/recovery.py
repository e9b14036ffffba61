"""What a start does with what it finds: nothing is lost, and nothing runs twice.

A step that still runs is waited for as if nothing had happened; one that came to its end meanwhile left `exit.json`;
one that left neither a process nor a result was interrupted and runs again. A job that a person paused stays paused.
What was being cancelled goes on being cancelled. The timers need nothing: they are the `due` column of the sheets.
"""

import shutil
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from conductord.engine import Engine
from conductord.job import JobState
from conductord.store import AttemptRow


class Found(Struct, frozen=True):
    """What an earlier daemon left behind."""

    attempts: list[AttemptRow]
    """Attempts whose end is not known, to be adopted."""
    cancelling: frozenset[int]
    """Jobs of them that were being cancelled: what runs of these is to be killed."""


def put_in_order(engine: Engine, now: float) -> Found:
    """Bring the books in order after a start. What may still run is answered, for the caller to adopt."""
    store = engine.store
    attempts = store.attempts.unfinished()
    with store.transaction():
        for hook in store.hooks.in_state("running"):
            store.hooks.ended(hook.id, "interrupted: the daemon ended while it ran", now)
        for number in sorted({attempt.job for attempt in attempts}):
            job = store.jobs.get(number)
            engine.ledger.note("job.interrupted", now, job, job_name=job.name)
        cancelling = store.jobs.in_state(JobState.CANCELLING)
        for job in cancelling:
            engine.ledger.settle(job.id, now)
    return Found(attempts, frozenset(job.id for job in cancelling))


def remove_orphans(jobs_dir: Path, known: Collection[int]) -> int:
    """Remove directories of jobs that the store does not know: a clear that was broken off. Answers how many."""
    if not jobs_dir.is_dir():
        return 0
    orphans = [path for path in jobs_dir.iterdir() if path.name.isdigit() and int(path.name) not in known]
    for path in orphans:
        shutil.rmtree(path, ignore_errors=True)
    return len(orphans)
