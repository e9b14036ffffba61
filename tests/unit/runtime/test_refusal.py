import asyncio
import json
import os
import socket

import pytest

from daemonrpc import BusyError, refusal
from daemonrpc.context import Peer
from daemonrpc.errors import RpcError
from daemonrpc.refusal import MOST_LINGERING, Refusals
from support.waiting import SECONDS, until

ERROR = BusyError("no", data={"started": False})
LINE = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32090,"message":"no","data":{"started":false}}}\n'


def pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(SECONDS)
    return ours, theirs


def is_closed(sock: socket.socket) -> bool:
    return sock.fileno() < 0


async def test_refused_client_hears_the_error_then_the_end() -> None:
    refusals = Refusals(asyncio.get_running_loop())
    ours, theirs = pair()
    with theirs:
        refusals.refuse(ours, ERROR)
        assert theirs.recv(1000) == LINE
        assert json.loads(LINE)["error"]["code"] == -32090
        assert theirs.recv(1000) == b""
        theirs.sendall(b"a late request\n")
        assert not is_closed(ours), "it may go on writing for a moment"
        theirs.close()
        await until(lambda: is_closed(ours))


async def test_client_that_has_closed_is_not_waited_for() -> None:
    refusals = Refusals(asyncio.get_running_loop())
    ours, theirs = pair()
    theirs.close()
    refusals.refuse(ours, ERROR)
    assert is_closed(ours)
    half, theirs = pair()
    with theirs:
        theirs.shutdown(socket.SHUT_WR)
        refusals.refuse(half, ERROR)
        assert is_closed(half)
        assert theirs.recv(1000) == LINE


async def test_what_a_client_sent_before_is_read_so_that_its_end_is_no_reset() -> None:
    refusals = Refusals(asyncio.get_running_loop())
    ours, theirs = pair()
    with theirs:
        theirs.sendall(b"a request\n")
        refusals.refuse(ours, ERROR, may_linger=False)
        assert is_closed(ours)
        assert [theirs.recv(1000), theirs.recv(1000)] == [LINE, b""]


async def test_client_that_stays_is_closed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusal, "LINGER_SECONDS", 0.01)
    refusals = Refusals(asyncio.get_running_loop())
    ours, theirs = pair()
    with theirs:
        refusals.refuse(ours, ERROR)
        await until(lambda: is_closed(ours))


async def test_client_that_sends_too_much_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusal, "LINGER_BYTES", 1000)
    refusals = Refusals(asyncio.get_running_loop())
    ours, theirs = pair()
    with theirs:
        refusals.refuse(ours, ERROR)
        theirs.sendall(b"x" * 1001)
        await until(lambda: is_closed(ours))


async def test_only_so_many_are_waited_for() -> None:
    refusals = Refusals(asyncio.get_running_loop())
    pairs = [pair() for _ in range(MOST_LINGERING + 3)]
    for ours, _ in pairs:
        refusals.refuse(ours, ERROR)
    assert [is_closed(ours) for ours, _ in pairs] == [False] * MOST_LINGERING + [True] * 3
    assert all(theirs.recv(1000) == LINE for _, theirs in pairs)
    refusals.close()
    assert all(is_closed(ours) for ours, _ in pairs)
    for _, theirs in pairs:
        theirs.close()


async def test_client_that_has_left_unnoticed_makes_room_for_another() -> None:
    """The event loop had no turn in between: many clients may come and go in one round of accepting."""
    refusals = Refusals(asyncio.get_running_loop())
    for _ in range(3 * MOST_LINGERING):
        ours, theirs = pair()
        refusals.refuse(ours, ERROR)
        assert not is_closed(ours)
        theirs.close()
    refusals.close()


async def test_close_leaves_no_descriptor_timer_or_reader() -> None:
    before = os.listdir("/proc/self/fd")
    refusals = Refusals(asyncio.get_running_loop())
    ours, theirs = pair()
    refusals.refuse(ours, ERROR)
    refusals.close()
    refusals.close()
    theirs.close()
    assert os.listdir("/proc/self/fd") == before
    assert not refusals._lingering
    assert not refusals._bytes_left


async def test_whoever_looks_on_hears_of_each_refusal() -> None:
    heard: list[tuple[RpcError, Peer | None]] = []
    refusals = Refusals(asyncio.get_running_loop(), lambda error, peer: heard.append((error, peer)))
    peer = Peer(uid=7, gid=7, pid=7)
    for who in (None, peer):
        ours, theirs = pair()
        refusals.refuse(ours, ERROR, peer=who, may_linger=False)
        theirs.close()
    assert heard == [(ERROR, None), (ERROR, peer)]
