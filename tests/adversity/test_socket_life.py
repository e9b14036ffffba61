"""A daemon neither steals nor removes what is not its own; its socket is never too open (RULES 1.9, 1.10, 2.11)."""

import asyncio
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer
from daemonrpc.socketfile import SocketFileError
from support.service import Service


async def answers(path: Path) -> Any:
    async with Channel(path) as client:
        return await client.call("echo", ["alive"], timeout=5)


async def test_live_socket_is_not_taken_over_and_goes_on(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 1.9: a second server stole the path silently."""
    with pytest.raises(SocketFileError, match="live"):
        await DaemonServer(socket_path, service.handler).start()
    assert await answers(socket_path) == ["alive"]


async def test_failed_second_server_that_is_stopped_leaves_the_first_ones_socket(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    second = DaemonServer(socket_path, service.handler)
    with pytest.raises(SocketFileError):
        await second.start()
    await second.stop()
    assert await answers(socket_path) == ["alive"]


async def test_stopping_the_first_never_removes_the_seconds_socket(service: Service, socket_path: Path) -> None:
    first, second = (DaemonServer(socket_path, service.handler) for _ in range(2))
    await first.start()
    socket_path.unlink()  # by a cleaner of temporary files (RULES 2.39), lock and all
    socket_path.with_name("s.lock").unlink()
    await second.start()
    await first.stop(grace=0)
    assert await answers(socket_path) == ["alive"]
    await second.stop(grace=0)
    assert not socket_path.exists()


@pytest.mark.parametrize("what", ["file", "link", "dangling link", "directory"])
async def test_what_is_no_socket_is_not_removed(service: Service, socket_path: Path, what: str) -> None:
    """RULES 1.10: a plain file at the path was deleted."""
    aim = socket_path.with_name("aim")
    if what == "file":
        socket_path.write_text("mine")
    elif what == "directory":
        socket_path.mkdir()
    else:
        socket_path.symlink_to(aim)
        if what == "link":
            aim.write_text("mine")
    before = socket_path.lstat()
    with pytest.raises(SocketFileError):
        await DaemonServer(socket_path, service.handler).start()
    assert socket_path.lstat() == before


KILLED = """
import asyncio, sys
from daemonrpc import DaemonServer, RequestHandler

async def main():
    await DaemonServer(sys.argv[1], RequestHandler()).start()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def start_process(path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)


async def test_killed_server_leaves_a_socket_that_the_next_start_replaces(service: Service, socket_path: Path) -> None:
    with start_process(socket_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(SocketFileError, match="live"):
            await DaemonServer(socket_path, service.handler).start()
        process.kill()
        process.wait(5)
    assert socket_path.is_socket()
    async with DaemonServer(socket_path, service.handler):
        assert await answers(socket_path) == ["alive"]


def test_of_forty_racing_starts_one_wins(socket_path: Path) -> None:
    barrier = threading.Barrier(40)
    results: list[str] = []
    decided = threading.Event()

    async def start() -> None:
        server = DaemonServer(socket_path, Service().handler)
        barrier.wait(5)
        try:
            await server.start()
        except SocketFileError:
            results.append("refused")
        else:
            results.append("won")
        if len(results) == 40:
            decided.set()
        assert decided.wait(5)
        if results.count("won") and server.statistics() is not None:
            await server.stop(grace=0)

    threads = [threading.Thread(target=lambda: asyncio.run(start())) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(results) == ["refused"] * 39 + ["won"]
    assert not socket_path.exists()
    assert socket_path.with_name("s.lock").exists(), "the lock stays: removing it would race"


async def test_mode_is_never_wider_than_asked_seen_from_outside(service: Service, socket_path: Path) -> None:
    """RULES 1.23 (reference): 0o755 was seen between bind and chmod."""
    seen: set[int] = set()
    end = threading.Event()

    def watch() -> None:
        while not end.is_set():
            try:
                seen.add(stat.S_IMODE(os.lstat(socket_path).st_mode))
            except FileNotFoundError:
                continue

    watcher = threading.Thread(target=watch)
    old = os.umask(0)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    watcher.start()
    try:
        for _ in range(30):
            async with DaemonServer(socket_path, service.handler, permissions=0o620):
                pass
    finally:
        end.set()
        watcher.join(5)
        os.umask(old)
        sys.setswitchinterval(interval)
    assert seen
    assert all(mode & ~0o620 == 0 for mode in seen), [oct(mode) for mode in seen]


async def test_directory_that_everybody_may_write_to_is_refused(service: Service, socket_dir: Path) -> None:
    socket_dir.chmod(0o777)
    with pytest.raises(SocketFileError, match="chmod o-w"):
        await DaemonServer(socket_dir / "s", service.handler).start()
    socket_dir.chmod(0o1777)
    async with DaemonServer(socket_dir / "s", service.handler):
        assert await answers(socket_dir / "s") == ["alive"]


async def test_path_that_is_too_long_is_named_with_the_limit(service: Service, socket_dir: Path) -> None:
    path = socket_dir / ("x" * 120)
    with pytest.raises(SocketFileError, match="107") as caught:
        await DaemonServer(path, service.handler).start()
    assert str(path) in str(caught.value)
