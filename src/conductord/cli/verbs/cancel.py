"""`conductor cancel JOB`: stop a job for good, with all its processes."""

from argparse import ArgumentParser, Namespace

from conductord.cli.exits import ExitCode
from conductord.cli.failures import refusal
from conductord.cli.options import add_job, add_json, add_yes, duration
from conductord.cli.session import CALL_TIMEOUT, Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument(
        "--grace",
        type=duration,
        default=10.0,
        metavar="TIME",
        help="how long the processes may take to end (default 10s)",
    )
    add_yes(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Returns when the processes are gone."""
    session.confirm(f"cancel {args.job}?", yes=args.yes)
    with session.client() as client:
        result = client.cancel_job(args.job, grace_seconds=args.grace, timeout=args.grace + CALL_TIMEOUT)
    if args.json:
        session.output.document(result)
    if not result.cancelled:
        raise refusal(result.message, result.reason)
    if not args.json:
        session.output.line(f"{result.job_id} is {'being cancelled' if result.cancelling else 'cancelled'}")
    return ExitCode.FINE
