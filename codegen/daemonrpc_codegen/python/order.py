"""The order in which types are defined, so that each name exists where it is used.

A field of a struct may name a type that comes later, in quotes; an alias or a union may not. So an alias or a union
comes after what it names, and a struct too, unless both are parts of one recursion.
"""

from collections.abc import Callable

from daemonrpc_codegen.direction import uses_of
from daemonrpc_codegen.model import Api, Struct, TypeDef

__all__ = ["in_order", "recursive_types"]


def in_order(api: Api) -> list[TypeDef]:
    """The declared types, as near to the order of the schema as the names allow."""
    cycles = _cycles(api)
    done: dict[str, TypeDef] = {}

    def place(item: TypeDef) -> None:
        for name in uses_of(item):
            same_cycle = cycles.get(name) is not None and cycles.get(name) == cycles.get(item.name)
            if name not in done and not (isinstance(item, Struct) and same_cycle):
                place(api.type_by_name[name])
        done.setdefault(item.name, item)

    for item in api.types:
        if item.name not in done:
            place(item)
    return list(done.values())


def recursive_types(api: Api) -> set[str]:
    """The types that can hold a value of themselves, directly or through others."""
    return set(_cycles(api))


def _cycles(api: Api) -> dict[str, int]:
    """For each type that takes part in a recursion the number of that recursion (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    cycles: dict[str, int] = {}

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in uses_of(api.type_by_name[name]):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            _close(name, stack, cycles, lambda: name in uses_of(api.type_by_name[name]))

    for item in api.types:
        if item.name not in index:
            visit(item.name)
    return cycles


def _close(root: str, stack: list[str], cycles: dict[str, int], uses_itself: Callable[[], bool]) -> None:
    start = stack.index(root)
    members = stack[start:]
    del stack[start:]
    if len(members) > 1 or uses_itself():
        cycles.update(dict.fromkeys(members, len(cycles)))
