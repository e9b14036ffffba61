"""Cost of a call as the calls in flight on one client grow from 1 to 64."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.systems import OURS

SIZES = (1, 2, 4, 8, 16, 32, 64)


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    with place.server(OURS) as (path, _pid):
        yield {f"{size} in flight": partial(_microseconds, place, path, size) for size in SIZES}


def _microseconds(place: Place, path: str, size: int) -> float:
    per_second: float = place.run("load", OURS.name, path, "calls", size, place.seconds)
    return 1e6 / per_second


QUESTION = Question(title="growth: calls in flight on one client", unit="microseconds a call", prepare=prepare)
