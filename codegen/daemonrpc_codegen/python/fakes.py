"""View of fakes.py: a service that a test scripts, one line for each method."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import Api, Method
from daemonrpc_codegen.python.header import module_docstring
from daemonrpc_codegen.python.imports import Imports
from daemonrpc_codegen.python.text import docstring

__all__ = ["FakesModule", "fakes_module"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FakesModule:
    """What fakes.py.j2 prints."""

    docstring: str
    imports: str
    name: str
    class_docstring: str
    methods: Sequence[str]


def fakes_module(api: Api) -> FakesModule:
    """The view of fakes.py."""
    imports = Imports()
    methods = [_method(method, imports) for method in api.methods]
    service = f"{api.service}Service"
    imports.use(".methods", "SERVICE")
    imports.use("daemonrpc.testing", "RandomAnswers")
    what = f"A {service} that answers what a test says: `fake.method.returns(...)`, `.raises(...)`, `.calls`."
    otherwise = "With a seed, methods of which nothing is said answer random valid values, the same for the same seed."
    return FakesModule(
        docstring=module_docstring(api, f"Fake of the {api.service} service, for tests."),
        imports=imports.render(),
        name=f"Fake{service}",
        class_docstring=docstring([what, otherwise], 4),
        methods=methods,
    )


def _method(method: Method, imports: Imports) -> str:
    kind = "FakeStream" if method.stream else "FakeSyncMethod" if method.handler == "sync" else "FakeMethod"
    constant = imports.use(".methods", naming.constant_name(method))
    return f"self.{naming.method_name(method)} = {imports.use('daemonrpc.testing', kind)}({constant}, answers)"
