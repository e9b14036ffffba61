"""Bytes <-> lines, with limits; no I/O.

Own framing instead of StreamReader, whose limit loses the connection (RULES 2.1): an over-long line is reported once,
thrown away up to its newline, and the connection lives on.
"""

from typing import Final

from daemonrpc.limits import Limits

__all__ = ["OVERSIZE", "LineReader", "Oversize"]


class Oversize:
    """Stands in the list of lines where a line was longer than the limit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "OVERSIZE"


OVERSIZE: Final = Oversize()


class LineReader:
    """Collects bytes and gives whole lines, without their newline. Blank lines are given as they came."""

    __slots__ = ("_discarded", "_limit", "_max_discard", "_partial")

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.line_bytes
        self._max_discard = limits.drain_bytes
        self._partial = bytearray()  # the unfinished line: a list of its pieces would cost 50 times their bytes
        self._discarded = -1  # bytes thrown away of an over-long line, -1 when there is none

    @property
    def has_partial_line(self) -> bool:
        """True between the first byte of a line and its newline."""
        return bool(self._partial) or self._discarded >= 0

    @property
    def is_exhausted(self) -> bool:
        """True when one line was so long that even throwing it away is no longer worth it; close the connection."""
        return self._discarded > self._max_discard

    def receive(self, data: bytes) -> list[bytes | Oversize]:
        """The lines that `data` completes."""
        if not self._partial and self._discarded < 0 and data.endswith(b"\n"):
            lines: list[bytes | Oversize] = list(data[:-1].split(b"\n"))
            return lines if len(data) <= self._limit else [self._checked(line) for line in lines]
        return self._receive_parts(data)

    def receive_eof(self) -> bytes | None:
        """The last line if it has no newline; a peer such as `printf ... | nc -U` sends none."""
        last = bytes(self._partial) if self._partial else None
        self._forget()
        return last

    def _receive_parts(self, data: bytes) -> list[bytes | Oversize]:
        *ended, rest = data.split(b"\n")
        lines: list[bytes | Oversize] = []
        if ended:
            self._extend(ended[0], lines)
            if self._discarded < 0:
                lines.append(bytes(self._partial))
            self._forget()
            lines += ended[1:] if len(data) <= self._limit else map(self._checked, ended[1:])
        self._extend(rest, lines)
        return lines

    def _extend(self, part: bytes, lines: list[bytes | Oversize]) -> None:
        if self._discarded >= 0:
            self._discarded += len(part)
        elif len(self._partial) + len(part) > self._limit:
            lines.append(OVERSIZE)
            self._discarded = len(self._partial) + len(part)
            self._partial = bytearray()
        else:
            self._partial += part

    def _forget(self) -> None:
        self._partial = bytearray()
        self._discarded = -1

    def _checked(self, line: bytes | Oversize) -> bytes | Oversize:
        return OVERSIZE if isinstance(line, bytes) and len(line) > self._limit else line
