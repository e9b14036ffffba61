"""View of client.py and client_sync.py: one method for each method of the service, two lines each."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api, Field, Method
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.defaults import named_defaults
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.structs import described
from daemonrpc_codegen.python.text import Brackets, Code, Section, call_with_text, docstring, render

__all__ = ["ClientModule", "StubView", "client_module"]


@dataclass(frozen=True, slots=True)
class StubView:
    """A method of the client."""

    decorator: str
    """The mark of a method that is deprecated; empty for the others."""
    signature: str
    docstring: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientModule:
    """What client.py.j2 prints, for both clients."""

    docstring: str
    imports: str
    name: str
    base: str
    class_docstring: str
    stubs: Sequence[StubView]


def client_module(api: Api, *, sync: bool) -> ClientModule:
    """The view of client.py, or of client_sync.py."""
    imports = Imports()
    printer = _StubPrinter(api, imports, sync=sync)
    return ClientModule(
        docstring=module_docstring(api, f"{'Blocking' if sync else 'Async'} client of the {api.service} service."),
        name=f"{api.service}ClientSync" if sync else f"{api.service}Client",
        base=imports.use("daemonrpc", "SyncChannel" if sync else "Channel"),
        class_docstring=docstring([api.doc], 4),
        stubs=[printer.print(method) for method in api.methods],
        imports=imports.render(),
    )


class _StubPrinter:
    def __init__(self, api: Api, imports: Imports, *, sync: bool) -> None:
        self._api = api
        self._imports = imports
        self._annotations = Annotations(api, imports)
        self._sync = sync

    def print(self, method: Method) -> StubView:
        return StubView(self._decorator(method), self._signature(method), self._docstring(method), self._body(method))

    def _decorator(self, method: Method) -> str:
        if not method.deprecated:
            return ""
        mark, reason = self._imports.use("daemonrpc", "deprecated"), f"{method.name}: {method.deprecated}"
        return call_with_text(f"@{mark}", reason, 4)

    def _signature(self, method: Method) -> str:
        names = named_defaults(self._api, method)
        unset, unset_type = self._imports.use("daemonrpc", "UNSET"), self._imports.use("daemonrpc", "UnsetType")
        arguments = [self._argument(param, names.get(param.name)) for param in method.params]
        timeout = f"timeout: float | {unset_type} | None = {unset}"
        prefix = "def" if self._sync or method.stream else "async def"
        code = Brackets(
            f"{prefix} {naming.method_name(method)}(",
            ["self", *arguments, "*", timeout],
            f") -> {self._result(method)}:",
        )
        return render(code, 4)

    def _argument(self, param: Field, default_name: str | None) -> str:
        if default_name:
            self._imports.use(".types", default_name)
        default = default_name or self._annotations.default(param)
        assigned = "" if default is None else f" = {default}"
        return f"{naming.param_name(param)}: {self._annotations.argument(param)}{assigned}"

    def _result(self, method: Method) -> str:
        result = self._annotations.type(method.result)
        if not method.stream:
            return result
        kind = self._imports.use("daemonrpc", "SyncStream" if self._sync else "Stream")
        return f"{kind}[{self._annotations.type(method.stream.item)}, {result}]"

    def _docstring(self, method: Method) -> str:
        arguments = [(naming.param_name(param), described(param.doc, param.deprecated)) for param in method.params]
        errors = [(name, self._api.error_by_name[name].doc) for name in method.errors]
        return docstring(
            [described(method.doc, method.deprecated), Section("Args", arguments), Section("Raises", errors)], 8
        )

    def _body(self, method: Method) -> str:
        names = [naming.param_name(param) for param in method.params]
        params = Brackets(
            f"{self._imports.use('.types', naming.params_name(method))}(", [f"{name}={name}" for name in names], ")"
        )
        constant = self._imports.use(".methods", naming.constant_name(method))
        arguments: list[Code] = [constant, params, "timeout=timeout"]
        function = "self.stream(" if method.stream else "self.call("
        prefix = "return " if self._sync or method.stream else "return await "
        return render(Brackets(prefix + function, arguments, ")"), 8)
