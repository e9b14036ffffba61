"""What an import has to tell: each thing with its JSON pointer, and what was written instead."""

from dataclasses import dataclass

__all__ = ["TODO", "Finding", "Findings", "below"]

TODO = "TODO: say what this means."
"""Stands where the document has no description: the schema language demands one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as in the document.

    is_lost: whether it changes what may be sent, or drops it; otherwise it is a note, for instance about a doc.
    """

    pointer: str
    problem: str
    written: str
    is_lost: bool

    def __str__(self) -> str:
        kind = "lost" if self.is_lost else "note"
        return f"{kind}: {self.pointer or '#'}: {self.problem}; {self.written}"


class Findings:
    """Collects them, each once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def lost(self, pointer: str, problem: str, written: str) -> None:
        """Something that the schema language cannot say."""
        self._found[Finding(pointer, problem, written, is_lost=True)] = None

    def note(self, pointer: str, problem: str, written: str) -> None:
        """Something that is said in another way, or is missing, without harm to the wire."""
        self._found[Finding(pointer, problem, written, is_lost=False)] = None

    def all(self) -> tuple[Finding, ...]:
        """In the order in which they were found."""
        return tuple(self._found)


def below(pointer: str, *steps: str | int) -> str:
    """The pointer to something inside (RFC 6901, as a fragment)."""
    return "/".join((pointer or "#", *(str(step).replace("~", "~0").replace("/", "~1") for step in steps)))
