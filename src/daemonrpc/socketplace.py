"""Where a socket may live: a path that is short enough, in a directory in which nobody else can replace it.

Looked at is the directory of the socket itself. Whoever may rename that directory can still put another in its place,
so its parents should be the user's or root's as well; `$XDG_RUNTIME_DIR` and `/run` are.
"""

import os
import stat
from pathlib import Path

__all__ = ["PATH_LIMIT", "SocketFileError", "check_path", "prepare_directory"]

PATH_LIMIT = 107
"""Longest path of a Unix socket in bytes (108 with the closing zero, unix(7))."""


class SocketFileError(OSError):
    """The server may not or cannot listen at this path; the message says where, why and what to do."""


def check_path(path: Path) -> None:
    """Raises SocketFileError if there can be no socket file of that name."""
    name = os.fsencode(path)
    if b"\0" in name:
        raise SocketFileError(
            f"socket path {str(path)!r} has a zero byte: abstract sockets have no mode, choose a file"
        )
    if len(name) > PATH_LIMIT:
        raise SocketFileError(
            f"socket path {path} has {len(name)} bytes, the system allows {PATH_LIMIT}: choose a shorter directory"
        )


def prepare_directory(directory: Path) -> None:
    """Makes the directory, and each missing one above it, for the user alone (0700).

    Raises SocketFileError if it cannot be made, or if somebody else could replace a socket in it: it must belong to
    the user or to root, and neither its group nor others may write to it, unless it is sticky as /tmp is (RULES 5.10).
    """
    try:
        _make(directory)
        link, info = directory.lstat(), directory.stat()
    except OSError as error:
        raise SocketFileError(
            f"cannot use directory {directory} for a socket: {error.strerror}; make it, or choose another"
        ) from error
    if not stat.S_ISDIR(info.st_mode):
        raise SocketFileError(f"cannot use directory {directory} for a socket: it is no directory; choose another")
    if stat.S_ISLNK(link.st_mode) and _is_foreign(link):
        raise SocketFileError(
            f"directory {directory} is a symbolic link of uid {link.st_uid}, who may turn it: name the directory itself"
        )
    if _is_foreign(info):
        raise SocketFileError(
            f"directory {directory} belongs to uid {info.st_uid}, who may replace the socket: choose one of your own"
        )
    if info.st_mode & stat.S_ISVTX:
        return
    for mode, who, letter in ((stat.S_IWOTH, "everybody", "o"), (stat.S_IWGRP, f"group {info.st_gid}", "g")):
        if info.st_mode & mode:
            raise SocketFileError(
                f"{who} may write to {directory} and replace the socket: chmod {letter}-w {directory}"
            )


def _make(directory: Path) -> None:
    """`Path.mkdir(parents=True)` would leave the mode of the parents to the umask."""
    missing: list[Path] = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def _is_foreign(info: os.stat_result) -> bool:
    return info.st_uid not in (os.geteuid(), 0)
