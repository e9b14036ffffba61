"""View of server.py: the interface of a daemon, and the dispatch table made from one that satisfies it."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api, Method
from daemonrpc_codegen.python.annotations import Annotations, or_before_none
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.structs import described
from daemonrpc_codegen.python.text import Brackets, docstring, render

__all__ = ["HandlerView", "ServerModule", "server_module"]


@dataclass(frozen=True, slots=True)
class HandlerView:
    """A method of the service, and its line in the dispatch table."""

    signature: str
    docstring: str
    registration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerModule:
    """What server.py.j2 prints."""

    docstring: str
    imports: str
    name: str
    class_docstring: str
    handlers: Sequence[HandlerView]


def server_module(api: Api) -> ServerModule:
    """The view of server.py."""
    imports = Imports()
    imports.use("typing", "Protocol")
    imports.use("daemonrpc", "RequestHandler")
    imports.use(".methods", "SERVICE")
    annotations = Annotations(api, imports)
    what = f"What a daemon that offers the {api.service} service implements; there is nothing to inherit from."
    return ServerModule(
        docstring=module_docstring(api, f"Server side of the {api.service} service."),
        name=f"{api.service}Service",
        class_docstring=docstring([what], 4),
        handlers=[_handler(method, imports, annotations) for method in api.methods],
        imports=imports.render(),
    )


def _handler(method: Method, imports: Imports, annotations: Annotations) -> HandlerView:
    name, constant = naming.method_name(method), imports.use(".methods", naming.constant_name(method))
    params = imports.use(".types", naming.params_name(method))
    arguments = ["self", f"params: {params}", f"context: {imports.use('daemonrpc', 'Context')}"]
    prefix = "def" if method.stream or method.handler == "sync" else "async def"
    signature = Brackets(f"{prefix} {name}(", arguments, f") -> {_result(method, imports, annotations)}:")
    errors = [f"Raises {', '.join(method.errors)}."] if method.errors else []
    stream = ["An async generator: yields the items, and may yield the result as the last."] if method.stream else []
    return HandlerView(
        signature=render(signature, 4),
        docstring=docstring([described(method.doc, method.deprecated), *stream, *errors], 8),
        registration=render(Brackets("handler.register(", [constant, f"service.{name}"], ")"), 4),
    )


def _result(method: Method, imports: Imports, annotations: Annotations) -> str:
    result = annotations.type(method.result)
    if not method.stream:
        return result
    iterator = imports.use("collections.abc", "AsyncIterator")
    return f"{iterator}[{or_before_none(annotations.type(method.stream.item), result)}]"
