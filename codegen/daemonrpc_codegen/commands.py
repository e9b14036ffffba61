"""The verbs of the generator: `daemonrpc generate` and `daemonrpc check`.

Exit codes: 0 done, 1 the schema is wrong or the output is stale, 2 the command line or the settings are wrong.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemonrpc_codegen.errors import InvalidSchemaError, OutputError
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.settings import SettingsError, find_settings

__all__ = ["check", "generate"]

_DIFF_LINES = 40


@dataclass(frozen=True, slots=True)
class _Job:
    """What to generate from, how headers call it, and where to."""

    schema: Path
    source: str
    out: Path


def generate(argv: list[str]) -> int:
    """`daemonrpc generate`: write what the schema says. Nothing is written if the schema is wrong."""
    return _run("generate", "Make clients, service, types and documents from a schema.", argv, _generate)


def check(argv: list[str]) -> int:
    """`daemonrpc check`: fail if `generate` would change anything, and say what."""
    return _run("check", "Fail if the generated files are not what the schema says, and name them.", argv, _check)


def _run(verb: str, description: str, argv: list[str], action: Callable[[_Job], int]) -> int:
    parser = argparse.ArgumentParser(prog=f"daemonrpc {verb}", description=description)
    parser.add_argument("--schema", type=Path, metavar="FILE", help="schema file; default: [tool.daemonrpc] schema")
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder; default: [tool.daemonrpc] out")
    options = parser.parse_args(argv)
    try:
        return action(_job(options.schema, options.out))
    except SettingsError as error:
        return _fail(str(error), 2)
    except (InvalidSchemaError, OutputError) as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)


def _job(schema: Path | None, out: Path | None) -> _Job:
    settings = find_settings(Path.cwd())
    schema, out = schema or settings.schema, out or settings.out
    missing = [name for name, value in (("schema", schema), ("out", out)) if value is None]
    if schema is None or out is None:
        option = missing[0]
        raise SettingsError(f"no {option} is given: use --{option}, or [tool.daemonrpc] {option} in pyproject.toml")
    absolute = Path(os.path.normpath(schema.absolute()))
    inside = absolute.is_relative_to(settings.project)
    source = absolute.relative_to(settings.project) if inside else Path(schema.name)
    return _Job(schema, source.as_posix(), out)


def _generate(job: _Job) -> int:
    from daemonrpc_codegen import generate, load

    result = generate(load(job.schema, source=job.source), job.out)
    for path in result.written:
        print(f"wrote {shown(job.out / path)}")
    for path in result.removed:
        print(f"removed {shown(job.out / path)}")
    if not result.written and not result.removed:
        print(f"{shown(job.out)} is up to date")
    return 0


def _check(job: _Job) -> int:
    from daemonrpc_codegen import differences, load

    found = differences(load(job.schema, source=job.source), job.out)
    for difference in found:
        print(f"{shown(job.out / difference.path)} {difference.problem}", file=sys.stderr)
        _print_diff(difference.diff.splitlines())
    if found:
        return _fail("run `daemonrpc generate`", 1)
    return 0


def _print_diff(lines: list[str]) -> None:
    for line in lines[:_DIFF_LINES]:
        print(f"  {line}", file=sys.stderr)
    if len(lines) > _DIFF_LINES:
        print(f"  ... and {len(lines) - _DIFF_LINES} more lines", file=sys.stderr)


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
