"""`conductor pause JOB`: hold a job at the next boundary between sheets."""

from argparse import ArgumentParser, Namespace

from conductord.cli.exits import ExitCode
from conductord.cli.failures import refusal
from conductord.cli.options import add_job, add_json
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """What runs is finished; nothing new starts until `conductor resume`."""
    with session.client() as client:
        result = client.pause_job(args.job)
    if args.json:
        session.output.document(result)
    if not result.paused:
        raise refusal(result.error, result.reason)
    if not args.json:
        running = ", ".join(map(str, result.sheets_in_progress))
        rest = f" when sheet {running} has ended" if running else ""
        session.output.line(f"{result.job_id} is paused{rest}")
        session.output.say(f"let it go on: conductor resume {result.job_id}")
    return ExitCode.FINE
