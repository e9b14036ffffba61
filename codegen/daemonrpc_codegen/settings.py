"""`[tool.daemonrpc]` of the nearest pyproject.toml: which schema, where the output goes, and what it is made with."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

from daemonrpc_codegen import naming
from daemonrpc_codegen.errors import did_you_mean

__all__ = ["Settings", "SettingsError", "find_settings"]


class SettingsError(Exception):
    """The settings are missing or wrong; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the schema lies and where its output goes; `project` is the folder that headers are relative to."""

    project: Path
    schema: Path | None = None
    out: Path | None = None
    package: str | None = None
    """Name of the generated package, in place of the schema's own: for a schema that somebody else has written."""
    templates: Path | None = None
    """Folder of the project's own templates."""


def find_settings(start: Path) -> Settings:
    """The settings of the project that a folder belongs to; without a project, those of the folder itself: none."""
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Settings(start, None, None)


def _read(file: Path) -> Settings:
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("daemonrpc", {})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}") from None
    if not isinstance(found, dict):
        raise SettingsError(f"{file}: tool.daemonrpc must be a table: [tool.daemonrpc]")
    table = cast("dict[str, Any]", found)
    known = [field.name for field in fields(Settings) if field.name != "project"]
    for key in sorted(set(table) - set(known)):
        hint = did_you_mean(key, known) or f"known are {', '.join(known)}"
        raise SettingsError(f"{file}: [tool.daemonrpc] has no '{key}'; {hint}")
    paths = {key: _path(file, table, key) for key in known if key != "package"}
    return Settings(file.parent, package=_package(file, table), **paths)


def _path(file: Path, table: dict[str, Any], key: str) -> Path | None:
    value = table.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise SettingsError(f"{file}: [tool.daemonrpc] {key} must be text: a path relative to this file")
    return None if value is None else file.parent / value


def _package(file: Path, table: dict[str, Any]) -> str | None:
    value = table.get("package")
    if value is None:
        return None
    if not isinstance(value, str) or not naming.is_python_name(value) or value.lower() != value:
        raise SettingsError(f"{file}: [tool.daemonrpc] package must be the name of a Python package, such as kv_api")
    if naming.is_reserved_package(value):
        raise SettingsError(f"{file}: [tool.daemonrpc] package: '{value}' would hide another package of that name")
    return value
