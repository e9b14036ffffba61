"""Time from a request's params to its encoded answer, as the methods of the service grow from 25 to 2,000."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.schemas import SIZES, package


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    yield {f"{size:,} methods": partial(place.run, "dispatch", package(place, size)) for size in SIZES}


QUESTION = Question(
    title="growth: dispatching a call, methods in the schema",
    unit="microseconds a call",
    prepare=prepare,
    most_rounds=3,
)
