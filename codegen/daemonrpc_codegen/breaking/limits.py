"""Constraints of two uses of a type: which of them lets more through."""

from dataclasses import fields
from typing import Any

from daemonrpc_codegen.model import Constraints

__all__ = ["loosened", "tightened"]


def tightened(old: Constraints, new: Constraints) -> list[str]:
    """In words, each constraint that refuses something that the old one let through."""
    return [_words(name, old, new) for name in _names() if not _within(name, getattr(old, name), getattr(new, name))]


def loosened(old: Constraints, new: Constraints) -> list[str]:
    """In words, each constraint that lets something through that the old one refused."""
    return [_words(name, old, new) for name in _names() if not _within(name, getattr(new, name), getattr(old, name))]


def _names() -> list[str]:
    return [item.name for item in fields(Constraints)]


def _within(name: str, inner: Any, outer: Any) -> bool:
    """Whether all that `inner` lets through, `outer` does too. Of two different patterns nobody can tell."""
    if outer is None or inner == outer or (name == "min_length" and outer == 0):
        return True
    if inner is None or name == "pattern":
        return False
    return bool(inner >= outer) if name in ("minimum", "min_length") else bool(inner <= outer)


def _words(name: str, old: Constraints, new: Constraints) -> str:
    before, after = getattr(old, name), getattr(new, name)
    if before is None:
        return f"{name} {after} is new"
    return f"{name} {before} is gone" if after is None else f"{name} went from {before} to {after}"
