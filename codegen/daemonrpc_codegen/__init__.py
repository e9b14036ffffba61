"""daemonrpc_codegen: from methods.yaml to typed clients, a service interface, documents and test strategies.

api = load("schema/methods.yaml")
generate(api, "generated")
"""

import os
from pathlib import Path
from typing import Any

from daemonrpc_codegen.emit import Difference, Result
from daemonrpc_codegen.errors import InvalidSchemaError, OutputError, Place, SchemaError, TemplateError
from daemonrpc_codegen.model import Api

__all__ = [
    "Api",
    "Difference",
    "InvalidSchemaError",
    "OutputError",
    "Place",
    "Result",
    "SchemaError",
    "TemplateError",
    "differences",
    "generate",
    "load",
    "params_schema",
    "result_schema",
]


def load(path: str | os.PathLike[str], *, source: str = "") -> Api:
    """The API that a schema file and the files it includes describe.

    source: how generated headers name the file; its path as given if empty.
    Raises InvalidSchemaError with all that is wrong, OSError if the file cannot be read.
    """
    from daemonrpc_codegen.schema import load

    return load(path, source=source)


def generate(api: Api, out: str | os.PathLike[str], *, templates: str | os.PathLike[str] | None = None) -> Result:
    """Make a folder hold the package and the documents of an API, and nothing that was made there before.

    templates: a folder whose templates replace those of the generator by name.
    Raises, before anything is written, OutputError where a file that the generator did not make is in the way, and
    TemplateError for a template of the folder that replaces nothing or fails.
    """
    from daemonrpc_codegen.emit import write
    from daemonrpc_codegen.render import render_files

    return write(render_files(api, None if templates is None else Path(templates)), Path(out))


def differences(
    api: Api, out: str | os.PathLike[str], *, templates: str | os.PathLike[str] | None = None
) -> list[Difference]:
    """What `generate` would change in a folder; empty if it is up to date. Raises TemplateError as it does."""
    from daemonrpc_codegen.emit import differences
    from daemonrpc_codegen.render import render_files

    return differences(render_files(api, None if templates is None else Path(templates)), Path(out))


def params_schema(api: Api, method: str) -> dict[str, Any]:
    """JSON Schema of the params of a method by name, as strict as the server. Raises LookupError."""
    from daemonrpc_codegen.jsonschema import params_schema

    return params_schema(api, method)


def result_schema(api: Api, method: str) -> dict[str, Any]:
    """JSON Schema of the result of a method, as tolerant as the client. Raises LookupError."""
    from daemonrpc_codegen.jsonschema import result_schema

    return result_schema(api, method)
