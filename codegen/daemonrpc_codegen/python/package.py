"""View of __init__.py: every public name, imported when it is first used."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.python.defaults import named_defaults
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports, export_key
from daemonrpc_codegen.python.text import literal

__all__ = ["ABI", "ExportView", "PackageModule", "package_module", "public_names"]

ABI = 1
"""The runtime interface that generated code needs; raised when an older runtime can no longer run it."""


@dataclass(frozen=True, slots=True)
class ExportView:
    """A public name and the module that defines it."""

    name: str
    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageModule:
    """What __init__.py.j2 prints."""

    docstring: str
    imports: str
    abi: int
    exports: Sequence[ExportView]


def package_module(api: Api) -> PackageModule:
    """The view of __init__.py."""
    names = public_names(api)
    imports = Imports()
    for name, module in names.items():
        imports.use(f".{module}", name)
    exports = [ExportView(literal(name), literal(names[name])) for name in sorted(names, key=export_key)]
    docstring = module_docstring(api, f"{api.service} service, version {api.version}. {api.doc}")
    return PackageModule(docstring=docstring, imports=imports.render(4), abi=ABI, exports=exports)


def public_names(api: Api) -> dict[str, str]:
    """Every public name of the package, and the module that defines it."""
    names = {item.name: "types" for item in api.types}
    for method in api.methods:
        names |= dict.fromkeys(named_defaults(api, method).values(), "types")
        names[naming.params_name(method)] = "types"
        names[naming.constant_name(method)] = "methods"
    for error in api.errors:
        names[error.name] = "errors"
        if error.data:
            names[naming.data_name(error.name)] = "errors"
    return names | {
        "SERVICE": "methods",
        **dict(zip(naming.service_names(api.service), ("client", "client_sync", "server"), strict=True)),
        "request_handler": "server",
    }
