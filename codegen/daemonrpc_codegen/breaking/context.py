"""What all parts of a comparison share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from daemonrpc_codegen.breaking.finding import Changes, Spot
from daemonrpc_codegen.breaking.history import History
from daemonrpc_codegen.jsonschema import Direction
from daemonrpc_codegen.model import Api, Constraints, Field, Tombstone, TypeRef

__all__ = ["CompareUses", "Context", "Use"]


_NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class Use:
    """A type as something uses it."""

    ref: TypeRef
    constraints: Constraints = _NO_CONSTRAINTS

    @classmethod
    def of(cls, item: Field) -> "Use":
        """The use that a field makes of its type."""
        return cls(item.type, item.constraints)


@dataclass(frozen=True, slots=True)
class Context:
    """Both models, what is known of the past, and what was found."""

    old: Api
    new: Api
    history: History
    changes: Changes = field(default_factory=Changes)
    pairs: dict[str, str] = field(default_factory=dict[str, str])
    """The new name of each old type, by the first place at which both stand."""
    met: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """All structs, enums and unions that stand at the same place in both, by name."""
    visited: set[tuple[Direction, str, str]] = field(default_factory=set[tuple[Direction, str, str]])

    def enter(self, direction: Direction, old: str, new: str) -> bool:
        """True when two declared types meet for the first time on the way in this direction."""
        self.pairs.setdefault(old, new)
        self.met.add((old, new))
        key = (direction, old, new)
        is_first = key not in self.visited
        self.visited.add(key)
        return is_first

    def need_since(self, since: str, spot: Spot, what: str) -> None:
        """Something new that an old server refuses: it must say since when it is there."""
        if not self.history.is_newer(since):
            said = f"says since {since}, but {self.history.version} does not have it" if since else "has no `since`"
            self.changes.add("since-missing", spot, f"{what} is new and {said}")

    def need_widened(self, spot: Spot, what: str) -> None:
        """Something that accepts more than an old server does: it must say since when."""
        if not any(map(self.history.is_newer, spot.widened)):
            self.changes.add("widened-missing", spot, f"{what} and has no `widened`")

    def is_retired(self, element: str, name: str, tombstones: Iterable[Tombstone]) -> bool:
        """Whether something was announced to go, and its name stays taken."""
        return self.history.was_announced(element) and any(item.name == name for item in tombstones)

    def need_tombstone(self, name: str, tombstones: Iterable[Tombstone], spot: Spot, what: str) -> None:
        """Something is gone without breaking anybody: its name must stay taken."""
        if all(item.name != name for item in tombstones):
            self.changes.add("tombstone-missing", spot, f"{what} is gone and has no tombstone")

    def keep_tombstones(
        self, old: Iterable[Tombstone], new: Iterable[Tombstone], used: Iterable[str], spot: Spot
    ) -> None:
        """Tombstones stay as long as the schema lives."""
        kept, names = {item.name for item in new}, set(used)
        for item in old:
            where = spot.child("removed", item.name, at=spot.at, step=f"removed '{item.name}'")
            if item.name in names:
                self.changes.add("name-reused", where, f"'{item.name}' was removed in {item.since} and is used again")
            elif item.name not in kept:
                self.changes.add("tombstone-dropped", where, f"the tombstone of '{item.name}' is gone")


CompareUses = Callable[[Context, Use, Use, Spot, Direction], None]
"""Compares two uses of types: fields and variants lead back to it."""
