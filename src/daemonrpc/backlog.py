"""Lines that a server has received and not looked at yet."""

from collections import deque
from collections.abc import Callable
from itertools import islice

from daemonrpc.framing import LineFault

__all__ = ["Backlog"]

LINE_COST = 64
"""What a waiting line costs besides its bytes: blank lines are not free."""
MOST_ASKED = 64
"""So many marked lines are asked about at a time, so that a peer cannot make each look expensive."""


class Backlog:
    """A queue of lines that knows its size in memory, and out of which urgent lines can be taken.

    `mark` is a text that every urgent line contains. Lines are numbered as they come, so that each is searched once.
    """

    __slots__ = ("_first", "_lines", "_mark", "_marked", "_searched", "size")

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._lines: deque[bytes | LineFault] = deque()
        self._first = 0  # number of the line at the head
        self._searched = 0  # lines with a lower number were searched for the mark
        self._marked: deque[int] = deque()
        self.size = 0
        """Memory of the lines, in bytes."""

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def first_bytes(self) -> int:
        """Memory of the first line; 0 if there is none."""
        return _cost(self._lines[0]) if self._lines else 0

    def append(self, line: bytes | LineFault) -> None:
        """Adds a line at the end."""
        self._lines.append(line)
        self.size += _cost(line)

    def popleft(self) -> bytes | LineFault:
        """The first line."""
        line = self._lines.popleft()
        self.size -= _cost(line)
        self._first += 1
        return line

    def take(self, is_urgent: Callable[[bytes], bool]) -> bytes | None:
        """The first marked line that is urgent, out of its place; None if there is none."""
        self._search()
        for number in islice(self._marked, MOST_ASKED):
            line = self._lines[number - self._first]
            if isinstance(line, bytes) and is_urgent(line):
                self._lines[number - self._first] = b""  # a blank line, which means nothing
                self.size -= len(line)
                self._marked.remove(number)
                return line
        return None

    def _search(self) -> None:
        while self._marked and self._marked[0] < self._first:
            self._marked.popleft()
        for number in range(max(self._searched, self._first), self._first + len(self._lines)):
            line = self._lines[number - self._first]
            if isinstance(line, bytes) and self._mark in line:
                self._marked.append(number)
        self._searched = self._first + len(self._lines)


def _cost(line: bytes | LineFault) -> int:
    return LINE_COST + len(line) if isinstance(line, bytes) else LINE_COST
