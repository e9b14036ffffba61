import errno
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import peer
from daemonrpc.peer import group_of, peer_of
from support.waiting import SECONDS


def test_kernel_says_who_is_at_the_other_end() -> None:
    near, far = socket.socketpair()
    with near, far:
        caller = peer_of(near)
    assert (caller.uid, caller.gid, caller.pid) == (os.getuid(), os.getgid(), os.getpid())
    assert caller.access == {"owner", "group", "any"}


def test_another_process_is_named_by_its_pid(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen()
        code = f"import socket; s = socket.socket(socket.AF_UNIX); s.connect({str(socket_path)!r}); s.recv(1)"
        with subprocess.Popen([sys.executable, "-c", code]) as child:
            accepted, _ = listener.accept()
            with accepted:
                assert peer_of(accepted).pid == child.pid


def a_socket_of(uid: int, gid: int, groups: tuple[int, ...] | OSError = ()) -> Any:
    """What peer_of asks of a socket, answered as the kernel would for such a peer."""

    class Connected:
        def getsockopt(self, level: int, option: int, size: int) -> bytes:
            assert level == socket.SOL_SOCKET
            if option == socket.SO_PEERCRED:
                return struct.pack("iII", 77, uid, gid)
            assert (option, size) == (59, 1024)
            if isinstance(groups, OSError):
                raise groups
            return struct.pack(f"={len(groups)}I", *groups)

    return Connected()


GROUP = 4321


@pytest.mark.parametrize(
    ("uid", "gid", "groups", "access"),
    [
        (0, 12345, (), {"owner", "group", "any"}),
        (os.geteuid(), 12345, (), {"owner", "group", "any"}),
        (12345, GROUP, (), {"group", "any"}),
        (12345, 12345, (1, GROUP, 2), {"group", "any"}),
        (12345, 12345, (1, 2), {"any"}),
        (12345, 12345, (), {"any"}),
    ],
)
def test_access_follows_uid_and_groups(uid: int, gid: int, groups: tuple[int, ...], access: set[str]) -> None:
    assert peer_of(a_socket_of(uid, gid, groups), GROUP).access == access


def test_group_is_that_of_the_process_when_none_is_named() -> None:
    assert peer_of(a_socket_of(12345, os.getegid())).access == {"group", "any"}
    assert peer_of(a_socket_of(12345, os.getegid() + 1)).access == {"any"}


@pytest.mark.parametrize("code", [errno.ENOPROTOOPT, errno.ERANGE, errno.ENODATA])
def test_groups_that_the_kernel_does_not_tell_grant_nothing(code: int) -> None:
    """An old kernel, or a peer of more groups than `getsockopt` can take."""
    caller = peer_of(a_socket_of(12345, 12345, OSError(code, os.strerror(code))), GROUP)
    assert caller.uid == 12345
    assert caller.access == {"any"}


def test_other_failures_of_the_kernel_are_not_taken_for_an_answer() -> None:
    with pytest.raises(OSError, match="descriptor"):
        peer_of(a_socket_of(12345, 12345, OSError(errno.EBADF, "Bad file descriptor")), GROUP)


SERVER_OF_A_NAMESPACE = """
import os, socket, sys
from daemonrpc.peer import peer_of
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("ready", os.geteuid(), flush=True)
accepted, _ = listener.accept()
peer = peer_of(accepted)
print(peer.uid, peer.gid, *sorted(peer.access), flush=True)
"""


@pytest.mark.parametrize(
    ("mapping", "seen"),
    [
        ((), "65534 65534 any"),
        (("--map-root-user",), "0 0 any group owner"),
    ],
)
def test_id_without_a_place_in_the_user_namespace_proves_nothing(
    socket_path: Path, mapping: tuple[str, ...], seen: str
) -> None:
    """The server is shown as the same `nobody` as everybody else whom its namespace does not know."""
    unshare = ["unshare", "--user", *mapping]
    try:
        subprocess.run([*unshare, "true"], check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this system makes no user namespace: {error}")
    command = [*unshare, sys.executable, "-c", SERVER_OF_A_NAMESPACE, str(socket_path)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("ready")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(socket_path))
            assert server.stdout.readline().strip() == seen


def test_without_proc_the_usual_nobody_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", none)
    peer._unmapped.cache_clear()
    try:
        assert peer._unmapped("uid") == 65534
    finally:
        peer._unmapped.cache_clear()


def test_group_of_a_socket_is_that_of_its_file(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        assert group_of(listener) == os.getegid(), "not bound yet: no file"
        listener.bind(str(socket_path))
        assert group_of(listener) == socket_path.stat().st_gid
        socket_path.unlink()
        assert group_of(listener) == os.getegid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to any group")
def test_group_is_that_of_the_socket_and_of_no_other_file_at_its_path(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        os.chown(socket_path, -1, GROUP)
        assert group_of(listener) == GROUP
        socket_path.unlink()
        socket_path.touch()
        os.chown(socket_path, -1, GROUP)
        assert group_of(listener) == os.getegid()


def test_abstract_socket_has_the_group_of_the_process() -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0daemonrpc-test-{os.getpid()}")
        assert group_of(listener) == os.getegid()


def test_socket_without_a_peer_is_refused() -> None:
    with socket.socket(socket.AF_UNIX) as unconnected, pytest.raises(OSError, match="does not know"):
        peer_of(unconnected)


def test_system_that_cannot_name_the_peer_is_refused_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_PEERCRED")
    near, far = socket.socketpair()
    with near, far, pytest.raises(OSError, match="cannot say who is at the other end"):
        peer_of(near)
