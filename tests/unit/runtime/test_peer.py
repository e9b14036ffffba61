import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from daemonrpc import peer
from daemonrpc.peer import peer_of


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


@pytest.mark.parametrize(
    ("uid", "gid", "access"),
    [
        (0, 12345, {"owner", "group", "any"}),
        (os.geteuid(), 12345, {"owner", "group", "any"}),
        (12345, os.getegid(), {"group", "any"}),
        (12345, 12345, {"any"}),
    ],
)
def test_access_follows_uid_and_gid(uid: int, gid: int, access: set[str]) -> None:
    assert peer._access(uid, gid) == access


def test_socket_without_a_peer_is_refused() -> None:
    with socket.socket(socket.AF_UNIX) as unconnected, pytest.raises(OSError, match="does not know"):
        peer_of(unconnected)
