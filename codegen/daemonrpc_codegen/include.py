"""Follows `include:` from the main file of a schema to all of its files."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from daemonrpc_codegen.errors import InvalidSchemaError, Place, SchemaError
from daemonrpc_codegen.load import Node, parse
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.report import Report

__all__ = ["DISK", "Disk", "SchemaFile", "Source", "read_files"]


class Source(Protocol):
    """Where schema files come from."""

    def text(self, path: Path) -> str:
        """The text of a file. Raises OSError, or UnicodeError if it is not UTF-8."""
        ...

    def shown(self, path: Path) -> str:
        """How places name a file."""
        ...


class Disk:
    """The files as they are now."""

    def text(self, path: Path) -> str:
        """The text of a file."""
        return path.read_text(encoding="utf-8-sig")

    def shown(self, path: Path) -> str:
        """The path as a person would write it."""
        return shown(path)


DISK: Final = Disk()


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One file of a schema; `included_at` is the entry of an `include:` that led to it, None for the main file."""

    path: Path
    top: Node
    included_at: Node | None


def read_files(main: Path, report: Report, source: Source = DISK) -> list[SchemaFile]:
    """The main file and all included ones, each after the file that includes it.

    A file that is no YAML is reported and left out. Raises InvalidSchemaError if that is the main file, OSError if the
    main file cannot be read.
    """
    files = [SchemaFile(main, _parsed(main, source, report), None)]
    for file in files:  # grows while it is read
        for entry in file.top.elements("include"):
            if isinstance(entry.value, str) and entry.value:  # the shape of the others is reported later
                _include(file, entry, files, report, source)
    return files


def _include(file: SchemaFile, entry: Node, files: list[SchemaFile], report: Report, source: Source) -> None:
    name = str(entry.value)
    path = file.path.parent / name
    known = next((item for item in files if _same(item.path, path)), None)
    if known is not None:
        _report_repeated(file, entry, known, files, report)
        return
    try:
        files.append(SchemaFile(path, _parsed(path, source, report), entry))
    except InvalidSchemaError as error:
        report.errors.extend(error.errors)
    except OSError as error:
        reason = error.strerror or str(error)
        report.at(entry, f"cannot read '{name}': {reason}", "the path is relative to the file that includes it")


def _report_repeated(file: SchemaFile, entry: Node, known: SchemaFile, files: list[SchemaFile], report: Report) -> None:
    if known in _includers(file, files):
        report.at(entry, f"'{entry.value}' includes itself, directly or through others", "remove this include")
    else:
        first = known.included_at
        where = f"the first time is at {first.place}" if first else ""
        report.at(entry, f"'{entry.value}' is included twice", where)


def _includers(file: SchemaFile, files: list[SchemaFile]) -> list[SchemaFile]:
    chain = [file]
    while (entry := chain[-1].included_at) is not None:
        chain.append(next(item for item in files if entry in item.top.elements("include")))
    return chain


def _same(left: Path, right: Path) -> bool:
    return os.path.realpath(left) == os.path.realpath(right)


def _parsed(path: Path, source: Source, report: Report) -> Node:
    try:
        text = source.text(path)
    except UnicodeError as error:
        raise InvalidSchemaError([SchemaError(Place(source.shown(path), 1, 1), "", f"not UTF-8: {error}")]) from None
    errors: list[SchemaError] = []
    top = parse(text, source.shown(path), errors)
    report.unreadable(errors)
    return top
