"""`conductor logs JOB [SHEET]`: what a job wrote."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator

from conductor_api import EventData, EventName, ExecutionRecord, JobEvent, JobState
from conductord.cli.event_text import known
from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.following import Following
from conductord.cli.options import add_job, add_json, natural, positive
from conductord.cli.session import Session

_WHOLE = 1_048_576
_PAGE = 100


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument("sheet", nargs="?", metavar="SHEET", help="number or name of a sheet; all without it")
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the job ends")
    parser.add_argument("-n", "--lines", type=natural, metavar="N", help="only the last N lines of each output")
    parser.add_argument("--attempt", type=positive, metavar="K", help="attempt K instead of the newest")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Standard output first, then standard error; with --follow, in the order in which it was written."""
    with session.client() as client:
        job = client.get_job_status(args.job, output_bytes=0)
    sheet = _sheet_number(job, args.sheet)
    return _follow(session, job, sheet, args) if args.follow else _stored(session, job, sheet, args)


def _sheet_number(job: JobState, wanted: str | None) -> int | None:
    if wanted is None:
        return None
    for sheet in job.sheets.values():
        if wanted in {str(sheet.sheet_num), sheet.name}:
            return sheet.sheet_num
    names = ", ".join(sheet.name for sheet in sorted(job.sheets.values(), key=lambda s: s.sheet_num))
    raise CommandError(f"{job.job_id} has no sheet {wanted!r}", code=ExitCode.USAGE, hint=f"its sheets: {names}")


def _stored(session: Session, job: JobState, sheet: int | None, args: Namespace) -> int:
    records = list(_chosen(_attempts(session, job.job_id, sheet, args.attempt)))
    if args.json:
        session.output.document(records)
        return ExitCode.FINE
    for record in records:
        if sheet is None:
            session.output.line(
                session.output.style(
                    f"==> {record.sheet_num} {record.sheet_name}, attempt {record.attempt_num} <==", "bold"
                )
            )
        _print(session, record, args.lines)
    if not records:
        session.output.say(f"{job.job_id} has written nothing yet; wait for it: conductor logs {job.job_id} --follow")
    return ExitCode.FINE


def _attempts(session: Session, job_id: str, sheet: int | None, attempt: int | None) -> Iterator[ExecutionRecord]:
    """All attempts asked for, newest first, however many answers that takes."""
    before: int | None = None
    with session.client() as client:
        while True:
            page = client.get_execution_history(
                job_id,
                sheet_num=sheet,
                limit=_PAGE,
                before_id=before,
                attempt_num=attempt,
                output_bytes=_WHOLE,
            )
            yield from page.records
            if not page.has_more or not page.records:
                return
            before = page.records[-1].id


def _chosen(newest_first: Iterable[ExecutionRecord]) -> list[ExecutionRecord]:
    """The newest attempt of each sheet, in the order of the sheets."""
    newest: dict[int, ExecutionRecord] = {}
    for record in newest_first:
        newest.setdefault(record.sheet_num, record)
    return [newest[number] for number in sorted(newest)]


def _print(session: Session, record: ExecutionRecord, lines: int | None) -> None:
    for text, path in ((record.output, record.stdout_path), (record.error_output, record.stderr_path)):
        if not text:
            continue
        if len(text.encode()) >= _WHOLE and lines is None:
            session.output.say(f"only the last MiB is shown; all of it is in {path}")
        shown = _last(text, lines)
        session.output.raw(shown if shown.endswith("\n") or not shown else shown + "\n")


def _last(text: str, lines: int | None) -> str:
    return text if lines is None else "".join(text.splitlines(keepends=True)[-lines:] if lines else [])


def _follow(session: Session, job: JobState, sheet: int | None, args: Namespace) -> int:
    printer = _LinePrinter(session, job, sheet, args)
    since = _replay(session, job.job_id, printer, args.lines) if args.lines is not None else 0
    following = Following(
        session,
        job_id=job.job_id,
        since_seq=since,
        events=[EventName.SHEET_OUTPUT],
        include_output=True,
        until_job_ends=True,
    )
    try:
        for event in following:
            printer.print(event)
    except KeyboardInterrupt:
        printer.finish()
        session.output.say(f"\njob {job.job_id} goes on; follow again: conductor logs {job.job_id} --follow")
        return ExitCode.INTERRUPTED
    printer.finish()
    if following.end is not None and following.end.status is not None:
        session.output.say(f"{job.job_id} {following.end.status}")
    return ExitCode.FINE


def _replay(session: Session, job_id: str, printer: "_LinePrinter", lines: int) -> int:
    """Prints the last lines of what is there already; the number of the last event."""
    with session.client() as client:
        stream = client.monitor(
            since_seq=0,
            job_id=job_id,
            events=[EventName.SHEET_OUTPUT],
            include_output=True,
            follow=False,
            timeout=None,
        )
        printer.print_last(stream, lines)
        return stream.result.last_seq


class _LinePrinter:
    """Prints output as it comes: raw for one sheet, whole lines with the name of the sheet for several."""

    def __init__(self, session: Session, job: JobState, sheet: int | None, args: Namespace) -> None:
        self._output = session.output
        self._sheet = sheet
        self._attempt: int | None = args.attempt
        self._json: bool = args.json
        self._unfinished: dict[tuple[int, str], str] = {}
        self._names = {one.sheet_num: one.name for one in job.sheets.values()}

    def print(self, event: JobEvent) -> None:
        """One event of output."""
        if not self._wanted(event):
            return
        if self._json:
            self._output.record(event)
            return
        for text in self._lines(event):
            self._output.raw(text)

    def print_last(self, events: Iterable[JobEvent], lines: int) -> None:
        """Only the last `lines` lines of these events."""
        from collections import deque

        kept: deque[JobEvent | str] = deque(maxlen=lines)
        for event in events:
            if self._wanted(event):
                kept.extend([event] if self._json else self._lines(event))
        for item in kept:
            if isinstance(item, str):
                self._output.raw(item)
            else:
                self._output.record(item)

    def finish(self) -> None:
        """Print what was begun and never ended with a new line."""
        for (number, _), rest in self._unfinished.items():
            if rest:
                self._output.raw(self._tag(number) + rest + "\n")
        self._unfinished.clear()

    def _wanted(self, event: JobEvent) -> bool:
        data = event.data or EventData()
        if self._sheet is not None and event.sheet_num != self._sheet:
            return False
        return self._attempt is None or known(data.attempt_num) == self._attempt

    def _lines(self, event: JobEvent) -> Iterator[str]:
        data = event.data or EventData()
        text = known(data.text) or ""
        if self._sheet is not None:
            yield from text.splitlines(keepends=True)
            return
        key = (event.sheet_num, str(known(data.stream)))
        *whole, rest = (self._unfinished.get(key, "") + text).split("\n")
        self._unfinished[key] = rest
        for line in whole:
            yield f"{self._tag(event.sheet_num)}{line}\n"

    def _tag(self, number: int) -> str:
        return self._output.style(f"{self._names.get(number, number)} | ", "dim") if self._sheet is None else ""
