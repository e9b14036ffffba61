"""Time of importing a generated package for each method, and making both its clients, from 25 to 2,000 of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.schemas import SIZES, package


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    yield {f"{size:,} methods": partial(_microseconds, place, package(place, size), size) for size in SIZES}


def _microseconds(place: Place, folder: str, size: int) -> float:
    microseconds: float = min(place.run("importing", folder) for _ in range(3))  # the first one fills caches
    return microseconds / size


QUESTION = Question(
    title="growth: importing both clients, methods in the schema",
    unit="microseconds a method",
    prepare=prepare,
    most_rounds=3,
)
