"""What the end of an attempt means. Pure: facts in, judgement out.

The order is that of CONDUCTOR part 1.3: a good exit with good outputs is a success, whatever the text says; only then
is the text searched for a limit; the exit code alone decides nothing.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from conductord.job import Cause
from conductord.limits import LimitHit, find_limit
from conductord.quantities import format_duration
from conductord.runner import Exit
from conductord.spec import Instrument, SheetSpec
from conductord.supervise import Cause as EndCause
from conductord.supervise import Outcome
from conductord.validate import Check

_BROKEN_BOUNDS = {
    EndCause.TIMEOUT: Cause.TIMEOUT,
    EndCause.IDLE: Cause.IDLE,
    EndCause.OUTPUT_LIMIT: Cause.OUTPUT_LIMIT,
}


class Judgement(Struct, frozen=True, kw_only=True):
    """Why an attempt succeeded or failed, and what that means for its sheet."""

    cause: Cause | None
    """None: it succeeded."""
    message: str = ""
    """The failure in a sentence."""
    counted: bool = True
    """Whether it uses up one of the sheet's tries."""
    retriable: bool = False
    """Whether another attempt may succeed."""
    limit: LimitHit | None = None
    """The limit to wait for."""
    signature: str | None = None
    """The same for failures of the same kind."""


class Facts(Struct, frozen=True, kw_only=True):
    """All that is known of an attempt at its end."""

    outcome: Outcome
    checks: Sequence[Check] | None
    """Results of the validations, None when none ran."""
    stdout_tail: str
    stderr_tail: str
    limited_since: float | None
    """When the present row of limit waits of the sheet began, in seconds since the epoch."""
    now: float


def exited_well(exit: Exit | None, sheet: SheetSpec) -> bool:
    """Whether the process ended by itself with a code that the sheet accepts."""
    return exit is not None and exit.error is None and exit.exit in sheet.exit_codes


def judge(facts: Facts, sheet: SheetSpec, instrument: Instrument) -> Judgement:
    """What the end of an attempt means."""
    failure = _failure(facts, sheet)
    if failure is None:
        return Judgement(cause=None)
    cause, message, retriable = failure
    if cause not in {Cause.INTERRUPTED, Cause.SPAWN}:
        hit = find_limit(
            succeeded=False,
            stdout=facts.stdout_tail,
            stderr=facts.stderr_tail,
            rule=instrument.limit,
            now=facts.now,
        )
        if hit is not None:
            return _limited(hit, facts, instrument)
    return Judgement(
        cause=cause,
        message=message,
        counted=cause is not Cause.INTERRUPTED,
        retriable=retriable,
        signature=signature(cause, facts),
    )


def _failure(facts: Facts, sheet: SheetSpec) -> tuple[Cause, str, bool] | None:
    """Cause, message, whether another attempt may succeed; None for success."""
    outcome, exit = facts.outcome, facts.outcome.exit
    if outcome.cause is EndCause.INTERRUPTED or exit is None:
        return Cause.INTERRUPTED, "the step is gone without a result", True
    if exit.error is not None:
        return Cause.SPAWN, exit.error, False
    if outcome.cause in _BROKEN_BOUNDS:
        return _BROKEN_BOUNDS[outcome.cause], outcome.message, True
    if exit.signal is not None:
        return Cause.SIGNAL, outcome.message, True
    if not exited_well(exit, sheet):
        return Cause.EXIT, outcome.message, sheet.retry.on_exit is None or exit.exit in sheet.retry.on_exit
    wrong = [check for check in facts.checks or () if not check.passed]
    if wrong:
        return Cause.INVALID, "; ".join(f"{check.description}: {check.message}" for check in wrong), True
    return None


def _limited(hit: LimitHit, facts: Facts, instrument: Instrument) -> Judgement:
    """A limit that was seen: to be waited out, unless the instrument says otherwise."""
    rule = instrument.limit
    wait = hit.until - (facts.limited_since or facts.now)
    message = f"{instrument.name}: {hit.evidence}"
    if rule.on_limit == "wait" and (rule.max_wait is None or wait <= rule.max_wait):
        return Judgement(cause=Cause.LIMIT, message=message, counted=False, retriable=True, limit=hit)
    if rule.on_limit == "wait":
        message = f"{message} (a wait of {format_duration(wait)} is longer than max_wait)"
    return Judgement(
        cause=Cause.LIMIT,
        message=message,
        retriable=rule.on_limit == "fail",
        signature=signature(Cause.LIMIT, facts),
    )


def signature(cause: Cause, facts: Facts) -> str:
    """Cause, exit code and the last line of output without its numbers: the same for failures of the same kind."""
    exit = facts.outcome.exit
    code = f" {exit.exit}" if exit is not None and exit.exit is not None and cause is Cause.EXIT else ""
    return f"{cause}{code}: {_last_words(facts)}".rstrip(": ")


def _last_words(facts: Facts) -> str:
    for text in (facts.stderr_tail, facts.stdout_tail):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            return re.sub(r"\d+", "N", lines[-1])[:120]
    return ""
