"""How long a small call takes while others do their worst: the 99th of 100, on a connection of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.hostile import KINDS
from bench.place import Place
from bench.questions import Question, Subjects, missing, present
from bench.systems import FLOOR, OURS, OURS_UVLOOP, STREAMS, System

SYSTEMS = (OURS, OURS_UVLOOP, FLOOR, STREAMS)


@contextmanager
def prepare(place: Place) -> Iterator[Subjects]:
    subjects: Subjects = {}
    for system in present(SYSTEMS):
        subjects[f"{system.name}, alone"] = partial(_p99, place, system, None)
        subjects[f"{system.name}, beside a flood"] = partial(_p99, place, system, "flood")
    for kind in KINDS:
        if kind != "flood":
            subjects[f"ours, beside {kind}"] = partial(_p99, place, OURS, kind)
    yield subjects


def _p99(place: Place, system: System, kind: str | None) -> float:
    with place.server(system) as (path, _pid):
        if kind is None:
            return _milliseconds(place, path)
        with place.process([sys.executable, "-m", "bench.hostile", path, kind]):
            return _milliseconds(place, path)


def _milliseconds(place: Place, path: str) -> float:
    p99: float = place.run("latency", path, max(2.0, place.seconds))
    return p99


QUESTION = Question(
    title="p99 of a small call beside neighbours",
    unit="ms",
    base="ours, alone",
    prepare=prepare,
    missing=missing(SYSTEMS),
    most_rounds=3,
)
