"""Rate limits seen in output: text in, decision out. No clock of its own.

Order (CONDUCTOR 1.3): a good exit with good validations is a success, whatever the text says; only then do
the last 40 lines count. The last line that matches is the evidence; the time is looked for in that line,
then below, then above.
"""

import json
import re
from datetime import tzinfo
from typing import Any, cast

from msgspec import Struct

from conductord.quantities import format_duration
from conductord.reset_times import find_reset
from conductord.spec import LimitRule

TAIL_LINES = 40
"""Lines at the end of stdout and of stderr that are searched."""
LINE_LENGTH = 20_000
"""Characters of a line that are searched: patterns are users' own, and may be slow on long lines."""
EVIDENCE_LENGTH = 240
"""Characters of evidence that are kept: an agent may print its whole report on one line."""

# ECMA-48 control sequences: colours, cursor movement.
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class LimitHit(Struct, frozen=True, kw_only=True):
    """An instrument refuses work for a while."""

    until: float
    """Epoch seconds at which it may be tried again."""
    reason: str
    """For a person: `resets 8pm (Europe/Lisbon)`, or that no time was named."""
    evidence: str
    """The line of output that matched."""


def find_limit(
    *, succeeded: bool, stdout: str, stderr: str, rule: LimitRule, now: float, zone: tzinfo | None = None
) -> LimitHit | None:
    """The limit that a failed attempt ran into; None when it failed for another reason or did not fail.

    succeeded: exit fine AND validations fine. now: epoch seconds. zone: for times without one; None is the
    machine's.
    """
    if succeeded or not rule.patterns:
        return None
    patterns = [re.compile(_bounded(pattern), re.IGNORECASE) for pattern in rule.patterns]
    texts = [_field(stdout, rule.field) if rule.field else "", stderr, stdout]
    hits = [hit for text in texts if (hit := _search(_tail(text), patterns, rule, now, zone)) is not None]
    # A hit that names a time says more than one that does not.
    return next((hit for hit, timed in hits if timed), hits[0][0] if hits else None)


def _bounded(pattern: str) -> str:
    """A number at the edge of a pattern is a whole number: `429` is not in `14290`."""
    before = r"(?<!\d)" if pattern[:1].isdigit() else ""
    after = r"(?!\d)" if pattern[-1:].isdigit() else ""
    return f"{before}{pattern}{after}"


def _tail(text: str) -> list[str]:
    lines = [line.strip() for line in _ESCAPES.sub("", text).splitlines()]
    return [line[:LINE_LENGTH] for line in lines if line][-TAIL_LINES:]


def _search(
    lines: list[str], patterns: list[re.Pattern[str]], rule: LimitRule, now: float, zone: tzinfo | None
) -> tuple[LimitHit, bool] | None:
    """The hit in the last matching line, and whether it names a time."""
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        match = next((match for pattern in patterns if (match := pattern.search(line))), None)
        if match is not None:
            places = (_sentence(lines, index, match.start()), " ".join(lines[index:]), " ".join(lines[:index]))
            return _hit(_evidence(line, match.start()), places, rule, now, zone)
    return None


def _sentence(lines: list[str], index: int, start: int) -> str:
    """The line from the match on; terminals break lines anywhere, so a number at its end is in want of its unit."""
    broken = lines[index][-1].isdigit() and index + 1 < len(lines)
    return lines[index][start:] + (f" {lines[index + 1]}" if broken else "")


def _evidence(line: str, start: int) -> str:
    if len(line) <= EVIDENCE_LENGTH:
        return line
    return line[max(start - 40, 0) :][:EVIDENCE_LENGTH]


def _hit(
    evidence: str, places: tuple[str, ...], rule: LimitRule, now: float, zone: tzinfo | None
) -> tuple[LimitHit, bool]:
    for place in places:
        reset = find_reset(place, now, zone)
        if reset is not None:
            until, phrase = reset
            return LimitHit(until=until, reason=phrase, evidence=evidence), True
    reason = f"no time named; waiting {format_duration(rule.default_wait)}"
    return LimitHit(until=now + rule.default_wait, reason=reason, evidence=evidence), False


def _field(stdout: str, path: str) -> str:
    """Text at a dotted path of the JSON that was printed: the whole output, or else its last line that is
    JSON."""
    for candidate in (stdout, *reversed(stdout.strip().splitlines()[-TAIL_LINES:])):
        try:
            value: Any = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        for key in path.split("."):
            value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return ""
