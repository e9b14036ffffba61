"""What was sent, what became of it, and what was wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import msgspec

__all__ = ["Outcome", "Report", "Tally", "Wrong"]

Outcome = Literal["accepted", "refused", "errors", "wrong"]

SHOWN = 3
"""How many findings of one kind are shown; the JSON has all."""


@dataclass(frozen=True)
class Wrong:
    """One finding: a daemon did what it must not do."""

    method: str
    what: str
    """Such as `accepts what its schema refuses`; the same for all findings of a kind."""
    detail: str
    sent: bytes
    """The line."""
    answer: bytes
    """Empty if there was none."""


@dataclass
class Tally:
    """What became of the calls of a method."""

    sent: int = 0
    accepted: int = 0
    """Answered with a result, or with an error that the method may have."""
    refused: int = 0
    """Answered with -32602, or a line with an error."""
    errors: int = 0
    """Not judged: the daemon was busy, the caller may not call this, the deadline passed."""
    wrong: int = 0
    note: str = ""
    """What was not tried, and why."""

    def add(self, outcome: Outcome) -> None:
        """Count one answer."""
        setattr(self, outcome, getattr(self, outcome) + 1)


@dataclass
class Report:
    """All of a run."""

    socket: str
    seed: int
    tallies: dict[str, Tally] = field(default_factory=dict[str, Tally])
    found: list[Wrong] = field(default_factory=list[Wrong])

    def of(self, method: str) -> Tally:
        """The tally of a method."""
        return self.tallies.setdefault(method, Tally())

    def wrong(self, method: str, what: str, detail: str, sent: bytes, answer: bytes = b"") -> None:
        """Add a finding."""
        self.of(method).add("wrong")
        self.found.append(Wrong(method, what, detail, sent, answer))

    def as_json(self) -> bytes:
        """The report as one JSON object."""
        tallies = {name: {**vars(tally)} for name, tally in self.tallies.items()}
        found = [
            {**vars(wrong), "sent": _text(wrong.sent), "answer": _text(wrong.answer) or None} for wrong in self.found
        ]
        return msgspec.json.encode({"socket": self.socket, "seed": self.seed, "methods": tallies, "wrong": found})

    def lines(self) -> Iterator[str]:
        """The report as text: a table, then what was wrong."""
        width = max(map(len, [*self.tallies, "method"]))
        columns = ("sent", "accepted", "refused", "errors", "wrong")
        yield f"{'method':{width}}  {'  '.join(f'{name:>8}' for name in columns)}"
        for name, tally in self.tallies.items():
            counts = "  ".join(f"{getattr(tally, column):>8}" for column in columns)
            yield f"{name:{width}}  {counts}  {tally.note}".rstrip()
        total: dict[str, int] = {column: sum(getattr(t, column) for t in self.tallies.values()) for column in columns}
        yield f"{'in all':{width}}  {'  '.join(f'{total[column]:>8}' for column in columns)}"
        yield from self._findings()
        yield f"the same again: daemonrpc fuzz {self.socket} --seed {self.seed} (and the other options as they were)"

    def _findings(self) -> Iterator[str]:
        kinds: dict[tuple[str, str], list[Wrong]] = {}
        for wrong in self.found:
            kinds.setdefault((wrong.method, wrong.what), []).append(wrong)
        for (method, what), found in kinds.items():
            yield f"\nwrong: {method} {what} ({len(found)} times)"
            for wrong in found[:SHOWN]:
                yield from _shown(wrong)
        if kinds:
            yield ""


def _shown(wrong: Wrong) -> Iterator[str]:
    yield f"  {wrong.detail}"
    yield f"    sent      {_text(wrong.sent)}"
    yield f"    answered  {_text(wrong.answer)}" if wrong.answer else "    answered  nothing"


def _text(line: bytes) -> str:
    return line.decode(errors="backslashreplace")
