"""Attempts as bars over time, in text."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from conductor_api import AttemptStatus, TimelineEntry, TimelineKind
from conductord.cli.output import Output
from conductord.cli.times import duration, epoch
from conductord.cli.words import attempt_result

_WIDTH = 60


class Bar(NamedTuple):
    """One line of the picture."""

    label: str
    begin: float
    """Seconds since 1970."""
    end: float
    """Seconds since 1970."""
    fill: str
    note: str
    style: str | None


def bars(entries: Sequence[TimelineEntry], now: float) -> list[Bar]:
    """The lines of the picture; what lasts ends now."""
    return [_bar(entry, now) for entry in entries]


def timeline_lines(output: Output, entries: Sequence[TimelineEntry], width: int = _WIDTH) -> list[str]:
    """The picture as text: one line an attempt or wait, oldest first."""
    drawn = bars(entries, time.time())
    if not drawn:
        return []
    begin = min(bar.begin for bar in drawn)
    span = max(max(bar.end for bar in drawn) - begin, 0.001)
    label_width = max(len(bar.label) for bar in drawn)
    return [_line(output, bar, begin, span, label_width, width) for bar in drawn]


def _bar(entry: TimelineEntry, now: float) -> Bar:
    begin = epoch(entry.started_at)
    end = epoch(entry.ended_at) if entry.ended_at is not None else now
    if entry.kind is TimelineKind.WAIT:
        whose = "" if entry.sheet_num is None else f"{entry.sheet_num} {entry.sheet_name or ''} "
        return Bar(f"{whose}waits", begin, end, "·", entry.detail, "dim")
    status = entry.status or AttemptStatus.RUNNING
    result = attempt_result(status, entry.cause)
    note = f"{result.text} {entry.detail}".strip()
    fill = {AttemptStatus.SUCCEEDED: "█", AttemptStatus.FAILED: "▒"}.get(status, "▓")
    return Bar(f"{entry.sheet_num} {entry.sheet_name} #{entry.attempt_num}", begin, end, fill, note, result.style)


def _line(output: Output, bar: Bar, begin: float, span: float, label_width: int, width: int) -> str:
    left = min(int((bar.begin - begin) / span * width), width - 1)
    length = max(round((bar.end - bar.begin) / span * width), 1)
    drawn = (" " * left + bar.fill * length)[:width].ljust(width)
    took = duration(bar.end - bar.begin)
    return f"{bar.label:<{label_width}} |{output.style(drawn, bar.style)}| {took:>7} {bar.note}".rstrip()
