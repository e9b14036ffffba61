from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from conductor_api import AttemptStatus, Cause, JobEntry, SheetState, SheetStatus
from conductord.cli.words import (
    attempt_result,
    job_status,
    ordinal_attempt,
    plural,
    sheet_mark,
    sheet_note,
    waiting,
)


def test_each_status_of_a_sheet_has_a_mark_of_its_own() -> None:
    assert all(sheet_mark(status).text != "?" for status in SheetStatus)


def test_each_cause_has_a_word() -> None:
    words = [attempt_result(AttemptStatus.FAILED, cause).text for cause in Cause]
    assert len(set(words)) == len(words)


def test_a_status_of_a_newer_daemon_is_shown_as_it_is(entry: Callable[..., JobEntry]) -> None:
    assert job_status(entry(status="hibernating")).text == "hibernating"
    assert sheet_mark(SheetStatus("hibernating")).text == "?"


def test_a_running_job_that_waits_says_so(entry: Callable[..., JobEntry]) -> None:
    job = entry(waiting_for={"kind": "limit", "instrument": "claude", "until": datetime.fromtimestamp(4600, UTC)})
    assert job_status(job).text == "waiting"
    assert waiting(job.waiting_for, now=1000).startswith("waits for the limit of claude, until ")
    assert waiting(job.waiting_for, now=1000).endswith("(in 1h00m)")


def test_a_job_under_cancellation_is_not_called_running(entry: Callable[..., JobEntry]) -> None:
    assert job_status(entry(cancelling=True)).text == "cancelling"


def test_what_to_know_about_a_sheet(sheet: Callable[..., SheetState]) -> None:
    assert sheet_note(sheet(status="completed", attempt_count=1)) == ""
    assert sheet_note(sheet(status="completed", attempt_count=2)) == "2nd attempt"
    assert sheet_note(sheet(status="completed", recovered=True)) == "recovered"
    assert sheet_note(sheet(status="failed", error_message="exit code 3")) == "exit code 3"
    due = sheet(status="retry_scheduled", fire_at=datetime.fromtimestamp(1010, UTC), error_message="exit code 3")
    assert sheet_note(due, now=1000).endswith("(in 10s); exit code 3")


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, ""), (2, "2nd attempt"), (3, "3rd attempt"), (11, "11th attempt"), (22, "22nd attempt")],
)
def test_ordinals(number: int, text: str) -> None:
    assert ordinal_attempt(number) == text


def test_plurals() -> None:
    assert [plural(n, "job") for n in (0, 1, 2)] == ["0 jobs", "1 job", "2 jobs"]
