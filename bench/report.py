"""What was measured, and how it is told: medians, ratios within one run, one table."""

import statistics
from collections.abc import Iterable

from msgspec import Struct

__all__ = ["Answer", "Figure", "Report", "answered", "table"]


class Figure(Struct, kw_only=True):
    """One subject of a question."""

    subject: str
    rounds: list[float]
    median: float
    ratio: float | None
    """To the question's base, measured in the same rounds; None for a question without one."""


class Answer(Struct, kw_only=True):
    """A question and its figures."""

    question: str
    title: str
    unit: str
    more_is_better: bool
    base: str | None
    figures: list[Figure]
    missing: dict[str, str]
    """Subjects that could not be measured, and why."""

    def figure(self, subject: str) -> Figure | None:
        """The figure of a subject, or None."""
        return next((figure for figure in self.figures if figure.subject == subject), None)


class Report(Struct, kw_only=True):
    """A run."""

    machine: dict[str, str | int]
    rounds: int
    cores: str
    """Where servers and clients ran: `bench.place.Cores`."""
    answers: list[Answer]


def answered(
    question: str,
    title: str,
    unit: str,
    measured: dict[str, list[float]],
    *,
    base: str | None = None,
    more_is_better: bool = False,
    missing: dict[str, str] | None = None,
) -> Answer:
    """Medians and ratios. A ratio is the median of those of each round, since rounds differ more than subjects do."""
    figures: list[Figure] = []
    for subject, rounds in measured.items():
        ratio = None
        if base in measured:
            ratio = statistics.median(one / other for one, other in zip(rounds, measured[base], strict=True))
        figures.append(Figure(subject=subject, rounds=rounds, median=statistics.median(rounds), ratio=ratio))
    return Answer(
        question=question,
        title=title,
        unit=unit,
        more_is_better=more_is_better,
        base=base if base in measured else None,
        figures=figures,
        missing=missing or {},
    )


def table(answers: Iterable[Answer], verdicts: dict[tuple[str, str], str]) -> str:
    """All figures, one a line; `verdicts` are told beside the figure of a question and subject."""
    lines: list[str] = []
    for answer in answers:
        base = f", ratio to {answer.base}" if answer.base else ""
        lines += ["", f"{answer.title} ({answer.unit}{base})"]
        for figure in answer.figures:
            ratio = "" if figure.ratio is None else f"{figure.ratio:10.2f} x"
            verdict = verdicts.get((answer.question, figure.subject), "")
            lines.append(f"  {figure.subject:46}{shown(figure.median):>12}{ratio:>12}  {verdict}".rstrip())
        lines += [f"  {subject:46}{'missing':>12}  {why}" for subject, why in answer.missing.items()]
    return "\n".join(lines[1:])


def shown(value: float) -> str:
    """Three digits, or all that stand before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
