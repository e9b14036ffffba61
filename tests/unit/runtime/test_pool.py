import asyncio
import socket
from collections.abc import AsyncIterator
from random import Random

import pytest

from daemonrpc.busy_poll import BusyPoll
from daemonrpc.calling import NotSentError
from daemonrpc.client_protocol import ClientProtocol
from daemonrpc.errors import ConnectionLostError, DaemonNotRunningError
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import ReadBuffer
from daemonrpc.pool import Pool
from support.waiting import SECONDS, until


class Daemon:
    """Connects a pool to sockets that a test answers by hand."""

    def __init__(self, size: int = 1, capacity: int = 1) -> None:
        self.pool = Pool(self._connect, size, capacity)
        self.may_connect = asyncio.Event()
        self.may_connect.set()
        self.is_down = False
        self.attempts = 0
        self.sockets: list[socket.socket] = []
        self.protocols: list[ClientProtocol] = []

    async def _connect(self) -> ClientProtocol:
        self.attempts += 1
        await self.may_connect.wait()
        if self.is_down:
            raise DaemonNotRunningError("down")
        loop = asyncio.get_running_loop()
        near, far = socket.socketpair()
        near.setblocking(False)
        protocol = ClientProtocol(Limits(), ReadBuffer(), loop, BusyPoll(0), self.pool.wake)
        await loop.create_unix_connection(lambda: protocol, sock=near)
        self.sockets.append(far)
        self.protocols.append(protocol)
        return protocol

    async def call(self) -> ClientProtocol:
        """Takes a connection and makes a call on it, as a channel does. The call stays open."""
        protocol = await self.pool.acquire()
        protocol.call(b'"m"', b"", b"", protocol.loop.create_future())
        return protocol

    def answer(self, protocol: ClientProtocol, id_: int) -> None:
        """Ends a call of a connection."""
        protocol.bytes_received(b'{"id":%d,"result":null}\n' % id_)

    async def close(self) -> None:
        self.pool.close()
        for far in self.sockets:
            far.close()
        await asyncio.sleep(0.001)


@pytest.fixture
async def daemon() -> AsyncIterator[Daemon]:
    made = Daemon()
    yield made
    await made.close()


@pytest.fixture
async def wide() -> AsyncIterator[Daemon]:
    made = Daemon(size=2, capacity=2)
    yield made
    await made.close()


def start(daemon: Daemon, count: int = 1) -> "list[asyncio.Task[ClientProtocol]]":
    return [asyncio.ensure_future(daemon.call()) for _ in range(count)]


async def done(*tasks: "asyncio.Task[ClientProtocol]") -> list[ClientProtocol]:
    async with asyncio.timeout(SECONDS):
        return await asyncio.gather(*tasks)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_further_connection_is_opened_only_when_the_open_ones_are_full(wide: Daemon) -> None:
    first = await done(*start(wide, 2))
    assert (len({id(connection) for connection in first}), wide.attempts) == (1, 1)
    second = await done(*start(wide, 2))
    assert (len({id(connection) for connection in second}), wide.attempts) == (1, 2)
    assert len(wide.pool.connections) == 2


async def test_burst_before_the_first_connection_opens_no_more_than_it_needs(wide: Daemon) -> None:
    wide.may_connect.clear()
    burst = start(wide, 2)
    await settle()
    assert wide.attempts == 1
    more = start(wide, 2)
    await settle()
    assert wide.attempts == 2
    wide.may_connect.set()
    await done(*burst, *more)
    assert wide.attempts == 2


async def test_callers_that_wait_are_served_in_order(daemon: Daemon) -> None:
    (connection,) = await done(*start(daemon))
    waiting = start(daemon, 20)
    await settle()
    for n in range(20):
        daemon.answer(connection, n + 1)
        await until(waiting[n].done)
        assert [task.done() for task in waiting] == [True] * (n + 1) + [False] * (19 - n)


async def test_newcomer_does_not_overtake_a_waiter_whose_turn_has_come(daemon: Daemon) -> None:
    (connection,) = await done(*start(daemon))
    (waiter,) = start(daemon)
    await settle()
    daemon.answer(connection, 1)  # the waiter is woken and has not run yet
    assert daemon.pool.take() is None
    (newcomer,) = start(daemon)
    await until(waiter.done)
    await settle()
    assert not newcomer.done()
    daemon.answer(connection, 2)
    await done(newcomer)


async def test_cancelled_waiter_leaves_the_queue(daemon: Daemon) -> None:
    (connection,) = await done(*start(daemon))
    first, second = start(daemon, 2)
    await settle()
    first.cancel()
    daemon.answer(connection, 1)
    await done(second)
    assert first.cancelled()


async def test_waiter_that_is_cancelled_when_its_turn_comes_gives_it_on(daemon: Daemon) -> None:
    (connection,) = await done(*start(daemon))
    first, second = start(daemon, 2)
    await settle()
    daemon.answer(connection, 1)
    first.cancel()  # woken, and cancelled before it runs
    await done(second)


async def test_after_random_cancels_every_other_caller_is_served() -> None:
    random = Random(7)
    daemon = Daemon(size=2, capacity=3)
    answered: dict[int, int] = {}

    def answer_all() -> None:
        for protocol in daemon.protocols:
            for _ in range(protocol.in_flight):
                answered[id(protocol)] = answered.get(id(protocol), 0) + 1
                daemon.answer(protocol, answered[id(protocol)])

    tasks = start(daemon, 200)
    cancelled = 0
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        for task in random.sample(tasks, 3):
            cancelled += task.cancel()
        answer_all()
    assert sum(not task.cancelled() for task in tasks) + cancelled >= 200
    answer_all()
    async with asyncio.timeout(SECONDS):
        for _ in range(20):
            await daemon.call()
            answer_all()
    await daemon.close()


async def test_failing_connect_fails_every_waiter_and_hangs_none(daemon: Daemon) -> None:
    daemon.may_connect.clear()
    daemon.is_down = True
    waiting = start(daemon, 50)
    await settle()
    daemon.may_connect.set()
    async with asyncio.timeout(SECONDS):
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(outcome, DaemonNotRunningError) for outcome in outcomes)


async def test_waiters_survive_the_cancel_of_the_one_who_connects(daemon: Daemon) -> None:
    daemon.may_connect.clear()
    opener, waiter = start(daemon, 2)
    await settle()
    opener.cancel()
    daemon.may_connect.set()
    await done(waiter)


async def test_lost_connection_is_replaced_for_those_who_wait(daemon: Daemon) -> None:
    await done(*start(daemon))
    (waiter,) = start(daemon)
    await settle()
    daemon.sockets[0].close()
    (connection,) = await done(waiter)
    assert connection is daemon.protocols[1]


async def test_stale_idle_connection_is_never_used(daemon: Daemon) -> None:
    (first,) = await done(*start(daemon))
    daemon.answer(first, 1)
    daemon.sockets[0].close()
    (second,) = await done(*start(daemon))  # the loop had no turn to notice
    assert second is not first


async def test_retired_connections_finish_their_calls_and_the_next_call_opens_another(daemon: Daemon) -> None:
    """They count no more for the size of the pool: the daemon behind them is shutting down."""
    (old,) = await done(*start(daemon))
    waiting = start(daemon)
    await settle()
    assert daemon.attempts == 1
    daemon.pool.retire()
    daemon.pool.wake()
    (new,) = await done(*waiting)
    assert new is not old
    assert daemon.pool.connections == [new, old]
    daemon.answer(old, 1)
    assert daemon.pool.connections == [new]


async def test_retired_connection_without_calls_is_closed(daemon: Daemon) -> None:
    (connection,) = await done(*start(daemon))
    daemon.answer(connection, 1)
    daemon.pool.retire()
    assert daemon.pool.connections == []
    assert not connection.is_open


async def test_close_closes_retired_connections_too(daemon: Daemon) -> None:
    (connection,) = await done(*start(daemon))
    daemon.pool.retire()
    daemon.pool.close()
    assert not connection.is_open


async def test_close_fails_waiters_as_not_sent_and_open_calls_as_lost(daemon: Daemon) -> None:
    protocol = await daemon.pool.acquire()
    owner = protocol.loop.create_future()
    protocol.call(b'"m"', b"", b"", owner)
    (waiter,) = start(daemon)
    await settle()
    daemon.pool.close()
    with pytest.raises(ConnectionLostError):
        await owner
    with pytest.raises(NotSentError, match="closed"):
        await waiter


async def test_connection_that_arrives_after_the_close_is_closed(daemon: Daemon) -> None:
    daemon.may_connect.clear()
    (opener,) = start(daemon)
    await settle()
    daemon.pool.close()
    daemon.may_connect.set()
    with pytest.raises(NotSentError, match="closed"):
        await opener
    await until(lambda: daemon.protocols[0].transport is None)
