"""Aliases that lead back to themselves: a struct may hold itself, an alias may not."""

import re
from collections.abc import Iterable

from daemonrpc_codegen.openrpc_import.findings import Findings
from daemonrpc_codegen.openrpc_import.jsondata import Json

__all__ = ["open_circles"]


def open_circles(declared: dict[str, Json], pointers: dict[str, str], findings: Findings) -> None:
    """Write `any` for each alias that would stand for itself; `pointers` say where a name comes from."""
    for name, tree in declared.items():
        if "type" in tree and _leads_back(name, declared):
            findings.lost(pointers.get(name, "#"), f"the type '{name}' holds itself and is no object", "written as any")
            kept = ("doc", "since", "deprecated", "sensitive")
            declared[name] = {"type": "any"} | {key: tree[key] for key in kept if key in tree}


def _leads_back(name: str, declared: dict[str, Json]) -> bool:
    seen: set[str] = set()
    ahead = [*_names_in(declared[name])]
    while ahead:
        next_name = ahead.pop()
        if next_name == name:
            return True
        if next_name not in seen:
            ahead += _names_in(declared.get(next_name, {}))
        seen.add(next_name)
    return False


def _names_in(tree: Json) -> Iterable[str]:
    """The declared types that an alias mentions; nothing of any other declaration."""
    return [name for name in re.findall(r"[A-Z][A-Za-z0-9]*", str(tree.get("type", ""))) if name != "None"]
