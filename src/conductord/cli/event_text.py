"""An event as one line for a person."""

from collections.abc import Callable
from typing import TypeVar

from conductor_api import EventData, EventName, JobEvent
from conductord.cli.output import Output
from conductord.cli.times import clock, duration, until
from conductord.cli.words import plural
from daemonrpc import UnsetType

T = TypeVar("T")


def known(value: T | UnsetType) -> T | None:
    """The value of an optional field, None when it is absent."""
    return None if isinstance(value, UnsetType) else value


def _took(data: EventData) -> str:
    seconds = known(data.duration_seconds)
    return "" if seconds is None else f" in {duration(seconds)}"


def _why(data: EventData) -> str:
    message = known(data.message)
    cause = known(data.cause)
    return f": {message}" if message else f": {cause}" if cause else ""


def _attempt(data: EventData) -> str:
    number = known(data.attempt_num)
    return "" if number is None else f"attempt {number} "


def _next(data: EventData) -> str:
    delay = known(data.delay_seconds)
    return "; another follows" if delay is None else f"; the next one in {duration(delay)}"


def _end(data: EventData) -> str:
    moment = known(data.until)
    return "" if moment is None else f" until {until(moment)}"


def _process(data: EventData) -> str:
    number = known(data.exit_signal)
    if number is not None:
        return f"process {known(data.pid)} ended by signal {number}"
    return f"process {known(data.pid)} ended with exit code {known(data.exit_code)}"


_TEXTS: dict[EventName, tuple[str | None, Callable[[EventData], str]]] = {
    EventName.JOB_SUBMITTED: (None, lambda d: f"submitted, {plural(known(d.sheet_count) or 0, 'sheet')}"),
    EventName.JOB_STARTED: ("busy", lambda d: "started"),
    EventName.JOB_PAUSED: ("warn", lambda d: "paused"),
    EventName.JOB_RESUMING: ("busy", lambda d: "goes on"),
    EventName.JOB_MODIFIED: (None, lambda d: "has a new definition"),
    EventName.JOB_COMPLETED: ("good", lambda d: f"completed{_took(d)}"),
    EventName.JOB_FAILED: ("bad", lambda d: f"failed{_why(d)}"),
    EventName.JOB_CANCELLED: ("warn", lambda d: "cancelled"),
    EventName.JOB_INTERRUPTED: ("warn", lambda d: "was in the middle of its work when the daemon stopped"),
    EventName.SHEET_STARTED: ("busy", lambda d: f"{_attempt(d)}started"),
    EventName.SHEET_COMPLETED: ("good", lambda d: f"completed{_took(d)}"),
    EventName.SHEET_FAILED: ("bad", lambda d: f"{_attempt(d)}failed{_why(d)}"),
    EventName.SHEET_RETRY_SCHEDULED: ("warn", lambda d: f"{_attempt(d)}failed{_why(d)}{_next(d)}"),
    EventName.SHEET_INTERRUPTED: ("warn", lambda d: f"{_attempt(d)}was interrupted"),
    EventName.SHEET_WAITING: ("warn", lambda d: f"waits for the limit of {known(d.instrument)}{_end(d)}"),
    EventName.SHEET_SKIPPED: ("dim", lambda d: "skipped"),
    EventName.SHEET_RECOVERED: ("good", lambda d: "its outputs check out after all"),
    EventName.RATE_LIMIT_ACTIVE: ("warn", lambda d: f"limit of {known(d.instrument)}{_end(d)}{_why(d)}"),
    EventName.RATE_LIMIT_CLEARED: (None, lambda d: f"limit of {known(d.instrument)} is over"),
    EventName.OBSERVER_PROCESS_STARTED: ("dim", lambda d: f"process {known(d.pid)} started"),
    EventName.OBSERVER_PROCESS_EXITED: ("dim", _process),
    EventName.OBSERVER_FILE_CREATED: ("dim", lambda d: f"made {known(d.path)}"),
    EventName.OBSERVER_FILE_MODIFIED: ("dim", lambda d: f"changed {known(d.path)}"),
    EventName.OBSERVER_FILE_DELETED: ("dim", lambda d: f"deleted {known(d.path)}"),
    EventName.DAEMON_STARTED: (None, lambda d: f"the daemon is up, pid {known(d.pid)}"),
    EventName.DAEMON_STOPPING: (None, lambda d: "the daemon is going down"),
}


class EventPrinter:
    """Prints events, one line each, and what processes write, line by line.

    with_job: name the job on every line, for streams of all jobs.
    """

    def __init__(self, output: Output, *, with_job: bool) -> None:
        self._output = output
        self._with_job = with_job
        self._unfinished: dict[tuple[str, int, str], str] = {}
        self._names: dict[tuple[str, int], str] = {}

    def print(self, event: JobEvent) -> None:
        """One event. A line that a process has not finished is kept until it is, or until something happens."""
        data = event.data or EventData()
        if name := known(data.sheet_name):
            self._names[event.job_id, event.sheet_num] = name
        if event.event is EventName.SHEET_OUTPUT:
            self._print_output(event, data)
            return
        self._flush(event)
        self._output.line(self._head(event) + self._text(event))

    def _text(self, event: JobEvent) -> str:
        style, text = _TEXTS.get(event.event, (None, lambda d: str(event.event)))
        return self._output.style(text(event.data or EventData()), style)

    def _head(self, event: JobEvent) -> str:
        parts = [self._output.style(clock(event.timestamp), "dim")]
        if self._with_job and event.job_id:
            parts.append(event.job_id)
        if event.sheet_num:
            # Not every event names the sheet, but those before it did.
            parts.append(f"{event.sheet_num} {self._names.get((event.job_id, event.sheet_num), '')}".strip())
        return "  ".join(parts) + "  "

    def _print_output(self, event: JobEvent, data: EventData) -> None:
        key = (event.job_id, event.sheet_num, str(known(data.stream)))
        *lines, rest = (self._unfinished.get(key, "") + (known(data.text) or "")).split("\n")
        for line in lines:
            self._output.line(f"{self._head(event)}| {line}")
        self._unfinished[key] = rest

    def _flush(self, event: JobEvent) -> None:
        for key in [key for key in self._unfinished if key[:2] == (event.job_id, event.sheet_num)]:
            if rest := self._unfinished.pop(key):
                self._output.line(f"{self._head(event)}| {rest}")
