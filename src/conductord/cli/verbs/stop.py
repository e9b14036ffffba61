"""`conductor stop`: end the daemon and wait until it is gone."""

from argparse import ArgumentParser, Namespace

from conductord.cli.daemon_process import running_pid, wait_until_gone
from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.options import duration
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--drain", action="store_true", help="let running sheets end first, for as long as the shutdown grace"
    )
    how.add_argument(
        "--now",
        action="store_true",
        help="do not wait for running sheets (default); the next start puts them in order",
    )
    parser.add_argument(
        "--timeout",
        type=duration,
        metavar="TIME",
        help="how long to wait for its end (default: its shutdown grace and 10s)",
    )


def run(session: Session, args: Namespace) -> int:
    """A daemon that does not run is fine, too."""
    pid = running_pid(session)
    if pid is None:
        session.output.say("the daemon is not running")
        return ExitCode.FINE
    with session.client() as client:
        client.shutdown(graceful=args.drain)
    patience = session.settings.shutdown_grace + 10.0 if args.timeout is None else args.timeout
    if not wait_until_gone(pid, patience):
        raise CommandError(
            f"the daemon (pid {pid}) is still there after {patience:.0f} s",
            code=ExitCode.TIMED_OUT,
            hint=f"end it by force: kill -9 {pid}; jobs are put in order by the next start",
        )
    session.output.say(f"the daemon has ended (pid {pid})")
    return ExitCode.FINE
