"""`conductor validate FILE`: check a job file; needs no daemon."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import msgspec

from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.job_file import JobFile
from conductord.cli.options import add_json, assignment
from conductord.cli.session import Session
from conductord.cli.words import plural
from conductord.spec import JobFileError, JobSpec, parse_job


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("file", metavar="FILE", help="the job file; - reads it from standard input")
    parser.add_argument(
        "--set",
        dest="variables",
        type=assignment,
        action="append",
        metavar="NAME=VALUE",
        help="value of a variable",
    )
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Exit code 2, with every mistake and its place, when the file is wrong."""
    try:
        spec = _parse(args)
    except JobFileError as error:
        if args.json:
            session.output.document({"valid": False, "problems": [msgspec.to_builtins(p) for p in error.problems]})
            return ExitCode.USAGE
        raise
    if args.json:
        session.output.document({"valid": True, "problems": []} | _summary(spec))
    else:
        session.output.line(f"ok: {spec.name}, {plural(len(spec.sheets), 'sheet')}")
    return ExitCode.FINE


def _parse(args: Namespace) -> JobSpec:
    file = JobFile.named(args.file)
    text = file.text if file.path is None else _read(Path(file.path))
    name = "<stdin>" if file.path is None else args.file
    # Relative paths are taken against the same directory as when the file is submitted.
    base = Path(file.directory)
    return parse_job(text or "", source=name, base_dir=base, variables=dict(args.variables or ()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path}: {error}", code=ExitCode.USAGE) from None


def _summary(spec: JobSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "workspace": str(spec.workspace),
        "sheets": [sheet.name for sheet in spec.sheets],
    }
