import asyncio
import socket

import pytest

from daemonrpc.watch import LineWatch, OutputWatch, PeerWatch, peer_hung_up
from support.waiting import until


class Expired(asyncio.Event):
    """Set when a watch calls it."""

    def __call__(self) -> None:
        self.set()


async def test_line_that_does_not_end_expires() -> None:
    expired, loop = Expired(), asyncio.get_running_loop()
    watch, start = LineWatch(loop, 0.05, expired), loop.time()
    watch.begin()
    async with asyncio.timeout(5):
        await expired.wait()
    assert loop.time() - start >= 0.05


async def test_line_that_ends_does_not_expire_and_the_next_has_its_own_time() -> None:
    expired, loop = Expired(), asyncio.get_running_loop()
    watch = LineWatch(loop, 0.1, expired)
    watch.begin()
    await asyncio.sleep(0.07)
    watch.end()
    expired.clear()  # on a busy machine the first line may have had its time
    watch.begin()
    second = loop.time()
    async with asyncio.timeout(5):
        await expired.wait()
    assert loop.time() - second >= 0.1


async def test_watch_that_is_off_stays_quiet() -> None:
    expired, loop = Expired(), asyncio.get_running_loop()
    ended, stopped = LineWatch(loop, 0.01, expired), LineWatch(loop, 0.01, expired)
    for watch in (ended, stopped):
        watch.begin()
        assert watch.is_on
    ended.end()
    stopped.stop()
    await asyncio.sleep(0.05)
    assert not expired.is_set()


@pytest.mark.parametrize(
    ("looks", "is_gone"),
    [([200], True), ([150, 150], True), ([150, 120, 100], False), ([90], False), ([250], True)],
    ids=["reads nothing", "stops reading", "reads slowly", "reads", "more comes"],
)
async def test_peer_over_the_limit_must_read_some_between_two_looks(
    monkeypatch: pytest.MonkeyPatch, looks: list[int], is_gone: bool
) -> None:
    monkeypatch.setattr("daemonrpc.watch.STALL_SECONDS", 0.005)
    gone, sizes = Expired(), iter(looks)
    watch = OutputWatch(asyncio.get_running_loop(), lambda: next(sizes), 100, gone)
    watch.begin(200)
    await until(lambda: not watch.is_on)
    assert gone.is_set() is is_gone
    assert list(sizes) == []


async def test_stopped_output_watch_stays_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daemonrpc.watch.STALL_SECONDS", 0.005)
    gone = Expired()
    watch = OutputWatch(asyncio.get_running_loop(), lambda: 200, 100, gone)
    watch.begin(200)
    watch.stop()
    watch.stop()
    await asyncio.sleep(0.02)
    assert not gone.is_set()


class Ends:
    """A connected pair with a transport on one end."""

    async def __aenter__(self) -> "Ends":
        near, self.peer = socket.socketpair()
        loop = asyncio.get_running_loop()
        self.transport, _protocol = await loop.create_unix_connection(asyncio.Protocol, sock=near)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.transport.abort()
        self.peer.close()
        await asyncio.sleep(0)


async def test_half_closed_peer_is_not_gone_and_a_closed_one_is() -> None:
    async with Ends() as ends:
        assert not peer_hung_up(ends.transport)
        ends.peer.shutdown(socket.SHUT_WR)
        assert not peer_hung_up(ends.transport)
        ends.peer.close()
        assert peer_hung_up(ends.transport)


async def test_lost_transport_counts_as_gone() -> None:
    async with Ends() as ends:
        ends.transport.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert peer_hung_up(ends.transport)


async def test_peer_that_leaves_unseen_is_noticed() -> None:
    gone, loop = Expired(), asyncio.get_running_loop()
    async with Ends() as ends:
        ends.transport.pause_reading()
        PeerWatch(loop, lambda: True, gone).begin(ends.transport)
        ends.peer.close()
        async with asyncio.timeout(5):
            await gone.wait()


async def test_watch_ends_when_it_is_not_needed_or_stopped() -> None:
    gone, loop, asked = Expired(), asyncio.get_running_loop(), [0]

    def is_needed() -> bool:
        asked[0] += 1
        return False

    async with Ends() as ends:
        unneeded, stopped = PeerWatch(loop, is_needed, gone), PeerWatch(loop, lambda: True, gone)
        unneeded.begin(ends.transport)
        unneeded.begin(ends.transport)
        stopped.begin(ends.transport)
        stopped.stop()
        ends.peer.close()
        await until(lambda: asked[0] == 1)
        await asyncio.sleep(0.02)
    assert (asked[0], gone.is_set()) == (1, False)
