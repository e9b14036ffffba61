"""Checks each file against methods.schema.json, and takes out what is wrong so that the rest can be checked further."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from daemonrpc_codegen.include import SchemaFile
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate.messages import explain
from daemonrpc_codegen.validate.metaschema import metaschema

__all__ = ["check_shapes"]


def check_shapes(files: list[SchemaFile], report: Report) -> set[str]:
    """Reports what has the wrong shape and removes it from the trees.

    Returns the names of types and errors that were removed as a whole: they are declared, only wrongly.
    """
    broken: set[str] = set()
    for file in files:
        errors = list(_validator(is_main=file.included_at is None).iter_errors(file.top.plain()))
        for error in errors:
            broken |= _report_and_remove(error, file.top, report)
        _remove(file.top, [example for error in errors if (example := _example_around(error, file.top))])
    return broken


def _example_around(error: ValidationError, top: Node) -> Node | None:
    """An example of the wrong shape: what it shows then is not compared with the types."""
    path = list(error.absolute_path)[:4]
    return top.find(path) if path[2:3] == ["examples"] and len(path) == 4 else None


@cache
def _validator(*, is_main: bool) -> Any:
    return Draft202012Validator(metaschema(is_main=is_main))


def _report_and_remove(error: ValidationError, top: Node, report: Report) -> set[str]:
    node = top.find(error.absolute_path)
    if node is None:  # removed already, because of another error
        return set()
    wrong = explain(error, node, report)
    return _remove(top, wrong)


def _remove(top: Node, wrong: list[Node]) -> set[str]:
    broken: set[str] = set()
    for node in wrong:
        parent = top.find(node.path[:-1]) if node.path else None
        if parent is not None:
            parent.remove(node)
        if len(node.path) == 2 and node.path[0] in ("types", "errors"):
            broken.add(str(node.path[1]))
    return broken
