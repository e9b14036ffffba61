"""Processor time of one call, both sides together: in a row, and now and then.

Waiting awake (`daemonrpc/busy_poll.py`) is measured here: it must not cost more than it saves.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench.place import Place
from bench.questions import Question, Subjects, missing, present
from bench.systems import FLOOR, FLOOR_ASYNCIO, OURS, OURS_UVLOOP

SYSTEMS = (FLOOR, FLOOR_ASYNCIO, OURS, OURS_UVLOOP) if FLOOR is not FLOOR_ASYNCIO else (FLOOR, OURS, OURS_UVLOOP)
PAUSES = {"in a row": 0.0, "every 2 ms": 0.002}


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    with ExitStack() as stack:
        subjects: Subjects = {}
        for system in present(SYSTEMS):
            path, pid = stack.enter_context(place.server(system))
            for name, pause in PAUSES.items():
                arguments = ("processor", system.name, path, pid, pause, place.seconds)
                subjects[f"{system.name}, {name}"] = partial(place.run, *arguments)
        yield subjects


QUESTION = Question(
    title="processor time of a call, server and client together",
    unit="microseconds",
    base=f"{FLOOR.name}, in a row",
    prepare=prepare,
    missing=missing(SYSTEMS),
)
