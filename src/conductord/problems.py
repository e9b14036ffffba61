"""What is wrong in a file that a person wrote: place, path, message, hint; all mistakes of a file at once."""

from collections.abc import Iterable

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """One mistake in a job file or a settings file. `str()` is the text for a person."""

    file: str
    """The file as the person named it."""
    line: int
    """Counted from 1; 0 when the mistake has no place in the text."""
    column: int
    """Counted from 1; 0 when the mistake has no place in the text."""
    where: str
    """Path in words, such as `in sheet 'plan', 'timeout'`; empty for the file as a whole."""
    message: str
    """What is wrong."""
    hint: str | None = None
    """What to write instead."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        where = f"{self.where}: " if self.where else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}: {where}{self.message}{hint}"


class FileProblemsError(Exception):
    """A file is wrong. `problems` holds every mistake found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
