"""From what a caller writes to the job that is meant."""

import difflib

from conductord.engine.refusal import UnknownJob
from conductord.store import JobRow, Store


def find_job(store: Store, reference: str) -> JobRow:
    """The job meant by `name#7`, `7`, `#7`, a name (its newest job), or a unique prefix. Raises UnknownJob."""
    name, mark, number = reference.rpartition("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        job = store.jobs.find(int(number))
        if job is not None and name in {"", job.name}:
            return job
    newest = store.jobs.newest(reference)
    if newest is not None:
        return newest
    like = store.jobs.identifiers_like(reference, 10)
    if len({job.name for job in like}) == 1 and (len(like) == 1 or not mark):
        return like[0]
    close = [job.job_id for job in like] or difflib.get_close_matches(reference, store.jobs.names(), 5)
    raise UnknownJob(reference, close)
