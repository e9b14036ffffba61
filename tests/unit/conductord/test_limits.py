"""Whether a failed attempt ran into a limit, and until when."""

import json

import pytest

from conductord.limits import LimitHit, find_limit
from conductord.spec import DEFAULT_LIMIT_PATTERNS, LimitRule

NOW = 1_760_000_000.0
RULE = LimitRule(patterns=("hit your limit", "Rate limit reached", "429"), default_wait=120)


def look(stdout: str = "", stderr: str = "", *, succeeded: bool = False, rule: LimitRule = RULE) -> LimitHit | None:
    return find_limit(succeeded=succeeded, stdout=stdout, stderr=stderr, rule=rule, now=NOW)


def test_a_success_is_no_limit_whatever_the_text_says() -> None:
    assert look("Rate limit reached, retry-after: 30", succeeded=True) is None


def test_a_failure_with_the_same_text_is_one() -> None:
    assert look("Rate limit reached, retry-after: 30") == LimitHit(
        until=NOW + 30, reason="retry-after: 30", evidence="Rate limit reached, retry-after: 30"
    )


def test_a_failure_for_another_reason_is_none() -> None:
    assert look("error: no such file", "Traceback") is None


def test_an_instrument_without_patterns_has_no_limits() -> None:
    assert look("Rate limit reached", rule=LimitRule()) is None


def test_case_does_not_matter_and_stderr_counts() -> None:
    assert look(stderr="RATE LIMIT REACHED. try again in 5m") is not None


def test_without_a_time_it_waits_as_the_rule_says() -> None:
    hit = look("Rate limit reached")

    assert hit is not None
    assert (hit.until, hit.reason) == (NOW + 120, "no time named; waiting 2m00s")


def test_a_number_is_found_only_as_a_whole_number() -> None:
    assert look("processed 14290 rows, then failed") is None
    assert look("HTTP 429") is not None
    assert look("status=429;") is not None


def test_only_the_last_forty_lines_count() -> None:
    assert look("Rate limit reached\n" + "work\n" * 40) is None
    assert look("Rate limit reached\n" + "work\n" * 39) is not None


def test_the_last_match_counts_and_its_own_time_first() -> None:
    hit = look(
        "try again in 9m\nRate limit reached, try again in 1m\nRate limit reached, try again in 2m\nretry-after: 7"
    )

    assert hit is not None
    assert hit.until == NOW + 120


def test_the_time_may_stand_below_broken_over_lines_or_above() -> None:
    below = look("■ You've hit your limit. Upgrade or try again in 5 days 22 hours 11\nminutes.")
    later = look('{"code": 429,\n "details": [\n  {"retryDelay": "34s"}]}')
    above = look("retry-after: 12\nerror 429")

    assert [hit.until - NOW for hit in (below, later, above) if hit] == [5 * 86400 + 22 * 3600 + 11 * 60, 34, 12]


def test_colours_and_progress_bars_do_not_hide_it() -> None:
    assert look("\x1b[31mRate \x1b[1mlimit reached\x1b[0m") is not None
    assert look("10%\r20%\rRate limit reached") is not None


def test_a_time_beats_a_mention_without_one() -> None:
    hit = look(stdout="Rate limit reached, retry-after: 9", stderr="error: 429")

    assert hit is not None
    assert hit.until == NOW + 9


def test_a_field_of_json_output_is_searched() -> None:
    rule = LimitRule(patterns=("hit your limit",), field="error.message")
    report = {"error": {"message": "You've hit your limit\nresets in 3h"}, "pad": "x" * 50_000}

    whole = look(json.dumps(report, indent=1), rule=rule)
    last_line = look("starting\n" + json.dumps(report), rule=rule)

    assert whole is not None
    assert last_line is not None
    assert whole.until == last_line.until == NOW + 3 * 3600
    assert whole.evidence == "You've hit your limit"


@pytest.mark.parametrize("stdout", ["", "no json", "[1]", '{"error": 5}', '{"error": null}', "[" * 100_000])
def test_a_field_that_is_not_there_is_no_limit(stdout: str) -> None:
    assert look(stdout, rule=LimitRule(patterns=("limit",), field="error.message")) is None


def test_evidence_of_a_very_long_line_is_cut_around_the_match() -> None:
    hit = look("x" * 5000 + " Rate limit reached, retry-after: 3 " + "y" * 5000)

    assert hit is not None
    assert len(hit.evidence) <= 240
    assert "Rate limit reached, retry-after: 3" in hit.evidence


def test_patterns_of_users_may_be_any_regular_expression() -> None:
    assert look("slow down, friend", rule=LimitRule(patterns=(r"(?i)slow\s+down|\bbackoff\b",))) is not None


@pytest.mark.parametrize(
    "line",
    [
        "You've hit your limit · resets 8pm (Europe/Lisbon)",
        "You've hit your session limit · resets 10:30pm (Europe/Berlin)",
        "Claude AI usage limit reached|1760110000",
        "You've hit your usage limit. Upgrade to Pro or try again in 3 hours 2 minutes.",
        "Error: 429 {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\"}}",
        "You exceeded your current quota, please check your plan and billing details.",
        "You have exhausted your capacity on this model. Your quota will reset after 26s.",
        "status: RESOURCE_EXHAUSTED",
        "Rate limit reached for gpt-4 on tokens per min (TPM)",
        "HTTP 429 Too Many Requests",
    ],
)  # fmt: skip
def test_the_default_patterns_know_what_agents_print(line: str) -> None:
    assert look(line, rule=LimitRule(patterns=DEFAULT_LIMIT_PATTERNS)) is not None


@pytest.mark.parametrize(
    "line", ["error: test_limits.py failed", "limit = 429000", "reached the end", "rate: 5 limit: 3"]
)
def test_the_default_patterns_leave_other_failures_alone(line: str) -> None:
    assert look(line, rule=LimitRule(patterns=DEFAULT_LIMIT_PATTERNS)) is None
