"""Targets and whether a run meets them: `bench/targets.toml` against the figures."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bench.report import Answer, shown

__all__ = ["Growth", "Target", "Targets", "Verdict", "judge", "load_targets"]

FILE = Path(__file__).parent / "targets.toml"


class Target(Struct, kw_only=True, forbid_unknown_fields=True):
    """A bound of one figure: of its ratio to the subject `to`, or of the value itself without one."""

    question: str
    of: str
    to: str | None = None
    at_least: float | None = None
    at_most: float | None = None


class Growth(Struct, kw_only=True, forbid_unknown_fields=True):
    """A bound of each step of a question whose subjects are sizes, in order: the cost of a unit may grow so much."""

    question: str
    step_at_most: float


class Targets(Struct, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    target: list[Target] = []
    growth: list[Growth] = []


class Verdict(Struct, kw_only=True):
    """What became of a target."""

    question: str
    subject: str
    outcome: Literal["met", "missed", "not measured"]
    text: str


def load_targets(path: Path = FILE) -> Targets:
    """Raises msgspec.ValidationError, naming the place, for a file of another shape."""
    return msgspec.convert(tomllib.loads(path.read_text()), Targets)


def judge(targets: Targets, answers: list[Answer]) -> list[Verdict]:
    """A verdict for each target of the questions that were asked."""
    by_name = {answer.question: answer for answer in answers}
    verdicts = [_judge_one(target, by_name[target.question]) for target in targets.target if target.question in by_name]
    for growth in targets.growth:
        if growth.question in by_name:
            verdicts += _judge_steps(growth, by_name[growth.question])
    return verdicts


def _judge_one(target: Target, answer: Answer) -> Verdict:
    figure = answer.figure(target.of)
    base = answer.figure(target.to) if target.to else None
    bound = _bound(target, answer.unit)
    if figure is None or (target.to and base is None):
        gone = target.of if figure is None else target.to
        why = answer.missing.get(str(gone), "there is no such figure")
        text = f"{target.of}: {bound} not measured, {gone}: {why}"
        return Verdict(question=target.question, subject=target.of, outcome="not measured", text=text)
    value = figure.median / base.median if base else figure.median
    is_met = (target.at_least is None or value >= target.at_least) and (
        target.at_most is None or value <= target.at_most
    )
    text = f"{bound}: {'met' if is_met else 'MISSED'} by {_distance(target, value)}"
    return Verdict(question=target.question, subject=target.of, outcome="met" if is_met else "missed", text=text)


def _bound(target: Target, unit: str) -> str:
    of = f" x {target.to}" if target.to else f" {unit}"
    least = [] if target.at_least is None else [f">= {target.at_least:g}{of}"]
    most = [] if target.at_most is None else [f"<= {target.at_most:g}{of}"]
    return " and ".join(least + most)


def _distance(target: Target, value: float) -> str:
    bound = target.at_least if target.at_least is not None else target.at_most
    assert bound is not None
    return f"{abs(value / bound - 1):.0%} ({shown(value)})"


def _judge_steps(growth: Growth, answer: Answer) -> list[Verdict]:
    """Cost for a unit of work must not grow with the size by more than the bound, from each size to the next."""
    verdicts: list[Verdict] = []
    for before, after in zip(answer.figures, answer.figures[1:], strict=False):
        step = after.median / before.median
        is_met = step <= growth.step_at_most
        text = f"step from {before.subject} {step:.2f} x, <= {growth.step_at_most:g}: {'met' if is_met else 'MISSED'}"
        outcome: Literal["met", "missed"] = "met" if is_met else "missed"
        verdicts.append(Verdict(question=growth.question, subject=after.subject, outcome=outcome, text=text))
    return verdicts
