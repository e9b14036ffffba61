"""Asks questions: in each round all subjects in turn."""

import subprocess
import sys
from collections.abc import Iterator, Sequence

from bench import questions
from bench.machine import facts
from bench.place import Cores, Place, place
from bench.report import Answer, Report, answered

__all__ = ["ask_all"]


def ask_all(names: Sequence[str], rounds: int, seconds: float, cores: Cores = "apart") -> Iterator[Report]:
    """Asks the questions of these names; after each it gives what is known by then, since a run takes minutes."""
    answers: list[Answer] = []
    for name in names:
        sys.stderr.write(f"{name} ...\n")
        with place(seconds, cores) as where:
            answers.append(ask(name, where, rounds))
        yield Report(machine=facts(), rounds=rounds, cores=cores, answers=list(answers))


def ask(name: str, where: Place, rounds: int) -> Answer:
    """Asks one question."""
    question = questions.load(name)
    missing = dict(question.missing)
    with question.prepare(where) as subjects:
        measured: dict[str, list[float]] = {subject: [] for subject in subjects}
        for _ in range(min(rounds, question.most_rounds)):
            for subject in list(measured):
                try:
                    measured[subject].append(subjects[subject]())
                except (RuntimeError, subprocess.CalledProcessError) as error:
                    del measured[subject]
                    missing[subject] = f"failed: {error}"
    return answered(
        name,
        question.title,
        question.unit,
        measured,
        base=question.base,
        more_is_better=question.more_is_better,
        missing=missing,
    )
