"""The job file that a person names: a path, or `-` for standard input."""

import sys
from pathlib import Path
from typing import NamedTuple

from conductord.cli.exits import CommandError, ExitCode


class JobFile(NamedTuple):
    """A job file as it is sent: exactly one of path and text."""

    path: str | None
    text: str | None
    directory: str
    """Absolute directory against which relative paths are taken."""

    @classmethod
    def named(cls, name: str) -> "JobFile":
        """Raises CommandError when there is no such file: the daemon has another view of `~` and of `.`."""
        here = str(Path.cwd())
        if name == "-":
            return cls(None, sys.stdin.read(), here)
        path = Path(name).expanduser().absolute()
        if not path.is_file():
            what = "is not a file" if path.exists() else "does not exist"
            raise CommandError(f"{name} {what}", code=ExitCode.USAGE)
        return cls(str(path), None, here)
