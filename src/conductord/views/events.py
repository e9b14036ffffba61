"""Events as the wire shows them."""

from pathlib import Path

import msgspec

import conductor_api as api
from conductord.job import Cause
from conductord.output import Chunk, read_chunk
from conductord.store import EventRow, Store

OBSERVER_EVENTS = tuple(name.value for name in api.EventName if name.value.startswith("observer."))
"""Names of what was seen of processes and files."""
PROCESS_EVENTS = ("observer.process_started", "observer.process_exited")
"""Names of the starts and ends of processes."""
_ENDED_BY_US = frozenset({Cause.CANCELLED, Cause.TIMEOUT, Cause.IDLE, Cause.OUTPUT_LIMIT})


class EventViews:
    """Makes events of rows. Knows where the output of attempts lies."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._job_ids: dict[int, str] = {}

    def job_id(self, row: EventRow) -> str:
        """Identifier of the job of an event, '' for the daemon. A job never changes it, so it is asked for once."""
        if row.job is None:
            return ""
        if row.job not in self._job_ids:
            job = self._store.jobs.find(row.job)
            if job is None:
                return ""  # cleared between the event and now
            self._job_ids[row.job] = job.job_id
        return self._job_ids[row.job]

    def event(self, row: EventRow) -> api.JobEvent:
        """One event; the text of a chunk of output is read from its file now."""
        data = msgspec.json.decode(row.data, type=api.EventData)
        if row.event == "sheet.output" and row.job is not None:
            data.text = self._text(row, data)
        return api.JobEvent(
            seq=row.seq,
            job_id=self.job_id(row),
            sheet_num=row.sheet,
            event=api.EventName(row.event),
            data=data,
            timestamp=row.at,
        )

    def _text(self, row: EventRow, data: api.EventData) -> str | msgspec.UnsetType:
        where = msgspec.json.decode(row.data, type=_Where)
        directory = self._store.attempts.directory(where.attempt)
        if not directory:
            return msgspec.UNSET
        chunk = Chunk(where.stream, where.offset, where.size)
        text = read_chunk(Path(directory), chunk)
        return msgspec.UNSET if text is None else text


class _Where(msgspec.Struct):
    """Where a chunk lies."""

    attempt: int
    """Number of its row."""
    stream: str
    offset: int
    size: int


def process_event(row: EventRow, job_id: str) -> api.ProcessEvent:
    """The start or the end of a process, out of the event that says so."""
    data = msgspec.json.decode(row.data, type=_Process)
    return api.ProcessEvent(
        timestamp=row.at,
        pid=data.pid or 0,
        event_type=_process_event_type(row.event, data),
        exit_code=data.exit_code,
        signal_num=data.exit_signal,
        job_id=job_id,
        sheet_num=row.sheet,
        details=f"attempt {data.attempt_num} of {data.sheet_name}" + (f": {data.message}" if data.message else ""),
    )


class _Process(msgspec.Struct):
    pid: int | None = None
    exit_code: int | None = None
    exit_signal: int | None = None
    cause: Cause | None = None
    attempt_num: int = 0
    sheet_name: str = ""
    message: str | None = None


def _process_event_type(event: str, data: _Process) -> api.ProcessEventType:
    if event == "observer.process_started":
        return api.ProcessEventType.SPAWN
    if data.cause in _ENDED_BY_US:
        return api.ProcessEventType.KILL
    if data.exit_signal is not None:
        return api.ProcessEventType.SIGNAL
    return api.ProcessEventType.EXIT
