"""16 clients with 16 calls in flight each, the server alone on a core."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects, missing, present
from bench.systems import JSON_LINES, STREAMS

CLIENTS = 16
IN_FLIGHT = 16


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    server, load = (cores[0], cores[1]) if len(cores) > 1 else (None, None)
    pin = [] if load is None else [load]
    with place.servers(present(JSON_LINES), server) as paths:
        yield {
            name: partial(place.run, "raw_load", path, CLIENTS, IN_FLIGHT, place.seconds, *pin)
            for name, path in paths.items()
        }


QUESTION = Question(
    title="16 clients with 16 calls in flight each, server alone on a core",
    unit="calls per second",
    base=STREAMS.name,
    more_is_better=True,
    prepare=prepare,
    missing=missing(JSON_LINES),
)
