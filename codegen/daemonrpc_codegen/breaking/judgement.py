"""One new schema held against one or many old ones: what breaks, what of it is accepted, what is accepted in vain."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from daemonrpc_codegen.breaking.compare import compare_models
from daemonrpc_codegen.breaking.finding import Finding
from daemonrpc_codegen.breaking.history import is_supported, numbers
from daemonrpc_codegen.breaking.rules import Category
from daemonrpc_codegen.breaking.sides import Origin, Side
from daemonrpc_codegen.model import Accepted

__all__ = ["Judged", "Judgement", "judge"]


@dataclass(slots=True)
class Judged:
    """A finding, the old sides that show it, and why it is accepted."""

    finding: Finding
    accepted: Accepted | None
    against: list[str] = field(default_factory=list[str])

    def fails(self, categories: set[Category]) -> bool:
        """Whether it is a reason to refuse the new schema."""
        rule = self.finding.rule
        return rule.breaks and self.accepted is None and rule.category in categories


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that was found."""

    new: Side
    compared: Sequence[Side]
    unsupported: Sequence[Side]
    """Old sides that may be broken: of another major version, or older than the oldest peer."""
    findings: Sequence[Judged]
    unused: Sequence[Accepted]
    """Findings that are accepted and are not there."""

    def failing(self, categories: set[Category]) -> list[Judged]:
        """The reasons to refuse the new schema."""
        return [item for item in self.findings if item.fails(categories)]


def judge(new: Side, old: Sequence[Side], *, is_history: bool) -> Judgement:
    """Compare a new side with old ones.

    is_history: the old sides are all releases; those of another major version are no concern then. An old side that was
    named by itself is compared unless the schema says that it is too old.
    """
    named = bool(new.api.compatibility.oldest_peer) or is_history
    supported = [side for side in old if not named or is_supported(side.api.version, new.api)]
    found: dict[tuple[str, str, str], Judged] = {}
    accepted = {(item.rule, item.element): item for item in new.api.compatibility.accepted}
    past = [side.api for side in old]
    for side in supported:
        for finding in compare_models(side.api, new.api, is_release=side.origin is Origin.RELEASE, past=past):
            key = (finding.rule.name, finding.element, finding.message)
            reason = accepted.get(key[:2]) if finding.rule.breaks else None
            found.setdefault(key, Judged(finding, reason)).against.append(side.name)
    used = {(item.accepted.rule, item.accepted.element) for item in found.values() if item.accepted}
    unused = [item for key, item in accepted.items() if key not in used and _is_due(item, supported, is_history)]
    return Judgement(
        new=new,
        compared=supported,
        unsupported=[side for side in old if side not in supported],
        findings=sorted(found.values(), key=_order),
        unused=unused,
    )


def _is_due(item: Accepted, compared: Sequence[Side], is_history: bool) -> bool:
    """Whether the change that is accepted lies between the old sides and the new one, so that it should be found."""
    return is_history or any(_precedes(side, item.since) for side in compared)


def _precedes(side: Side, since: str) -> bool:
    if side.origin is Origin.FILE:
        return numbers(side.api.version) <= numbers(since)
    return numbers(side.api.version) < numbers(since)


def _order(item: Judged) -> tuple[object, ...]:
    place = item.finding.place
    at = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (*at, item.finding.rule.name, item.finding.element)
