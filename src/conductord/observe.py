"""Which files of a workspace an attempt made, changed or removed: two snapshots, compared.

A file that comes and goes between the two is not seen. Hidden directories are left out, the state of the
conductor, and what lies behind the first ten thousand files.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

MAX_FILES = 10_000
"""Files of a workspace that are looked at."""
MAX_EVENTS = 500
"""Changes of one attempt that become events of their own; the rest is one number."""

Snapshot = dict[str, tuple[int, int]]
"""Path in the workspace -> time of the last change in ns, size in bytes."""


class FileChange(msgspec.Struct, frozen=True):
    """A file that an attempt touched."""

    event: str
    path: str


def take_snapshot(workspace: Path, state_dir: Path) -> Snapshot:
    """The files of a workspace as they are now; empty when there is none. state_dir: a directory to leave out."""
    found: Snapshot = {}
    for path in _files(workspace, str(state_dir)):
        if len(found) == MAX_FILES:
            break
        try:
            status = os.stat(path, follow_symlinks=False)
        except OSError:
            continue  # gone meanwhile
        found[os.path.relpath(path, workspace)] = (status.st_mtime_ns, status.st_size)
    return found


def _files(workspace: Path, left_out: str) -> Iterator[str]:
    for folder, folders, files in os.walk(workspace):
        if folder == left_out:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            yield os.path.join(folder, name)


def changes(before: Snapshot, after: Snapshot) -> list[FileChange]:
    """What happened between two snapshots, by path."""
    found: list[FileChange] = []
    for path in sorted(before.keys() | after.keys()):
        if path not in before:
            found.append(FileChange("observer.file_created", path))
        elif path not in after:
            found.append(FileChange("observer.file_deleted", path))
        elif before[path] != after[path]:
            found.append(FileChange("observer.file_modified", path))
    return found


def keep_snapshot(directory: Path, workspace: Path, state_dir: Path) -> Snapshot:
    """A snapshot that is kept in the directory of an attempt too, so that a later daemon can compare with it."""
    snapshot = take_snapshot(workspace, state_dir)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / "workspace.json").write_bytes(msgspec.json.encode(snapshot))
    return snapshot


def kept_snapshot(directory: Path) -> Snapshot | None:
    """The snapshot of an attempt; None when it was not kept."""
    try:
        return msgspec.json.decode((directory / "workspace.json").read_bytes(), type=Snapshot)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
