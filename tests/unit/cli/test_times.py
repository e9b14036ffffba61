from datetime import UTC, datetime

import pytest

from conductord.cli.times import clock, duration, relative, until


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (0.4, "just now"),
        (-0.4, "just now"),
        (-5, "5s ago"),
        (7, "in 7s"),
        (-312, "5m12s ago"),
        (4320, "in 1h12m"),
        (-3 * 86400, "3d00h ago"),
    ],
)
def test_relative_times_look_back_and_ahead(distance: float, text: str) -> None:
    assert relative(10_000_000.0 + distance, now=10_000_000.0) == text


def test_both_kinds_of_time_on_the_wire_read_the_same() -> None:
    moment = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
    assert relative(moment, now=moment.timestamp() + 60) == relative(moment.timestamp(), now=moment.timestamp() + 60)
    assert clock(moment) == clock(moment.timestamp())


def test_an_unknown_time_is_a_dash() -> None:
    assert relative(None) == "-"
    assert duration(None) == "-"


def test_the_end_of_a_wait_is_told_by_the_clock_and_by_distance() -> None:
    assert until(10_000_000.0 + 4320, now=10_000_000.0).endswith(" (in 1h12m)")
