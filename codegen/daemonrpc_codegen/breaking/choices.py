"""Enums and unions: the values and the tags that came and went, and who can live with that."""

from collections.abc import Mapping
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.breaking.context import Context
from daemonrpc_codegen.breaking.finding import Spot
from daemonrpc_codegen.breaking.rules import RULES
from daemonrpc_codegen.jsonschema import Direction
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api, Enum, EnumValue, Tombstone, Union

__all__ = ["Choices", "compare_choices", "compare_members_of_enum", "enum_choices", "union_choices"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The texts that an enum or the tag of a union allows."""

    word: str
    """`value` or `tag`; the rules are named after it."""
    section: tuple[str, ...]
    """Where they stand in the type: `enum`, or `union/of`."""
    since: Mapping[str, tuple[str, ...]]
    """The texts, and what says since when each is there."""
    nodes: Mapping[str, Node]
    announced: Mapping[str, str]
    """The element whose deprecation announces that one of them goes: the value itself, or the struct of a tag."""
    closed: bool
    removed: tuple[Tombstone, ...]


def enum_choices(enum: Enum) -> Choices:
    """The values of an enum."""
    since = {item.value: (item.since,) for item in enum.values}
    nodes = {item.value: item.at for item in enum.values}
    announced = {item.value: f"types/{enum.name}/enum/{item.value}" for item in enum.values}
    return Choices("value", ("enum",), since, nodes, announced, enum.closed, enum.removed)


def union_choices(api: Api, union: Union) -> Choices:
    """The tags of a union. A tag is as old as its struct, unless the union says that it was widened."""
    since = {item.tag: (api.type_by_name[item.struct].since, union.widened) for item in union.variants}
    nodes = {item.tag: item.at for item in union.variants}
    announced = {item.tag: f"types/{item.struct}" for item in union.variants}
    return Choices("tag", ("union", "of"), since, nodes, announced, union.closed, union.removed)


def compare_choices(context: Context, old: Choices, new: Choices, spot: Spot, direction: Direction) -> None:
    """What came and what went."""
    context.keep_tombstones(old.removed, new.removed, new.since, spot)
    added = [text for text in new.since if text not in old.since]
    removed = [text for text in old.since if text not in new.since]
    if (
        direction is Direction.SENT
        and len(added) == len(removed) == 1
        and not _is_retired(context, old, new, removed[0])
    ):
        message = f"the {old.word} '{removed[0]}' is gone, and '{added[0]}' is new"
        context.changes.add(f"param-{old.word}-renamed", _spot_of(new, added[0], spot), message)
        return
    for text in added:
        _added(context, old, new, text, _spot_of(new, text, spot), direction)
    for text in removed:
        _removed(context, old, new, text, _spot_of(new, text, spot), direction)
    if direction is Direction.RECEIVED and old.closed != new.closed:
        rule, state = ("result-closed", "closed") if new.closed else ("result-opened", "open")
        context.changes.add(rule, spot, f"it is {state} now")


def _spot_of(choices: Choices, text: str, spot: Spot) -> Spot:
    return spot.child(*choices.section, text, at=choices.nodes.get(text, spot.at), step=f"{choices.word} '{text}'")


def _added(context: Context, old: Choices, new: Choices, text: str, spot: Spot, direction: Direction) -> None:
    what = f"the {new.word} '{text}'"
    if direction is Direction.RECEIVED:
        rule = f"result-{new.word}-added{'-closed' if old.closed else ''}"
        context.changes.add(rule, spot, f"{what} is new")
        return
    context.changes.add(f"param-{new.word}-added", spot, f"{what} is new")
    since = next(filter(context.history.is_newer, new.since[text]), "")
    context.need_since(since or new.since[text][0], spot, what)


def _removed(context: Context, old: Choices, new: Choices, text: str, spot: Spot, direction: Direction) -> None:
    what = f"the {old.word} '{text}'"
    retired = _is_retired(context, old, new, text)
    if direction is Direction.SENT:
        rule = f"param-{old.word}-{'retired' if retired else 'removed'}"
    else:
        rule = f"result-{old.word}-removed{'-closed' if new.closed else ''}"
    context.changes.add(rule, spot, f"{what} is gone{', as announced' if retired else ''}")
    if not RULES[rule].breaks:
        context.need_tombstone(text, new.removed, spot, what)


def _is_retired(context: Context, old: Choices, new: Choices, text: str) -> bool:
    return context.is_retired(old.announced[text], text, new.removed)


def compare_members_of_enum(context: Context, old: Enum, new: Enum, spot: Spot) -> None:
    """Names of the members in Python."""
    after = {item.value: item for item in new.values}
    for item in old.values:
        here = spot.child("enum", item.value, at=spot.at, step=f"value '{item.value}'")
        name = naming.enum_member(item)
        if item.value in after:
            _renamed(context, name, after[item.value], here)
        elif not context.is_retired("/".join(("types", old.name, "enum", item.value)), item.value, new.removed):
            context.changes.add("value-name-removed", here, f"the member '{name}' is gone")


def _renamed(context: Context, old_name: str, new: EnumValue, spot: Spot) -> None:
    name = naming.enum_member(new)
    if name != old_name:
        here = Spot(spot.path, new.at, spot.trail)
        message = f"the value '{new.value}' is called '{name}' in Python; it was '{old_name}'"
        context.changes.add("python-name-changed", here, message)
