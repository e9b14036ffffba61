"""Follows one log over rotation and truncation. It blocks, and knows no clock: `poll` looks once for what is new."""

from pathlib import Path
from threading import Lock

from log_tailer.lines import line_of, split, start_of_last_lines
from log_tailer.logfile import CHECKED, OpenFile, identified, identity_of
from log_tailer_api.types import Ending, Gap, Line, Position, Rotated, Truncated

__all__ = ["LONGEST_LINE", "Event", "Follower"]

Event = Line | Rotated | Truncated | Gap

LONGEST_LINE = 64 * 1024
"""Bytes; longer ones come in pieces, so that a file without newlines takes no more memory."""
LAST_BYTES = 4 * 2**20
"""How far back the last lines are looked for."""
READ = 256 * 1024
"""Bytes of one look at the file."""


class Follower:
    """The lines of a log from some place on.

    Args:
        path: the present file; rotated ones stand beside it.
        since: where to begin; None for the last `lines` lines.

    It may be polled in one thread and closed in another, which does not wait for a disk that hangs.
    """

    def __init__(self, path: Path, since: Position | None, lines: int) -> None:
        self._path, self._since, self._lines = path, since, lines
        self._lock = Lock()
        self._is_started = self._is_closed = False
        self._file: OpenFile | None = None
        self._offset, self._before, self._rest = 0, b"", b""
        self._news: list[Event] = []
        self._owes_gap = False
        self.is_behind = False
        """The file was rotated and read to its end, and its writer has moved: it is left at the next poll."""

    @property
    def position(self) -> Position | None:
        """Where to go on after what was polled; None as long as there is no file."""
        return None if self._file is None else self._file.position(self._offset, self._before)

    def poll(self) -> list[Event]:
        """What is new; empty if nothing is. Much news comes in several polls. Raises NotReadable."""
        with self._lock:
            if not self._is_closed:
                self._look()
            news, self._news = self._news, []
        if self._is_closed:
            self.close()
        return news

    def unfinished(self) -> list[Event]:
        """What stands behind the last newline, if anything does."""
        if self._file is None or not self._rest:
            return []
        return [line_of(self._rest, Ending.UNFINISHED, self._file.position(self._offset, self._before))]

    def close(self) -> None:
        """Lets go of the file, now or at the end of a poll that runs; closing twice is fine."""
        self._is_closed = True
        if self._lock.acquire(blocking=False):
            self._take(None)
            self._lock.release()

    def _look(self) -> None:
        if not self._is_started:
            self._start()
        elif self._file is None:
            self._use(self._path)
        if self._file is not None:
            if self._owes_gap:
                self._tell(self._file, Gap)
            self._read(self._file)

    def _start(self) -> None:
        self._is_started = True
        if self._since is None:
            self._use(self._path)
            if self._file is not None:
                self._go_to(self._file, start_of_last_lines(self._file, self._lines, LAST_BYTES))
        else:
            self._owes_gap = not self._find(self._since)

    def _find(self, since: Position) -> bool:
        """Goes to a position, whatever its file is called by now; if that is gone, to the beginning of the present."""
        files = identified(self._path)
        for path, _ in reversed(files):
            self._use(path)
            if self._file is not None and self._file.has(since):
                self._go_to(self._file, since.offset)
                return True
        if identified(self._path) != files:  # renamed while we looked
            return self._find(since)
        self._use(self._path)
        return False

    def _read(self, file: OpenFile) -> None:
        done = self._offset + len(self._rest)
        if file.size() < done or file.before(done) != (self._before + self._rest)[-CHECKED:]:
            self._go_to(file, 0)
            self._tell(file, Truncated)
            return
        data = file.read(done, READ)
        if data:
            self.is_behind = False
            data = self._rest + data
            start = self._offset
            for line, ending in split(data, LONGEST_LINE):
                self._add(file, line, ending)
            self._rest = data[self._offset - start :]
        if not self._news and identity_of(self._path) != file.identity:  # without a line this is the end of the file
            self._look_for_the_next(file)

    def _add(self, file: OpenFile, line: bytes, ending: Ending) -> None:
        self._offset += len(line)
        self._before = (self._before + line)[-CHECKED:]
        self._news.append(line_of(line, ending, file.position(self._offset, self._before)))

    def _look_for_the_next(self, file: OpenFile) -> None:
        """A file that was rotated is left when its writer has moved: the next one has lines, or was rotated itself.
        Before that comes one more look at what was written in between.
        """
        files = identified(self._path)
        places = [number for number, (_, identity) in enumerate(files) if identity == file.identity]
        path = self._path if not places else next((path for path, _ in files[places[0] + 1 :]), None)
        following = None if path is None else _opened(path)
        if following is None:
            self.is_behind = False
        elif identified(self._path) != files:  # renamed while we looked: the next poll looks again
            following.close()
        elif self.is_behind:
            if self._rest:
                self._add(file, self._rest, Ending.END_OF_FILE)
            self._take(following)
            self._tell(following, Rotated if places else Gap)
        else:
            self.is_behind = following.size() > 0 or path != self._path
            following.close()

    def _use(self, path: Path) -> None:
        self._take(_opened(path))

    def _take(self, file: OpenFile | None) -> None:
        """From the beginning of another file, or of none."""
        if self._file is not None:
            self._file.close()
        self._file, self.is_behind = file, False
        self._offset, self._before, self._rest = 0, b"", b""

    def _go_to(self, file: OpenFile, offset: int) -> None:
        self._offset, self._before, self._rest = offset, file.before(offset), b""

    def _tell(self, file: OpenFile, what: type[Rotated] | type[Truncated] | type[Gap]) -> None:
        self._owes_gap = False
        self._news.append(what(position=file.position(self._offset, self._before)))


def _opened(path: Path) -> OpenFile | None:
    """The file, or None if there is none (any more). Raises NotReadable."""
    try:
        return OpenFile(path)
    except FileNotFoundError:
        return None
