"""A judgement for a person, and for a program."""

from collections.abc import Iterable, Iterator
from typing import Any

from daemonrpc_codegen.breaking.finding import Finding
from daemonrpc_codegen.breaking.judgement import Judged, Judgement
from daemonrpc_codegen.breaking.rules import Category, Rule, Verdict
from daemonrpc_codegen.breaking.sides import Side
from daemonrpc_codegen.context import context_of
from daemonrpc_codegen.errors import SchemaError
from daemonrpc_codegen.model import Accepted

__all__ = ["as_json", "as_lines"]


def as_lines(judgement: Judgement, categories: set[Category], *, everything: bool) -> Iterator[str]:
    """What is wrong, or everything that was found, and a summary."""
    failing = judgement.failing(categories)
    for item in judgement.findings:
        if everything or item in failing:
            yield from _finding_lines(item, judgement)
    for accepted in judgement.unused:
        yield from str(_unused_error(accepted)).splitlines()
    yield _summary(judgement, failing, everything=everything)


def _finding_lines(item: Judged, judgement: Judgement) -> Iterator[str]:
    finding, rule = item.finding, item.finding.rule
    where = f"{finding.place}: " if finding.place else f"{judgement.new.name}: "
    trail = f"{finding.trail}: " if finding.trail else ""
    yield f"{where}{trail}{finding.message}"
    yield f"  {rule.category} {rule.name}: {_whom(rule)}: {rule.why}"
    yield f"  against {', '.join(item.against)}"
    if item.accepted:
        yield f"  accepted: {item.accepted.reason}"
    elif rule.breaks:
        yield f"  hint: {rule.advice}"
        yield f"  to accept it: {_acceptance(finding, judgement)}"


def _acceptance(finding: Finding, judgement: Judgement) -> str:
    rule, since = finding.rule.name, judgement.new.api.version
    return f"{{rule: {rule}, element: {finding.element}, since: {since}, reason: ...}} under compatibility.accepted"


def _whom(rule: Rule) -> str:
    if rule.category is Category.SOURCE:
        return "breaks Python code, not the wire"
    if rule.is_fault and rule.old_client is not Verdict.BREAKS:
        return "leaves no trace"
    peers = ((rule.old_client, "old clients with a new server"), (rule.new_client, "new clients with an old server"))
    broken = [name for verdict, name in peers if verdict is Verdict.BREAKS]
    at_risk = [name for verdict, name in peers if verdict is Verdict.HAZARD]
    if broken:
        return f"breaks {' and '.join(broken)}"
    return f"a hazard for {' and '.join(at_risk)}" if at_risk else "breaks nobody"


def _unused_error(item: Accepted) -> SchemaError:
    message = f"nothing breaks the rule '{item.rule}' at '{item.element}' any more"
    return SchemaError(item.at.place, context_of(item.at.path), message, "remove it")


def _summary(judgement: Judgement, failing: list[Judged], *, everything: bool) -> str:
    compared = f"compared with {_names(judgement.compared)}" if judgement.compared else "compared with nothing"
    skipped = f"; may break {_names(judgement.unsupported)}" if judgement.unsupported else ""
    rest = len(judgement.findings) - len(failing)
    more = (
        f", {rest} other change{'s' if rest > 1 else ''}{'' if everything else ' (--all shows them)'}" if rest else ""
    )
    unused = f", {len(judgement.unused)} accepted in vain" if judgement.unused else ""
    what = f"{len(failing)} changes break" if len(failing) > 1 else "1 change breaks" if failing else "nothing breaks"
    return f"{judgement.new.name}: {what}{unused}{more} ({compared}{skipped})"


def _names(sides: Iterable[Side]) -> str:
    return ", ".join(side.name for side in sides)


def as_json(judgement: Judgement, categories: set[Category]) -> dict[str, Any]:
    """Everything that was found, as JSON data."""
    return {
        "new": judgement.new.name,
        "compared": [side.name for side in judgement.compared],
        "unsupported": [side.name for side in judgement.unsupported],
        "breaks": bool(judgement.failing(categories) or judgement.unused),
        "findings": [_finding_json(item, categories) for item in judgement.findings],
        "unused": [{"rule": item.rule, "element": item.element, "reason": item.reason} for item in judgement.unused],
    }


def _finding_json(item: Judged, categories: set[Category]) -> dict[str, Any]:
    finding, rule, place = item.finding, item.finding.rule, item.finding.place
    return {
        "rule": rule.name,
        "category": rule.category.value,
        "element": finding.element,
        "place": {"file": place.file, "line": place.line, "column": place.column} if place else None,
        "path": finding.trail,
        "message": finding.message,
        "old_client": rule.old_client.value,
        "new_client": rule.new_client.value,
        "breaks": rule.breaks,
        "fails": item.fails(categories),
        "why": rule.why,
        "advice": rule.advice,
        "against": item.against,
        "accepted": item.accepted.reason if item.accepted else None,
    }
