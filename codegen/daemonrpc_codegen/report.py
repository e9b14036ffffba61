"""Collects errors while a schema is checked, and names what each one is inside of."""

from itertools import pairwise

from daemonrpc_codegen.errors import InvalidSchemaError, SchemaError
from daemonrpc_codegen.load import Node, Path

__all__ = ["Report", "context_of"]

_SECTIONS = {"types": "type", "errors": "error", "methods": "method"}
_PARTS = {
    "params": "param",
    "fields": "field",
    "data": "field",
    "enum": "value",
    "of": "tag",
    "removed": "removed",
    "examples": "example",
}


class Report:
    """The errors found so far."""

    def __init__(self) -> None:
        self.errors: list[SchemaError] = []

    def at(self, node: Node, message: str, hint: str = "") -> None:
        """An error of the value of a node."""
        self.errors.append(SchemaError(node.place, context_of(node.path), message, hint))

    def at_key(self, node: Node, message: str, hint: str = "") -> None:
        """An error of the key that leads to a node: its name is wrong, or it must not be there."""
        self.errors.append(SchemaError(node.key_place, context_of(node.path), message, hint))

    def raise_if_any(self) -> None:
        """Raises InvalidSchemaError with everything that was collected."""
        if self.errors:
            raise InvalidSchemaError(self.errors)


def context_of(path: Path) -> str:
    """What a path is inside of, in words: `in method 'job.submit', param 'x'`."""
    if path[:1] == ("removed",) and len(path) > 2:
        return f"in removed {str(path[1]).removesuffix('s')} '{path[2]}'"
    if path[:2] == ("compatibility", "accepted") and len(path) > 2:
        return f"in accepted finding {int(path[2]) + 1}"
    if len(path) < 2 or path[0] not in _SECTIONS:
        return ""
    words = [f"in {_SECTIONS[str(path[0])]} '{path[1]}'"]
    for part, name in pairwise(path[2:]):
        if part in _PARTS:
            words.append(f"{_PARTS[str(part)]} {name + 1 if isinstance(name, int) else repr(name)}")
            break
    return ", ".join(words)
