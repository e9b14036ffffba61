"""Time of importing a generated package for each method, and making both its clients, from 25 to 2,000 of them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.schemas import SIZES, package

CODE = "import sys; sys.path.insert(0, sys.argv[1]); from many_api import DaemonClient, DaemonClientSync"


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    yield {f"{size:,} methods": partial(_milliseconds, place, package(place, size), size) for size in SIZES}


def _milliseconds(place: Place, folder: str, size: int) -> float:
    return place.milliseconds([sys.executable, "-c", CODE, folder], times=4) * 1000 / size


QUESTION = Question(
    title="growth: importing both clients, methods in the schema",
    unit="microseconds a method",
    prepare=prepare,
    most_rounds=3,
)
