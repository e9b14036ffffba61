"""The lock file beside a socket: who holds it is the one live server of that path.

The file stays when the server ends, since removing it would race with the next start. The lock is the kernel's
(flock(2)), so it ends with the process that holds it, however that ends.
"""

import fcntl
import os
import stat
from pathlib import Path

from daemonrpc.socketplace import SocketFileError

__all__ = ["LockFile"]

TRIES = 10
"""How often the file may be removed between its opening and its locking before we give up."""


class LockFile:
    """Takes the lock of `path`, which is held until `release`, or until the process ends.

    A process that was forked off shares the lock; one that was executed does not.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1

    def take(self) -> None:
        """Raises SocketFileError if another server holds it, or if the file is not one that we may trust."""
        for _ in range(TRIES):
            fd = self._open()
            try:
                self._check(fd)
                self._lock(fd)
                if _same_file(fd, self.path):
                    self._fd = fd
                    return
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)  # somebody removed the file meanwhile, and others may lock its successor
        raise SocketFileError(f"cannot lock {self.path}: somebody removes it again and again; find out who")

    def is_in_place(self) -> bool:
        """Whether the lock is held, and others would find it."""
        return self._fd >= 0 and _same_file(self._fd, self.path)

    def release(self) -> None:
        """Gives the lock back."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> int:
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            return os.open(self.path, flags, 0o600)
        except OSError as error:
            if self.path.is_symlink():
                raise SocketFileError(f"lock file {self.path} is a symbolic link: remove it") from error
            raise SocketFileError(
                f"cannot open lock file {self.path}: {error.strerror}; if no server of another user holds it, remove it"
            ) from error

    def _check(self, fd: int) -> None:
        """A file of others could be locked by them for ever; one with two names may be anything of ours."""
        info = os.fstat(fd)
        if not stat.S_ISREG(info.st_mode):
            raise SocketFileError(f"lock file {self.path} is no regular file: remove it, or choose another path")
        if info.st_uid not in (os.geteuid(), 0):
            raise SocketFileError(f"lock file {self.path} belongs to uid {info.st_uid}: choose a directory of your own")
        if info.st_nlink > 1:
            raise SocketFileError(f"lock file {self.path} has further names (hard links): remove it")

    def _lock(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SocketFileError(
                f"another server is live at {self.path.with_suffix('')}: it holds {self.path.name}; "
                "stop it first, or listen at another path"
            ) from None
        except OSError as error:
            raise SocketFileError(f"cannot lock {self.path}: {error.strerror}; choose another file system") from error


def _same_file(fd: int, path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    ours = os.fstat(fd)
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)
