"""The life of a socket file: lock, stale check, bind with the right mode from birth, unlink of our own file only.

A lock file beside the socket decides who is live; it stays when the server ends, since removing it would race.
Nothing that is not a dead socket of our own is ever removed (RULES 2.9-2.12).
"""

import errno
import fcntl
import os
import socket
import stat
from pathlib import Path

from daemonrpc.limits import Limits

__all__ = ["PATH_LIMIT", "SocketFile", "SocketFileError", "check_path"]

PATH_LIMIT = 107
"""Longest path of a Unix socket in bytes (108 with the closing zero, unix(7))."""


class SocketFileError(OSError):
    """The server may not or cannot listen at this path; the message says why and what to do."""


def check_path(path: Path) -> None:
    """Raises SocketFileError if the path is too long for a Unix socket."""
    length = len(os.fsencode(path))
    if length > PATH_LIMIT:
        raise SocketFileError(
            f"socket path {path} has {length} bytes, the system allows {PATH_LIMIT}: choose a shorter directory"
        )


class SocketFile:
    """A listening Unix socket and the file that it lives at."""

    def __init__(self, path: Path, permissions: int, backlog: int = Limits().backlog) -> None:
        self.path = path
        self._permissions = permissions
        self._backlog = backlog
        self._lock_fd = -1
        self._identity: tuple[int, int] | None = None

    def open(self) -> socket.socket:
        """Binds and listens. Raises SocketFileError if somebody else is live there, or the place is not safe."""
        check_path(self.path)
        _check_directory(self.path.parent)
        self._take_lock()
        try:
            self._clear_stale()
            return self._bind()
        except BaseException:
            self._drop_lock()
            raise

    def close(self) -> None:
        """Removes the file if it is still ours, and gives the lock back."""
        if self._identity is not None and _identity(self.path) == self._identity:
            self.path.unlink(missing_ok=True)
        self._identity = None
        self._drop_lock()

    def _take_lock(self) -> None:
        lock = self.path.with_name(self.path.name + ".lock")
        try:
            self._lock_fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._drop_lock()
            raise SocketFileError(f"another server is live at {self.path} (it holds {lock.name})") from None
        except OSError as error:
            self._drop_lock()
            raise SocketFileError(f"cannot lock {lock}: {error.strerror}") from error

    def _drop_lock(self) -> None:
        if self._lock_fd >= 0:
            os.close(self._lock_fd)
            self._lock_fd = -1

    def _clear_stale(self) -> None:
        try:
            info = self.path.lstat()
        except FileNotFoundError:
            return
        if stat.S_ISLNK(info.st_mode):
            raise SocketFileError(f"{self.path} is a symbolic link; a socket is never made through one")
        if not stat.S_ISSOCK(info.st_mode):
            raise SocketFileError(f"{self.path} exists and is no socket; remove it yourself or choose another path")
        if info.st_uid not in (os.geteuid(), 0):
            raise SocketFileError(f"{self.path} belongs to uid {info.st_uid}; it is left alone")
        if _is_live(self.path):
            raise SocketFileError(f"another server is live at {self.path}")
        self.path.unlink(missing_ok=True)

    def _bind(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # On Linux the file is born with the descriptor's mode: never wider than asked, not for a moment.
            os.fchmod(listener.fileno(), self._permissions & 0o600)
            listener.bind(os.fspath(self.path))
            self._identity = _identity(self.path)
            self.path.chmod(self._permissions)
            listener.listen(self._backlog)
            listener.setblocking(False)
        except BaseException as error:
            listener.close()
            if self._identity is not None:
                self.close()
            if isinstance(error, OSError):
                raise SocketFileError(f"cannot listen at {self.path}: {error.strerror or error}") from error
            raise
        return listener


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        info = path.lstat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


def _check_directory(directory: Path) -> None:
    """Who may write to the directory may replace the socket, so it must be ours or root's and closed to others."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    link = directory.lstat()
    if stat.S_ISLNK(link.st_mode) and link.st_uid not in (os.geteuid(), 0):
        raise SocketFileError(f"directory {directory} is a symbolic link of uid {link.st_uid}; choose one of your own")
    info = directory.stat()
    if info.st_uid not in (os.geteuid(), 0):
        raise SocketFileError(f"directory {directory} belongs to uid {info.st_uid}; choose one of your own")
    others_may_write = info.st_mode & stat.S_IWOTH
    if others_may_write and not info.st_mode & stat.S_ISVTX:
        raise SocketFileError(f"everybody may write to {directory} and replace the socket: chmod o-w {directory}")


def _is_live(path: Path) -> bool:
    """Whether somebody listens. A full backlog (EAGAIN) means alive (RULES 2.13)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        code = probe.connect_ex(os.fspath(path))
    return code not in (errno.ECONNREFUSED, errno.ENOENT)
