"""`daemonrpc docs` writes the reference site of a schema: one HTML file that needs nothing else."""

import argparse
from pathlib import Path

from daemonrpc_codegen.commands.project import DONE, add_schema_option, schema_file, setting, with_messages
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.settings import Settings

__all__ = ["docs"]


def docs(argv: list[str]) -> int:
    """`daemonrpc docs`: write the reference site. Nothing is written if the schema is wrong."""
    parser = argparse.ArgumentParser(
        prog="daemonrpc docs", description="Make the reference of a schema as one HTML file that needs nothing else."
    )
    add_schema_option(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the HTML file; default: reference.html in [tool.daemonrpc] out"
    )
    options = parser.parse_args(argv)
    return with_messages(lambda settings: _write(options.schema, options.out, settings))


def _write(schema: Path | None, out: Path | None, settings: Settings) -> int:
    from daemonrpc_codegen import load
    from daemonrpc_codegen.emit import write_file
    from daemonrpc_codegen.site import MADE_BY, reference_site

    found = schema_file(schema, settings)
    path = out or setting("out", None, settings.out) / "reference.html"
    is_changed = write_file(path, reference_site(load(found.path, source=found.source)), MADE_BY)
    print(f"wrote {shown(path)}" if is_changed else f"{shown(path)} is up to date")
    return DONE
