"""Times for people: relative when they look back or ahead, by the clock where events stand in a row."""

import time
from datetime import datetime

from conductord.quantities import format_duration


def epoch(when: datetime | float) -> float:
    """Seconds since 1970 of either kind of time on the wire."""
    return when.timestamp() if isinstance(when, datetime) else when


def relative(when: datetime | float | None, now: float | None = None) -> str:
    """`5m12s ago`, `in 1h12m`, `just now`; `-` for None."""
    if when is None:
        return "-"
    distance = epoch(when) - (time.time() if now is None else now)
    if abs(distance) < 1:
        return "just now"
    length = format_duration(abs(distance)) if abs(distance) >= 10 else f"{abs(distance):.0f}s"
    return f"in {length}" if distance > 0 else f"{length} ago"


def clock(when: datetime | float) -> str:
    """Time of day in the zone of the machine, as in `19:02:07`."""
    return time.strftime("%H:%M:%S", time.localtime(epoch(when)))


def until(when: datetime | float, now: float | None = None) -> str:
    """When a wait is over, both ways: `20:00 (in 1h12m)`."""
    return f"{time.strftime('%H:%M', time.localtime(epoch(when)))} ({relative(when, now)})"


def duration(seconds: float | None) -> str:
    """Length of time, short ones in milliseconds, as in `40ms`; `-` for None."""
    if seconds is None:
        return "-"
    return f"{max(seconds, 0.0) * 1000:.0f}ms" if seconds < 0.9995 else format_duration(seconds)
