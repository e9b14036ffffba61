"""Puts the declarations of all files together and finds names that are declared twice."""

from collections.abc import Iterable

from daemonrpc_codegen.build import Declared
from daemonrpc_codegen.include import SchemaFile
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.report import Report

__all__ = ["declared_in"]

_KINDS = ("type", "fields", "enum", "union")


def declared_in(files: Iterable[SchemaFile], broken: set[str], report: Report) -> Declared:
    """The declarations of all files; `broken` are the names whose shape was too wrong to keep."""
    declared = Declared(broken=broken)
    for file in files:
        for section, known in (("types", declared.types), ("errors", declared.errors), ("methods", declared.methods)):
            for name, node in file.top.children(section):
                _declare(name, node, known, report)
        if (removed := file.top.get("removed")) is not None:
            declared.removed.append(removed)
    for name in [name for name, node in declared.types.items() if not any(map(node.get, _KINDS))]:
        del declared.types[name]  # what says its kind was wrong itself, and reported
        declared.broken.add(name)
    return declared


def _declare(name: str, node: Node, known: dict[str, Node], report: Report) -> None:
    if name in known:
        report.at_key(node, f"'{name}' is declared twice", f"the first time is at {known[name].key_place}")
    else:
        known[name] = node
