"""What the adversity tests cannot bring about at will: a kernel that refuses, a user that the process is not."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Limits, acceptor
from daemonrpc.acceptor import Acceptor
from daemonrpc.admission import Slots
from daemonrpc.context import Peer
from daemonrpc.dispatch import Dispatcher
from daemonrpc.server_calls import ServerState
from support.raw import RawPeer, connect
from support.service import Service
from support.waiting import until

STRANGER = Peer(uid=12345, gid=12345, pid=1)


class Listener(socket.socket):
    """A listening socket whose `accept` fails as the test says, then works."""

    def __init__(self, path: Path) -> None:
        super().__init__(socket.AF_UNIX)
        self.failures: list[int] = []
        self.accepts = 0
        self.bind(str(path))
        self.listen()
        self.setblocking(False)

    def accept(self) -> Any:
        self.accepts += 1
        if self.failures:
            code = self.failures.pop(0)
            raise OSError(code, os.strerror(code))
        return super().accept()


class Door:
    """An acceptor, and what stands around it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        loop = asyncio.get_running_loop()
        self.path = path
        self.listener = Listener(path)
        self.state = ServerState(Dispatcher(Service().handler, loop.time), Slots(5, 5), limits)
        self.acceptor = Acceptor(self.listener, self.state, 100, loop)
        self.acceptor.start()

    async def outcome(self) -> str:
        """What a new client hears: `served`, or the message of its refusal."""
        async with await connect(self.path) as peer:
            return await heard(peer)

    async def close(self) -> None:
        self.acceptor.stop()
        await self.acceptor.settle(1.0)
        for connection in list(self.state.connections):
            connection.abort()
        await until(lambda: not self.state.connections)


async def heard(peer: RawPeer) -> str:
    peer.write_past_the_stream(b'{"jsonrpc":"2.0","id":1,"method":"nothing"}\n')
    answer = await peer.line()
    message: str = answer["error"]["message"] if "error" in answer else "served"
    return message


@pytest.fixture
async def door(socket_path: Path) -> AsyncIterator[Door]:
    door = Door(socket_path, Limits(connections_per_uid=2))
    yield door
    await door.close()


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptor, "PAUSE_SECONDS", 0.02)


# -- failures of accept -----------------------------------------------------------------------------------------------


async def test_reserve_descriptor_serves_to_tell_a_client(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        door.listener.failures = [errno.EMFILE]
        assert await door.outcome() == "the server has no descriptor left"
    assert await door.outcome() == "served"
    assert caplog.text.count("cannot accept: EMFILE") == 1


async def test_client_waits_while_even_the_reserve_is_taken(door: Door) -> None:
    """Another thread of the process was quicker."""
    door.listener.failures = [errno.EMFILE, errno.EMFILE]
    assert await door.outcome() == "served"
    door.listener.failures = [errno.EMFILE]
    assert await door.outcome() == "the server has no descriptor left", "there is a reserve again"


async def test_client_waits_while_there_is_no_reserve(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(acceptor, "_spare_descriptor", lambda: -1)
        door.listener.failures = [errno.EMFILE]
        assert await door.outcome() == "the server has no descriptor left"
        door.listener.failures = [errno.EMFILE] * 3
        before = door.listener.accepts
        assert await door.outcome() == "served"
        assert door.listener.accepts - before < 10, "a pause lies between two tries"
    door.listener.failures = [errno.ENFILE]
    await door.outcome()
    assert door.acceptor._reserve >= 0


@pytest.mark.parametrize("code", [errno.ENOMEM, errno.ENOBUFS])
async def test_other_failures_make_a_pause(door: Door, code: int) -> None:
    door.listener.failures = [code] * 3
    before = door.listener.accepts
    assert await door.outcome() == "served"
    assert door.listener.accepts - before < 10


@pytest.mark.parametrize("code", [errno.ECONNABORTED, errno.EINTR, errno.EAGAIN])
async def test_client_that_left_before_it_was_accepted_is_no_failure(
    door: Door, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    door.listener.failures = [code]
    assert await door.outcome() == "served"
    door.listener.failures = [errno.EMFILE, code]
    assert await door.outcome() == "served"
    assert "cannot accept" in caplog.text


async def test_stop_during_a_pause_is_for_good(door: Door) -> None:
    door.listener.failures = [errno.EMFILE] * 100
    async with await connect(door.path):
        await until(lambda: door.listener.accepts)
        door.acceptor.stop()
        door.listener.failures = []
        await asyncio.sleep(0.05)  # past the pause
        assert door.listener.fileno() < 0
        assert door.acceptor._reserve < 0


async def test_stop_leaves_no_descriptor(socket_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    door = Door(socket_path, Limits())
    assert await door.outcome() == "served"
    await door.close()
    assert set(os.listdir("/proc/self/fd")) == before


# -- the quota --------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_stranger(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets the kernel say that whoever connects has this uid."""

    def become(uid: int) -> None:
        peer = Peer(uid=uid, gid=1, pid=1)
        monkeypatch.setattr(acceptor, "peer_of", lambda _sock, _group: peer)

    return become


async def test_quota_is_of_each_user_and_counts_what_is_open(door: Door, as_stranger: Callable[[int], None]) -> None:
    as_stranger(12345)
    peers = [await connect(door.path) for _ in range(3)]
    assert [await heard(peer) for peer in peers] == ["served", "served", "uid 12345 has its 2 connections"]
    as_stranger(12346)
    assert await door.outcome() == "served"
    as_stranger(12345)
    await peers[0].close()
    await until(lambda: door.state.connections.of_uid(12345) == 1)
    assert await door.outcome() == "served"
    for peer in peers[1:]:
        await peer.close()
    await until(lambda: not door.state.connections._of_uid)


@pytest.mark.parametrize("uid", [0, os.geteuid()])
async def test_owner_and_root_have_no_quota(door: Door, as_stranger: Callable[[int], None], uid: int) -> None:
    as_stranger(uid)
    peers = [await connect(door.path) for _ in range(10)]
    assert [await heard(peer) for peer in peers] == ["served"] * 10
    for peer in peers:
        await peer.close()


async def test_connection_that_cannot_be_set_up_is_counted_no_more(
    door: Door, as_stranger: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """RULES 2.40: systemd counted those too, until nobody was let in."""

    async def fails(_factory: object, sock: socket.socket) -> None:
        assert door.state.connections.of_uid(12345) == 1
        sock.close()
        raise OSError("for the test")

    as_stranger(12345)
    with monkeypatch.context() as patched:
        patched.setattr(asyncio.get_running_loop(), "connect_accepted_socket", fails)
        for _ in range(5):
            async with await connect(door.path) as peer:
                assert await peer.rest() == b""
            await until(lambda: not door.state.connections)
    assert not door.state.connections._of_uid
    assert await door.outcome() == "served"
    assert "could not be set up" in caplog.text
