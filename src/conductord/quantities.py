"""Durations and sizes as people write them: `90`, `5m`, `1h30m`, `7d`; `4096`, `64KiB`, `10MB`."""

import re

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BYTES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhdw])")
_BARE_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([a-zA-Z]*)")

DURATION_HINT = "write seconds or a number with a unit, as in 90, 5m, 1h30m, 7d"
SIZE_HINT = "write bytes or a number with a unit, as in 4096, 64KiB, 10MB"


def parse_duration(text: str) -> float:
    """Seconds that `text` says. Raises ValueError (with the accepted forms) for anything else."""
    text = text.strip()
    if _BARE_SECONDS.fullmatch(text):
        return float(text)
    parts = _DURATION_PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is not a duration; {DURATION_HINT}")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def parse_size(text: str) -> int:
    """Bytes that `text` says. Raises ValueError (with the accepted forms) for anything else."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].lower() not in _BYTES:
        raise ValueError(f"{text.strip()!r} is not a size; {SIZE_HINT}")
    return int(float(match[1]) * _BYTES[match[2].lower()])


def format_duration(seconds: float) -> str:
    """Short text for a person, two units at most: `0.4s`, `12s`, `5m12s`, `2h03m`, `3d04h`."""
    if seconds < 10:
        return f"{max(seconds, 0.0):.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02}h"
