"""A daemon neither steals nor removes what is not its own; its socket is never too open (RULES 1.9, 1.10, 2.11)."""

import asyncio
import contextlib
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonNotRunningError, DaemonServer, SocketFileError, socketwatch
from daemonrpc.acceptor import Acceptor
from daemonrpc.lockfile import LockFile
from support.activation import listening_at
from support.racing import racers_at
from support.service import Service
from support.waiting import SECONDS, until

Met = Callable[[Path, contextlib.ExitStack], None]


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


def winner_answers(path: Path) -> int:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(SECONDS)
        client.connect(str(path))
        return int(client.recv(20))


def race(path: Path, rounds: int, racers: int) -> None:
    """Every third winner is killed, so that the next start meets a dead socket, and what an orderly end leaves."""
    with racers_at(path, racers) as starting:
        for number in range(rounds):
            winner, results = starting.run()
            assert sorted(results) == ["another server"] * (racers - 1) + ["won"], number
            assert winner_answers(path) == winner.pid
            starting.end(winner, killed=number % 3 == 0)
            assert path.is_socket() is (number % 3 == 0)


def test_of_processes_that_start_at_once_exactly_one_wins(socket_path: Path) -> None:
    race(socket_path, rounds=10, racers=8)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_of_processes_that_start_at_once_exactly_one_wins_a_thousand_times(socket_path: Path) -> None:
    race(socket_path, rounds=1000, racers=8)


STARTS = """
import asyncio, os, sys
from pathlib import Path
from daemonrpc.socketfile import SocketFile
os.umask(0)
path, rounds = Path(sys.argv[1]), int(sys.argv[2])
for _ in range(rounds):
    file = SocketFile(path, 0o624)
    file.open().close()
    file.close()
"""


def modes_seen(path: Path, rounds: int) -> set[int]:
    """The modes of a socket file that another process makes again and again, by looking without a pause."""
    seen: set[int] = set()
    with subprocess.Popen([sys.executable, "-c", STARTS, str(path), str(rounds)]) as starting:
        while starting.poll() is None:
            for _ in range(1000):
                with contextlib.suppress(FileNotFoundError):
                    seen.add(stat.S_IMODE(os.lstat(path).st_mode))
        assert starting.returncode == 0
    return seen


def test_watcher_sees_no_other_mode_than_asked(socket_path: Path) -> None:
    """RULES 1.23, 5.10: 0600 until it is ready, then what was asked for; nothing wider, whatever the umask."""
    seen = modes_seen(socket_path, 2000)
    assert seen, "the watcher looked too late"
    assert seen <= {0o600, 0o624}, [oct(mode) for mode in seen]


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_watcher_sees_no_other_mode_than_asked_in_a_hundred_thousand_starts(socket_path: Path) -> None:
    assert modes_seen(socket_path, 100_000) == {0o600, 0o624}


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


async def test_directory_that_its_group_may_write_to_is_refused(service: Service, socket_dir: Path) -> None:
    socket_dir.chmod(0o770)
    with pytest.raises(SocketFileError, match="chmod g-w"):
        await DaemonServer(socket_dir / "s", service.handler).start()
    assert list(socket_dir.iterdir()) == [], "nothing was made there"


# -- what a start meets at its path (RULES 5.10, `probe_stale.py`) --------------------------------------------------


def nothing(path: Path, stack: contextlib.ExitStack) -> None:
    """ENOENT."""


def dead(path: Path, stack: contextlib.ExitStack) -> None:
    """ECONNREFUSED: bound, and nobody listens."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def live(path: Path, stack: contextlib.ExitStack) -> None:
    stack.enter_context(listening_at(path))


def full(path: Path, stack: contextlib.ExitStack) -> None:
    """EAGAIN: it listens, and its backlog is full."""
    stack.enter_context(listening_at(path, backlog=0))
    for _ in range(3):
        client = stack.enter_context(socket.socket(socket.AF_UNIX))
        client.setblocking(False)
        client.connect_ex(str(path))


def datagrams(path: Path, stack: contextlib.ExitStack) -> None:
    """EPROTOTYPE: somebody lives there, and speaks otherwise."""
    stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)).bind(str(path))


def link_to_live(path: Path, stack: contextlib.ExitStack) -> None:
    live(path.with_name("aim"), stack)
    path.symlink_to("aim")


def link_to_dead(path: Path, stack: contextlib.ExitStack) -> None:
    dead(path.with_name("aim"), stack)
    path.symlink_to("aim")


def dangling_link(path: Path, stack: contextlib.ExitStack) -> None:
    path.symlink_to("aim")


def regular_file(path: Path, stack: contextlib.ExitStack) -> None:
    path.write_text("mine")


def directory(path: Path, stack: contextlib.ExitStack) -> None:
    path.mkdir()


def fifo(path: Path, stack: contextlib.ExitStack) -> None:
    os.mkfifo(path)


def foreign(path: Path, stack: contextlib.ExitStack) -> None:
    dead(path, stack)
    os.chown(path, 12345, 12345)


def locked(path: Path, stack: contextlib.ExitStack) -> None:
    """A server that has the lock and has not bound yet."""
    lock = LockFile(path.with_name("s.lock"))
    lock.take()
    stack.callback(lock.release)


@pytest.mark.parametrize("what", [nothing, dead])
async def test_start_where_nobody_lives_works(service: Service, socket_path: Path, what: Met) -> None:
    with contextlib.ExitStack() as stack:
        what(socket_path, stack)
        async with DaemonServer(socket_path, service.handler):
            assert await answers(socket_path) == ["alive"]
    assert not socket_path.exists()


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (live, "another server is live"),
        (full, "another server is live"),
        (datagrams, "another server is live"),
        (locked, "another server is live"),
        (link_to_live, "symbolic link"),
        (link_to_dead, "symbolic link"),
        (dangling_link, "symbolic link"),
        (regular_file, "is no socket"),
        (directory, "is no socket"),
        (fifo, "is no socket"),
        pytest.param(
            foreign,
            "belongs to uid 12345",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away"),
        ),
    ],
)
async def test_start_where_anything_else_is_fails_and_changes_nothing(
    service: Service, socket_path: Path, what: Met, reason: str
) -> None:
    with contextlib.ExitStack() as stack:
        what(socket_path, stack)
        before = names_and_inodes(socket_path.parent)
        server = DaemonServer(socket_path, service.handler)
        with pytest.raises(SocketFileError, match=reason) as caught:
            await server.start()
        await server.stop()
        assert str(socket_path) in str(caught.value), "it says where"
        after = names_and_inodes(socket_path.parent)
        after.pop("s.lock", None)
        before.pop("s.lock", None)
        assert after == before


def names_and_inodes(directory: Path) -> dict[str, int]:
    return {path.name: path.lstat().st_ino for path in directory.iterdir()}


async def test_start_that_fails_after_it_has_bound_leaves_no_socket_and_no_lock(
    service: Service, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_start(_acceptor: Acceptor) -> None:
        raise OSError(24, "too many open files")

    server = DaemonServer(socket_path, service.handler)
    with monkeypatch.context() as patched:
        patched.setattr(Acceptor, "start", no_start)
        with pytest.raises(OSError, match="too many open files"):
            await server.start()
    assert not socket_path.exists()
    async with server:
        assert await answers(socket_path) == ["alive"]


# -- a socket that disappears under a running server ------------------------------------------------------------------


async def test_clients_reach_a_server_again_whose_socket_was_deleted(
    service: Service, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RULES 2.39: a cleaner of temporary files. Who is connected notices nothing."""
    monkeypatch.setattr(socketwatch, "LOOK_SECONDS", 0.02)
    async with DaemonServer(socket_path, service.handler) as server, Channel(socket_path) as connected:
        assert await connected.call("echo", [1]) == [1]
        for _ in range(3):
            for path in (socket_path, socket_path.with_name("s.lock")):
                path.unlink()
            with pytest.raises(DaemonNotRunningError):
                await answers(socket_path)
            await until(lambda: socket_path.with_name("s.lock").exists() and socket_path.exists())
            assert await answers(socket_path) == ["alive"]
            assert await connected.call("echo", [2]) == [2]
        with pytest.raises(SocketFileError, match="another server is live"):
            await DaemonServer(socket_path, service.handler).start()
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o660
        assert server.statistics()["connections"] >= 1
    assert not socket_path.exists()


async def test_clients_that_wait_at_a_deleted_socket_are_served(
    service: Service, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have connected, and were not accepted yet when the server moved."""
    monkeypatch.setattr(socketwatch, "LOOK_SECONDS", 0.02)
    async with DaemonServer(socket_path, service.handler) as server:
        with contextlib.ExitStack() as stack:
            for _ in range(200):  # more than are accepted in one turn of the loop
                client = stack.enter_context(socket.socket(socket.AF_UNIX))
                client.connect(str(socket_path))
            socket_path.unlink()
            time.sleep(0.05)  # noqa: ASYNC251  # so that the look is due before the next turn of accepting
            await until(socket_path.exists)
            await until(lambda: server.statistics()["connections"] == 200)
        assert await answers(socket_path) == ["alive"]


async def test_server_that_is_stopped_does_not_come_back(
    service: Service, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socketwatch, "LOOK_SECONDS", 0.005)
    async with DaemonServer(socket_path, service.handler):
        await until(socket_path.exists)
    await asyncio.sleep(0.03)
    assert not socket_path.exists()


async def test_path_that_is_too_long_is_named_with_the_limit(service: Service, socket_dir: Path) -> None:
    path = socket_dir / ("x" * 120)
    with pytest.raises(SocketFileError, match="107") as caught:
        await DaemonServer(path, service.handler).start()
    assert str(path) in str(caught.value)
