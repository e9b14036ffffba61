"""The files that a schema makes, as text: views poured into templates."""

import json
from functools import cache
from typing import Any

from daemonrpc_codegen import openrpc
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.python.client import client_module
from daemonrpc_codegen.python.errors import errors_module
from daemonrpc_codegen.python.fakes import fakes_module
from daemonrpc_codegen.python.methods import methods_module
from daemonrpc_codegen.python.package import package_module
from daemonrpc_codegen.python.server import server_module
from daemonrpc_codegen.python.strategies import strategies_module
from daemonrpc_codegen.python.types import types_module
from daemonrpc_codegen.reference import reference_page

__all__ = ["render_files"]


def render_files(api: Api) -> dict[str, str]:
    """Path below the output folder -> text."""
    package = api.package
    document = openrpc.document(api)
    return {
        f"{package}/__init__.py": _rendered("init.py.j2", package_module(api)),
        f"{package}/client.py": _rendered("client.py.j2", client_module(api, sync=False)),
        f"{package}/client_sync.py": _rendered("client.py.j2", client_module(api, sync=True)),
        f"{package}/errors.py": _rendered("errors.py.j2", errors_module(api)),
        f"{package}/fakes.py": _rendered("fakes.py.j2", fakes_module(api)),
        f"{package}/methods.py": _rendered("methods.py.j2", methods_module(api)),
        f"{package}/openrpc.json": json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n",
        f"{package}/py.typed": "",
        f"{package}/server.py": _rendered("server.py.j2", server_module(api)),
        f"{package}/strategies.py": _rendered("strategies.py.j2", strategies_module(api)),
        f"{package}/types.py": _rendered("types.py.j2", types_module(api)),
        "openrpc.json": json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        "reference.md": _rendered("reference.md.j2", reference_page(api)),
    }


def _rendered(template: str, module: object) -> str:
    text: str = _environment().get_template(template).render(module=module)
    return text


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("daemonrpc_codegen"),
        undefined=StrictUndefined,
        autoescape=False,  # the output is Python and Markdown
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
