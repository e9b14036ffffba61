"""`conductor ready`: whether the daemon takes on work."""

from argparse import ArgumentParser, Namespace

from conductor_api import ReadyStatus
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Exit code 0: ready; 1: not ready; 3: not there."""
    with session.client() as client:
        readiness = client.readiness()
    ready = readiness.status is ReadyStatus.READY
    if args.json:
        session.output.document(readiness)
    else:
        session.output.line("ready" if ready else f"not ready: {', '.join(readiness.reasons)}")
        session.output.detail(f"pressure {readiness.pressure}, {readiness.child_processes} child processes")
    return ExitCode.FINE if ready else ExitCode.FAILED
