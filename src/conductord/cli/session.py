"""What a verb has at hand: settings, the connection to the daemon, and where its words go."""

import sys
from argparse import Namespace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.output import Output
from conductord.config import Settings, load_settings, terminal_environment

if TYPE_CHECKING:
    from conductor_api import DaemonClientSync

CALL_TIMEOUT = 30.0
"""Seconds that a verb waits for an answer which takes no time of its own."""


class Session:
    """One run of the command line."""

    def __init__(self, options: Namespace) -> None:
        self._flags: dict[str, str | None] = {
            name: getattr(options, name, None) for name in ("socket", "state_dir", "config")
        }
        self.output = Output(
            terminal_environment(),
            color=getattr(options, "color", "auto"),
            quiet=getattr(options, "quiet", False),
            verbose=getattr(options, "verbose", False),
        )

    @cached_property
    def settings(self) -> Settings:
        """Settings in force. Raises ConfigError."""
        return load_settings(self._flags)

    @property
    def socket(self) -> Path:
        """Socket of the daemon."""
        return self.settings.socket

    @property
    def daemon_flags(self) -> list[str]:
        """The flags with which a daemon must be started so that this command line finds it."""
        return [part for name, value in self._flags.items() if value for part in (f"--{name.replace('_', '-')}", value)]

    def client(self) -> "DaemonClientSync":
        """A client of the daemon; close it with `with`. Nothing is connected before the first call."""
        from conductor_api import DaemonClientSync

        return DaemonClientSync(self.socket, timeout=CALL_TIMEOUT)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before something is destroyed, if a person is at a terminal. Raises CommandError on no."""
        if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise CommandError("nothing was done", code=ExitCode.FAILED)
