"""What is wrong with a schema: values that name the place, collected until the whole file has been read.

schema/methods.yaml:12:5: in method 'job.submit', param 'x': unknown type 'Strng'
  hint: did you mean 'str'?
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = ["InvalidSchemaError", "OutputError", "Place", "SchemaError", "TemplateError", "did_you_mean"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a schema file; line and column count from 1, as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class SchemaError:
    """One thing that is wrong: where, inside what (`in method 'x'`), what, and what to write instead."""

    place: Place
    context: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        inside = f"{self.context}: " if self.context else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{self.place}: {inside}{self.message}{hint}"


class InvalidSchemaError(Exception):
    """The schema has errors; `errors` holds all of them, in the order of their places."""

    def __init__(self, errors: Iterable[SchemaError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(map(str, self.errors)))


class OutputError(Exception):
    """The output cannot be written without harm, for instance over a file that the generator did not make."""


class TemplateError(Exception):
    """A template of the project replaces nothing, or fails; the text says where."""


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or the empty text."""
    matches = get_close_matches(wrong, sorted(known), n=1)
    return f"did you mean '{matches[0]}'?" if matches else ""
