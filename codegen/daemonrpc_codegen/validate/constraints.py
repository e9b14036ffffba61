"""Constraints of a field or an alias: that they apply to its type, and that a value can fulfil them."""

import re
from typing import Any, Final

from daemonrpc_codegen import patterns
from daemonrpc_codegen.jsonschema import INT_MAX, INT_MIN
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api, Constraints, DictOf, Enum, ListOf, Named, Nullable, Scalar, ScalarName, TypeRef
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.resolve import Resolved, resolve

__all__ = ["check_constraints", "type_words"]

_NUMBERS: Final = ("minimum", "maximum")
_LENGTHS: Final = ("min_length", "max_length")
_APPLY: Final[dict[ScalarName, tuple[str, ...]]] = {
    ScalarName.STR: (*_LENGTHS, "pattern"),
    ScalarName.INT: _NUMBERS,
    ScalarName.FLOAT: _NUMBERS,
}


def check_constraints(api: Api, ref: TypeRef, constraints: Constraints, at: Node, report: Report) -> None:
    """Report constraints, given at a node, that do not go with the type there."""
    if constraints == Constraints():
        return
    whole = resolve(api, ref, constraints)
    allowed = _allowed(whole)
    for name in (*_NUMBERS, *_LENGTHS, "pattern"):
        if getattr(constraints, name) is None:
            continue
        if name not in allowed:
            known = f"known here: {', '.join(allowed)}" if allowed else "remove it"
            report.at_key(at[name], f"'{name}' says nothing about {type_words(whole)}", known)
        elif name in _NUMBERS:
            _check_number(getattr(constraints, name), whole, at[name], report)
        elif name == "pattern":
            _check_pattern(api, ref, str(constraints.pattern), at[name], report)
    _check_order(whole.constraints, _NUMBERS, at, report)
    _check_order(whole.constraints, _LENGTHS, at, report)


def type_words(whole: Resolved) -> str:
    """A type in a message: `an enum`, `a list`, `str`."""
    match whole.base:
        case Scalar(name):
            return f"'{name.value}'"
        case ListOf():
            return "a list"
        case DictOf():
            return "a dict"
        case Enum():
            return f"the enum '{whole.base.name}'"
        case other:
            return f"the {type(other).__name__.lower()} '{other.name}'"


def _allowed(whole: Resolved) -> tuple[str, ...]:
    match whole.base:
        case Scalar(name):
            return _APPLY.get(name, ())
        case ListOf() | DictOf():
            return _LENGTHS
        case _:
            return ()


def _check_number(value: Any, whole: Resolved, at: Node, report: Report) -> None:
    if whole.base != Scalar(ScalarName.INT):
        return
    if not isinstance(value, int):
        report.at(at, f"'{at.path[-1]}' of an int must be a whole number")
    elif not INT_MIN <= value <= INT_MAX:
        report.at(at, f"{value} is no int: an int has 64 bits", "the largest are -2**63 and 2**63 - 1")


def _check_pattern(api: Api, ref: TypeRef, pattern: str, at: Node, report: Report) -> None:
    try:
        patterns.compiled(pattern)
    except re.error as error:
        report.at(at, f"the pattern does not compile: {error}")
        return
    if problem := patterns.problem(pattern):
        report.at(at, problem.message, problem.hint)
    inner = ref.inner if isinstance(ref, Nullable) else ref
    if isinstance(inner, Named) and resolve(api, inner).constraints.pattern is not None:
        hint = f"use the type behind '{inner.name}' and write one pattern for both"
        report.at(at, f"the type '{inner.name}' has a pattern already", hint)


def _check_order(limits: Constraints, names: tuple[str, str], at: Node, report: Report) -> None:
    low, high = (getattr(limits, name) for name in names)
    if low is not None and high is not None and low > high:
        node = at.get(names[1]) or at.get(names[0])
        if node is not None:
            report.at(node, f"{names[0]} {low} is greater than {names[1]} {high}: nothing fits")
