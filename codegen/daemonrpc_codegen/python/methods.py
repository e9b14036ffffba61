"""View of methods.py: one descriptor for each method, used by client and server alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.model import Api, Method
from daemonrpc_codegen.python.annotations import Annotations
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.structs import described
from daemonrpc_codegen.python.text import Brackets, Code, docstring, literal, render

__all__ = ["DescriptorView", "MethodsModule", "methods_module"]


@dataclass(frozen=True, slots=True)
class DescriptorView:
    """A constant that describes a method."""

    statement: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsModule:
    """What methods.py.j2 prints."""

    docstring: str
    imports: str
    descriptors: Sequence[DescriptorView]
    service: str


def methods_module(api: Api) -> MethodsModule:
    """The view of methods.py."""
    imports = Imports()
    imports.use("daemonrpc", "ServiceInfo")
    annotations = Annotations(api, imports)
    return MethodsModule(
        descriptors=[_descriptor(method, imports, annotations) for method in api.methods],
        docstring=module_docstring(api, f"Methods of the {api.service} service, as client and server both see them."),
        service=render(_service(api)),
        imports=imports.render(),
    )


def _descriptor(method: Method, imports: Imports, annotations: Annotations) -> DescriptorView:
    name, params = naming.constant_name(method), imports.use(".types", naming.params_name(method))
    result = annotations.type(method.result)
    if method.stream:
        kind = imports.use("daemonrpc", "StreamMethod")
        annotation = f"{kind}[{params}, {annotations.type(method.stream.item)}, {result}]"
    else:
        kind = imports.use("daemonrpc", "Method")
        annotation = f"{kind}[{params}, {result}]"
    arguments = _arguments(method, params, result, imports, annotations)
    # Always one argument a line: the list grows, and a change shows as one line.
    lines = "".join(f"    {render(argument, 4, after=1)},\n" for argument in arguments)
    return DescriptorView(
        f"{name}: {annotation} = {kind}(\n{lines})", docstring([described(method.doc, method.deprecated)], 0)
    )


def _arguments(method: Method, params: str, result: str, imports: Imports, annotations: Annotations) -> list[Code]:
    arguments: list[Code] = [
        literal(method.name),
        f"python_name={literal(naming.method_name(method))}",
        f"params={params}",
    ]
    if method.stream:
        arguments.append(f"item={annotations.type(method.stream.item)}")
    arguments.append(f"result={result}")
    if method.stream:
        arguments.append(f"notification={literal(method.stream.notification)}")
        arguments.append(f"slow_consumer={literal(method.stream.slow_consumer)}")
    if method.errors:
        names = [imports.use(".errors", name) for name in method.errors]
        arguments.append(f"errors=({names[0]},)" if len(names) == 1 else Brackets("errors=(", names, ")"))
    return arguments + _policies(method)


def _policies(method: Method) -> list[Code]:
    usual = {"safety": "unsafe", "key": "", "handler": "async", "admission": "slots", "access": "any"}
    policies: list[Code] = [
        f"{name}={literal(getattr(method, name))}" for name, value in usual.items() if getattr(method, name) != value
    ]
    return policies + (["detached=True"] if method.detached else [])


def _service(api: Api) -> Brackets:
    methods = [naming.constant_name(method) for method in api.methods]
    listed: Code = f"methods=({methods[0]},)" if len(methods) == 1 else Brackets("methods=(", methods, ")")
    arguments: list[Code] = [
        f"name={literal(api.service)}",
        f"version={literal(api.version)}",
        f"fingerprint={literal(fingerprint(api))}",
        'package=__package__ or ""',
        listed,
    ]
    return Brackets("SERVICE = ServiceInfo(", arguments, ")")
