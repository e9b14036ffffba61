"""`daemonrpc release`: keep the model of the schema, so that all later versions can be held against it."""

import argparse
from pathlib import Path

from daemonrpc_codegen.breaking.inputs import InputError
from daemonrpc_codegen.breaking.judgement import Judgement, judge
from daemonrpc_codegen.breaking.released import is_same_release, release_text
from daemonrpc_codegen.breaking.show import as_lines
from daemonrpc_codegen.breaking.sides import Origin, Side, read_releases
from daemonrpc_codegen.breaking.step import breaking_version, problem_with_version
from daemonrpc_codegen.commands.breaking import add_category_option, categories_of, released_folder
from daemonrpc_codegen.commands.project import DONE, NO, WRONG, add_schema_option, fail, schema_file, with_messages
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.settings import Settings

__all__ = ["release"]

_DESCRIPTION = """\
Write the model of the schema to `released/<version>.json` beside it, with which `daemonrpc breaking` compares later
schemas.

Refused are: another model for a version that was released, a version that is not newer than the last release, and what
breaks an earlier release of the same major version."""


def release(argv: list[str]) -> int:
    """`daemonrpc release [--schema FILE]`."""
    parser = argparse.ArgumentParser(
        prog="daemonrpc release", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_schema_option(parser)
    add_category_option(parser)
    options = parser.parse_args(argv)

    def run(settings: Settings) -> int:
        try:
            return _release(schema_file(options.schema, settings).path, options.category)
        except InputError as error:
            return fail(str(error), WRONG)

    return with_messages(run)


def _release(schema: Path, category: str | None) -> int:
    from daemonrpc_codegen import load

    categories = categories_of(category)
    new = Side(shown(schema), load(schema), Origin.FILE)
    folder = released_folder(schema)
    releases = read_releases(folder) if folder.is_dir() else []
    same = next((side for side in releases if side.api.version == new.api.version), None)
    if same is not None:
        return _released_already(same, new)
    if releases and (problem := problem_with_version(releases[-1].api, new.api)):
        return fail(f"{new.name}: {problem}", NO)
    judgement = judge(new, releases, is_history=True)
    if judgement.failing(categories) or judgement.unused:
        return _refused(judgement, "\n".join(as_lines(judgement, categories, everything=False)))
    file = folder / f"{new.api.version}.json"
    folder.mkdir(exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(release_text(new.api), encoding="utf-8")
    part.replace(file)  # a release is there as a whole or not at all
    print(f"wrote {shown(file)}")
    return DONE


def _released_already(same: Side, new: Side) -> int:
    version = new.api.version
    if is_same_release(same.api, new.api):
        print(f"{version} is released already, and the schema is the same")
        return DONE
    return fail(f"{new.name}: {version} is released already, with another schema: raise `version`", NO)


def _refused(judgement: Judgement, findings: str) -> int:
    latest = judgement.compared[-1].api.version if judgement.compared else ""
    way_out = f"\nthe next version that may break them is {breaking_version(latest)}" if latest else ""
    return fail(f"{findings}{way_out}", NO)
