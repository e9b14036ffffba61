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
    for path, entry in _files(str(workspace), "", str(state_dir)):
        if len(found) == MAX_FILES:
            break
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone meanwhile
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _files(folder: str, prefix: str, left_out: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Everything below a folder that is no folder, with its path in the workspace, the folder's own files first."""
    if folder == left_out:
        return
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return  # gone, or not ours to read
    folders: list[os.DirEntry[str]] = []
    for entry in entries:
        if not entry.is_dir():
            yield prefix + entry.name, entry
        elif not entry.name.startswith(".") and not entry.is_symlink():
            folders.append(entry)
    for entry in folders:
        yield from _files(entry.path, f"{prefix}{entry.name}/", left_out)


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
