"""Tombstones: what was removed is not used again, neither its name nor its code."""

from collections.abc import Iterable

from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api, Enum, ErrorDef, Struct, Tombstone, TypeDef, Union
from daemonrpc_codegen.report import Report

__all__ = ["check_removed"]


def check_removed(api: Api, report: Report) -> None:
    """Report every name and code that stands for something and is marked as removed."""
    for item in api.types:
        _check_type(item, report)
    for error in api.errors:
        _check(error.removed, ((field.name, field.at) for field in error.data), report)
        _check_code(api, error, report)
    for method in api.methods:
        _check(method.removed, ((param.name, param.at) for param in method.params), report)
        notification = method.at.get("notification")
        if notification is not None:
            _check(api.removed.notifications, [(str(notification.value), notification)], report)
    _check(api.removed.methods, ((method.name, method.at) for method in api.methods), report)
    _check(api.removed.errors, ((error.name, error.at) for error in api.errors), report)


def _check_type(item: TypeDef, report: Report) -> None:
    if isinstance(item, Struct):
        _check(item.removed, ((field.name, field.at) for field in item.fields), report)
    if isinstance(item, Enum):
        _check(item.removed, ((value.value, value.at) for value in item.values), report)
    if isinstance(item, Union):
        _check(item.removed, ((variant.tag, variant.at) for variant in item.variants), report)


def _check(removed: Iterable[Tombstone], used: Iterable[tuple[str, Node]], report: Report) -> None:
    taken = {item.name: item for item in removed}
    for name, at in used:
        if name in taken:
            _report(f"'{name}'", taken[name], at, report)


def _check_code(api: Api, error: ErrorDef, report: Report) -> None:
    taken = next((item for item in api.removed.errors if item.code == error.code), None)
    at = error.at.get("code")
    if taken is not None and at is not None and taken.name != error.name:
        report.at(at, f"the code {error.code} was that of '{taken.name}', removed in {taken.since}", _ANOTHER)


_ANOTHER = "an old peer still knows what it meant: choose another one"


def _report(what: str, tombstone: Tombstone, at: Node, report: Report) -> None:
    report.at_key(at, f"{what} was removed in {tombstone.since}: {tombstone.reason}", _ANOTHER)
