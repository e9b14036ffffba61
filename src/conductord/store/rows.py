"""Rows of the store, typed. The order of the fields is the order of the columns that are read."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from conductord.job import AttemptState, Cause, Hold, JobState, SheetState


class JobHead(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a list says of a job: half of its columns, a third of its bytes. Times are seconds since the epoch."""

    id: int
    name: str
    state: JobState
    holds: str
    config_path: str | None
    workspace: str
    submitted: float
    started: float | None
    ended: float | None
    cause: Cause | None
    error: str | None
    sheets: int
    done: int
    busy: int
    current: int | None

    @property
    def job_id(self) -> str:
        """The name on the wire, `<name>#<n>`."""
        return f"{self.name}#{self.id}"

    @property
    def hold_set(self) -> frozenset[Hold]:
        """What is stored of its holds: those of a person and of a failure."""
        return stored_holds(self.holds)


class JobRow(JobHead, array_like=True, frozen=True, gc=False):
    """A job. The columns are explained in migrations/0001_initial.sql."""

    request_id: str | None
    file_hash: str
    plan_hash: str
    source: str
    next_change: str | None
    updated: float
    recovered: bool
    retries: int
    limit_waits: int


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
        return decode_needs(self.needs)


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


def read_all(values: Sequence[Any], row: type[Row]) -> list[Row]:
    """Many result rows at once: in half the time of one by one."""
    rows: type[list[Row]] = list[row]  # type: ignore[valid-type]  # a type that is made here, for msgspec
    return msgspec.convert(values, rows, strict=False)


def decode_needs(text: str) -> list[int]:
    """The numbers in a column of needs."""
    return _needs.decode(text)


_needs = msgspec.json.Decoder(list[int])


def stored_holds(text: str) -> frozenset[Hold]:
    """A set of holds out of its stored form."""
    return frozenset(Hold(word) for word in text.split(",") if word)


def format_holds(holds: frozenset[Hold]) -> str:
    """A set of holds in its stored form. Those of the daemon are never stored (see job.py)."""
    return ",".join(sorted(holds & {Hold.USER, Hold.FAILURE}))
