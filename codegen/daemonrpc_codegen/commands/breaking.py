"""`daemonrpc breaking`: what a change of the schema breaks, and whom."""

import argparse
import json
from pathlib import Path

from daemonrpc_codegen.breaking import Category
from daemonrpc_codegen.breaking.inputs import InputError
from daemonrpc_codegen.breaking.judgement import Judgement, judge
from daemonrpc_codegen.breaking.show import as_json, as_lines
from daemonrpc_codegen.breaking.sides import Side, read_releases, read_side
from daemonrpc_codegen.commands.project import DONE, NO, WRONG, fail, setting
from daemonrpc_codegen.errors import InvalidSchemaError
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.settings import Settings, SettingsError, find_settings

__all__ = ["add_category_option", "breaking", "categories_of", "released_folder"]

_DESCRIPTION = """\
Compare two schemas, and say of each change whom it breaks: old clients with a new server, or new clients with an old
one.

OLD and NEW are each a schema file, a file in a git revision (HEAD~1:schema/methods.yaml) or a released model
(schema/released/1.0.0.json). OLD may also be the folder of released models: NEW is then compared with all of them.
Without NEW it is the project's schema, without OLD the folder `released` beside it.

Exit code 0: nothing breaks. 1: something breaks, or is accepted and does not. 2: the input is wrong."""


def breaking(argv: list[str]) -> int:
    """`daemonrpc breaking [OLD] [NEW]`."""
    parser = argparse.ArgumentParser(
        prog="daemonrpc breaking", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", nargs="?", metavar="OLD", help="default: all released models of the project")
    parser.add_argument("new", nargs="?", metavar="NEW", help="default: [tool.daemonrpc] schema")
    add_category_option(parser)
    parser.add_argument("--all", action="store_true", help="also show what breaks nobody")
    parser.add_argument("--json", action="store_true", help="everything that was found, as JSON")
    options = parser.parse_args(argv)
    try:
        return _run(options, find_settings(Path.cwd()))
    except (InputError, InvalidSchemaError, SettingsError) as error:
        return fail(str(error), WRONG)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), WRONG)


def add_category_option(parser: argparse.ArgumentParser) -> None:
    """`--category WIRE,BEHAVIOR`."""
    known = ", ".join(Category)
    parser.add_argument("--category", metavar="NAMES", help=f"which must not break: {known}, with commas; default: all")


def categories_of(text: str | None) -> set[Category]:
    """The categories that an option names. Raises SettingsError."""
    names = [name.strip().upper() for name in text.split(",")] if text is not None else list(Category)
    unknown = [name for name in names if name not in set(Category)]
    if unknown:
        raise SettingsError(f"there is no category '{unknown[0]}'; known are {', '.join(Category)}")
    return {Category(name) for name in names}


def released_folder(schema: Path) -> Path:
    """Where the releases of a schema lie."""
    return schema.parent / "released"


def _run(options: argparse.Namespace, settings: Settings) -> int:
    categories = categories_of(options.category)
    new = read_side(options.new or str(setting("schema", None, settings.schema)))
    folder = Path(options.old) if options.old else released_folder(setting("schema", None, settings.schema))
    is_history = folder.is_dir() or not options.old
    old = _releases(folder, is_given=bool(options.old)) if is_history else [read_side(options.old)]
    judgement = judge(new, old, is_history=is_history)
    _print(judgement, categories, options)
    return NO if judgement.failing(categories) or judgement.unused else DONE


def _releases(folder: Path, *, is_given: bool) -> list[Side]:
    releases = read_releases(folder) if folder.is_dir() else []
    if not releases and is_given:
        raise InputError(f"{shown(folder)} holds no released model; `daemonrpc release` makes one")
    return releases


def _print(judgement: Judgement, categories: set[Category], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(as_json(judgement, categories), indent=2, ensure_ascii=False))
        return
    for line in as_lines(judgement, categories, everything=options.all):
        print(line)
