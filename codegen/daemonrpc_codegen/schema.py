"""A schema file -> its model: read, include, check the shape, build, check the meaning. All errors at once."""

import os
from pathlib import Path

from daemonrpc_codegen.build import build
from daemonrpc_codegen.include import DISK, Source, read_files
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.report import Report
from daemonrpc_codegen.validate import check_meaning, check_shapes, declared_in

__all__ = ["load"]


def load(path: str | os.PathLike[str], *, source: str = "", files_from: Source = DISK) -> Api:
    """The API that a schema file and the files it includes describe.

    source: how generated headers name the file; its path as given if empty.
    files_from: where the text of the files comes from.
    Raises InvalidSchemaError with all that is wrong, OSError if the file cannot be read.
    """
    report = Report()
    files = read_files(Path(path), report, files_from)
    broken = check_shapes(files, report)
    declared = declared_in(files, broken, report)
    api = build(files[0].top, declared, source or Path(path).as_posix(), report)
    check_meaning(api, files, report)
    report.raise_if_any()
    return api
