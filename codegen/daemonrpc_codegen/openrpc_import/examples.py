"""Example pairings of a method."""

import re
from typing import Any, Final

from daemonrpc_codegen.openrpc_import.docs import one_line
from daemonrpc_codegen.openrpc_import.document import Document
from daemonrpc_codegen.openrpc_import.findings import Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_list, is_object, list_in

__all__ = ["example_trees"]

_NUMBERED: Final = re.compile(r"example \d+")


def example_trees(
    document: Document, listed: Any, params: list[str], at: str, findings: Findings
) -> list[tuple[Json, str]]:
    """The examples that say what is sent and what is answered, and the pointer of each."""
    trees: list[tuple[Json, str]] = []
    for number, item in enumerate(listed if is_list(listed) else []):
        pairing, pointer = document.followed(item, below(at, number))
        tree = _tree(document, pairing, params) if is_object(pairing) else None
        if tree is None:
            findings.note(pointer, "the example gives no values for the params, or no result", "left out")
        else:
            trees.append((tree, pointer))
    return trees


def _tree(document: Document, pairing: Json, params: list[str]) -> Json | None:
    values = [document.followed(item, "")[0] for item in list_in(pairing, "params")]
    result, _ = document.followed(pairing.get("result"), "")
    if not all(_has_value(value) for value in (*values, result)) or len(values) > len(params):
        return None
    given = {str(value.get("name")): value["value"] for value in values}
    if not set(given) <= set(params):  # names of examples are free; then their order counts
        given = {name: value["value"] for name, value in zip(params, values, strict=False)}
    tree: Json = {"doc": _doc(pairing)} if _doc(pairing) else {}
    tree |= {"params": given} if given else {}
    tree |= {"items": pairing["x-items"]} if "x-items" in pairing else {}
    return tree | {"result": result["value"]}


def _has_value(value: Any) -> bool:
    return is_object(value) and "value" in value


def _doc(pairing: Json) -> str:
    named = one_line(pairing.get("name"))
    own = "" if _NUMBERED.fullmatch(named) else named
    return one_line(pairing.get("description")) or one_line(pairing.get("summary")) or own
