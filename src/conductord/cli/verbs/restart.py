"""`conductor restart`: stop the daemon and start it again."""

from argparse import ArgumentParser, Namespace

from conductord.cli.daemon_process import start_daemon
from conductord.cli.exits import ExitCode
from conductord.cli.options import duration
from conductord.cli.session import Session
from conductord.cli.verbs import stop


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--drain", action="store_true", help="let running sheets end first")
    parser.add_argument("--timeout", type=duration, metavar="TIME", help="how long each half may take")


def run(session: Session, args: Namespace) -> int:
    """Jobs go on where they stood."""
    stop.run(session, args)
    pid = start_daemon(session, 30.0 if args.timeout is None else args.timeout)
    session.output.say(f"the daemon is ready (pid {pid}), socket {session.socket}")
    return ExitCode.FINE
