"""Time of `daemonrpc generate` for each method, from 25 to 2,000 of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.schemas import SIZES, generating


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    yield {f"{size:,} methods": partial(_milliseconds, place, size) for size in SIZES}


def _milliseconds(place: Place, size: int) -> float:
    return generating(place, size) * 1000 / size


QUESTION = Question(
    title="growth: generating, methods in the schema", unit="ms a method", prepare=prepare, most_rounds=1
)
