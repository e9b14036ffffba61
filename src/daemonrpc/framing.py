"""Bytes <-> lines, with limits; no I/O.

Own framing instead of StreamReader, whose limit loses the connection (RULES 2.1): a line that is not kept is reported
once, thrown away up to its newline, and the connection lives on.
"""

from collections.abc import Sequence
from enum import Enum, auto
from typing import final

from daemonrpc.depth import SLICE_BYTES, DepthScanner, is_deeper
from daemonrpc.limits import Limits

__all__ = ["Line", "LineFault", "LineReader"]

Line = bytes | bytearray
"""A long line is given in the buffer that it was collected in: to copy 16 MiB takes as long as a hundred calls."""


@final
class LineFault(Enum):
    """Stands in the list of lines where a line was not kept."""

    TOO_LONG = auto()
    """Longer than `line_bytes`."""
    TOO_DEEP = auto()
    """Nested deeper than `depth`."""
    NO_ROOM = auto()
    """All connections together hold as much as they may."""

    def __len__(self) -> int:
        """Nothing is kept of the line."""
        return 0


class LineReader:
    """Collects bytes and gives whole lines, without their newline. Blank lines are given as they came."""

    __slots__ = ("_depth", "_discarded", "_flat", "_limit", "_long", "_max_discard", "_partial", "_scanner")

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.line_bytes
        self._long = min(SLICE_BYTES, limits.line_bytes)
        self._max_discard = limits.drain_bytes
        self._depth = limits.depth
        # A shorter line that is JSON has too few brackets to be nested too deep; one that is none is refused anyway.
        self._flat = min(2 * limits.depth + 1, limits.line_bytes)
        self._partial = bytearray()  # the unfinished line: a list of its pieces would cost 50 times their bytes
        self._scanner: DepthScanner | None = None  # of a long unfinished line
        self._discarded = -1  # bytes thrown away of a line that is not kept, -1 when there is none

    @property
    def has_partial_line(self) -> bool:
        """True between the first byte of a line and its newline."""
        return bool(self._partial) or self._discarded >= 0

    @property
    def partial_bytes(self) -> int:
        """What is kept of the unfinished line."""
        return len(self._partial)

    @property
    def is_exhausted(self) -> bool:
        """True when one line was so long that even throwing it away is no longer worth it; close the connection."""
        return self._discarded > self._max_discard

    def receive(self, data: bytes) -> Sequence[Line | LineFault]:
        """The lines that `data` completes."""
        if not self._partial and self._discarded < 0 and data[-1:] == b"\n":
            lines = data.split(b"\n")
            lines.pop()
            return lines if len(data) <= self._flat else self._checked(lines)
        return self._receive_parts(data)

    def receive_eof(self) -> Line | LineFault | None:
        """The last line if it has no newline; a peer such as `printf ... | nc -U` sends none."""
        last = self._end_line() if self._partial else None
        self._forget()
        return last

    def refuse_line(self) -> None:
        """Keeps no more of the unfinished line, and throws away what is still to come of it."""
        self._discarded = len(self._partial)
        self._partial = bytearray()
        self._scanner = None

    def _receive_parts(self, data: bytes) -> list[Line | LineFault]:
        first, *others = data.split(b"\n")
        lines: list[Line | LineFault] = []
        self._extend(first, lines)
        if others:
            if self._discarded < 0:
                lines.append(self._end_line())
            self._forget()
            rest = others.pop()
            lines += self._checked(others)
            self._extend(rest, lines)
        return lines

    def _extend(self, part: bytes, lines: list[Line | LineFault]) -> None:
        if self._discarded >= 0:
            self._discarded += len(part)
            return
        self._partial += part
        fault = self._fault_of_partial(part) if len(self._partial) > self._long else None
        if fault is not None:
            self.refuse_line()
            lines.append(fault)

    def _fault_of_partial(self, part: bytes) -> LineFault | None:
        """A long line is looked at while it comes, so that its end has no more work than that of a short one."""
        if len(self._partial) > self._limit:
            return LineFault.TOO_LONG
        if self._scanner is None:
            self._scanner = DepthScanner(self._depth)
            part = bytes(self._partial)
        return LineFault.TOO_DEEP if self._scanner.is_deeper(part) else None

    def _end_line(self) -> Line | LineFault:
        return self._partial if self._scanner is not None else self._checked([bytes(self._partial)])[0]

    def _checked(self, lines: list[bytes]) -> Sequence[Line | LineFault]:
        flat = self._flat
        if max(map(len, lines), default=0) <= flat:
            return lines
        return [line if len(line) <= flat else self._looked_at(line) for line in lines]

    def _looked_at(self, line: bytes) -> bytes | LineFault:
        if len(line) > self._limit:
            return LineFault.TOO_LONG
        if line.count(b"[") + line.count(b"{") > self._depth and is_deeper(line, self._depth):
            return LineFault.TOO_DEEP
        return line

    def _forget(self) -> None:
        if self._partial:
            self._partial = bytearray()
        self._scanner = None
        self._discarded = -1
