"""View of errors.py: an exception for each declared error."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api, ErrorDef, Field, Struct
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.structs import StructPrinter, StructView, described
from daemonrpc_codegen.python.text import Brackets, Code, Words, docstring, render

__all__ = ["ErrorView", "ErrorsModule", "errors_module"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """An exception class, and the struct of its data if it has any."""

    name: str
    docstring: str
    code: int
    data: StructView | None
    init: str
    init_call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsModule:
    """What errors.py.j2 prints."""

    docstring: str
    imports: str
    errors: Sequence[ErrorView]


def errors_module(api: Api) -> ErrorsModule:
    """The view of errors.py."""
    imports = Imports()
    if api.errors:
        imports.use("daemonrpc", "ApplicationError")
    printer = _ErrorPrinter(api, imports)
    errors = [printer.print(error) for error in api.errors]
    docstring = module_docstring(api, f"Errors that methods of the {api.service} service answer with.")
    return ErrorsModule(docstring=docstring, imports=imports.render(), errors=errors)


class _ErrorPrinter:
    def __init__(self, api: Api, imports: Imports) -> None:
        self._annotations = Annotations(api, imports)
        self._structs = StructPrinter(api, imports, self._annotations)

    def print(self, error: ErrorDef) -> ErrorView:
        message = Words(error.doc, "message: str = ")
        arguments = [self._argument(field) for field in error.data]
        signature: list[Code] = ["self", message, *(["*", *arguments] if arguments else [])]
        return ErrorView(
            name=error.name,
            docstring=docstring([described(error.doc, error.deprecated)], 4),
            code=error.code,
            data=self._data(error),
            init=render(Brackets("def __init__(", signature, ") -> None:"), 4),
            init_call=render(Brackets("super().__init__(", ["message", *_data_argument(error)], ")"), 8),
        )

    def _data(self, error: ErrorDef) -> StructView | None:
        if not error.data:
            return None
        struct = Struct(name=naming.data_name(error.name), doc=f"Data of {error.name}.", fields=error.data)
        return self._structs.print(struct, rename=naming.data_field_name)

    def _argument(self, field: Field) -> str:
        default = self._annotations.default(field)
        assigned = "" if default is None else f" = {default}"
        return f"{naming.data_field_name(field)}: {self._annotations.argument(field)}{assigned}"


def _data_argument(error: ErrorDef) -> list[Brackets]:
    names = [naming.data_field_name(field) for field in error.data]
    values = [f"{name}={name}" for name in names]
    return [Brackets(f"data={naming.data_name(error.name)}(", values, ")")] if error.data else []
