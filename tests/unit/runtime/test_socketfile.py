import contextlib
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemonrpc.connect import try_connect
from daemonrpc.limits import Limits
from daemonrpc.socketfile import SocketFile
from daemonrpc.socketplace import PATH_LIMIT, SocketFileError, check_path

Open = Callable[..., socket.socket]


@pytest.fixture
def open_at() -> Iterator[Open]:
    """Opens socket files and closes them all at the end."""
    opened: list[tuple[SocketFile, socket.socket]] = []

    def open_file(path: Path, permissions: int = 0o600) -> socket.socket:
        file = SocketFile(path, permissions)
        listener = file.open()
        opened.append((file, listener))
        return listener

    yield open_file
    for file, listener in opened:
        listener.close()
        file.close()


def refused(path: Path, what: str) -> None:
    with pytest.raises(SocketFileError, match=what):
        SocketFile(path, 0o600).open()


def stale_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


def test_open_socket_takes_connections(socket_path: Path, open_at: Open) -> None:
    open_at(socket_path)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(socket_path))


@pytest.mark.parametrize("permissions", [0o600, 0o660, 0o666, 0o400])
def test_file_has_exactly_the_mode_that_was_asked_for(socket_path: Path, open_at: Open, permissions: int) -> None:
    open_at(socket_path, permissions)
    assert stat.S_IMODE(socket_path.stat().st_mode) == permissions


def test_mode_is_never_wider_than_asked_not_even_at_birth(
    socket_path: Path, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RULES 1.23: looked at between bind and chmod, where a watcher would have to be lucky."""
    seen: list[int] = []
    real_chmod = Path.chmod

    def chmod(path: Path, mode: int) -> None:
        seen.append(stat.S_IMODE(path.stat().st_mode))
        real_chmod(path, mode)

    monkeypatch.setattr(Path, "chmod", chmod)
    old = os.umask(0)
    try:
        open_at(socket_path, 0o660)
    finally:
        os.umask(old)
    assert seen == [0o600]


def test_live_server_is_never_taken_over(socket_path: Path, open_at: Open) -> None:
    open_at(socket_path)
    inode = socket_path.stat().st_ino
    refused(socket_path, "another server is live")
    assert socket_path.stat().st_ino == inode


def test_live_server_without_our_lock_is_not_taken_over_either(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as foreign:
        foreign.bind(str(socket_path))
        foreign.listen(1)
        refused(socket_path, "another server is live")
        assert socket_path.exists()


def test_server_with_a_full_backlog_is_alive(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(socket_path))
        busy.listen(0)
        waiting = [socket.socket(socket.AF_UNIX) for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(str(socket_path))
        refused(socket_path, "another server is live")
        for client in waiting:
            client.close()


def test_dead_socket_is_replaced(socket_path: Path, open_at: Open) -> None:
    stale_socket(socket_path)
    open_at(socket_path)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.write_text("precious"), "is no socket"),
        (lambda path: path.mkdir(), "is no socket"),
        (os.mkfifo, "is no socket"),
        (lambda path: path.symlink_to("elsewhere"), "symbolic link"),
    ],
    ids=["file", "directory", "fifo", "symlink"],
)
def test_what_is_no_dead_socket_is_left_alone(socket_path: Path, make: Callable[[Path], object], what: str) -> None:
    make(socket_path)
    before = socket_path.lstat()
    refused(socket_path, what)
    assert socket_path.lstat() == before


def test_path_over_the_limit_is_refused_before_anything_is_made(socket_dir: Path) -> None:
    directory = socket_dir / ("d" * 100)
    path = directory / ("s" * 20)
    refused(path, f"the system allows {PATH_LIMIT}")
    assert not directory.exists()


def test_longest_path_works(socket_dir: Path, open_at: Open) -> None:
    path = socket_dir / ("s" * (PATH_LIMIT - len(str(socket_dir)) - 1))
    check_path(path)
    open_at(path)
    with pytest.raises(SocketFileError):
        check_path(path.with_name(path.name + "s"))


def test_missing_directory_is_made_for_its_owner_alone(socket_dir: Path, open_at: Open) -> None:
    open_at(socket_dir / "run" / "s")
    assert stat.S_IMODE((socket_dir / "run").stat().st_mode) == 0o700


def test_directory_that_everybody_may_write_to_is_refused(socket_dir: Path, open_at: Open) -> None:
    directory = socket_dir / "open"
    directory.mkdir()
    directory.chmod(0o777)
    refused(directory / "s", "everybody may write")
    directory.chmod(0o1777)
    open_at(directory / "s")


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@needs_root
def test_dead_socket_of_somebody_else_is_left_alone(socket_path: Path) -> None:
    stale_socket(socket_path)
    os.chown(socket_path, 12345, 12345)
    refused(socket_path, "belongs to uid 12345")


def test_lock_is_not_taken_through_a_link(socket_path: Path, socket_dir: Path) -> None:
    target = socket_dir / "target"
    socket_path.with_name("s.lock").symlink_to(target)
    refused(socket_path, "lock file .* is a symbolic link")
    assert not target.exists()


def test_close_removes_our_file_and_gives_the_lock_back(socket_path: Path, open_at: Open) -> None:
    file = SocketFile(socket_path, 0o600)
    file.open().close()
    file.close()
    assert not socket_path.exists()
    open_at(socket_path)


def test_close_leaves_the_socket_of_a_successor_alone(socket_path: Path) -> None:
    file = SocketFile(socket_path, 0o600)
    with file.open():
        kept = socket_path.with_name("kept")  # keeps the inode taken, as a running server would
        socket_path.rename(kept)
        stale_socket(socket_path)
        file.close()
    assert socket_path.exists()


def test_close_removes_nothing_once_the_lock_is_gone(socket_path: Path) -> None:
    """A successor may have begun, and its socket may have got our number after our listener was closed."""
    file = SocketFile(socket_path, 0o600)
    file.open().close()
    socket_path.with_name("s.lock").unlink()
    file.close()
    assert socket_path.exists()


FORKED = """
import os, sys
from pathlib import Path
from daemonrpc.socketfile import SocketFile
file = SocketFile(Path(sys.argv[1]), 0o600)
listener = file.open()
child = os.fork()
if child == 0:
    file.close()
    os._exit(0)
os.waitpid(child, 0)
print(file.is_in_place())
file.close()
print(os.path.exists(sys.argv[1]))
"""


def test_forked_child_that_closes_leaves_the_file_to_its_parent(socket_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(socket_path)], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["True", "False"], "")


def test_relative_path_is_that_of_the_beginning(socket_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(socket_path.parent)
    file = SocketFile(Path("s"), 0o600)
    monkeypatch.chdir("/")
    with file.open():
        assert file.is_in_place()
        assert socket_path.is_socket()
        file.close()
    assert not socket_path.exists()


@pytest.mark.parametrize("permissions", [660, 600, 0o1600, -1])
def test_permissions_that_are_no_mode_are_a_mistake(socket_path: Path, permissions: int) -> None:
    with pytest.raises(ValueError, match="write octal"):
        SocketFile(socket_path, permissions)


def test_socket_that_may_not_be_asked_is_left_alone(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch, open_at: Open
) -> None:
    """A dead socket of root, say: without permission to connect nobody can tell whether it lives."""
    stale_socket(socket_path)
    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "connect_ex", lambda _sock, _path: 13)
        refused(socket_path, "cannot tell whether another server is live .* Permission denied")
    assert socket_path.exists()
    open_at(socket_path)


def test_restore_puts_back_what_was_removed_and_only_that(socket_path: Path) -> None:
    file = SocketFile(socket_path, 0o640)
    with file.open() as first:
        assert file.restore() is None
        assert not SocketFile(socket_path, 0o600).is_in_place()
        socket_path.unlink()
        assert not file.is_in_place()
        second = file.restore()
        assert second is not None
        with second:
            assert file.is_in_place()
            assert stat.S_IMODE(socket_path.stat().st_mode) == 0o640
            assert first.fileno() != second.fileno()
            file.close()
    assert not socket_path.exists()


def test_close_without_a_file_is_fine(socket_path: Path) -> None:
    file = SocketFile(socket_path, 0o600)
    with file.open():
        socket_path.unlink()
        file.close()
        file.close()


def test_failed_open_leaves_nothing_behind(socket_path: Path, monkeypatch: pytest.MonkeyPatch, open_at: Open) -> None:
    def no_chmod(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "no")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "chmod", no_chmod)
        refused(socket_path, "cannot listen")
    assert not socket_path.exists()
    open_at(socket_path)


RACER = """
import sys, time
from pathlib import Path
from daemonrpc.socketfile import SocketFile, SocketFileError
sys.stdin.readline()
try:
    SocketFile(Path(sys.argv[1]), 0o600).open()
except SocketFileError as error:
    print("lost", error)
else:
    print("won", flush=True)
    sys.stdin.readline()
"""


def test_of_racing_starts_exactly_one_wins(socket_path: Path) -> None:
    stale_socket(socket_path)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(socket_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    first_words = [racer.stdout.readline() if racer.stdout else "" for racer in racers]
    for racer in racers:
        racer.communicate(timeout=10)
    assert sorted(re.split(r"\s", words)[0] for words in first_words) == ["lost", "lost", "lost", "won"]


@pytest.mark.parametrize(("backlog", "callers", "all_get_in"), [(2, 20, False), (Limits().backlog, 500, True)])
def test_backlog_is_as_long_as_was_asked(socket_path: Path, backlog: int, callers: int, all_get_in: bool) -> None:
    file = SocketFile(socket_path, 0o600, backlog)
    with contextlib.ExitStack() as stack:
        stack.callback(file.close)
        stack.enter_context(file.open())
        found = [try_connect(str(socket_path)) for _ in range(callers)]
        for sock in found:
            stack.callback(sock.close if sock else lambda: None)
    assert all(found) is all_get_in
