"""Sentences that announce the end of a limit, as agents and APIs print them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductord.reset_times import ALREADY_OVER, LONGEST, SHORTEST, find_reset

NOW = dt.datetime(2025, 10, 9, 17, 30, tzinfo=dt.UTC).timestamp()  # a Thursday


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("retry-after: 30", 30),
        ("Retry-After: 2.5", 2.5),
        ("retry after 15", 15),
        ("retry_after_seconds=45", 45),
        ("retry-after-ms: 1500", 1.5),
        ("Retry after 20 seconds.", 20),
        ("retry after 2 minutes", 120),
        ("retry after 1h30m", 5400),
        ("try again in 5m", 300),
        ("Please try again in 1.5s.", 1.5),
        ("Please retry in 38.601658672s.", 38.601658672),
        ("retry in 500ms", SHORTEST),
        ("Retry-After: 0", SHORTEST),
        ("try again in 2 days 17 hours 14 minutes.", 2 * 86400 + 17 * 3600 + 14 * 60),
        ('"retryDelay": "34s"', 34),
        ('\\"retryDelay\\": \\"34s\\"', 34),
        ("Your quota will reset after 12h34m16s.", 12 * 3600 + 34 * 60 + 16),
        ("resets in 3h 20m", 12000),
        ("reset in 1 hour and 5 min", 3900),
        ("x-ratelimit-reset-requests: 6m0s", 360),
        ("wait 30 seconds", 30),
        ("please wait for another 2 minutes", 120),
    ],
)
def test_spans(text: str, seconds: float) -> None:
    found = find_reset(text, NOW, dt.UTC)

    assert found is not None
    assert found[0] - NOW == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("resets 8pm (Europe/Lisbon)", "2025-10-09T19:00Z"),
        ("You've hit your session limit · resets 10:30pm (Europe/Berlin)", "2025-10-09T20:30Z"),
        ("Your limit will reset at 1pm (Etc/GMT+5)", "2025-10-09T18:00Z"),
        ("Limits will reset at 9:30 AM", "2025-10-10T09:30Z"),
        ("resets 12am (UTC)", "2025-10-10T00:00Z"),
        ("resets 12pm (UTC)", "2025-10-10T12:00Z"),
        ("try again at 2:51 PM.", "2025-10-10T14:51Z"),
        ("available again at 17:00 UTC", "2025-10-10T17:00Z"),
        ("resets at 5 p.m. PST", "2025-10-10T01:00Z"),
        ("(resets 16:21 on 19 Oct)", "2025-10-19T16:21Z"),
        ("resets Oct 12 at 3pm (America/New_York)", "2025-10-12T19:00Z"),
        ("try again at Oct 20th, 2025 5:43 PM", "2025-10-20T17:43Z"),
        ("resets tomorrow at 9am (UTC)", "2025-10-10T09:00Z"),
        ("resets today at 18:00", "2025-10-09T18:00Z"),
        ("resets Monday 9am (UTC)", "2025-10-13T09:00Z"),
        ("resets thu 9am (UTC)", "2025-10-16T09:00Z"),
        ("resets thu 19:00 (UTC)", "2025-10-09T19:00Z"),
        ("Claude AI usage limit reached|1760110000", "2025-10-10T15:26:40Z"),
        ("x-ratelimit-reset: 1760110000", "2025-10-10T15:26:40Z"),
        ("reset at 1760110000000", "2025-10-10T15:26:40Z"),
        ("reset at 2025-10-09T20:00:00Z", "2025-10-09T20:00Z"),
        ("resets at 2025-10-09 20:00:00+02:00", "2025-10-09T18:00Z"),
        ("Retry-After: Fri, 10 Oct 2025 07:28:00 GMT", "2025-10-10T07:28Z"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    found = find_reset(text, NOW, dt.UTC)

    assert found is not None
    assert dt.datetime.fromtimestamp(found[0], dt.UTC) == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "try again later",
        "or wait for limits to reset (every 5h and every week.)",
        "2025-10-09T20:00:00Z ERROR rate limited",
        "finished in 5m, 3 rate limits",
        "resets 25pm",
        "resets 8pm (Mars/Olympus)",
        "resets Feb 31, 11am (UTC)",
        "try again in 400 days",
    ],
)
def test_what_names_no_time(text: str) -> None:
    assert find_reset(text, NOW, dt.UTC) is None


def test_the_words_that_say_it_are_kept() -> None:
    found = find_reset("You've hit your limit · resets 8pm (Europe/Lisbon). Sorry!", NOW)

    assert found is not None
    assert found[1] == "resets 8pm (Europe/Lisbon)"


def test_a_time_of_day_that_has_only_just_passed_is_not_that_of_tomorrow() -> None:
    just, long_ago = find_reset("resets 5:28pm (UTC)", NOW), find_reset("resets 5:20pm (UTC)", NOW)

    assert just is not None
    assert long_ago is not None
    assert just[0] == NOW + ALREADY_OVER
    assert long_ago[0] - NOW == 86400 - 600


def test_a_date_without_a_year_is_the_coming_one() -> None:
    december = dt.datetime(2025, 12, 31, 12, tzinfo=dt.UTC).timestamp()

    found = find_reset("resets Jan 2, 9am (UTC)", december)

    assert found is not None
    assert dt.datetime.fromtimestamp(found[0], dt.UTC) == dt.datetime(2026, 1, 2, 9, tzinfo=dt.UTC)


def test_a_day_of_25_hours_is_counted_as_the_zone_counts_it() -> None:
    # Berlin sets its clocks back in the night to 26 October 2025.
    evening = dt.datetime(2025, 10, 25, 22, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()

    found = find_reset("resets 9pm (Europe/Berlin)", evening)

    assert found is not None
    assert found[0] - evening == 24 * 3600


def test_without_a_zone_it_is_the_given_one() -> None:
    found = find_reset("resets 8pm", NOW, ZoneInfo("Asia/Tokyo"))

    assert found is not None
    assert dt.datetime.fromtimestamp(found[0], ZoneInfo("Asia/Tokyo")).hour == 20


@given(
    st.text(alphabet="retry af0123456789:smhdpAMZ()/-T|.Oct", max_size=80),
    st.sampled_from(["resets ", "try again in ", ""]),
)
def test_whatever_is_found_lies_ahead_and_within_reason(text: str, before: str) -> None:
    found = find_reset(before + text, NOW, dt.UTC)

    assert found is None or NOW < found[0] <= NOW + LONGEST
