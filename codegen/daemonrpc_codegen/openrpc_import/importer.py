"""The whole import: a document -> the text of a schema file, and what there is to tell."""

import re
from dataclasses import dataclass
from typing import Final

from daemonrpc_codegen.openrpc_import.checked import check_schema, leave_out_wrong_examples
from daemonrpc_codegen.openrpc_import.docs import doc_of, one_line
from daemonrpc_codegen.openrpc_import.document import Document
from daemonrpc_codegen.openrpc_import.errors import Errors
from daemonrpc_codegen.openrpc_import.findings import Finding, Findings, below
from daemonrpc_codegen.openrpc_import.jsondata import Json, is_object, object_in
from daemonrpc_codegen.openrpc_import.methods import Methods
from daemonrpc_codegen.openrpc_import.names import TypeNames, package_name, pascal
from daemonrpc_codegen.openrpc_import.types import Types
from daemonrpc_codegen.openrpc_import.yamltext import schema_text

__all__ = ["Imported", "import_openrpc"]

_INFO: Final = frozenset(("title", "version", "description", "x-fingerprint"))
_TOP: Final = frozenset(("openrpc", "info", "methods", "components", "x-errors", "$schema"))


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of the schema file, and what was found."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def lost(self) -> int:
        """How many things could not be said."""
        return sum(finding.is_lost for finding in self.findings)


def import_openrpc(document: Document, source: str, package: str = "") -> Imported:
    """The schema that a document describes.

    source: how its first line names the document.
    package: the Python package to make, which no document names; if empty, a name made from the title.
    """
    findings = Findings()
    tree, pointers = _tree(document, package, findings)
    _report_rest(document, findings)
    leave_out_wrong_examples(tree, pointers, findings)
    check_schema(document, schema_text(tree), findings)
    found = findings.all()
    return Imported(_head(source, found) + schema_text(tree), found)


def _tree(document: Document, package: str, findings: Findings) -> tuple[Json, dict[str, list[str]]]:
    """The schema, and where the examples of each method stand in the document."""
    info = object_in(document.data, "info")
    title = one_line(info.get("title")) or "Service"
    service = pascal(title)
    if service != title:
        findings.note("#/info/title", f"'{title}' is no name of a service", f"written as {service}")
    named = [item["name"] for item in document.data["methods"] if is_object(item) and "name" in item]
    names = TypeNames(service, [name for name in named if isinstance(name, str)])
    types = Types(document, names, findings)
    errors = Errors(types, names)
    methods = Methods(types, errors)
    sections = {"types": types.declared, "errors": errors.declared, "methods": methods.declared}
    head = {
        "service": service,
        "package": package or package_name(service),
        "version": _version(str(info.get("version", "")), findings),
        "doc": doc_of({"description": info.get("description")}, "#/info", findings),
    }
    return head | {name: section for name, section in sections.items() if section}, methods.example_pointers


def _version(text: str, findings: Findings) -> str:
    numbers = re.match(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
    version = ".".join(str(int(part or 0)) for part in numbers.groups()) if numbers else "0.1.0"
    if version != text:
        findings.note("#/info/version", f"'{text}' is not three numbers", f"written as {version}")
    return version


def _report_rest(document: Document, findings: Findings) -> None:
    """Tell of everything above the methods that was not read, and of components that nothing uses."""
    info = object_in(document.data, "info")
    components = object_in(document.data, "components")
    pointers = [below("", key) for key in document.data if key not in _TOP]
    pointers += [below("", "info", key) for key in info if key not in _INFO]
    for pointer in pointers:
        findings.note(pointer, f"'{pointer.rpartition('/')[2]}' has no place in a schema file", "left out")
    for section in components:
        for name in document.components(section) if section not in ("schemas", "errors") else ():
            pointer = below("", "components", section, name)
            if pointer not in document.used:
                findings.note(pointer, "no method uses it", "left out")


def _head(source: str, findings: tuple[Finding, ...]) -> str:
    lines = [f"# Imported by `daemonrpc import openrpc` from {source}."]
    lines += [f"# by hand: {finding}" for finding in findings if finding.is_lost]
    return "".join(f"{line}\n" for line in lines)
