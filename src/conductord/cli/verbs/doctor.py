"""`conductor doctor`: check everything that commonly stands in the way."""

from argparse import ArgumentParser, Namespace

from conductord.cli.checkup import Check, examine
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json
from conductord.cli.output import Output
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Exit code 0: all is well; 1: something is not."""
    checks = list(examine(session))
    if args.json:
        session.output.document([check._asdict() for check in checks])
    else:
        for check in checks:
            _print(session.output, check)
    return ExitCode.FINE if all(check.ok for check in checks) else ExitCode.FAILED


def _print(output: Output, check: Check) -> None:
    mark = output.style("✓", "good") if check.ok else output.style("✗", "bad")
    output.line(f"{mark} {check.name}: {check.found}")
    if check.hint:
        output.line(f"    {check.hint}")
