"""A stream of 200-byte events."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects, missing, present
from bench.systems import FLOOR, SYSTEMS


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    systems = present(SYSTEMS)
    with place.servers(systems) as paths:
        yield {name: partial(place.run, "load", name, path, "items", 1, place.seconds) for name, path in paths.items()}


QUESTION = Question(
    title="stream of 200-byte events",
    unit="items per second",
    base=FLOOR.name,
    more_is_better=True,
    prepare=prepare,
    missing=missing(SYSTEMS),
)
