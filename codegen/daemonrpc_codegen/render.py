"""The files that a schema makes, as text: views poured into templates."""

import json
from pathlib import Path

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
from daemonrpc_codegen.template import Templates

__all__ = ["render_files"]


def render_files(api: Api, templates: Path | None = None) -> dict[str, str]:
    """Path below the output folder -> text.

    templates: a folder whose templates replace ours of the same name. Raises TemplateError for what is wrong in it.
    """
    rendered = Templates(templates).render
    package = api.package
    document = openrpc.document(api)
    return {
        f"{package}/__init__.py": rendered("init.py.j2", package_module(api)),
        f"{package}/client.py": rendered("client.py.j2", client_module(api, sync=False)),
        f"{package}/client_sync.py": rendered("client.py.j2", client_module(api, sync=True)),
        f"{package}/errors.py": rendered("errors.py.j2", errors_module(api)),
        f"{package}/fakes.py": rendered("fakes.py.j2", fakes_module(api)),
        f"{package}/methods.py": rendered("methods.py.j2", methods_module(api)),
        f"{package}/openrpc.json": json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n",
        f"{package}/py.typed": "",
        f"{package}/server.py": rendered("server.py.j2", server_module(api)),
        f"{package}/strategies.py": rendered("strategies.py.j2", strategies_module(api)),
        f"{package}/types.py": rendered("types.py.j2", types_module(api)),
        "openrpc.json": json.dumps(document, ensure_ascii=False, indent=2) + "\n",
        "reference.md": rendered("reference.md.j2", reference_page(api)),
    }
