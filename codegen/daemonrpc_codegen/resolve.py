"""What a field's type comes down to: aliases followed, nullability and constraints put together."""

from dataclasses import dataclass, fields
from typing import Any

from daemonrpc_codegen.model import (
    Alias,
    Api,
    Constraints,
    DictOf,
    Enum,
    Field,
    ListOf,
    Named,
    Nullable,
    Scalar,
    Struct,
    TypeRef,
    Union,
)

__all__ = ["Resolved", "is_sensitive", "names_in", "resolve", "resolve_field"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A type without aliases: `base` is a built-in, a list or dict of anything, or a declared struct, enum or union."""

    base: Scalar | ListOf | DictOf | Struct | Enum | Union
    nullable: bool
    constraints: Constraints
    sensitive: bool


def resolve(api: Api, ref: TypeRef, constraints: Constraints | None = None, *, sensitive: bool = False) -> Resolved:
    """Follow aliases from a type; `constraints` are those of the place that uses it."""
    nullable = False
    limits = constraints or Constraints()
    while True:
        if isinstance(ref, Nullable):
            nullable, ref = True, ref.inner
        elif not isinstance(ref, Named):
            return Resolved(ref, nullable, limits, sensitive)
        else:
            target = api.type_by_name[ref.name]
            if not isinstance(target, Alias):
                return Resolved(target, nullable, limits, sensitive)
            ref, limits, sensitive = target.type, _both(limits, target.constraints), sensitive or target.sensitive


def resolve_field(api: Api, field: Field) -> Resolved:
    """What a field's type comes down to."""
    return resolve(api, field.type, field.constraints, sensitive=field.sensitive)


def is_sensitive(api: Api, field: Field) -> bool:
    """Whether a field or the alias that it uses is marked `sensitive`."""
    return resolve_field(api, field).sensitive


def names_in(ref: TypeRef) -> list[str]:
    """The declared types that a type mentions by name."""
    match ref:
        case Named(name):
            return [name]
        case ListOf(inner) | DictOf(inner) | Nullable(inner):
            return names_in(inner)
        case Scalar():
            return []


def _both(outer: Constraints, inner: Constraints) -> Constraints:
    """The constraints of a place and of the alias that it uses: both hold, so the tighter one counts."""
    tighter: dict[str, Any] = {"minimum": max, "min_length": max, "maximum": min, "max_length": min, "pattern": None}
    merged: dict[str, Any] = {}
    for item in fields(Constraints):
        pair = [value for value in (getattr(outer, item.name), getattr(inner, item.name)) if value is not None]
        merged[item.name] = (
            tighter[item.name](pair) if len(pair) == 2 and tighter[item.name] else next(iter(pair), None)
        )
    return Constraints(**merged)
