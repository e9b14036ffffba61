"""`[tool.daemonrpc]` of the nearest pyproject.toml: which schema, and where the output goes."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Settings", "SettingsError", "find_settings"]


class SettingsError(Exception):
    """The settings are missing or wrong; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the schema lies and where its output goes; `project` is the folder that headers are relative to."""

    project: Path
    schema: Path | None
    out: Path | None


def find_settings(start: Path) -> Settings:
    """The settings of the project that a folder belongs to; without a project, those of the folder itself: none."""
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Settings(start, None, None)


def _read(file: Path) -> Settings:
    try:
        table: Any = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("daemonrpc", {})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {error}") from None
    unknown = sorted(set(table) - {"schema", "out"})
    if unknown:
        raise SettingsError(f"{file}: [tool.daemonrpc] has no '{unknown[0]}'; known are schema and out")
    return Settings(file.parent, _path(file, table, "schema"), _path(file, table, "out"))


def _path(file: Path, table: dict[str, Any], key: str) -> Path | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise SettingsError(f"{file}: [tool.daemonrpc] {key} must be text: a path relative to this file")
    return None if value is None else file.parent / value
