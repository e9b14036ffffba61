"""`daemonrpc generate` writes what the schema says; `daemonrpc check` fails if that would change anything."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from daemonrpc_codegen.commands.project import (
    DONE,
    NO,
    SchemaFile,
    add_schema_option,
    fail,
    schema_file,
    setting,
    with_messages,
)
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.settings import Settings

if TYPE_CHECKING:
    from daemonrpc_codegen import Api

__all__ = ["check", "generate"]

_DIFF_LINES = 40


@dataclass(frozen=True, slots=True)
class _Job:
    """What to generate from, with what, and where to."""

    schema: SchemaFile
    out: Path
    package: str | None
    templates: Path | None

    def load(self) -> "Api":
        from daemonrpc_codegen import load

        api = load(self.schema.path, source=self.schema.source)
        return replace(api, package=self.package) if self.package else api


def generate(argv: list[str]) -> int:
    """`daemonrpc generate`: write what the schema says. Nothing is written if the schema is wrong."""
    return _run("generate", "Make clients, service, types and documents from a schema.", argv, _generate)


def check(argv: list[str]) -> int:
    """`daemonrpc check`: fail if `generate` would change anything, and say what."""
    return _run("check", "Fail if the generated files are not what the schema says, and name them.", argv, _check)


def _run(verb: str, description: str, argv: list[str], action: Callable[[_Job], int]) -> int:
    parser = argparse.ArgumentParser(prog=f"daemonrpc {verb}", description=description)
    add_schema_option(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder; default: [tool.daemonrpc] out")
    help_text = "folder of templates that replace ours by name; default: [tool.daemonrpc] templates"
    parser.add_argument("--templates", type=Path, metavar="DIR", help=help_text)
    options = parser.parse_args(argv)

    def run(settings: Settings) -> int:
        schema = schema_file(options.schema, settings)
        out = setting("out", options.out, settings.out)
        return action(_Job(schema, out, settings.package, options.templates or settings.templates))

    return with_messages(run)


def _generate(job: _Job) -> int:
    from daemonrpc_codegen import generate

    result = generate(job.load(), job.out, templates=job.templates)
    for path in result.written:
        print(f"wrote {shown(job.out / path)}")
    for path in result.removed:
        print(f"removed {shown(job.out / path)}")
    if not result.written and not result.removed:
        print(f"{shown(job.out)} is up to date")
    return DONE


def _check(job: _Job) -> int:
    from daemonrpc_codegen import differences

    found = differences(job.load(), job.out, templates=job.templates)
    for difference in found:
        print(f"{shown(job.out / difference.path)} {difference.problem}", file=sys.stderr)
        _print_diff(difference.diff.splitlines())
    return fail("run `daemonrpc generate`", NO) if found else DONE


def _print_diff(lines: list[str]) -> None:
    for line in lines[:_DIFF_LINES]:
        print(f"  {line}", file=sys.stderr)
    if len(lines) > _DIFF_LINES:
        print(f"  ... and {len(lines) - _DIFF_LINES} more lines", file=sys.stderr)
