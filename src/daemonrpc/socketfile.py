"""The life of a socket file: lock, stale check, bind with the right mode from birth, unlink of our own file only.

A lock file beside the socket decides who is live. Nothing that is not a dead socket of our own is ever removed
(RULES 2.9-2.12).
"""

import errno
import os
import socket
import stat
from pathlib import Path

from daemonrpc.limits import Limits
from daemonrpc.lockfile import LockFile
from daemonrpc.socketplace import SocketFileError, check_path, prepare_directory

__all__ = ["SocketFile"]


class SocketFile:
    """A listening Unix socket and the file that it lives at.

    A relative path is taken from the directory in which the object was made. Raises ValueError for permissions that
    are no mode, as 660 instead of 0o660.
    """

    def __init__(self, path: Path, permissions: int, backlog: int = Limits().backlog) -> None:
        if permissions & ~0o777:
            raise ValueError(f"permissions {permissions:#o} are no mode of a socket: write octal, as in 0o660")
        self.path = path.absolute()
        self._permissions = permissions
        self._backlog = backlog
        self._lock = LockFile(self.path.with_name(self.path.name + ".lock"))
        self._identity: tuple[int, int] | None = None
        self._pid = 0

    def open(self) -> socket.socket:
        """Binds and listens. Raises SocketFileError if somebody else is live there, or the place is not safe."""
        check_path(self.path)
        prepare_directory(self.path.parent)
        self._lock.take()
        self._pid = os.getpid()
        try:
            self._clear_stale()
            return self._bind()
        except BaseException:
            self._lock.release()
            raise

    def is_in_place(self) -> bool:
        """Whether clients and rivals find the server: both the socket and its lock are where they were made.

        Cleaners of temporary files remove sockets of the living, too (RULES 2.39).
        """
        return self._identity is not None and _identity(self.path) == self._identity and self._lock.is_in_place()

    def restore(self) -> socket.socket | None:
        """Puts back what was removed: the lock, then the socket. The new listener, None if the socket is still there.

        It is a start as any other: raises SocketFileError if another server has begun there, or something else is in
        the way. The old listener stays open until its owner has taken in the clients that wait at it.
        """
        prepare_directory(self.path.parent)
        if not self._lock.is_in_place():
            lock = LockFile(self._lock.path)
            lock.take()
            self._lock.release()
            self._lock = lock
        if _identity(self.path) == self._identity:
            return None
        self._clear_stale()
        return self._bind()

    def close(self) -> None:
        """Removes the file if it is still ours, and gives the lock back. A forked child leaves it to its parent.

        Once the lock is not where others look for it, a successor may have begun: then the file stays, too.
        """
        if self._pid == os.getpid() and self.is_in_place():
            self.path.unlink(missing_ok=True)
        self._identity = None
        self._lock.release()

    def _clear_stale(self) -> None:
        try:
            info = self.path.lstat()
        except FileNotFoundError:
            return
        if stat.S_ISLNK(info.st_mode):
            raise SocketFileError(
                f"{self.path} is a symbolic link, and a socket is never made through one: remove it, or name its target"
            )
        if not stat.S_ISSOCK(info.st_mode):
            raise SocketFileError(f"{self.path} exists and is no socket: remove it yourself, or choose another path")
        if info.st_uid not in (os.geteuid(), 0):
            raise SocketFileError(
                f"{self.path} belongs to uid {info.st_uid} and is left alone: have its owner remove it, "
                "or choose another path"
            )
        if _is_live(self.path):
            raise SocketFileError(f"another server is live at {self.path}: stop it first, or listen at another path")
        if _identity(self.path) == (info.st_dev, info.st_ino):
            self.path.unlink(missing_ok=True)

    def _bind(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made: tuple[int, int] | None = None
        try:
            # On Linux the file is born with the descriptor's mode: never wider than asked, not for a moment.
            os.fchmod(listener.fileno(), self._permissions & 0o600)
            listener.bind(os.fspath(self.path))
            made = _identity(self.path)
            self.path.chmod(self._permissions)
            listener.listen(self._backlog)
            listener.setblocking(False)
        except BaseException as error:
            if made is not None and _identity(self.path) == made:
                self.path.unlink(missing_ok=True)
            listener.close()
            if isinstance(error, OSError):
                raise SocketFileError(f"cannot listen at {self.path}: {error.strerror or error}") from error
            raise
        self._identity = made
        return listener


def _identity(path: Path) -> tuple[int, int] | None:
    """What is at the path. Of a socket that is open nobody else can get the number, even when its file is removed."""
    try:
        info = path.lstat()
    except OSError:
        return None
    return info.st_dev, info.st_ino


def _is_live(path: Path) -> bool:
    """Whether somebody listens; a full backlog (EAGAIN) means alive (RULES 2.13). Raises SocketFileError if that
    cannot be told.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        code = probe.connect_ex(os.fspath(path))
    if code in (errno.EACCES, errno.EPERM):
        raise SocketFileError(
            f"cannot tell whether another server is live at {path}: {os.strerror(code)}; if none is, remove the file"
        )
    return code not in (errno.ECONNREFUSED, errno.ENOENT)
