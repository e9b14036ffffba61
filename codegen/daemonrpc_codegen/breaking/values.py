"""Two uses of a type, compared by what they accept: names of types do not count."""

from typing import Final

from daemonrpc_codegen import naming
from daemonrpc_codegen.breaking.choices import (
    compare_choices,
    compare_members_of_enum,
    enum_choices,
    union_choices,
)
from daemonrpc_codegen.breaking.context import Context, Use
from daemonrpc_codegen.breaking.fields import Members, compare_members
from daemonrpc_codegen.breaking.finding import Spot
from daemonrpc_codegen.breaking.kinds import Base, accepts, is_any, kind_of, leads_to_other_python
from daemonrpc_codegen.breaking.limits import loosened, tightened
from daemonrpc_codegen.jsonschema import Direction
from daemonrpc_codegen.model import (
    Alias,
    Api,
    Constraints,
    DictOf,
    Enum,
    ListOf,
    Named,
    Nullable,
    Struct,
    Union,
    Variant,
)
from daemonrpc_codegen.resolve import Resolved, resolve

__all__ = ["compare_uses"]

_SENT: Final = Direction.SENT


def compare_uses(context: Context, old: Use, new: Use, spot: Spot, direction: Direction) -> None:
    """All changes of what a value may be, and of everything inside it."""
    spot = _cause(context, old, new, spot)
    before = resolve(context.old, old.ref, old.constraints)
    after = resolve(context.new, new.ref, new.constraints)
    if not is_any(before.base) and not is_any(after.base):
        _compare_null(context, before, after, spot, direction)
    if _is_same_shape(before.base, after.base):
        _compare_constraints(context, before.constraints, after.constraints, spot, direction)
    elif direction is _SENT:  # what the constraints of another kind of value let through cannot be compared
        _compare_constraints(context, Constraints(), after.constraints, spot, direction)
    _compare_bases(context, before.base, after.base, spot, direction)


def _cause(context: Context, old: Use, new: Use, spot: Spot) -> Spot:
    """The alias, if it is the alias that changed and not the place that uses it: all its uses are one change."""
    before, after = _alias(context.old, old), _alias(context.new, new)
    if before is None or after is None:
        return spot
    context.pairs.setdefault(before.name, after.name)
    is_used_alike = old.constraints == new.constraints and isinstance(old.ref, Nullable) == isinstance(
        new.ref, Nullable
    )
    if not is_used_alike:
        return spot
    here = Spot(("types", after.name), after.at, (*spot.trail, f"type '{after.name}'"), (*spot.widened, after.widened))
    return _cause(context, Use(before.type, before.constraints), Use(after.type, after.constraints), here)


def _alias(api: Api, use: Use) -> Alias | None:
    ref = use.ref.inner if isinstance(use.ref, Nullable) else use.ref
    target = api.type_by_name[ref.name] if isinstance(ref, Named) else None
    return target if isinstance(target, Alias) else None


def _compare_null(context: Context, before: Resolved, after: Resolved, spot: Spot, direction: Direction) -> None:
    if before.nullable == after.nullable:
        return
    message = "null is allowed now" if after.nullable else "null is no longer allowed"
    if direction is Direction.RECEIVED:
        context.changes.add(f"result-null-{'added' if after.nullable else 'removed'}", spot, message)
    elif after.nullable:
        _widened(context, spot, message)
    else:
        context.changes.add("param-narrowed", spot, message)


def _widened(context: Context, spot: Spot, message: str) -> None:
    context.changes.add("param-widened", spot, message)
    context.need_widened(spot, message)


def _is_same_shape(old: Base, new: Base) -> bool:
    return kind_of(old) == kind_of(new) or {kind_of(old), kind_of(new)} == {"int", "float"}


def _compare_constraints(context: Context, old: Constraints, new: Constraints, spot: Spot, way: Direction) -> None:
    for words in tightened(old, new):
        context.changes.add("param-narrowed" if way is _SENT else "result-constraint-changed", spot, words)
    for words in loosened(old, new):
        if way is _SENT:
            _widened(context, spot, words)
        else:
            context.changes.add("result-constraint-changed", spot, words)


def _compare_bases(context: Context, old: Base, new: Base, spot: Spot, direction: Direction) -> None:
    match old, new:
        case (ListOf(before), ListOf(after)) | (DictOf(before), DictOf(after)):
            compare_uses(context, Use(before), Use(after), spot.part("each item"), direction)
        case Struct(), Struct():
            _compare_structs(context, old, new, spot, direction)
        case Enum(), Enum():
            if context.enter(direction, old.name, new.name):
                here = _declared(new, spot)
                compare_choices(context, enum_choices(old), enum_choices(new), here, direction)
                compare_members_of_enum(context, old, new, here)
        case Union(), Union():
            _compare_unions(context, old, new, spot, direction)
        case (Struct() | Union(), Struct() | Union()):
            _compare_mixed(context, old, new, spot, direction)
        case _:
            _compare_kinds(context, old, new, spot, direction)


def _declared(item: Struct | Enum | Union, spot: Spot) -> Spot:
    return Spot(("types", item.name), item.at, spot.trail)


def _compare_structs(context: Context, old: Struct, new: Struct, spot: Spot, direction: Direction) -> None:
    before, after = context.old.tag_by_struct.get(old.name), context.new.tag_by_struct.get(new.name)
    if before != after:
        _compare_tags(context, before, after, _declared(new, spot), direction)
    _compare_bodies(context, old, new, spot, direction)


def _compare_tags(
    context: Context, old: tuple[str, str] | None, new: tuple[str, str] | None, spot: Spot, direction: Direction
) -> None:
    """A variant of a union is sent with its tag wherever it stands; by itself it is also read without one."""
    if old is None and new is not None:
        if direction is _SENT:
            context.changes.add("param-struct-tagged", spot, f"it is sent with {new[0]}: {new[1]} now")
    elif new is None and old is not None:
        if direction is _SENT:
            context.changes.add("param-struct-untagged", spot, f"it is no longer sent with {old[0]}: {old[1]}")
    elif old is not None and new is not None and (direction is _SENT or old[0] == new[0]):
        context.changes.add("struct-tag-changed", spot, f"its tag was {old[0]}: {old[1]} and is {new[0]}: {new[1]}")


def _compare_bodies(context: Context, old: Struct, new: Struct, spot: Spot, direction: Direction) -> None:
    if context.enter(direction, old.name, new.name):
        before = Members(f"types/{old.name}", "fields", old.fields, old.removed, naming.field_name)
        after = Members(f"types/{new.name}", "fields", new.fields, new.removed, naming.field_name)
        compare_members(context, before, after, _declared(new, spot), direction, compare_uses)


def _compare_unions(context: Context, old: Union, new: Union, spot: Spot, direction: Direction) -> None:
    if not context.enter(direction, old.name, new.name):
        return
    here = _declared(new, spot)
    if old.tag != new.tag:
        context.changes.add("union-tag-field-renamed", here, f"the tag was in '{old.tag}' and is in '{new.tag}' now")
        return
    compare_choices(context, union_choices(context.old, old), union_choices(context.new, new), here, direction)
    after = {variant.tag: variant.struct for variant in new.variants}
    for variant in old.variants:
        if variant.tag in after:
            structs = context.old.type_by_name[variant.struct], context.new.type_by_name[after[variant.tag]]
            if isinstance(structs[0], Struct) and isinstance(structs[1], Struct):
                inside = here.part(f"variant '{variant.tag}'")
                _compare_bodies(context, structs[0], structs[1], inside, direction)


def _compare_mixed(
    context: Context, old: Struct | Union, new: Struct | Union, spot: Spot, direction: Direction
) -> None:
    """A struct that is a variant already is read and sent as a closed union of one."""
    before, after = _as_union(context.old, old), _as_union(context.new, new)
    if before is not None and after is not None:
        _compare_unions(context, before, after, spot, direction)
        return
    became = ("struct-became-union", "union") if isinstance(new, Union) else ("union-became-struct", "struct")
    context.changes.add(became[0], spot, f"'{new.name}' is a {became[1]}, and '{old.name}' was none")


def _as_union(api: Api, item: Struct | Union) -> Union | None:
    if isinstance(item, Union):
        return item
    tag = api.tag_by_struct.get(item.name)
    if tag is None:
        return None
    variant = Variant(tag=tag[1], struct=item.name, at=item.at)
    return Union(name=item.name, doc=item.doc, tag=tag[0], variants=(variant,), closed=True, at=item.at)


def _compare_kinds(context: Context, old: Base, new: Base, spot: Spot, direction: Direction) -> None:
    if kind_of(old) == kind_of(new):
        return
    message = f"it was {kind_of(old)} and is {kind_of(new)} now"
    is_strict = direction is _SENT
    old_fits_new, new_fits_old = accepts(new, old, strict=is_strict), accepts(old, new, strict=is_strict)
    prefix = "param" if is_strict else "result"
    if not old_fits_new and not new_fits_old:
        context.changes.add(f"{prefix}-type-changed", spot, message)
    elif not old_fits_new:
        context.changes.add("param-narrowed" if is_strict else "result-type-narrowed", spot, message)
    elif not new_fits_old and is_strict:
        _widened(context, spot, message)
    elif not new_fits_old:
        context.changes.add("result-type-widened", spot, message)
    if old_fits_new and leads_to_other_python(old, new, sent=is_strict):
        context.changes.add("python-type-changed", spot, message)
