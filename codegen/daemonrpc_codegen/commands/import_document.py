"""`daemonrpc import openrpc` turns an OpenRPC document into a schema file, and names what that cannot say."""

import argparse
import sys
from pathlib import Path

from daemonrpc_codegen.commands.project import DONE, NO, fail
from daemonrpc_codegen.paths import shown

__all__ = ["import_document"]


def import_document(argv: list[str]) -> int:
    """`daemonrpc import openrpc FILE`: write a schema file. Nothing is written if something would be lost."""
    parser = argparse.ArgumentParser(
        prog="daemonrpc import",
        description="Make a schema file from a document of another kind.",
        epilog="Exit codes: 0 written; 1 not, since something cannot be said or the file not be read; 2 usage.",
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    openrpc = kinds.add_parser(
        "openrpc",
        help="an OpenRPC document, 1.0 to 1.4, as JSON",
        description="Make methods.yaml from an OpenRPC document (1.0 to 1.4, as JSON). What a schema file says in "
        "another way is told as a note; what it cannot say is told as lost, and then nothing is written.",
    )
    openrpc.add_argument("file", type=Path, metavar="FILE", help="the document")
    openrpc.add_argument("--out", type=Path, metavar="FILE", default=Path("methods.yaml"), help="default: methods.yaml")
    openrpc.add_argument("--package", metavar="NAME", default="", help="Python package; default: from the title")
    openrpc.add_argument("--partial", action="store_true", help="write what can be said, even if something is lost")
    openrpc.add_argument("--force", action="store_true", help="write over a file that is there")
    options = parser.parse_args(argv)
    try:
        return _import(options)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), NO)


def _import(options: argparse.Namespace) -> int:
    from daemonrpc_codegen.openrpc_import import DocumentError, import_openrpc, read_document

    file, out = options.file, options.out
    try:
        imported = import_openrpc(read_document(file), file.name, options.package)
    except DocumentError as error:
        return fail(str(error), NO)
    except RecursionError:
        return fail(f"{file}: its schemas are nested too deeply", NO)
    for finding in imported.findings:
        print(finding, file=sys.stderr)
    notes = len(imported.findings) - imported.lost
    print(f"{imported.lost} lost, {notes} notes", file=sys.stderr)
    if imported.lost and not options.partial:
        return fail("nothing written: --partial writes what can be said, with the rest named at its top", NO)
    if out.exists() and not options.force:
        return fail(f"{shown(out)} is there already: --force writes over it, --out names another file", NO)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(imported.text, encoding="utf-8", newline="\n")
    print(f"wrote {shown(out)}")
    return DONE
