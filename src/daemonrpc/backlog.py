"""Lines that a server has received and not looked at yet."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

from daemonrpc.framing import Line, LineFault
from daemonrpc.request import Request

__all__ = ["Backlog"]

Entry = Line | LineFault | Request

LINE_COST = 64
"""What a waiting line costs besides its bytes: blank lines are not free."""
MOST_ASKED = 64
"""So many marked lines are asked about at a time, so that a peer cannot make each look expensive."""


class Backlog:
    """A queue of lines that knows its size in memory, and out of which urgent lines can be taken.

    `mark` is a text that every urgent line contains. Lines are numbered as they come, so that each is searched once.
    The items of a batch take the place of its line.
    """

    __slots__ = ("_first", "_mark", "_marked", "_searched", "entries", "size")

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self.entries: deque[Entry] = deque()
        self._first = 0  # number of the line at the head
        self._searched = 0  # lines with a lower number were searched for the mark
        self._marked: deque[int] = deque()
        self.size = 0
        """Memory of the lines, in bytes; items of a batch are not among them."""

    @property
    def first_bytes(self) -> int:
        """Memory of the first line; 0 if there is none."""
        return 0 if not self.entries or type(self.entries[0]) is Request else LINE_COST + len(self.entries[0])

    def extend(self, lines: Sequence[Line | LineFault]) -> None:
        """Adds lines at the end."""
        if len(lines) == 1:  # mostly
            self.entries.append(lines[0])
            self.size += LINE_COST + len(lines[0])
        else:
            self.entries.extend(lines)
            self.size += LINE_COST * len(lines) + sum(map(len, lines))

    def insert(self, items: Sequence[Request]) -> None:
        """Puts the items of a batch before the lines that came after it."""
        self.entries.extendleft(reversed(items))
        self._first -= len(items)

    def take_run(self, most: int, most_bytes: int, longest: int) -> list[bytes]:
        """The lines at the head that are shorter than `longest`: at most `most`, with so many bytes of memory or one
        line more.
        """
        entries, run, size = self.entries, list[bytes](), 0
        while entries and len(run) < most and size < most_bytes:
            line = entries[0]
            if type(line) is not bytes or len(line) >= longest:
                break
            run.append(line)
            size += LINE_COST + len(line)
            del entries[0]
        self._first += len(run)
        self.size -= size
        return run

    def put_back(self, lines: Sequence[Line]) -> None:
        """Lines that were taken and not looked at come first again."""
        self.entries.extendleft(reversed(lines))
        self._first -= len(lines)
        self.size += LINE_COST * len(lines) + sum(map(len, lines))

    def popleft(self) -> Entry:
        """The first line or item."""
        entry = self.entries.popleft()
        self._first += 1
        if type(entry) is not Request:
            self.size -= LINE_COST + len(entry)
        return entry

    def clear(self) -> None:
        """Gives everything up."""
        self._first += len(self.entries)
        self.entries.clear()
        self.size = 0

    def take(self, is_urgent: Callable[[Line], bool]) -> Line | None:
        """The first marked line that is urgent, out of its place; None if there is none."""
        self._search()
        for number in islice(self._marked, MOST_ASKED):
            line = self.entries[number - self._first]
            if isinstance(line, Line) and is_urgent(line):
                self.entries[number - self._first] = b""  # a blank line, which means nothing
                self.size -= len(line)
                self._marked.remove(number)
                return line
        return None

    def _search(self) -> None:
        while self._marked and self._marked[0] < self._first:
            self._marked.popleft()
        for number in range(max(self._searched, self._first), self._first + len(self.entries)):
            line = self.entries[number - self._first]
            if isinstance(line, Line) and self._mark in line:
                self._marked.append(number)
        self._searched = self._first + len(self.entries)
