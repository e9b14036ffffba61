"""What every verb needs: the schema and the output of the project it runs in, and errors as messages and exit codes."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daemonrpc_codegen.errors import InvalidSchemaError, OutputError, TemplateError
from daemonrpc_codegen.settings import Settings, SettingsError, find_settings

__all__ = ["DONE", "NO", "WRONG", "SchemaFile", "add_schema_option", "fail", "schema_file", "setting", "with_messages"]

DONE: Final = 0
NO: Final = 1
"""The schema is wrong, the output is stale, or something breaks."""
WRONG: Final = 2
"""The command line or the settings are wrong."""


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A schema file, and how generated headers call it."""

    path: Path
    source: str


def add_schema_option(parser: argparse.ArgumentParser) -> None:
    """`--schema FILE`."""
    parser.add_argument("--schema", type=Path, metavar="FILE", help="schema file; default: [tool.daemonrpc] schema")


def schema_file(given: Path | None, settings: Settings) -> SchemaFile:
    """The file that was given, or that of the settings. Raises SettingsError if there is neither."""
    path = setting("schema", given, settings.schema)
    absolute = Path(os.path.normpath(path.absolute()))
    inside = absolute.is_relative_to(settings.project)
    return SchemaFile(path, (absolute.relative_to(settings.project) if inside else Path(path.name)).as_posix())


def setting(name: str, given: Path | None, configured: Path | None) -> Path:
    """What was given, or what is configured. Raises SettingsError if neither is there."""
    path = given or configured
    if path is None:
        raise SettingsError(f"no {name} is given: use --{name}, or [tool.daemonrpc] {name} in pyproject.toml")
    return path


def with_messages(action: Callable[[Settings], int]) -> int:
    """Runs a verb in the settings of the project; what goes wrong becomes a message and an exit code."""
    try:
        return action(find_settings(Path.cwd()))
    except SettingsError as error:
        return fail(str(error), WRONG)
    except (InvalidSchemaError, OutputError, TemplateError) as error:
        return fail(str(error), NO)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), NO)


def fail(message: str, code: int) -> int:
    """Prints a message to stderr and returns the exit code."""
    print(message, file=sys.stderr)
    return code
