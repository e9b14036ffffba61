"""`conductor limits [clear [NAME]]`: rate limits that are waited out."""

from argparse import ArgumentParser, Namespace

from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.options import add_json
from conductord.cli.session import Session
from conductord.cli.table import table
from conductord.cli.times import until
from conductord.cli.words import plural


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "action", nargs="?", choices=("show", "clear"), default="show", help="show (default) or lift them"
    )
    parser.add_argument("instrument", nargs="?", metavar="NAME", help="instrument whose limit to lift; all without it")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Lifting a limit lets the sheets that wait for it go on at once."""
    if args.action == "clear":
        return _clear(session, args)
    if args.instrument:
        raise CommandError("NAME goes with `clear` only", code=ExitCode.USAGE)
    return _show(session, args)


def _show(session: Session, args: Namespace) -> int:
    with session.client() as client:
        limits = client.rate_limits()
    if args.json:
        session.output.document(limits)
        return ExitCode.FINE
    rows = [
        [limit.instrument, until(limit.until), plural(len(limit.waiting_jobs), "job"), limit.reason]
        for limit in limits.backends.values()
    ]
    for line in table(session.output, ["INSTRUMENT", "UNTIL", "WAITING", "REASON"], rows) if rows else []:
        session.output.line(line)
    if not rows:
        session.output.say("no limits")
    return ExitCode.FINE


def _clear(session: Session, args: Namespace) -> int:
    with session.client() as client:
        result = client.clear_rate_limits(args.instrument)
    if args.json:
        session.output.document(result)
    else:
        session.output.line(f"{plural(result.cleared, 'limit')} lifted")
    return ExitCode.FINE
