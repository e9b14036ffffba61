"""`daemonrpc generate` as a process, on a schema of 25 and of 1,000 methods."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects
from bench.schemas import generating


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    yield {f"{count:,} methods": partial(generating, place, count) for count in (25, 1000)}


QUESTION = Question(title="daemonrpc generate", unit="s", prepare=prepare, most_rounds=3)
