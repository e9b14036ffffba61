"""The blocking client, one call at a time, beside the floor's asynchronous one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects, missing, present
from bench.systems import FLOOR, FLOOR_ASYNCIO, OURS, OURS_UVLOOP

SYSTEMS = (FLOOR, FLOOR_ASYNCIO, OURS, OURS_UVLOOP) if FLOOR is not FLOOR_ASYNCIO else (FLOOR, OURS, OURS_UVLOOP)


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    with place.servers(present(SYSTEMS)) as paths:
        subjects: Subjects = {}
        for name, path in paths.items():
            if name in (OURS.name, OURS_UVLOOP.name):
                loop = "" if name == OURS.name else ", server on uvloop"
                subjects[f"ours, blocking client{loop}"] = partial(place.run, "sync_load", path, place.seconds)
            else:
                subjects[name] = partial(place.run, "load", name, path, "calls", 1, place.seconds)
        yield subjects


QUESTION = Question(
    title="one call at a time, blocking client",
    unit="calls per second",
    base=FLOOR.name,
    more_is_better=True,
    prepare=prepare,
    missing=missing(SYSTEMS),
)
