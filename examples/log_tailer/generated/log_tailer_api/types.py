"""Types of the LogTailer service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from daemonrpc import UNSET, Constraint, OpenEnum, Redacted, Unknown, UnsetType, open_union
from msgspec import Struct

LogName = Annotated[str, Constraint(max_length=64, pattern="[A-Za-z0-9][A-Za-z0-9._-]*")]
"""Name of a log."""


class Position(Struct, kw_only=True):
    """A place in the files of a log. Clients take it from an answer and give it back as it is."""

    file: Annotated[str, Constraint(max_length=40)]
    """Which file, whatever its name is by now."""
    offset: Annotated[int, Constraint(minimum=0)]
    """Bytes before the place."""
    check: Annotated[int, Constraint(minimum=0)]
    """Checksum of the bytes before it: the file may have been emptied and filled again."""


class LogState(OpenEnum):
    """Whether a log can be read."""

    READABLE = "readable"
    """It can."""
    MISSING = "missing"
    """There is no such file now."""
    UNREADABLE = "unreadable"
    """The daemon may not read it, or it is no file."""


class Log(Struct, kw_only=True):
    """A log that can be asked for."""

    name: LogName
    """Its name."""
    path: str
    """Where it is."""
    state: LogState
    """Whether it can be read."""
    size: Annotated[int, Constraint(minimum=0)] | UnsetType = UNSET
    """Its size in bytes, if it is there."""
    modified: datetime | UnsetType = UNSET
    """When it was last written, if it is there."""


class LogList(Struct, kw_only=True):
    """All logs."""

    logs: list[Log]
    """In the order of their names."""


class Ending(OpenEnum):
    """How a line ends."""

    NEWLINE = "newline"
    """As lines do."""
    CUT = "cut"
    """It is longer than a line may be here: the next line is its rest."""
    END_OF_FILE = "end_of_file"
    """The file was left for the next one without a newline at its end."""
    UNFINISHED = "unfinished"
    """Its end is not written yet: from its position on it comes again, and whole."""


class Line(Redacted, Struct, kw_only=True, tag_field="kind", tag="line"):
    """One line."""

    position: Position
    """Where to go on after it; of an unfinished line, before it."""
    text: Annotated[str, Constraint(sensitive=True)]
    """The line without its newline. Bytes that are not UTF-8 are shown as U+FFFD."""
    raw: Annotated[bytes, Constraint(sensitive=True)] | UnsetType = UNSET
    """Its bytes, if they are not UTF-8."""
    ending: Ending = Ending.NEWLINE
    """How it ends."""


class Rotated(Struct, kw_only=True, tag_field="kind", tag="rotated"):
    """The file was read to its end, and the log goes on in the next one. No line was missed."""

    position: Position
    """The beginning of the next file."""


class Truncated(Struct, kw_only=True, tag_field="kind", tag="truncated"):
    """The file was emptied in place. Lines that were written shortly before may have been missed."""

    position: Position
    """Its beginning."""


class Gap(Struct, kw_only=True, tag_field="kind", tag="gap"):
    """The file of the position is gone, and the log goes on at the beginning of the present one. Lines may
    have been missed.
    """

    position: Position
    """Its beginning."""


if TYPE_CHECKING:
    LogEvent = Line | Rotated | Truncated | Gap | Unknown
else:
    LogEvent = open_union(
        "LogEvent",
        tag="kind",
        of={"line": Line, "rotated": Rotated, "truncated": Truncated, "gap": Gap},
    )
"""A line, or something that happened to the file."""


class EndReason(OpenEnum):
    """Why a stream ended."""

    CAUGHT_UP = "caught_up"
    """The caller did not ask to wait for more."""
    SHUTTING_DOWN = "shutting_down"
    """The daemon is going down."""


class FollowEnd(Struct, kw_only=True):
    """How a stream ended."""

    reason: EndReason
    """Why."""
    position: Position | None
    """Where to go on; null if there was no file."""


class Tail(Struct, kw_only=True):
    """The last lines of a log."""

    lines: list[Line]
    """In the order of the file."""
    position: Position
    """Follow from here to miss nothing."""


class ListLogsParams(Struct, kw_only=True):
    """Params of log.list."""


class TailParams(Struct, kw_only=True, omit_defaults=True):
    """Params of log.tail."""

    log: LogName
    """Which log."""
    lines: Annotated[int, Constraint(minimum=0, maximum=1000)] = 10
    """How many."""


class FollowParams(Struct, kw_only=True, omit_defaults=True):
    """Params of log.follow."""

    log: LogName
    """Which log."""
    since: Position | UnsetType = UNSET
    """Lines after this place, also if the file was rotated since."""
    lines: Annotated[int, Constraint(minimum=0, maximum=1000)] = 10
    """Without `since`: begin with so many of the last lines."""
    follow: bool = True
    """Whether to wait for more at the end."""
