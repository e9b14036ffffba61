"""Files of the output: rendered, compared, written only where they changed; what is no longer made is removed."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from daemonrpc_codegen.errors import OutputError
from daemonrpc_codegen.paths import shown
from daemonrpc_codegen.python.header import MADE_BY

__all__ = ["MANIFEST", "Difference", "Result", "differences", "write", "write_file"]

MANIFEST: Final = ".daemonrpc-manifest"
"""Lists the files that the generator made in a folder, so that it removes those and no others."""

_MARKS: Final = (MADE_BY, '"x-fingerprint"')


@dataclass(frozen=True, slots=True)
class Result:
    """What a run did, as paths relative to the output folder."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as the schema says; `diff` is in the unified format, from what is there to what should be."""

    path: str
    problem: str
    diff: str = field(default="", compare=False)


def write(files: dict[str, str], out: Path) -> Result:
    """Make the folder hold these files. Raises OutputError before anything is written if that would do harm."""
    known = _manifest(out)
    for path in files:
        _refuse_foreign(out, path, known)
    complete = files | {MANIFEST: _manifest_text(files)}
    changed = [path for path, text in complete.items() if _read(out / path) != text]
    for path in changed:
        _write_file(out / path, complete[path])
    removed = [path for path in known if path not in complete and (out / path).is_file()]
    for path in removed:
        _remove_file(out, path)
    unchanged = tuple(path for path in complete if path not in changed)
    return Result(tuple(changed), tuple(removed), unchanged)


def write_file(path: Path, text: str, mark: str) -> bool:
    """Make a single file hold a text; returns whether that changed it.

    mark: stands in every file that we made. Raises OutputError for a file without it, or behind a symbolic link.
    """
    if path.is_symlink():
        raise OutputError(f"{shown(path)} is a symbolic link: what is behind it is not ours to write")
    present = _read(path)
    if present and mark not in present:
        raise OutputError(f"{shown(path)} was not made by this tool: move it away, or choose another file")
    if present != text:
        _write_file(path, text)
    return present != text


def differences(files: dict[str, str], out: Path) -> list[Difference]:
    """Where the folder is not what `write` would make of it."""
    found = list(_stale(files | {MANIFEST: _manifest_text(files)}, out))
    gone = [path for path in _manifest(out) if path not in files and (out / path).is_file()]
    return found + [Difference(path, "is no longer made") for path in gone]


def _stale(files: dict[str, str], out: Path) -> Iterator[Difference]:
    for path, text in files.items():
        present = _read(out / path)
        if present is None:
            yield Difference(path, "is missing")
        elif present != text:
            lines = difflib.unified_diff(present.splitlines(), text.splitlines(), path, path, n=1, lineterm="")
            yield Difference(path, "is stale", "\n".join(lines))


def _manifest_text(files: dict[str, str]) -> str:
    return "".join(f"{path}\n" for path in sorted(files))


def _manifest(out: Path) -> list[str]:
    text = _read(out / MANIFEST) or ""
    return [line for line in text.splitlines() if _is_inside(line)]


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and not PurePosixPath(path).is_absolute()


def _refuse_foreign(out: Path, path: str, known: list[str]) -> None:
    """A file that we did not make is somebody's work."""
    for step in (Path(path), *Path(path).parents[:-1]):
        if (out / step).is_symlink():
            raise OutputError(f"{shown(out / step)} is a symbolic link: what is behind it is not ours to write")
    present = _read(out / path)
    if present and path not in known and not any(mark in present for mark in _MARKS):
        raise OutputError(
            f"{shown(out / path)} was not made by this tool: move it away, or choose another package or folder"
        )


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write_file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _remove_file(out: Path, path: str) -> None:
    (out / path).unlink()
    for parent in (out / path).relative_to(out).parents:
        if parent == Path() or any((out / parent).iterdir()):
            break
        (out / parent).rmdir()
