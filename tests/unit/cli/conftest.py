"""Answers of the daemon, made by the generated structs, as short as a test needs them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from conductor_api import JobEntry, JobEvent, JobState, SheetState, TimelineEntry
from conductord.cli.output import Output

START = datetime(2026, 2, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def plain() -> Output:
    """Output that is not a terminal."""
    return Output({})


@pytest.fixture
def sheet() -> Callable[..., SheetState]:
    def make(**fields: Any) -> SheetState:
        return msgspec.convert({"sheet_num": 1, "name": "greet", "status": "pending"} | fields, SheetState)

    return make


@pytest.fixture
def job() -> Callable[..., JobState]:
    def make(**fields: Any) -> JobState:
        base = {
            "job_id": "hello#8",
            "job_name": "hello",
            "config_hash": "2cf24dba5fb0a30e",
            "workspace": "/home/ada",
            "directory": "/state/jobs/8",
            "status": "running",
            "created_at": START,
            "updated_at": START,
            "total_sheets": 1,
            "sheets": {},
            "seq": 1,
        }
        return msgspec.convert(base | fields, JobState)

    return make


@pytest.fixture
def entry() -> Callable[..., JobEntry]:
    def make(**fields: Any) -> JobEntry:
        base = {
            "job_id": "hello#8",
            "job_name": "hello",
            "status": "running",
            "workspace": "/home/ada",
            "submitted_at": 1000.0,
            "total_sheets": 3,
            "progress_completed": 1,
            "progress_total": 3,
        }
        return msgspec.convert(base | fields, JobEntry)

    return make


@pytest.fixture
def event() -> Callable[..., JobEvent]:
    def make(name: str, *, sheet_num: int = 0, **data: Any) -> JobEvent:
        fields = {"seq": 1, "job_id": "hello#8", "sheet_num": sheet_num, "event": name, "timestamp": 0.0}
        return msgspec.convert(fields | {"data": data or None}, JobEvent)

    return make


@pytest.fixture
def stretch() -> Callable[..., TimelineEntry]:
    def make(begin: float, end: float | None, **fields: Any) -> TimelineEntry:
        base = {
            "kind": "attempt",
            "sheet_num": 1,
            "sheet_name": "greet",
            "attempt_num": 1,
            "status": "succeeded",
            "started_at": datetime.fromtimestamp(begin, UTC),
            "ended_at": None if end is None else datetime.fromtimestamp(end, UTC),
            "duration_seconds": 0.0 if end is None else end - begin,
        }
        return msgspec.convert(base | fields, TimelineEntry)

    return make
