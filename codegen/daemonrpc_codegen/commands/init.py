"""`daemonrpc init` makes a new project: a schema, a service, its tests and what it takes to run and check them."""

import argparse
import os
from importlib.metadata import distribution
from pathlib import Path

from daemonrpc_codegen.commands.project import DONE, NO, WRONG, fail
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.starter.files import starter_files
from daemonrpc_codegen.starter.name import ProjectName, ProjectNameError, project_name
from daemonrpc_codegen.starter.origin import requirement_line

__all__ = ["init"]

_OUT = "generated"
_SCHEMA = "schema/methods.yaml"


def init(argv: list[str]) -> int:
    """`daemonrpc init NAME`: make a project in a folder of its name. Nothing that is there already is touched."""
    options = _parser().parse_args(argv)
    folder: Path = options.path
    try:
        name = project_name(options.name or folder.absolute().resolve().name)
        files = _write(folder, name)
    except ProjectNameError as error:
        return fail(f"error: {error}", WRONG)
    except FileExistsError as error:
        return fail(f"error: {error}", NO)
    except OSError as error:
        return fail(f"error: {error.filename}: {error.strerror}", NO)
    _print_next_steps(folder, name, files)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="daemonrpc init",
        description="Make a new project: schema, service, tests, Makefile and all that it takes to run them.",
    )
    parser.add_argument(
        "path",
        metavar="NAME",
        nargs="?",
        type=Path,
        default=Path(),
        help="name of the project and of the folder to make, or a path that ends in it; without it this folder is used",
    )
    parser.add_argument("--name", help="name of the project, if its folder is called otherwise")
    return parser


def _write(folder: Path, name: ProjectName) -> dict[str, str]:
    """Writes the project. Raises FileExistsError, before anything is written, naming all that is in the way."""
    from daemonrpc_codegen import generate, load

    ours = distribution("daemonrpc")
    files = starter_files(name, ours.version, requirement_line(ours))
    found = sorted({shown(path) for file in (*files, _OUT) for path in _in_the_way(folder, file)})
    if found:
        raise FileExistsError(f"nothing was written, since this is there already: {', '.join(found)}")
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    made = generate(load(folder / _SCHEMA, source=_SCHEMA), folder / _OUT)
    return files | dict.fromkeys((f"{_OUT}/{path}" for path in made.written), "")


def _in_the_way(folder: Path, file: str) -> list[Path]:
    """What keeps a file from being new: the file itself, or a file where its folder should be."""
    path = folder / file
    parents = [folder / parent for parent in Path(file).parents]
    return [*(p for p in parents if p.exists() and not p.is_dir()), *([path] if os.path.lexists(path) else [])]


def _print_next_steps(folder: Path, name: ProjectName, files: dict[str, str]) -> None:
    print(f"made {name.name} in {shown(folder)}: {len(files)} files\n")
    if folder.absolute() != Path.cwd():
        print(f"  cd {shown(folder)}")
    print("  make test     # its tests")
    print("  make run      # serves on a socket and calls it\n")
    print(f"What it offers stands in {_SCHEMA} (after a change: make gen),")
    print(f"what it does in src/{name.package}/service.py.")
