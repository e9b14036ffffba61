"""`conductor list`: the jobs."""

from argparse import ArgumentParser, Namespace

from conductor_api import JobStatus
from conductord.cli.exits import ExitCode
from conductord.cli.job_table import job_table
from conductord.cli.options import add_json, natural
from conductord.cli.session import Session

_SHOWN = 20
_ALL = 10_000


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("-a", "--all", action="store_true", help="every ended job, not only the newest")
    parser.add_argument(
        "-s",
        "--status",
        action="append",
        choices=[str(status) for status in JobStatus],
        help="only these; may be repeated",
    )
    parser.add_argument("-n", "--limit", type=natural, metavar="N", help=f"how many ended jobs (default {_SHOWN})")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """The jobs that have not ended, then the newest that have."""
    limit = args.limit if args.limit is not None else _ALL if args.all else _SHOWN
    statuses = [JobStatus(status) for status in args.status] if args.status else None
    with session.client() as client:
        jobs = client.list_jobs(statuses=statuses, limit=min(limit, _ALL))
    if args.json:
        session.output.document(jobs)
    elif jobs:
        for line in job_table(session.output, jobs):
            session.output.line(line)
    else:
        session.output.say("no jobs; submit one: conductor run FILE")
    return ExitCode.FINE
