"""The files of a log: the present one, and those that it was rotated into."""

import os
import re
import stat
from pathlib import Path
from zlib import crc32

from log_tailer_api.types import Position

__all__ = ["CHECKED", "NotReadable", "OpenFile", "generations", "identified", "identity_of"]

CHECKED = 64
"""Bytes before a position that its checksum covers."""
NUMBERED = re.compile(r"\.([0-9]{1,4})")
DATED = re.compile(r"[.-]([0-9]{4}[0-9T:_.-]{2,})")


class NotReadable(Exception):
    """It is there, and cannot be read: a directory, a pipe, or somebody else's."""


class OpenFile:
    """A file that stays the same one when it is renamed or deleted. Raises FileNotFoundError, NotReadable."""

    def __init__(self, path: Path) -> None:
        try:
            # Not blocking: the opening of a pipe would wait for a writer.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NotReadable(error.strerror) from error
        found = os.fstat(self._descriptor)
        self.identity = _identity(found)
        """Which file it is, whatever its name is."""
        if not stat.S_ISREG(found.st_mode):
            self.close()
            raise NotReadable("no file")

    def size(self) -> int:
        """Bytes that it has now."""
        return os.fstat(self._descriptor).st_size

    def read(self, offset: int, length: int) -> bytes:
        """At most so many bytes from there."""
        return os.pread(self._descriptor, length, offset)

    def before(self, offset: int) -> bytes:
        """The bytes before a place that its checksum covers."""
        start = max(0, offset - CHECKED)
        return self.read(start, offset - start)

    def position(self, offset: int, before: bytes) -> Position:
        """A place in this file, with the bytes before it."""
        return Position(file=self.identity, offset=offset, check=crc32(before[-CHECKED:]))

    def has(self, position: Position) -> bool:
        """Whether the place is in this file, and what stands before it is what stood there."""
        is_same = position.file == self.identity and position.offset <= self.size()
        return is_same and crc32(self.before(position.offset)) == position.check

    def close(self) -> None:
        os.close(self._descriptor)


def identity_of(path: Path) -> str | None:
    """The identity of the file at a path; None if there is none. Raises NotReadable."""
    try:
        return _identity(path.stat())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotReadable(error.strerror) from error


def generations(path: Path) -> list[Path]:
    """The files of a log from the oldest to the present one: `app.log.2`, `app.log.1`, `app.log`.

    Numbered ones as logrotate and logging.handlers make them, and dated ones; packed ones (.gz) are none.
    """
    found = [(age, sibling) for sibling in path.parent.glob(f"{_escaped(path.name)}?*") if (age := _age(path, sibling))]
    return [*(sibling for _, sibling in sorted(found)), *([path] if path.exists() else [])]


def identified(path: Path) -> list[tuple[Path, str | None]]:
    """The generations, each with its identity: two equal lists show that nothing was renamed in between."""
    return [(generation, identity_of(generation)) for generation in generations(path)]


def _age(path: Path, sibling: Path) -> tuple[int, str] | None:
    """Sorts the older before the younger; None for what is no generation of the log."""
    suffix = sibling.name[len(path.name) :]
    if numbered := NUMBERED.fullmatch(suffix):
        return -int(numbered[1]), ""
    dated = DATED.fullmatch(suffix)
    return (0, dated[1]) if dated else None


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _identity(status: os.stat_result) -> str:
    """Names a file whatever its path is. The number may be given to another file when this one is deleted."""
    return f"{status.st_dev:x}-{status.st_ino:x}"
