"""What the parts of the import need of the one that declares types."""

from typing import Any, Protocol

from daemonrpc_codegen.openrpc_import.document import Document
from daemonrpc_codegen.openrpc_import.findings import Findings
from daemonrpc_codegen.openrpc_import.jsondata import Json
from daemonrpc_codegen.openrpc_import.scalars import Slot

__all__ = ["Typer"]


class Typer(Protocol):
    """Turns schemas into types."""

    declared: dict[str, Json]
    document: Document
    findings: Findings

    def place(self, schema: Any, at: str, hint: str) -> Slot:
        """The type of a value; what needs a declaration is declared, under a name like `hint`."""
        ...

    def inner(self, schema: Any, at: str, hint: str) -> str:
        """The type inside of a list or dict, or of a result, where no constraints can stand."""
        ...

    def struct(self, schema: Json, at: str, hint: str, tag: str = "") -> Json:
        """The declaration of an object with members; `tag` is one that a union says."""
        ...

    def declare(self, hint: str, tree: Json) -> str:
        """Declare a type under a name like `hint`; returns the name."""
        ...
