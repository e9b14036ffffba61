"""What the past attempts of a sheet tell. The figures are plain SQL (`store.statistics`); here they get words. Pure."""

from collections.abc import Sequence

import msgspec

from conductord.quantities import format_duration
from conductord.store.statistics import Quantiles, SheetRecord

ENOUGH = 5
"""Attempts from which on a pattern counts as seen."""
NEWEST = 5
"""Attempts that are compared with the older ones, of which there must be as many."""
CONTRADICTION = 0.5
"""Difference of success rates between the newest attempts and the older ones that puts a pattern in doubt."""
RETIRED_AFTER = 30 * 86400.0
"""Seconds without a run after which a pattern is history."""
RELIABLE = 0.95
"""Success rate from which on a sheet counts as reliable."""


class Result(msgspec.Struct, frozen=True):
    """One attempt."""

    success: bool
    seconds: float


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern in words."""

    kind: str
    """reliable, flaky or failing."""
    stage: str
    """pending, validated, quarantined or retired."""
    description: str
    suggestion: str | None
    success_rate: float
    flaky_rate: float
    lost: float
    """Share of the time that failed attempts took."""
    trust: float


def interpret(
    record: SheetRecord,
    results: Sequence[Result],
    quantiles: Quantiles | None,
    top_error: str | None,
    now: float,
) -> Reading:
    """Words for the figures of one sheet. results: all its attempts that counted, newest first."""
    rate, flaky = record.successes / record.runs, record.jobs_flaky / record.jobs
    kind = _kind(record, rate)
    typical = f", typically {format_duration(quantiles.p50)}" if quantiles is not None else ""
    return Reading(
        kind=kind,
        stage=_stage(record, results, now),
        description=f"{record.successes} of {record.runs} attempts in {record.jobs} jobs succeeded{typical}",
        suggestion=_suggestion(kind, record, quantiles, top_error),
        success_rate=rate,
        flaky_rate=flaky,
        lost=record.seconds_lost / record.seconds if record.seconds > 0 else 1.0 - rate,
        trust=record.runs / (record.runs + ENOUGH),
    )


def _kind(record: SheetRecord, rate: float) -> str:
    if record.jobs_stuck * 2 > record.jobs:
        return "failing"
    return "reliable" if rate >= RELIABLE else "flaky"


def _stage(record: SheetRecord, results: Sequence[Result], now: float) -> str:
    if now - record.last_seen > RETIRED_AFTER:
        return "retired"
    if record.runs < ENOUGH:
        return "pending"
    newest, older = results[:NEWEST], results[NEWEST:]
    if len(older) >= NEWEST and abs(_rate(newest) - _rate(older)) > CONTRADICTION:
        return "quarantined"
    return "validated"


def _rate(results: Sequence[Result]) -> float:
    return sum(result.success for result in results) / len(results)


def _suggestion(kind: str, record: SheetRecord, quantiles: Quantiles | None, top_error: str | None) -> str | None:
    """What to change in the job file; None if nothing stands out."""
    cause = (top_error or "").partition(":")[0].split(" ")[0]
    if kind == "failing":
        return f"it seldom gets through; look at: {top_error}" if top_error else "it seldom gets through"
    if kind == "reliable":
        return None
    if cause in {"timeout", "idle"} and quantiles is not None:
        longer = format_duration(2 * quantiles.p90)
        return (
            f"attempts are cut off: raise `{'timeout' if cause == 'timeout' else 'idle_timeout'}` to {longer} or more"
        )
    retries = max(1, round(record.runs / max(record.jobs, 1)))
    return f"it fails now and then: `retry: {{max: {retries}}}` gets it through in most cases"
