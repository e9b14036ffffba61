import errno
import socket
from pathlib import Path

import pytest

from daemonrpc.connect import HangupWatch, try_connect
from daemonrpc.errors import DaemonNotRunningError


def unreachable(path: Path | str, why: str) -> None:
    with pytest.raises(DaemonNotRunningError, match=why):
        try_connect(str(path))


def test_listening_daemon_is_reached_without_blocking(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen()
        sock = try_connect(str(socket_path))
        assert sock is not None
        with sock:
            assert not sock.getblocking()


def test_each_way_not_to_be_there_has_its_words(socket_path: Path, socket_dir: Path) -> None:
    unreachable(socket_path, "no socket there")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(socket_path))
    unreachable(socket_path, "nobody listens there")
    plain = socket_dir / "plain"
    plain.touch()
    unreachable(plain, "no daemon is running")
    unreachable(plain / "s", "no directory")
    unreachable("x" * 200, "too long")


def test_full_backlog_means_alive_and_busy(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen(0)
        waiting: list[socket.socket] = []
        while (sock := try_connect(str(socket_path))) is not None:
            waiting.append(sock)
            assert len(waiting) < 10
        for sock in waiting:
            sock.close()


def test_watch_sees_a_peer_that_closes_or_speaks_unasked() -> None:
    for leave in (socket.socket.close, lambda peer: peer.shutdown(socket.SHUT_WR), lambda peer: peer.send(b"x")):
        near, far = socket.socketpair()
        with near, far:
            watch = HangupWatch(near.fileno())
            assert not watch.has_hung_up()
            leave(far)
            assert watch.has_hung_up()


def test_reason_of_a_failure_is_the_systems_own_where_we_have_no_better(
    monkeypatch: pytest.MonkeyPatch, socket_path: Path
) -> None:
    monkeypatch.setattr("daemonrpc.connect._MEANING", {})
    unreachable(socket_path, "No such file")
    assert errno.ENOENT
