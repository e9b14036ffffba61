"""When a limit ends, read from the sentence that announces it: in how long, or at what time of which zone.

Seen in the wild: `retry-after: 30`, `Please retry in 38.6s`, `try again in 2 days 17 hours 14 minutes`,
`"retryDelay": "34s"`, `Your quota will reset after 12h34m16s`, `resets 8pm (Europe/Lisbon)`, `resets Feb 16,
11am (Europe/Berlin)`, `Limits will reset at 9:30 AM`, `resets 16:21 on 19 May`, `try again at Oct 20th, 2025
5:43 PM`, `limit reached|1749924000`.
"""

import datetime as dt
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

JUST_PASSED = 300.0
"""A time of day that passed less than this many seconds ago is that of today, not of tomorrow."""
ALREADY_OVER = 60.0
"""Seconds to wait when the time that was named is over already."""
SHORTEST = 1.0
"""Seconds to wait at least, so that `retry-after: 0` does not make a busy loop."""
LONGEST = 62 * 86400.0
"""A time further off than this was misread."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_UNIT = r"(?:milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])"
# `12h34m16s` has no gap between its parts, so a unit may also be followed by a digit.
_PART = rf"(\d+(?:\.\d+)?)\s*({_UNIT})"
_SPAN = rf"(?:\d+(?:\.\d+)?\s*{_UNIT}(?:\s*,?\s*(?:and\s+)?)?)+"
_AGAIN = r"(?:try(?:ing)? again|retry(?:ing)?|retry[-_ ]?delay|resets?|reset[-_][-_a-z]+|wait|available(?: again)?)"
_FILLER = r"(?:\W|\b(?:in|after|for|about|around|approximately|at least|another)\b)*"
_SPAN_AFTER = re.compile(rf"\b{_AGAIN}\b{_FILLER}(?P<span>{_SPAN})", re.IGNORECASE)
_RETRY_AFTER = re.compile(
    r"\bretry[-_ ]?after(?P<unit>[-_ ]?(?:ms|seconds?|secs?))?\W{1,5}(?P<number>\d+(?:\.\d+)?)(?P<own>\s*[a-z]+)?",
    re.IGNORECASE,
)
_HTTP_DATE = re.compile(
    r"\bretry-after\W{1,4}(?P<date>[a-z]{3}, \d\d [a-z]{3} \d{4} \d\d:\d\d:\d\d gmt)", re.IGNORECASE
)
_KEYWORD = r"(?:resets?|reset[-_a-z]*|again|retry[-_a-z]*|until|available|reached|after)"
_EPOCH = re.compile(rf"\b{_KEYWORD}\b[^0-9\n]{{1,12}}(?P<epoch>\d{{10}}|\d{{13}})(?!\d)", re.IGNORECASE)
_ISO = re.compile(
    rf"\b{_KEYWORD}\b[^0-9\n]{{1,20}}(?P<iso>\d{{4}}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_DATE = (
    rf"(?:(?:{'|'.join(_DAYS)})[a-z]*|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:\s+\d{{4}})?|today|tomorrow)"
)
_CLOCK = r"(?:\d{1,2}(?::\d\d){0,2}\s*[ap]\.?m\b\.?|\d{1,2}:\d\d(?::\d\d)?)"
_CLOCK_AFTER = re.compile(
    rf"\b(?:resets?|again|until|available|retry|renews?|back)\b\W*(?:(?:at|on|by|after)\W+)?"
    rf"(?:(?P<date>{_DATE})[,\s]*(?:at\s+)?)?(?P<clock>{_CLOCK})(?:\s+on\s+(?P<date2>{_DATE}))?"
    r"(?:\s*\(?(?P<zone>[A-Za-z_]+/[A-Za-z0-9_+/-]+|UTC|GMT|Z|[PMCE][SD]T|CES?T)\b\)?)?",
    re.IGNORECASE,
)
# Hours from UTC of the abbreviations that agents print; the others mean different zones in different places.
_ABBREVIATIONS = {
    "UTC": 0, "GMT": 0, "Z": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5,
    "EST": -5, "EDT": -4, "CET": 1, "CEST": 2,
}  # fmt: skip


def find_reset(text: str, now: float, zone: dt.tzinfo | None = None) -> tuple[float, str] | None:
    """Epoch seconds at which the limit ends, and the words that say so; None when the text names no time.

    now: epoch seconds. zone: for a time of day that names none; None is the machine's.
    """
    finders: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], float | None]], ...] = (
        (_HTTP_DATE, lambda match: parsedate_to_datetime(match["date"]).timestamp()),
        (_RETRY_AFTER, lambda match: _retry_after(match, now)),
        (_SPAN_AFTER, lambda match: now + max(_seconds(match["span"]), SHORTEST)),
        (_EPOCH, lambda match: float(match["epoch"]) / (1000 if len(match["epoch"]) == 13 else 1)),
        (_ISO, lambda match: _iso(match, zone)),
        (_CLOCK_AFTER, lambda match: _clock(match, now, zone)),
    )
    for pattern, read in finders:
        match = pattern.search(text)
        if match is None:
            continue
        try:
            until = read(match)
        except (ValueError, OverflowError, KeyError):
            continue  # 31 February, 25 o'clock, a zone that does not exist
        if until is not None and until - now <= LONGEST:
            return (until if until > now else now + ALREADY_OVER), match[0].strip()
    return None


def _retry_after(match: re.Match[str], now: float) -> float | None:
    """`retry-after: 30` (RFC 9110, 10.2.3: seconds), `retry_after_ms=500`, `retry after 2 minutes`."""
    unit = (match["own"] or match["unit"] or "s").strip("-_ ").lower()
    seconds = float(match["number"]) * _unit_seconds(unit)
    # `retry after 1h30m` is a span of several parts, which the next finder reads whole.
    return None if match["own"] and match.string[match.end() :][:1].isdigit() else now + max(seconds, SHORTEST)


def _seconds(span: str) -> float:
    return sum(float(number) * _unit_seconds(unit) for number, unit in re.findall(_PART, span, re.IGNORECASE))


def _unit_seconds(unit: str) -> float:
    unit = unit.lower()
    return _UNITS["ms" if unit.startswith(("ms", "milli")) else unit[0]]


def _iso(match: re.Match[str], zone: dt.tzinfo | None) -> float:
    moment = dt.datetime.fromisoformat(match["iso"].upper().replace(" ", "T"))
    offset = (match["zone"] or "").upper()
    if offset in ("Z", "UTC", "GMT"):
        moment = moment.replace(tzinfo=dt.UTC)
    elif offset:
        moment = dt.datetime.fromisoformat(f"{moment.isoformat()}{offset}")
    return (moment if moment.tzinfo or zone is None else moment.replace(tzinfo=zone)).timestamp()


def _clock(match: re.Match[str], now: float, zone: dt.tzinfo | None) -> float:
    if match["zone"]:
        zone = _zone(match["zone"])
    today = dt.datetime.fromtimestamp(now, zone)
    hour, minute, second = _time_of_day(match["clock"])
    moment = today.replace(hour=hour, minute=minute, second=second, microsecond=0, fold=0)
    date = match["date"] or match["date2"]
    if date is None or date.lower() == "today":
        return _next_day(moment, now, step=0 if date else 1)
    date = date.lower()
    if date == "tomorrow":
        return (moment + dt.timedelta(days=1)).timestamp()
    if date[:3] in _DAYS and not any(character.isdigit() for character in date):
        days = (_DAYS.index(date[:3]) - moment.weekday()) % 7
        return _next_day(moment + dt.timedelta(days=days), now, step=7)
    return _on_date(moment, date, now)


def _next_day(moment: dt.datetime, now: float, *, step: int) -> float:
    """`moment`, or `step` days later when it is over for good. Wall-clock days: a zone may change its
    offset."""
    if moment.timestamp() < now - JUST_PASSED:
        moment += dt.timedelta(days=step)
    return moment.timestamp()


def _on_date(moment: dt.datetime, date: str, now: float) -> float:
    word = re.search(r"[a-z]{3,}", date)
    numbers = [int(number) for number in re.findall(r"\d+", date)]
    assert word is not None  # the pattern demands a month
    month = _MONTHS.index(word[0][:3]) + 1
    if len(numbers) == 2:
        return moment.replace(year=numbers[1], month=month, day=numbers[0]).timestamp()
    dated = moment.replace(month=month, day=numbers[0])
    # Without a year it is the coming one: `Jan 2` said in December.
    if dated.timestamp() < now - 2 * 86400:
        dated = dated.replace(year=dated.year + 1)
    return dated.timestamp()


def _time_of_day(clock: str) -> tuple[int, int, int]:
    numbers = [int(number) for number in re.findall(r"\d+", clock)]
    hour, minute, second = (*numbers, 0, 0)[:3]
    half = re.search(r"[ap]", clock, re.IGNORECASE)
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + (12 if half[0].lower() == "p" else 0)
    return hour, minute, second


def _zone(name: str) -> dt.tzinfo:
    """Raises KeyError for a zone that does not exist."""
    if name.upper() in _ABBREVIATIONS:
        return dt.timezone(dt.timedelta(hours=_ABBREVIATIONS[name.upper()]))
    return ZoneInfo(name)
