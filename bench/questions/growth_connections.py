"""Cost of a call as connections grow from 1 to 500, each with one call in flight."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.systems import OURS

SIZES = (1, 4, 16, 64, 250, 499)
"""One less than 500, which the server takes at most: the last of its clients may not have gone yet."""


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    with place.server(OURS) as (path, _pid):
        yield {f"{size} connections": partial(_microseconds, place, path, size) for size in SIZES}


def _microseconds(place: Place, path: str, size: int) -> float:
    per_second: float = place.run("raw_load", path, size, 1, place.seconds)
    return 1e6 / per_second


QUESTION = Question(
    title="growth: connections, one call in flight on each", unit="microseconds a call", prepare=prepare
)
