"""Rows of the store, typed. The order of the fields is the order of the columns that are read."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from conductord.job import AttemptState, Cause, Hold, JobState, SheetState


class JobRow(msgspec.Struct, array_like=True, frozen=True):
    """A job. Times are seconds since the epoch. The columns are explained in migrations/0001_initial.sql."""

    id: int
    name: str
    request_id: str | None
    state: JobState
    holds: str
    config_path: str | None
    workspace: str
    file_hash: str
    plan_hash: str
    source: str
    next_change: str | None
    submitted: float
    updated: float
    started: float | None
    ended: float | None
    cause: Cause | None
    error: str | None
    recovered: bool
    sheets: int
    done: int
    busy: int
    current: int | None
    retries: int
    limit_waits: int

    @property
    def job_id(self) -> str:
        """The name on the wire, `<name>#<n>`."""
        return f"{self.name}#{self.id}"

    @property
    def hold_set(self) -> frozenset[Hold]:
        """What is stored of its holds: those of a person and of a failure."""
        return frozenset(Hold(word) for word in self.holds.split(",") if word)


class SheetRow(msgspec.Struct, array_like=True, frozen=True):
    """A sheet of a job, with the state that it is in now."""

    job: int
    n: int
    name: str
    instrument: str
    hash: str
    needs: str
    state: SheetState
    recovered: bool
    attempts: int
    counted: int
    tries: int
    lost: int
    spent: float
    due: float | None
    limited_since: float | None
    fresh_since: float | None
    started: float | None
    ended: float | None
    cause: Cause | None
    error: str | None
    checks: str | None

    @property
    def need_list(self) -> list[int]:
        """Numbers of the sheets that must be done first."""
        return msgspec.json.decode(self.needs, type=list[int])


class AttemptRow(msgspec.Struct, array_like=True, frozen=True):
    """One attempt of a sheet: written before its process exists, completed when its end is known."""

    id: int
    job: int
    sheet: int
    n: int
    job_name: str
    sheet_name: str
    step: str
    instrument: str
    state: AttemptState
    dir: str
    pid: int | None
    pid_start: str | None
    started: float
    ended: float | None
    cause: Cause | None
    counted: bool
    retriable: bool
    exit_code: int | None
    signal: int | None
    error: str | None
    signature: str | None
    utime: float | None
    stime: float | None
    maxrss_kb: int | None
    out_bytes: int
    err_bytes: int
    last_output: float | None
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    checks: str | None

    @property
    def job_id(self) -> str:
        """The name of its job on the wire."""
        return f"{self.job_name}#{self.job}"


class LimitRow(msgspec.Struct, array_like=True, frozen=True):
    """A limit that an instrument reported. It ends by itself at `until`."""

    instrument: str
    since: float
    until: float
    reason: str
    evidence: str


class HookRow(msgspec.Struct, array_like=True, frozen=True):
    """A command to run because a job ended."""

    id: int
    job: int
    hook: str
    argv: str
    state: str
    due: float
    ended: float | None
    result: str | None


class EventRow(msgspec.Struct, array_like=True, frozen=True):
    """One event. `data` is JSON text."""

    seq: int
    at: float
    job: int | None
    sheet: int
    event: str
    data: str


Row = TypeVar("Row", bound=msgspec.Struct)


def columns(row: type[msgspec.Struct]) -> str:
    """The column list that fills `row`."""
    return ", ".join(row.__struct_fields__)


def read(values: Sequence[Any], row: type[Row]) -> Row:
    """One result row as a struct. SQLite has no bool: 0 and 1 are read as one where the field says so."""
    return msgspec.convert(values, row, strict=False)


def format_holds(holds: frozenset[Hold]) -> str:
    """A set of holds in its stored form. Those of the daemon are never stored (see job.py)."""
    return ",".join(sorted(holds & {Hold.USER, Hold.FAILURE}))
