"""Where the words go: stdout is the answer, stderr is everything said about it.

Not a terminal means no colour, no bars and no cut lines, so that what is piped can be read by programs.
"""

import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import msgspec

_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor (ECMA-48, 5.4)
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: titles, links
    r"|\x1b.?|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # all others, but for tab and new line
)
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_STYLES = {
    "bold": "1",
    "dim": "2",
    "good": "32",
    "bad": "31",
    "warn": "33",
    "busy": "36",
}


def wants_color(stream: TextIO, when: str, environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to `stream`. `when`: auto, always or never, as `--color` says.

    `NO_COLOR` and `FORCE_COLOR` count if they are not empty (no-color.org); a flag counts more than either.
    """
    if when != "auto":
        return when == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


class Output:
    """Writes answers and messages of one run of the command line."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        color: str = "auto",
        quiet: bool = False,
        verbose: bool = False,
    ) -> None:
        self._color_out = wants_color(sys.stdout, color, environment)
        self._color_err = wants_color(sys.stderr, color, environment)
        self._quiet = quiet
        self._verbose = verbose
        self.is_live = sys.stdout.isatty() and environment.get("TERM") != "dumb" and not quiet
        """Whether a view that redraws itself may be shown."""
        columns = environment.get("COLUMNS", "")
        self._columns = int(columns) if columns.isdecimal() and int(columns) > 0 else None

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None when lines must not be cut."""
        if not sys.stdout.isatty():
            return None
        import shutil

        return self._columns or shutil.get_terminal_size().columns

    def style(self, text: str, style: str | None) -> str:
        """`text` in a style (bold, dim, good, bad, warn, busy), if stdout takes colour."""
        return _paint(text, style) if self._color_out and style else text

    def line(self, text: str = "") -> None:
        """One line of the answer. Control codes that a job wrote do not reach the terminal."""
        sys.stdout.write(without_controls(text, keep_color=self._color_out) + "\n")
        sys.stdout.flush()

    def raw(self, text: str) -> None:
        """Part of the answer, as it is: the output of a job, byte for byte."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def document(self, value: Any) -> None:
        """The answer as one JSON document, with the keys of the schema."""
        self.line(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())

    def record(self, value: Any) -> None:
        """One line of an answer that is a stream of JSON objects."""
        self.line(msgspec.json.encode(value).decode())

    def say(self, text: str) -> None:
        """A message to the person; `--quiet` drops it."""
        if not self._quiet:
            self._tell(text)

    def detail(self, text: str) -> None:
        """A message for who asked for more with `--verbose`."""
        if self._verbose:
            self._tell(text)

    def error(self, message: str, hint: str | None = None) -> None:
        """What went wrong, and what to do; never dropped."""
        label = _paint("error:", "bad") if self._color_err else "error:"
        self._tell(f"{label} {message}")
        if hint:
            self._tell(hint)

    def _tell(self, text: str) -> None:
        sys.stderr.write(without_controls(text, keep_color=self._color_err) + "\n")
        sys.stderr.flush()


def without_controls(text: str, *, keep_color: bool) -> str:
    """`text` without escape sequences and control characters, but for colours if they may stay."""
    return _CONTROL.sub(lambda found: found[0] if keep_color and _COLOR.fullmatch(found[0]) else "", text)


def _paint(text: str, style: str | None) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if style else text
