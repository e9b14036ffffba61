import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemonrpc import socketwatch
from daemonrpc.socketfile import SocketFile
from daemonrpc.socketwatch import SocketWatch
from support.activation import listening_at
from support.waiting import until


class Owner:
    """A server as far as the watch is concerned."""

    def __init__(self, path: Path) -> None:
        self.file = SocketFile(path, 0o620)
        self.listeners = [self.file.open()]
        self.watch = SocketWatch(self.file, self.listeners.append, asyncio.get_running_loop())

    def close(self) -> None:
        self.watch.stop()
        for listener in self.listeners:
            listener.close()
        self.file.close()


@pytest.fixture
async def owner(socket_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Owner]:
    monkeypatch.setattr(socketwatch, "LOOK_SECONDS", 0.005)
    found = Owner(socket_path)
    yield found
    found.close()


def lock_of(path: Path) -> Path:
    return path.with_name("s.lock")


async def test_socket_that_was_removed_is_made_again_as_it_was(
    owner: Owner, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    socket_path.unlink()
    await until(lambda: len(owner.listeners) == 2)
    assert socket_path.stat().st_mode & 0o777 == 0o620
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(socket_path))
        owner.listeners[-1].accept()[0].close()
    assert [(record.levelno, "is back" in record.message) for record in caplog.records] == [(logging.WARNING, True)]
    assert owner.file.is_in_place()


async def test_lock_that_was_removed_is_taken_again_and_the_socket_stays(owner: Owner, socket_path: Path) -> None:
    inode = socket_path.stat().st_ino
    lock_of(socket_path).unlink()
    await until(owner.file.is_in_place)
    assert (socket_path.stat().st_ino, len(owner.listeners)) == (inode, 1)


async def test_whole_directory_that_was_removed_is_made_again(owner: Owner, socket_path: Path) -> None:
    for path in (socket_path, lock_of(socket_path)):
        path.unlink()
    socket_path.parent.rmdir()
    await until(lambda: len(owner.listeners) == 2)
    assert owner.file.is_in_place()
    assert socket_path.parent.stat().st_mode & 0o777 == 0o700


async def test_path_that_another_server_has_taken_is_left_to_it_and_the_loss_is_said_once(
    owner: Owner, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with listening_at(socket_path.with_name("new")):
        socket_path.with_name("new").rename(socket_path)
        inode = socket_path.stat().st_ino
        await until(lambda: caplog.records)
        await asyncio.sleep(0.05)
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        assert "another server is live" in caplog.text
        assert (socket_path.stat().st_ino, len(owner.listeners)) == (inode, 1)
    socket_path.unlink()
    await until(lambda: len(owner.listeners) == 2)


async def test_what_is_no_socket_is_not_removed_to_make_room(
    owner: Owner, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    socket_path.unlink()
    socket_path.write_text("mine")
    await until(lambda: caplog.records)
    assert socket_path.read_text() == "mine"
    assert len(owner.listeners) <= 2, "the file may have come a moment after the first look"


async def test_rival_that_holds_the_lock_by_now_keeps_it(
    owner: Owner, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for path in (socket_path, lock_of(socket_path)):
        path.unlink()
    rival = SocketFile(socket_path, 0o600)
    with rival.open():
        await until(lambda: caplog.records)
        assert "another server is live" in caplog.text
        assert rival.is_in_place()
        assert len(owner.listeners) == 1
        rival.close()


async def test_stopped_watch_leaves_the_path_alone(owner: Owner, socket_path: Path) -> None:
    owner.watch.stop()
    socket_path.unlink()
    await asyncio.sleep(0.03)
    assert not socket_path.exists()
