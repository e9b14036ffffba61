"""`job.status` and `job.list` of a conductor with 10,000 jobs and 100,000 attempts in its store."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench.conductor import conductor, fill_store
from bench.place import Place
from bench.questions import Question, Subjects
from conductor_api import DaemonClientSync, JobStatus

JOBS = 10_000
SHEETS = 10
CALLS = 50


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    fill_store(place, JOBS, SHEETS)
    with conductor(place) as daemon, DaemonClientSync(daemon.socket) as client:
        count = len(client.list_jobs(limit=JOBS))
        if count != JOBS:
            raise RuntimeError(f"the store holds {count} jobs")
        yield {
            "rpc: daemon.health": partial(_milliseconds, lambda _number: client.health()),
            "job.status": partial(_milliseconds, lambda number: client.get_job_status(str(1 + number * 199))),
            "job.list": partial(_milliseconds, lambda _number: client.list_jobs()),
            "job.list, failed ones only": partial(
                _milliseconds, lambda _number: client.list_jobs(statuses=[JobStatus.FAILED])
            ),
            "job.list, all 10,000": partial(_milliseconds, lambda _number: client.list_jobs(limit=JOBS), 3),
        }


def _milliseconds(call: Callable[[int], Any], times: int = CALLS) -> float:
    took: list[float] = []
    for number in range(times):
        start = time.perf_counter()
        call(number)
        took.append(time.perf_counter() - start)
    return sorted(took)[times // 2] * 1000


QUESTION = Question(title="conductor with 10,000 jobs and 100,000 attempts", unit="ms", prepare=prepare, most_rounds=5)
