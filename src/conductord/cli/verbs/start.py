"""`conductor start`: start the daemon in the background and wait until it is ready."""

import os
from argparse import ArgumentParser, Namespace

from conductord.cli.daemon_process import daemon_command, running_pid, start_daemon
from conductord.cli.exits import ExitCode
from conductord.cli.options import duration
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--foreground", action="store_true", help="stay in this terminal and log to it")
    parser.add_argument(
        "--timeout",
        type=duration,
        default=30.0,
        metavar="TIME",
        help="how long it may take to be ready (default 30s)",
    )


def run(session: Session, args: Namespace) -> int:
    """A daemon that runs already is fine, too."""
    settings = session.settings
    pid = running_pid(session)
    if pid is not None:
        session.output.say(f"the daemon runs already (pid {pid})")
        return ExitCode.FINE
    if args.foreground:
        command = daemon_command(session)
        os.execv(command[0], command)
    pid = start_daemon(session, args.timeout)
    session.output.say(f"the daemon is ready (pid {pid}), socket {settings.socket}")
    session.output.detail(f"state {settings.state_dir}\nlog {settings.log_file}")
    return ExitCode.FINE
