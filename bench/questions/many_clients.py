"""16 clients with 16 calls in flight each, from one process; the server has a core for itself."""

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
    with place.servers(present(JSON_LINES)) as paths:
        yield {
            name: partial(place.run, "raw_load", path, CLIENTS, IN_FLIGHT, place.seconds)
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
