"""The demanding twin of a type: what a server reads params with.

Direction decides strictness (docs/schema-language.md). Generated types are tolerant; `strict(T)` refuses unknown fields
at every level, enforces `Constraint`, 64-bit integers and time zones, and closes open enums and unions.
A twin of a struct is a subclass of it, so handlers see the type that the schema declares.
"""

import types
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ForwardRef, Union, cast, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from daemonrpc.values import Constraint, OpenEnum, UnionType

__all__ = ["strict"]

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1


def strict(kind: Any) -> Any:
    """The strict twin of any type that generated code uses. Twins are made once and kept."""
    return _strict_type(kind, _Building())


class _Building:
    """One walk through a type: a field that leads back to a struct whose twin is being made refers to it by name."""

    def __init__(self) -> None:
        self.open: set[type[Struct]] = set()
        self.made: list[type[Struct]] = []
        self.referred: dict[str, type[Struct]] = {}
        self.is_secret = False
        """Whether what is made now stands in a `sensitive` place: then no error may show the value."""

    def finish(self) -> None:
        """Put every twin that is referred to where msgspec looks for names: into the twins of this walk."""
        for twin in self.made:
            for name, kind in self.referred.items():
                setattr(twin, name, _twins[kind])


class _ClosedEnum(type):
    """Metaclass of the strict twin of an enum: decodes to the enum's own members and to nothing else."""

    enum: type[StrEnum]
    is_secret: bool

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.enum)

    def decode(cls, value: object) -> StrEnum:
        member = cls.enum._value2member_map_.get(value) if isinstance(value, str) else None
        if member is None:
            known = ", ".join(repr(item.value) for item in cls.enum)
            got = repr(value) if isinstance(value, str) else f"`{type(value).__name__}`"
            raise ValueError(f"Expected one of {known}{'' if cls.is_secret else f', got {got}'}")
        return member  # type: ignore[return-value]  # the map of an enum class holds its members


@cache
def _closed_enum(enum: type[StrEnum], *, is_secret: bool) -> Any:
    return _ClosedEnum(enum.__name__, (), {"enum": enum, "is_secret": is_secret})


def _strict_type(kind: Any, building: _Building) -> Any:
    origin = get_origin(kind)
    if origin is Annotated:
        base, *metadata = get_args(kind)
        constraint = next((item for item in metadata if isinstance(item, Constraint)), None) or Constraint()
        was_secret, building.is_secret = building.is_secret, building.is_secret or constraint.sensitive
        made = _constrained(base, constraint, building)
        building.is_secret = was_secret
        return made
    if origin is Union or origin is types.UnionType:
        return _union(_strict_type(argument, building) for argument in get_args(kind))
    if origin is list:
        return list[_strict_type(get_args(kind)[0], building)]  # type: ignore[misc]  # a type made at run time
    if origin is dict:
        key, value = get_args(kind)
        return dict[key, _strict_type(value, building)]  # type: ignore[valid-type,misc]  # a type made at run time
    if isinstance(kind, UnionType):
        return _union(_strict_type(variant, building) for variant in kind.variants.values())
    # A closed enum is msgspec's own, but msgspec says what it got.
    if isinstance(kind, type) and issubclass(kind, StrEnum if building.is_secret else OpenEnum):
        return _closed_enum(kind, is_secret=building.is_secret)
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _strict_struct(kind, building)
    if kind in (int, datetime):
        return _constrained(kind, Constraint(), building)
    return cast("Any", kind)


def _union(kinds: Iterable[Any]) -> Any:
    return Union[tuple(kinds)]  # noqa: UP007  # the members are known at run time only


def _constrained(base: Any, constraint: Constraint, building: _Building) -> Any:
    minimum, maximum = constraint.minimum, constraint.maximum
    if base is int:
        minimum = INT_MIN if minimum is None else max(int(minimum), INT_MIN)
        maximum = INT_MAX if maximum is None else min(int(maximum), INT_MAX)
    wanted: dict[str, Any] = {
        "ge": minimum,
        "le": maximum,
        "min_length": constraint.min_length,
        "max_length": constraint.max_length,
        "pattern": None if constraint.pattern is None else rf"^(?a:{constraint.pattern})\Z",
        "tz": True if base is datetime else None,
    }
    meta = Meta(**{name: value for name, value in wanted.items() if value is not None})
    inner = base if base in (int, datetime) else _strict_type(base, building)
    return Annotated[inner, meta, constraint]  # the constraint still says whether the value is sensitive


_twins: dict[type[Struct], type[Struct]] = {}


def _strict_struct(kind: type[Struct], building: _Building) -> Any:
    if kind in _twins:
        return _twins[kind]
    name = f"_Strict{kind.__name__}"
    if kind in building.open:
        building.referred[name] = kind
        return ForwardRef(name)
    building.open.add(kind)
    was_secret, building.is_secret = building.is_secret, False  # a twin is the same wherever it stands
    fields = msgspec.structs.fields(kind)
    config = kind.__struct_config__
    twin = msgspec.defstruct(
        kind.__name__,
        [_field(item, building) for item in fields],
        bases=(kind,),
        namespace={"__eq__": _equal_to_base(kind), "__hash__": None},
        module=kind.__module__,
        kw_only=True,
        forbid_unknown_fields=True,
        tag=config.tag,
        tag_field=config.tag_field,
        rename={item.name: item.encode_name for item in fields},
    )
    _twins[kind] = twin
    building.made.append(twin)
    building.open.remove(kind)
    building.is_secret = was_secret
    if not building.open:
        building.finish()
    return twin


def _field(item: msgspec.structs.FieldInfo, building: _Building) -> Any:
    kind = _strict_type(item.type, building)
    if item.default_factory is not NODEFAULT:
        return (item.name, kind, msgspec.field(default_factory=item.default_factory))
    if item.default is not NODEFAULT:
        return (item.name, kind, item.default)
    return (item.name, kind)


def _equal_to_base(base: type[Struct]) -> Any:
    def equal(self: Any, other: object) -> bool:
        """A twin equals its declared type field by field: callers never see the difference."""
        if not isinstance(other, base):
            return False
        names = base.__struct_fields__
        return all(bool(getattr(self, name) == getattr(other, name)) for name in names)

    return equal
