"""What generated types are made of, besides msgspec: constraints, open enums and open unions.

The types are printed once and are tolerant, as the receiver of a result must be (unknown fields, enum values and
union tags survive). `strictness.py` makes the demanding twin with which a server reads params.
"""

from enum import StrEnum
from typing import Any, Self, cast

import msgspec
from msgspec import Struct

__all__ = ["Constraint", "OpenEnum", "Redacted", "UnionType", "Unknown", "decode_hook", "encode_hook", "open_union"]


class Constraint(Struct, frozen=True, kw_only=True):
    """Limits of a value, as the schema states them; put into `Annotated`.

    msgspec ignores it, so a client accepts what a newer server sends; the strict twin enforces it.
    """

    minimum: float | int | None = None
    maximum: float | int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    r"""Regular expression for the whole text (anchored when it is enforced); `\d`, `\w` and `\s` are those of ASCII."""
    sensitive: bool = False
    """The value stays out of logs and of `repr`."""


class OpenEnum(StrEnum):
    """A text enumeration that keeps values it does not know, so that a newer peer can add some.

    An unknown value becomes a member of its own that is equal to its text and encodes to the same text.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """False for a value that this side's schema does not name."""
        return self._value_ in type(self)._value2member_map_


class Unknown:
    """A variant of an open union whose tag this side's schema does not name; it encodes to what was received."""

    __slots__ = ("raw", "tag")

    def __init__(self, tag: str, raw: dict[str, Any]) -> None:
        self.tag = tag
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and self.raw == other.raw

    __hash__ = None  # type: ignore[assignment]  # equal by a mutable dict

    def __repr__(self) -> str:
        return f"Unknown(tag={self.tag!r}, raw={self.raw!r})"


class UnionType(type):
    """Metaclass of what `open_union` returns: a type that msgspec hands to `decode_hook`."""

    tag: str
    variants: dict[str, type[Struct]]

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, (*cls.variants.values(), Unknown))

    def decode(cls, value: object) -> object:
        """A decoded JSON value as the variant that its tag names. A known tag with a wrong body raises."""
        if not isinstance(value, dict):
            raise ValueError(f"Expected `object`, got `{type(value).__name__}`")
        members = cast("dict[str, Any]", value)
        tag: object = members.get(cls.tag)
        if not isinstance(tag, str):
            raise ValueError(f"Object missing required field `{cls.tag}`")
        variant = cls.variants.get(tag)
        if variant is None:
            return Unknown(tag, members)
        try:
            return msgspec.convert(value, variant, dec_hook=decode_hook)
        except msgspec.ValidationError as error:
            # msgspec appends the place of the union; the place inside the variant would be lost in it.
            raise ValueError(str(error).replace(" - at ", f" - in the variant `{tag}` at ")) from None


def open_union(name: str, *, tag: str, of: dict[str, type[Struct]]) -> UnionType:
    """The tagged union `name`: its variants by the value of the field `tag`, and `Unknown` for all other tags."""
    return UnionType(name, (), {"tag": tag, "variants": of})


def decode_hook(kind: Any, value: Any) -> Any:
    """The `dec_hook` of every decoder of this package: types that know how to decode themselves do so."""
    decode = getattr(kind, "decode", None)
    if decode is None:
        raise TypeError(f"type {kind!r} cannot be decoded from JSON")
    return decode(value)


def encode_hook(value: Any) -> Any:
    """The `enc_hook` of every encoder of this package."""
    if isinstance(value, Unknown):
        return value.raw
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent as JSON")


class Redacted(Struct):
    """Base of structs with `sensitive` fields: their `repr` shows that a value is there, never the value."""

    def __repr__(self) -> str:
        hints = msgspec.structs.fields(self)
        shown = (f"{f.name}={'<redacted>' if _is_sensitive(f.type) else repr(getattr(self, f.name))}" for f in hints)
        return f"{type(self).__name__}({', '.join(shown)})"


def _is_sensitive(kind: Any) -> bool:
    metadata = getattr(kind, "__metadata__", ())
    if any(isinstance(item, Constraint) and item.sensitive for item in metadata):
        return True
    return any(_is_sensitive(argument) for argument in getattr(kind, "__args__", ()))
