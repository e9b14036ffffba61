"""`conductor events`: events as they happened, or as they happen."""

from argparse import ArgumentParser, Namespace
from collections import deque
from collections.abc import Callable

from conductor_api import DaemonClientSync, EventName, JobEvent, ProcessEvent
from conductord.cli.event_text import EventPrinter
from conductord.cli.exits import ExitCode
from conductord.cli.following import Following
from conductord.cli.options import add_json, natural, positive
from conductord.cli.session import Session
from conductord.cli.table import table
from conductord.cli.times import clock

_FURTHER = 8
"""Times as far back as before, when there were not enough: all reads together cost little more than the last."""


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--job", metavar="JOB", help="only events of this job")
    parser.add_argument("--since", type=natural, default=0, metavar="SEQ", help="only events after this number")
    parser.add_argument(
        "--only",
        action="append",
        choices=[str(name) for name in EventName],
        metavar="NAME",
        help="only events of this name; may be repeated",
    )
    parser.add_argument(
        "-n", "--limit", type=positive, default=50, metavar="N", help="how many of the newest (default 50)"
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what happens from now on")
    parser.add_argument("-o", "--output", action="store_true", help="what the sheets write, too")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--processes", action="store_true", help="starts and ends of processes instead")
    kind.add_argument("--observed", action="store_true", help="processes and files of running jobs instead")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """One line an event, oldest first."""
    if args.processes:
        return _processes(session, args)
    if args.observed:
        return _observed(session, args)
    show = _printer(session, args)
    if args.follow:
        return _follow(session, args, show)
    _stored(session, args, show)
    return ExitCode.FINE


def _printer(session: Session, args: Namespace) -> Callable[[JobEvent], None]:
    """What shows an event. One for the whole run: it knows the beginning of a line whose end comes later."""
    return session.output.record if args.json else EventPrinter(session.output, with_job=True).print


def _stored(session: Session, args: Namespace, show: Callable[[JobEvent], None]) -> int:
    """Prints the newest stored events; the number of the last one."""
    with session.client() as client:
        found, last_seq = _newest(client, args)
    for event in found:
        show(event)
    return last_seq


def _newest(client: DaemonClientSync, args: Namespace) -> tuple[deque[JobEvent], int]:
    """The newest stored events that are asked for, and the number of the last event.

    Read from ever further back until there are enough: a store may hold a million events that nobody asked for.
    """
    _, last_seq = _events_after(client, args, None)
    back = args.limit
    while True:
        since = max(args.since, last_seq - back)
        found, end = _events_after(client, args, since)
        if len(found) == args.limit or since == args.since:
            return found, end
        back *= _FURTHER


def _events_after(client: DaemonClientSync, args: Namespace, since: int | None) -> tuple[deque[JobEvent], int]:
    stream = client.monitor(
        since_seq=since,
        job_id=args.job,
        events=_names(args),
        include_output=args.output,
        follow=False,
        timeout=None,
    )
    found = deque(stream, maxlen=args.limit)
    return found, stream.result.last_seq


def _follow(session: Session, args: Namespace, show: Callable[[JobEvent], None]) -> int:
    seen: int | None = args.since
    try:
        seen = _stored(session, args, show)
        for event in Following(
            session, job_id=args.job, since_seq=seen, events=_names(args), include_output=args.output
        ):
            show(event)
            seen = event.seq
    except KeyboardInterrupt:
        since = "" if seen is None else f" --since {seen}"
        session.output.say(f"\nfollow again: conductor events --follow{since}")
        return ExitCode.INTERRUPTED
    return ExitCode.FINE


def _names(args: Namespace) -> list[EventName] | None:
    return [EventName(name) for name in args.only] if args.only else None


def _processes(session: Session, args: Namespace) -> int:
    with session.client() as client:
        result = client.events(limit=min(args.limit, 1000))
    if args.json:
        session.output.document(result)
        return ExitCode.FINE
    rows = [_process_row(event) for event in reversed(result.events)]
    for line in (
        table(session.output, ["TIME", "PID", "WHAT", "EXIT", "JOB", ""], rows, right="PID EXIT") if rows else []
    ):
        session.output.line(line)
    return ExitCode.FINE


def _process_row(event: ProcessEvent) -> list[str]:
    end = f"sig {event.signal_num}" if event.signal_num is not None else event.exit_code
    return [
        clock(event.timestamp),
        str(event.pid),
        str(event.event_type),
        "-" if end is None else str(end),
        f"{event.job_id or '-'}/{event.sheet_num or '-'}",
        event.details,
    ]


def _observed(session: Session, args: Namespace) -> int:
    with session.client() as client:
        result = client.observer_events(job_id=args.job, limit=min(args.limit, 1000))
    if args.json:
        session.output.document(result)
    else:
        show = _printer(session, args)
        for event in reversed(result.events):
            show(event)
    return ExitCode.FINE
