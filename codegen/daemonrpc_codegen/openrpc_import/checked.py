"""The schema that an import made, read as any schema file is: what does not hold is told, not hidden."""

import re
import tempfile
from pathlib import Path
from typing import Final

from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.errors import InvalidSchemaError, SchemaError
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.openrpc_import.document import Document
from daemonrpc_codegen.openrpc_import.findings import Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json, object_in
from daemonrpc_codegen.openrpc_import.yamltext import schema_text
from daemonrpc_codegen.schema import load

__all__ = ["check_schema", "leave_out_wrong_examples"]

_EXAMPLE: Final = re.compile(r"in method '(.*)', example (\d+)")


def leave_out_wrong_examples(tree: Json, pointers: dict[str, list[str]], findings: Findings) -> None:
    """An example of the document need not fit its types; one of ours must. `pointers` say where they stand."""
    wrong: dict[tuple[str, int], str] = {}
    for error in _loaded(schema_text(tree))[1]:
        match = _EXAMPLE.fullmatch(error.context)
        if match:
            wrong.setdefault((match.group(1), int(match.group(2))), error.message)
    for (method, number), message in wrong.items():
        findings.note(pointers[method][number - 1], f"the example does not fit the types: {message}", "left out")
    for method, number in sorted(wrong, reverse=True):
        examples = tree["methods"][method]["examples"]
        examples.pop(number - 1)
        if not examples:
            del tree["methods"][method]["examples"]


def check_schema(document: Document, text: str, findings: Findings) -> None:
    """Tell what is wrong with the schema, and whether it is another than the one a document of ours was made of."""
    api, errors = _loaded(text)
    for error in errors:
        findings.lost("#", f"{error.context or 'the schema'}: {error.message}", "written as it is: correct it by hand")
    said = object_in(document.data, "info").get("x-fingerprint")
    if api is not None and document.is_ours and said != fingerprint(api):
        pointer = below("", "info", "x-fingerprint")
        findings.lost(pointer, "the document is not what the generator wrote: it was changed", "written as it is now")


def _loaded(text: str) -> tuple[Api | None, tuple[SchemaError, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "methods.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            return load(path), ()
        except InvalidSchemaError as error:
            return None, error.errors
