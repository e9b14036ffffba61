"""Bytes that wait to be written to a peer, without I/O."""

from collections import deque

__all__ = ["Output"]


class Output:
    """Bytes that wait to be written."""

    __slots__ = ("_parts", "kept_bytes", "size")

    def __init__(self) -> None:
        self._parts: deque[bytes | memoryview] = deque()
        self.size = 0
        """How many bytes wait."""
        self.kept_bytes = 0
        """What was taken already and is in memory still: all of a line is, until its last part is taken."""

    def add(self, line: bytes) -> None:
        """Adds a whole line, its newline included."""
        self._parts.append(line)
        self.size += len(line)

    def clear(self) -> None:
        """Nothing waits any more."""
        self._parts.clear()
        self.size = self.kept_bytes = 0

    def take(self) -> bytes:
        """All bytes, as one piece."""
        return bytes(self.take_part(self.size))

    def take_part(self, most: int) -> bytes | memoryview:
        """The first `most` bytes. A long line is not copied: what is left of it is a view."""
        if self.size <= most:
            data = b"".join(self._parts)  # of one line, join makes no copy
            self._parts.clear()
            self.size = self.kept_bytes = 0
            return data
        parts: list[bytes | memoryview] = []
        room = most
        while room:
            part = self._parts.popleft()
            self.kept_bytes = self.kept_bytes + room if len(part) > room else 0
            if len(part) > room:
                view = memoryview(part)
                self._parts.appendleft(view[room:])
                part = view[:room]
            parts.append(part)
            room -= len(part)
        self.size -= most
        return parts[0] if len(parts) == 1 else b"".join(parts)
