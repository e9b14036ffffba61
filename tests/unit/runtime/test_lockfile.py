import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemonrpc import lockfile
from daemonrpc.lockfile import LockFile
from daemonrpc.socketplace import SocketFileError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def path(socket_dir: Path) -> Path:
    return socket_dir / "s.lock"


@pytest.fixture
def held(path: Path) -> Iterator[LockFile]:
    lock = LockFile(path)
    lock.take()
    yield lock
    lock.release()


def refused(path: Path, what: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(SocketFileError, match=what) as caught:
        LockFile(path).take()
    assert path.name in str(caught.value)
    assert len(os.listdir("/proc/self/fd")) == before


def test_lock_has_one_holder_at_a_time(path: Path) -> None:
    first, second = LockFile(path), LockFile(path)
    first.take()
    refused(path, f"another server is live at {path.with_suffix('')}: it holds s.lock; stop it first")
    first.release()
    second.take()
    second.release()


def test_file_stays_and_is_for_its_owner_alone(path: Path, held: LockFile) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    held.release()
    held.release()
    assert path.exists()


def test_lock_in_place_is_told_from_one_that_nobody_finds(path: Path, held: LockFile) -> None:
    assert held.is_in_place()
    path.unlink()
    assert not held.is_in_place()
    path.touch()
    assert not held.is_in_place()
    assert not LockFile(path).is_in_place()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.symlink_to("target"), "is a symbolic link: remove it"),
        (os.mkfifo, "is no regular file"),
        (lambda path: path.mkdir(), "cannot open lock file .*: Is a directory"),
        (lambda path: (path.with_name("other").touch(), os.link(path.with_name("other"), path)), "further names"),
    ],
    ids=["symlink", "fifo", "directory", "hard link"],
)
def test_what_may_be_anything_is_not_locked(path: Path, make: Callable[[Path], object], what: str) -> None:
    make(path)
    before = path.lstat()
    refused(path, what)
    assert path.lstat() == before
    assert not path.with_name("target").exists()


@needs_root
def test_file_of_somebody_else_is_not_trusted(path: Path) -> None:
    """In a sticky directory anybody could make it first and hold it for ever."""
    path.touch()
    os.chown(path, 12345, 12345)
    refused(path, "belongs to uid 12345")


def test_file_that_is_removed_while_it_is_locked_is_made_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else two would hold a lock each: one of a file that has gone, one of its successor."""
    real, removals = fcntl.flock, [1, 2]

    def flock(fd: int, operation: int) -> None:
        if removals:
            removals.pop()
            path.unlink()
        real(fd, operation)

    monkeypatch.setattr(lockfile.fcntl, "flock", flock)
    lock = LockFile(path)
    lock.take()
    assert lock.is_in_place()
    refused(path, "another server")
    lock.release()


def test_file_that_is_removed_without_end_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockfile.fcntl, "flock", lambda _fd, _operation: path.unlink())
    refused(path, "somebody removes it")


def test_file_system_without_locks_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(_fd: int, _operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(lockfile.fcntl, "flock", flock)
    refused(path, "No locks available; choose another file system")


HOLDER = """
import subprocess, sys
from pathlib import Path
from daemonrpc.lockfile import LockFile
LockFile(Path(sys.argv[1])).take()
child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
sys.stdin.readline()
"""


def test_lock_ends_with_its_process_and_not_with_its_childs(path: Path) -> None:
    """A step or hook that the daemon started may outlive it, and must not keep the next one from starting."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            refused(path, "another server")
            process.kill()
            process.wait(20)
            lock = LockFile(path)
            lock.take()
            lock.release()
        finally:
            os.kill(child, 9)
