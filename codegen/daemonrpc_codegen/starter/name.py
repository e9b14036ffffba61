"""The name of a new project, and the names that follow from it."""

import keyword
import re
from dataclasses import dataclass
from typing import Final

from daemonrpc_codegen import naming

__all__ = ["ProjectName", "ProjectNameError", "project_name"]

LONGEST: Final = 39
"""Characters. Longer names would not fit into the lines of the project's files."""

_FORM: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_NEEDED: Final = frozenset(
    {
        *("conductor_api", "conductord", "daemonrpc", "daemonrpc_codegen", "hypothesis", "jinja2", "jsonschema"),
        *("msgspec", "mypy", "pip", "pytest", "pytest_asyncio", "pytest_timeout", "ruff", "yaml"),
    }
)
"""Packages that the project itself imports or runs."""
_FOLDERS: Final = frozenset({"generated", "schema", "src", "tests"})
"""Folders of the project, which a package of that name would be taken for."""


class ProjectNameError(Exception):
    """The project cannot have that name; the text says why, and what could be used."""


@dataclass(frozen=True, slots=True)
class ProjectName:
    """The names of a new project: `kv-cache`, and in Python `kv_cache`, `kv_cache_api` and `KvCache`."""

    name: str
    package: str
    api_package: str
    service: str


def project_name(text: str) -> ProjectName:
    """The names that follow from the name of a project. Raises ProjectNameError."""
    if not _FORM.fullmatch(text):
        raise ProjectNameError(f"'{text}' is no name for a project: {_RULE}{_suggestion(text)}")
    if len(text) > LONGEST:
        raise ProjectNameError(f"'{text}' is too long: the name of a project has at most {LONGEST} characters")
    package = text.replace("-", "_")
    for name in (package, f"{package}_api"):
        reason = _why_taken(name)
        if reason:
            raise ProjectNameError(
                f"a project cannot be called '{text}': its package '{name}' {reason}; try '{text}-daemon'"
            )
    service = "".join(word.capitalize() for word in package.split("_"))
    if keyword.iskeyword(service):
        reason = f"its class '{service}' would be a keyword of Python"
        raise ProjectNameError(f"a project cannot be called '{text}': {reason}; try '{text}-daemon'")
    return ProjectName(text, package, f"{package}_api", service)


_RULE: Final = "lower-case letters, digits, - and _, the first a letter, the last none of - and _"


def _why_taken(package: str) -> str:
    if keyword.iskeyword(package):
        return "would be a keyword of Python, which cannot be imported"
    if package in _NEEDED:
        return "would hide a package that the project needs"
    if package in _FOLDERS:
        return "would be taken for a folder of the project"
    return "would hide a module of Python's own" if naming.is_reserved_package(package) else ""


def _suggestion(text: str) -> str:
    near = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()).strip("-0123456789")
    return f"; for instance '{near}'" if _FORM.fullmatch(near) else ""
