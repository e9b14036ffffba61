"""A change that was found: which rule says what about it, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from daemonrpc_codegen.breaking.rules import RULES, Rule
from daemonrpc_codegen.errors import Place
from daemonrpc_codegen.load import Node

__all__ = ["Changes", "Finding", "Spot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One change of one element."""

    rule: Rule
    element: str
    """Path in the schema, of what is gone in the old one: `methods/job.list/params/limit`."""
    place: Place | None
    """Where it stands in the new schema, or what it was taken out of; None where nobody knows."""
    trail: str
    """How a message gets there: `in the result of 'job.list', items, field 'state'`."""
    message: str


@dataclass(frozen=True, slots=True)
class Spot:
    """The declarations that are being compared: their path, their node in the new schema, and how one gets there."""

    path: tuple[str, ...]
    at: Node
    trail: tuple[str, ...]
    widened: tuple[str, ...] = ()
    """What the declarations around say about the last version that made them accept more."""

    @property
    def element(self) -> str:
        """The path as text."""
        return "/".join(self.path)

    @property
    def words(self) -> str:
        """The trail as text."""
        return ", ".join(self.trail)

    def child(self, *path: str, at: Node, step: str, widened: tuple[str, ...] = ()) -> "Spot":
        """A part of it."""
        return Spot((*self.path, *path), at, (*self.trail, step), widened)

    def part(self, step: str) -> "Spot":
        """Something inside it that has no name of its own, such as the items of a list."""
        return Spot(self.path, self.at, (*self.trail, step), self.widened)


class Changes:
    """What was found so far; a change that several ways lead to is one finding, shown with the first way."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Finding] = {}

    def add(self, rule: str, spot: Spot, message: str) -> None:
        """A change of what stands at a spot."""
        place = spot.at.key_place if spot.at.key_place.file else None
        finding = Finding(rule=RULES[rule], element=spot.element, place=place, trail=spot.words, message=message)
        self._found.setdefault((rule, finding.element, message), finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found.values())
