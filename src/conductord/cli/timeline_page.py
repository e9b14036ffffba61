"""The timeline of a job as one HTML page with an SVG picture: no script, no other file."""

import time
from html import escape

from conductor_api import Diagnosis
from conductord.cli.bars import Bar, bars
from conductord.cli.times import duration

_LINE = 24
_CHART = 720
_COLORS = {"good": "#2e9e5b", "bad": "#d64545", "busy": "#2f7fd1", "dim": "#b9bec7"}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }}
body {{ margin: 2rem }}
svg text {{ font: 13px system-ui, sans-serif; fill: currentColor }}
svg .axis {{ stroke: currentColor; opacity: .25 }}
</style></head><body>
<h1>{title}</h1><p>{summary}</p>
{picture}
</body></html>
"""


def timeline_page(diagnosis: Diagnosis) -> str:
    """The page as text."""
    state = diagnosis.state
    drawn = bars(diagnosis.timeline, time.time())
    done = f"{state.last_completed_sheet} of {state.total_sheets} sheets done"
    summary = f"{state.status}, {done}, in {diagnosis.workspace}"
    return _PAGE.format(title=escape(state.job_id), summary=escape(summary), picture=_picture(drawn))


def _picture(drawn: list[Bar]) -> str:
    if not drawn:
        return "<p>No attempts yet.</p>"
    begin = min(bar.begin for bar in drawn)
    span = max(max(bar.end for bar in drawn) - begin, 0.001)
    label = 9 * max(len(bar.label) for bar in drawn) + 12
    height = _LINE * (len(drawn) + 1)
    lines = [_bar(bar, i, begin, span, label) for i, bar in enumerate(drawn)]
    axis = (
        f'<line class="axis" x1="{label}" x2="{label + _CHART}" y1="{height - 14}" y2="{height - 14}"/>'
        f'<text x="{label}" y="{height}">0</text>'
        f'<text x="{label + _CHART}" y="{height}" text-anchor="end">{duration(span)}</text>'
    )
    size = f'width="{label + _CHART + 420}" height="{height + 4}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{"".join(lines)}{axis}</svg>'


def _bar(bar: Bar, index: int, begin: float, span: float, label: int) -> str:
    x = label + (bar.begin - begin) / span * _CHART
    width = max((bar.end - bar.begin) / span * _CHART, 2)
    y = index * _LINE
    color = _COLORS.get(bar.style or "", _COLORS["dim"])
    note = f"{duration(bar.end - bar.begin)} {bar.note}"
    return (
        f'<text x="0" y="{y + 16}">{escape(bar.label)}</text>'
        f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="16" rx="3" fill="{color}">'
        f"<title>{escape(note)}</title></rect>"
        f'<text x="{label + _CHART + 10}" y="{y + 16}">{escape(note)}</text>'
    )
