"""`conductor health`: whether the daemon is alive."""

from argparse import ArgumentParser, Namespace

from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json
from conductord.cli.session import Session
from conductord.quantities import format_duration


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Exit code 0: alive; 3: not there."""
    with session.client() as client:
        health = client.health()
    if args.json:
        session.output.document(health)
    else:
        going = ", going down" if health.shutting_down else ""
        session.output.line(f"{health.status} (pid {health.pid}, up {format_duration(health.uptime_seconds)}{going})")
    return ExitCode.FINE
