"""Cost of a KiB as the payload grows from 100 bytes to 8 MiB, there and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.systems import OURS

SIZES = {
    "100 bytes": 100,
    "1 KiB": 1 << 10,
    "8 KiB": 8 << 10,
    "64 KiB": 64 << 10,
    "512 KiB": 512 << 10,
    "2 MiB": 2 << 20,
    "8 MiB": 8 << 20,
}


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    with place.server(OURS) as (path, _pid):
        yield {name: partial(_microseconds, place, path, size) for name, size in SIZES.items()}


def _microseconds(place: Place, path: str, size: int) -> float:
    per_second: float = place.run("load", OURS.name, path, "text", size, place.seconds)
    return 1e6 / per_second / (size / 1024)


QUESTION = Question(title="growth: payload, there and back", unit="microseconds a KiB", prepare=prepare)
