"""Kinds of values, and which of them a reader of another kind can read."""

from typing import Final

from daemonrpc_codegen.model import DictOf, Enum, ListOf, Scalar, ScalarName, Struct, Union

__all__ = ["Base", "accepts", "is_any", "kind_of", "leads_to_other_python"]

Base = Scalar | ListOf | DictOf | Struct | Enum | Union
"""What a type comes down to, aliases and null aside."""

_TEXTS: Final = frozenset({ScalarName.BYTES, ScalarName.DATETIME, ScalarName.UUID})
"""Built-in types that are text on the wire."""


def is_any(base: Base) -> bool:
    """Whether any JSON value will do."""
    return base == Scalar(ScalarName.ANY)


def kind_of(base: Base) -> str:
    """What messages call it."""
    match base:
        case Scalar(name):
            return name.value
        case ListOf():
            return "a list"
        case DictOf():
            return "a dict"
        case Struct():
            return "a struct"
        case Enum():
            return "an enum"
        case Union():
            return "a union"


def accepts(reader: Base, writer: Base, *, strict: bool) -> bool:
    """Whether a reader of one kind takes whatever a writer of another kind sends. Strict: as a server reads params."""
    match reader:
        case Scalar(ScalarName.ANY):
            return True
        case DictOf(Scalar(ScalarName.ANY)):
            return isinstance(writer, Struct | Union)
        case Scalar(ScalarName.FLOAT):
            return writer == Scalar(ScalarName.INT)
        case Scalar(ScalarName.STR):
            return _is_text(writer)
        case Enum(closed=closed):
            return not strict and not closed and (_is_text(writer) or writer == Scalar(ScalarName.STR))
        case _:
            return False


def leads_to_other_python(old: Base, new: Base, *, sent: bool) -> bool:
    """Whether callers must change, although the wire lets them be."""
    if sent:  # they pass bytes, a datetime or a UUID where text is wanted now
        return new == Scalar(ScalarName.STR) and isinstance(old, Scalar) and old.name in _TEXTS
    return isinstance(old, Enum) and new == Scalar(ScalarName.STR)


def _is_text(base: Base) -> bool:
    return isinstance(base, Enum) or (isinstance(base, Scalar) and base.name in _TEXTS)
