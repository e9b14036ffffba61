"""Bytes -> lines, as long as memory allows, and text of bytes that may not be UTF-8."""

from collections.abc import Iterator

from daemonrpc import UNSET

from log_tailer.logfile import OpenFile
from log_tailer_api.types import Ending, Line, Position

__all__ = ["line_of", "split", "start_of_last_lines"]

BLOCK = 64 * 1024
"""Bytes that are read at a time on the way back from the end."""


def split(data: bytes, longest: int) -> Iterator[tuple[bytes, Ending]]:
    """The lines of `data`, each with its newline. What stands behind the last one is no line, unless it is too long."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start, start + longest + 1) + 1
        if end:
            yield data[start:end], Ending.NEWLINE
        elif len(data) - start > longest:
            end = _whole_characters(data, start + longest)
            yield data[start:end], Ending.CUT
        else:
            return
        start = end


def line_of(data: bytes, ending: Ending, position: Position) -> Line:
    """A line of its bytes. Text is always there to be read; what is not UTF-8 also comes as it is."""
    content = data.removesuffix(b"\n") if ending == Ending.NEWLINE else data
    try:
        return Line(position=position, text=content.decode(), raw=UNSET, ending=ending)
    except UnicodeDecodeError:
        return Line(position=position, text=content.decode(errors="replace"), raw=content, ending=ending)


def start_of_last_lines(file: OpenFile, lines: int, at_most: int) -> int:
    """Where the last `lines` whole lines begin, but no more than `at_most` bytes from the end."""
    size = file.size()
    limit = max(0, size - at_most)
    start, wanted = size, lines + 1
    while start > limit:
        length = min(BLOCK, start - limit)
        block = file.read(start - length, length)
        newlines = block.count(b"\n")
        if newlines >= wanted:
            return start - length + _nth_newline_from_the_end(block, wanted) + 1
        wanted -= newlines
        start -= length
    return limit


def _nth_newline_from_the_end(block: bytes, number: int) -> int:
    place = len(block)
    for _ in range(number):
        place = block.rindex(b"\n", 0, place)
    return place


def _whole_characters(data: bytes, end: int) -> int:
    """At most three bytes earlier, so that no character of UTF-8 is cut in two."""
    for place in range(end, end - 4, -1):
        if data[place] & 0xC0 != 0x80:
            return place
    return end
