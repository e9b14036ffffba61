"""Fields of structs, params of methods, data of errors: what came, what went, and who must send it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from daemonrpc_codegen.breaking.context import CompareUses, Context, Use
from daemonrpc_codegen.breaking.finding import Spot
from daemonrpc_codegen.jsonschema import Direction
from daemonrpc_codegen.model import Field, Tombstone

__all__ = ["Members", "compare_members"]


@dataclass(frozen=True, slots=True)
class Members:
    """The fields of something, and what it lost."""

    owner: str
    """Path of what has them: `types/Entry`."""
    section: str
    """The key under which they stand: `fields`, `params` or `data`."""
    fields: tuple[Field, ...]
    removed: tuple[Tombstone, ...]
    rename: Callable[[Field], str]
    """Their names in Python."""

    @property
    def word(self) -> str:
        """What one of them is called."""
        return "param" if self.section == "params" else "field"

    def path(self, field: Field) -> str:
        """The element that a field is."""
        return f"{self.owner}/{self.section}/{field.name}"

    def by_name(self) -> dict[str, Field]:
        """The fields by their names on the wire."""
        return {field.name: field for field in self.fields}


def compare_members(
    context: Context, old: Members, new: Members, spot: Spot, direction: Direction, compare: CompareUses
) -> None:
    """All changes of the fields of something that travels in this direction."""
    before, after = old.by_name(), new.by_name()
    context.keep_tombstones(old.removed, new.removed, after, spot)
    renamed = _renamed(context, old, new)
    for name, field in before.items():
        if name not in after and name not in renamed:
            _removed(context, field, old, new, spot, direction)
    for old_name, name in renamed.items():
        rule = "param-renamed" if direction is Direction.SENT else "result-field-renamed"
        message = f"the {new.word} '{old_name}' is gone, and '{name}' is new and like it"
        context.changes.add(rule, _spot_of(after[name], new, spot), message)
    for name, field in after.items():
        here = _spot_of(field, new, spot)
        if name not in before:
            if name not in renamed.values():
                _added(context, field, new, here, direction)
        else:
            _changed(context, before[name], field, old, new, here, direction)
            compare(context, Use.of(before[name]), Use.of(field), here, direction)


def _renamed(context: Context, old: Members, new: Members) -> dict[str, str]:
    """What went without an announcement while something just like it came, under a new name."""
    before, after = old.by_name(), new.by_name()
    added = [field for field in new.fields if field.name not in before]
    pairs: dict[str, str] = {}
    for field in old.fields:
        if field.name in after or context.is_retired(old.path(field), field.name, new.removed):
            continue
        twin = next((item for item in added if _is_like(field, item) and item.name not in pairs.values()), None)
        if twin is not None:
            pairs[field.name] = twin.name
    return pairs


def _is_like(left: Field, right: Field) -> bool:
    names = ("type", "constraints", "optional", "default")
    return all(getattr(left, name) == getattr(right, name) for name in names)


def _spot_of(field: Field, members: Members, spot: Spot) -> Spot:
    step = f"{members.word} '{field.name}'"
    return spot.child(members.section, field.name, at=field.at, step=step, widened=(field.widened,))


def _removed(context: Context, field: Field, old: Members, new: Members, spot: Spot, direction: Direction) -> None:
    here = spot.child(old.section, field.name, at=spot.at, step=f"{old.word} '{field.name}'")
    what = f"the {old.word} '{field.name}'"
    retired = context.is_retired(old.path(field), field.name, new.removed)
    prefix = "param" if direction is Direction.SENT else "result-field"
    if field.required:
        context.changes.add(f"{prefix}-removed-required", here, f"{what}, which was required, is gone")
    elif retired:
        context.changes.add(f"{prefix}-retired", here, f"{what} is gone, as announced")
    else:
        context.changes.add(f"{prefix}-removed", here, f"{what} is gone{_missing_step(context, old.path(field))}")


def _missing_step(context: Context, element: str) -> str:
    """What was left out on the way to a removal that breaks nobody who listened."""
    if context.history.was_announced(element):
        return ": it was announced, but has no tombstone"
    count, wanted = context.history.deprecations[element], context.history.wanted
    return f": it was deprecated in {count} of {wanted} releases" if count else ""


def _added(context: Context, field: Field, new: Members, spot: Spot, direction: Direction) -> None:
    what = f"the {new.word} '{field.name}'"
    if direction is Direction.RECEIVED:
        rule = "result-field-added-required" if field.required else "result-field-added"
        context.changes.add(rule, spot, f"{what} is new{' and required' if field.required else ''}")
    elif field.required:
        context.changes.add("param-added-required", spot, f"{what} is new and required")
    else:
        context.changes.add("param-added", spot, f"{what} is new")
        context.need_since(field.since, spot, what)


def _changed(
    context: Context, before: Field, after: Field, old: Members, new: Members, spot: Spot, direction: Direction
) -> None:
    what = f"the {new.word} '{after.name}'"
    _presence(context, before, after, spot, what, direction)
    if before.doc != after.doc and not after.required:
        context.changes.add("absent-doc-changed", spot, f"the doc of {what}, which may be absent, is another one")
    if old.rename(before) != new.rename(after):
        message = f"{what} is called '{new.rename(after)}' in Python; it was '{old.rename(before)}'"
        context.changes.add("python-name-changed", spot, message)


def _presence(context: Context, before: Field, after: Field, spot: Spot, what: str, direction: Direction) -> None:
    prefix = "param" if direction is Direction.SENT else "result"
    if after.required and not before.required:
        context.changes.add(f"{prefix}-made-required", spot, f"{what} is required now")
    elif before.required and not after.required:
        context.changes.add(f"{prefix}-made-optional", spot, f"{what} may be left out now")
        if direction is Direction.SENT:
            context.need_widened(spot, f"{what} may be left out now")
    elif not after.required and _absent(before) != _absent(after):
        message = f"{what}, when it is absent, meant {_absent(before)} and means {_absent(after)} now"
        context.changes.add(f"{prefix}-default-changed", spot, message)


def _absent(field: Field) -> str:
    return "no value" if field.default is None else json.dumps(field.default.value, sort_keys=True)
