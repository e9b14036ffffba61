"""The questions, one a file.

Each module has `QUESTION`: what is asked, and a function that prepares it and gives its subjects. A subject is measured
once by a call, which takes about a second and gives one figure.
"""

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec import Struct

from bench.place import Place
from bench.systems import System

__all__ = ["NAMES", "Measure", "Question", "Subjects", "load", "missing", "present"]

Measure = Callable[[], float]
Subjects = dict[str, Measure]


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of whom."""

    title: str
    unit: str
    prepare: Callable[[Place], AbstractContextManager[Subjects]]
    base: str | None = None
    """The subject that the others are held against."""
    more_is_better: bool = False
    missing: dict[str, str] = {}
    """Who cannot be asked, and why."""
    most_rounds: int = 1000
    """For questions that take long."""


NAMES = (
    *("one_at_a_time", "sync_client", "in_flight", "stream", "many_clients"),
    *("process_start", "processor_time", "idle_memory", "flooding_neighbour", "generate", "import_package"),
    *("growth_connections", "growth_in_flight", "growth_payload"),
    *("growth_generate", "growth_import", "growth_dispatch"),
    *("conductor_store", "conductor_sheets"),
)


def load(name: str) -> Question:
    """The question of a name. Raises ValueError for one that is none."""
    if name not in NAMES:
        raise ValueError(f"there is no question {name!r}; there are {', '.join(NAMES)}")
    question: Question = importlib.import_module(f"bench.questions.{name}").QUESTION
    return question


def present(systems: tuple[System, ...]) -> list[System]:
    """Those that can be measured here."""
    return [system for system in systems if not system.missing]


def missing(systems: tuple[System, ...]) -> dict[str, str]:
    """Those that cannot, and why: never left out in silence."""
    return {system.name: f"not installed: {', '.join(system.missing)}" for system in systems if system.missing}
