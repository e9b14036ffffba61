"""What `run --follow`, `resume --follow` and `watch` do: show a job to its end, and end with its result."""

from argparse import ArgumentParser, Namespace

from conductor_api import JobStatus
from conductord.cli.event_text import EventPrinter
from conductord.cli.exits import ExitCode
from conductord.cli.following import Following
from conductord.cli.session import Session


def follow_options(parser: ArgumentParser) -> None:
    """The options --follow and --output."""
    parser.add_argument(
        "-f",
        "--follow",
        action="store_true",
        help="show what happens until the job ends; the exit code is its result",
    )
    output_option(parser)


def output_option(parser: ArgumentParser) -> None:
    """The option --output."""
    parser.add_argument("-o", "--output", action="store_true", help="show what the sheets write, too")


def follow_to_end(session: Session, job_id: str, since_seq: int, args: Namespace) -> int:
    """Show the job until it ends. Exit code: its result, or that of Ctrl-C, which leaves the job alone."""
    live = session.output.is_live and not args.output and not args.json
    following = Following(
        session, job_id=job_id, since_seq=since_seq, include_output=args.output or live, until_job_ends=True
    )
    try:
        if live:
            from conductord.cli.live import show_live

            show_live(session, job_id, following)
        else:
            _print(session, following, args)
    except KeyboardInterrupt:
        session.output.say(f"\njob {job_id} goes on; follow again: conductor watch {job_id}")
        return ExitCode.INTERRUPTED
    status = following.end.status if following.end else None
    return result_of(session, job_id, status)


def result_of(session: Session, job_id: str, status: JobStatus | None) -> int:
    """Exit code for an ended job, with the word on what to do after a failure."""
    if status is JobStatus.COMPLETED:
        return ExitCode.FINE
    if status is JobStatus.FAILED:
        session.output.say(f"next: conductor diagnose {job_id}")
    return ExitCode.FAILED


def _print(session: Session, following: Following, args: Namespace) -> None:
    if args.json:
        for event in following:
            session.output.record(event)
    else:
        printer = EventPrinter(session.output, with_job=False)
        for event in following:
            # What the observer saw of files and processes is told by `events`; here it would hide the rest.
            if not event.event.startswith("observer."):
                printer.print(event)
