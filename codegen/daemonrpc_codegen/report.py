"""Collects errors while a schema is checked, and names what each one is inside of."""

from daemonrpc_codegen.context import context_of
from daemonrpc_codegen.errors import InvalidSchemaError, Place, SchemaError
from daemonrpc_codegen.load import Node, Path

__all__ = ["Report"]


class Report:
    """The errors found so far."""

    def __init__(self) -> None:
        self.errors: list[SchemaError] = []
        self._unreadable: set[Place] = set()
        self._paths: set[Path] = set()

    def unreadable(self, errors: list[SchemaError]) -> None:
        """What YAML has and the schema language has not; nothing more is said about the values at those places."""
        self.errors += errors
        self._unreadable.update(error.place for error in errors)

    def has_been_said(self, path: Path) -> bool:
        """Whether something was wrong with the very node at a path, which may be gone since."""
        return path in self._paths

    def at(self, node: Node, message: str, hint: str = "") -> None:
        """An error of the value of a node."""
        if node.place not in self._unreadable:
            self._add(node.place, node, message, hint)

    def at_key(self, node: Node, message: str, hint: str = "") -> None:
        """An error of the key that leads to a node: its name is wrong, or it must not be there."""
        self._add(node.key_place, node, message, hint)

    def _add(self, place: Place, node: Node, message: str, hint: str) -> None:
        self.errors.append(SchemaError(place, context_of(node.path), message, hint))
        self._paths.add(node.path)

    def raise_if_any(self) -> None:
        """Raises InvalidSchemaError with everything that was collected."""
        if self.errors:
            raise InvalidSchemaError(self.errors)
