"""`conductor clear`: delete ended jobs with their output."""

from argparse import ArgumentParser, Namespace

from conductor_api import JobStatus
from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.options import add_json, add_yes, duration
from conductord.cli.session import Session
from conductord.cli.words import plural

_ENDED = ("completed", "failed", "cancelled")


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="only these jobs")
    parser.add_argument(
        "-s", "--status", action="append", choices=_ENDED, help="only jobs that ended so; may be repeated"
    )
    parser.add_argument(
        "--older-than", type=duration, metavar="TIME", help="only jobs submitted longer ago, such as 7d"
    )
    parser.add_argument("-a", "--all", action="store_true", help="every ended job")
    parser.add_argument("--dry-run", action="store_true", help="only say which")
    add_yes(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """The conditions are joined by "and"; a job that has not ended is never deleted."""
    if not (args.jobs or args.status or args.older_than is not None or args.all):
        raise CommandError(
            "say which jobs: JOB, --status, --older-than or --all",
            code=ExitCode.USAGE,
            hint="see first what would go: conductor clear --all --dry-run",
        )
    if not args.dry_run:
        session.confirm("delete these jobs and their output?", yes=args.yes)
    with session.client() as client:
        result = client.clear_jobs(
            statuses=[JobStatus(status) for status in args.status] if args.status else None,
            older_than_seconds=args.older_than,
            job_ids=args.jobs or None,
            dry_run=args.dry_run,
        )
    if args.json:
        session.output.document(result)
        return ExitCode.FINE
    for job_id in result.job_ids:
        session.output.line(job_id)
    session.output.say(f"{plural(result.deleted, 'job')} {'would be ' if result.dry_run else ''}deleted")
    return ExitCode.FINE
