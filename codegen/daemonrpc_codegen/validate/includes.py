"""Included files that nobody needs."""

from collections.abc import Iterator

from daemonrpc_codegen.direction import uses_of
from daemonrpc_codegen.include import SchemaFile
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.resolve import names_in

__all__ = ["check_includes"]


def check_includes(api: Api, files: list[SchemaFile], report: Report) -> None:
    """Report included files without methods and tombstones of which nothing is used by another file.

    A file that includes others is needed for them.
    """
    uses = list(_uses(api))
    for file in files:
        if file.included_at is None or _is_wrong(file.top) or _top_has(file.top, "methods", "include", "removed"):
            continue
        declared = {
            *(name for name, _ in file.top.children("types")),
            *(name for name, _ in file.top.children("errors")),
        }
        used_elsewhere = any(name in declared and user.place.file != file.top.place.file for user, name in uses)
        if not used_elsewhere:
            report.at(file.included_at, f"nothing in '{file.included_at.value}' is used", "remove this include")


def _is_wrong(top: Node) -> bool:
    return not isinstance(top.value, dict)  # and was reported as such


def _top_has(top: Node, *keys: str) -> bool:
    return any(top.get(key) is not None for key in keys)


def _uses(api: Api) -> Iterator[tuple[Node, str]]:
    """Who mentions which type or error."""
    for item in api.types:
        yield from ((item.at, name) for name in uses_of(item))
    for error in api.errors:
        yield from ((error.at, name) for field in error.data for name in names_in(field.type))
    for method in api.methods:
        refs = [method.result, *(param.type for param in method.params)]
        refs += [method.stream.item] if method.stream else []
        yield from ((method.at, name) for ref in refs for name in names_in(ref))
        yield from ((method.at, name) for name in method.errors)
