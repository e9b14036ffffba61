"""The output of attempts as events.

The text of an output lies once, in the file of its attempt. An event says only where a chunk lies (stream, offset,
size); whoever reads the events gets the text out of the file at that moment.
"""

from pathlib import Path

from msgspec import Struct

from conductord import runner

CHUNK_BYTES = 65536
"""Most bytes of one event."""


class Chunk(Struct, frozen=True):
    """A piece of one output."""

    stream: str
    offset: int
    size: int


def chunks(directory: Path, stream: str, start: int, end: int, *, final: bool = False) -> list[Chunk]:
    """The pieces of an output between two offsets, none of which ends inside a UTF-8 character.

    final: nothing will follow, so that an unfinished character at the end is sent as it is.
    """
    found: list[Chunk] = []
    while start < end:
        size = min(end - start, CHUNK_BYTES)
        if not (final and start + size == end):
            tail = runner.read_output(directory, stream, start + max(size - 4, 0), min(size, 4))
            size -= _unfinished(tail)
        if size <= 0:
            break
        found.append(Chunk(stream, start, size))
        start += size
    return found


def _unfinished(tail: bytes) -> int:
    """How many bytes at the end of `tail` begin a UTF-8 character that is not complete."""
    for back in range(1, min(len(tail), 4) + 1):
        byte = tail[-back]
        if byte & 0b1100_0000 == 0b1000_0000:
            continue  # inside a character: look for its beginning
        needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return back if needed > back else 0
    return 0


def read_chunk(directory: Path, chunk: Chunk) -> str | None:
    """The text of a chunk; None when the file of the output is gone."""
    content = runner.read_output(directory, chunk.stream, chunk.offset, chunk.size)
    return content.decode("utf-8", "replace") if content else None


def tail_text(directory: str, stream: str, size: int) -> str | None:
    """The end of an output as text; None when there is none."""
    if not directory or size == 0:
        return None
    content = runner.read_tail(Path(directory), stream, size)
    return _from_boundary(content, size) if content else None


def _from_boundary(content: bytes, size: int) -> str:
    """Text that does not begin inside a character because it was cut there."""
    if len(content) == size:
        while content and content[0] & 0b1100_0000 == 0b1000_0000:
            content = content[1:]
    return content.decode("utf-8", "replace")
