"""Nobody ever gets another caller's answer (RULES 1.4, 1.5, 2.4)."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import (
    CallTimeoutError,
    Channel,
    ConnectionLostError,
    DaemonError,
    DaemonServer,
    Limits,
    MessageTooLargeError,
    ProtocolError,
    SyncChannel,
)
from daemonrpc.testing import Fault, FaultProxy, Way
from support.callers import OpenCaller
from support.nonces import Nonces
from support.random_faults import cut_often, random_fault
from support.raw import FakeServer, RawPeer
from support.service import Service
from support.waiting import until

CALLERS = 64
CALLS = 6000
"""In each of the short forms; `tests/soak` makes a million."""


@pytest.mark.parametrize("pool_size", [1, 8])
async def test_every_answer_is_the_callers_own_under_cancels_timeouts_and_delays(
    service: Service, socket_path: Path, pool_size: int
) -> None:
    """RULES 2.4: the desynchronised pool that gave one user the data of another."""
    nonces = Nonces(CALLS, seed=pool_size)
    nonces.register(service.handler)
    async with (
        DaemonServer(socket_path, service.handler) as server,
        Channel(socket_path, pool_size=pool_size) as client,
    ):
        await asyncio.gather(*(nonces.call(client, caller) for caller in range(CALLERS)))
        nonces.check("answered", "late", "cancelled", least=100)
        await until(lambda: client.statistics()["in_flight"] == 0)
        await until(lambda: server.statistics()["tasks"] == 0)


async def test_every_answer_is_the_callers_own_among_threads_that_share_a_client(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    nonces = Nonces(CALLS, seed=3)
    nonces.register(service.handler)
    with SyncChannel(socket_path) as client:
        await nonces.call_in_threads(client, CALLERS)
    nonces.check("answered", "late", least=100)
    await until(lambda: server.statistics()["tasks"] == 0)


@pytest.mark.parametrize(("kind", "size"), [("async", 4000), ("sync", 600)])
async def test_every_answer_is_the_callers_own_over_connections_that_break(
    service: Service, server: DaemonServer, socket_path: Path, kind: str, size: int
) -> None:
    """Cut, stalled, chopped, delayed, half-closed and spoilt at places that nobody chose."""
    nonces = Nonces(CALLS // 2, seed=4, may_break=True)
    nonces.register(service.handler)

    def fault(number: int) -> Fault:
        return random_fault(random.Random(f"{kind} {number}"), size)

    async with FaultProxy(socket_path.with_name("p"), socket_path, fault) as proxy, cut_often(proxy, 0.02):
        if kind == "async":
            async with Channel(proxy.path, pool_size=4) as client:
                await asyncio.gather(*(nonces.call(client, caller) for caller in range(CALLERS)))
        else:
            with SyncChannel(proxy.path) as sync_client:
                await nonces.call_in_threads(sync_client, 16)
    nonces.check("answered", "late", least=10)
    assert proxy.connections > 10


async def test_answers_that_come_twice_are_nobodys(socket_path: Path) -> None:
    """A server that mixes the order, and sends now and then an answer again that it has sent before."""
    nonces = Nonces(CALLS // 2, seed=5, may_break=True)

    async def serve(peer: RawPeer) -> None:
        chance = random.Random(fake.connections)
        waiting: list[Any] = []
        told: list[Any] = []

        def answer(keep: int) -> None:
            while len(waiting) > keep:
                told.append(waiting.pop(chance.randrange(len(waiting))))
                peer.answer(told[-1], told[-1]["params"][0])

        while data := await peer.raw_line():
            request = json.loads(data)
            if "id" in request:
                waiting.append(request)
            answer(keep=chance.randrange(9))
            asyncio.get_running_loop().call_later(0.005, answer, 0)
            if len(told) > 20 and chance.random() < 0.02:
                again = chance.choice(told)
                peer.answer(again, "AGAIN" if chance.random() < 0.5 else again["params"][0])

    async with FakeServer(socket_path, serve) as fake, Channel(socket_path, pool_size=2, timeout=0.5) as client:
        await asyncio.gather(*(nonces.call(client, caller) for caller in range(CALLERS)))
    nonces.check("answered", "RemoteProtocolError", least=5)
    assert fake.connections > 2


async def test_late_answer_after_a_timeout_is_dropped(client_of: OpenCaller, socket_path: Path) -> None:
    async def serve(peer: RawPeer) -> None:
        late: list[Any] = []
        while data := await peer.raw_line():
            request = json.loads(data)
            if request["method"] == "slow":
                late.append(request)
            elif "id" in request:
                for old in late:
                    peer.answer(old, "the late one")
                late.clear()
                peer.answer(request, request["params"])

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        for turn in range(5):
            with pytest.raises(CallTimeoutError):
                await client.call("slow", [turn], timeout=0.02)
            assert await client.call("quick", [turn]) == [turn]
        await client.close()


@pytest.mark.parametrize("stray", [77, "1", None, 1.0, True, [1]])
async def test_stray_answer_closes_the_connection_and_nobody_gets_it(
    client_of: OpenCaller, socket_path: Path, stray: Any
) -> None:
    """RULES 1.4: one stray line, and each call got the answer of the one before."""

    async def serve(peer: RawPeer) -> None:
        while data := await peer.raw_line():
            request = json.loads(data)
            if request["method"] == "poisoned":
                peer.answer({"id": stray}, "STRAY")
            peer.answer(request, request["params"])

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path)
        assert await client.call("first", [1]) == [1]
        with pytest.raises((ProtocolError, ConnectionLostError)):
            await client.call("poisoned", [2])
        assert await client.call("after", [3]) == [3]
        await client.close()
    assert fake.connections == 2


async def test_answer_that_comes_while_nobody_calls_is_never_given_to_the_next_caller(
    client_of: OpenCaller, socket_path: Path
) -> None:
    """The next id of a connection can be guessed; an answer that is there before the question is not its answer."""

    async def serve(peer: RawPeer) -> None:
        turn = 1
        while data := await peer.raw_line():
            request = json.loads(data)
            peer.answer(request, request["params"])
            turn += 1
            if fake.connections == 1:
                peer.answer({"id": turn}, "STRAY")

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path)
        results = [await _result(client.call("a", [number])) for number in range(5)]
        await client.close()
    assert "STRAY" not in results
    assert results[2:] == [[2], [3], [4]]


async def _result(call: Any) -> Any:
    try:
        return await call
    except DaemonError:
        return None


async def test_second_answer_to_a_call_closes_the_connection(client_of: OpenCaller, socket_path: Path) -> None:
    async def serve(peer: RawPeer) -> None:
        while data := await peer.raw_line():
            request = json.loads(data)
            peer.answer(request, request["params"])
            if request["method"] == "twice":
                peer.answer(request, "AGAIN")

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path)
        # The blocking client sees both in one read, and then trusts neither.
        assert await _result(client.call("twice", [1])) in ([1], None)
        for number in range(5):
            assert await client.call("a", [number]) == [number]
        await client.close()
    assert fake.connections == 2


async def test_all_calls_of_a_connection_with_a_stray_answer_fail_and_none_is_answered_wrongly(
    socket_path: Path,
) -> None:
    async def serve(peer: RawPeer) -> None:
        requests = [await peer.line() for _ in range(10)]
        peer.answer(requests[0], requests[0]["params"])
        peer.answer({"id": 999}, "STRAY")
        for request in requests[1:]:
            peer.answer(request, request["params"])
        await peer.rest()

    async with FakeServer(socket_path, serve), Channel(socket_path, pool_size=1) as client:
        calls = (client.call("a", [number]) for number in range(10))
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert results[0] == [0]
    assert all(isinstance(result, ProtocolError) for result in results[1:]), results


@pytest.mark.parametrize(
    "garbage", [b"garbage\n", b"\xff\xfe\n", b"5\n", b"[]\n", b'{"id":1}\n', b"\x00" * 100 + b"\n"]
)
async def test_garbage_before_an_answer_is_the_servers_fault_and_said_so(
    client_of: OpenCaller, server: DaemonServer, socket_path: Path, garbage: bytes
) -> None:
    faults = [Fault(reply=Way(insert=garbage))]
    async with FaultProxy(socket_path.with_name("p"), server.socket_path, faults) as proxy:
        client = client_of(proxy.path)
        with pytest.raises((ProtocolError, ConnectionLostError)):
            await client.call("echo", ["mine"])
        assert await client.call("echo", ["mine"]) == ["mine"]
        await client.close()


async def test_oversize_answer_never_shifts_later_answers(client_of: OpenCaller, socket_path: Path) -> None:
    """RULES 1.5: after an answer over the limit, call 3 received the answer of call 1."""

    async def serve(peer: RawPeer) -> None:
        while data := await peer.raw_line():
            request = json.loads(data)
            big = request["method"] == "big"
            peer.answer(request, "x" * 5000 if big else request["params"])

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path, limits=Limits(line_bytes=2000))
        for number in range(5):
            with pytest.raises((ProtocolError, ConnectionLostError)):
                await client.call("big", [number])
            assert await client.call("small", [number]) == [number]
        await client.close()


async def test_answer_over_the_servers_limit_is_an_error_of_its_call_alone(
    client_of: OpenCaller, service: Service, socket_path: Path
) -> None:
    async with DaemonServer(socket_path, service.handler, limits=Limits(line_bytes=2000)):
        client = client_of(socket_path)
        for number in range(5):
            with pytest.raises(MessageTooLargeError):
                await client.call("big", [5000])
            assert await client.call("echo", [number]) == [number]
        await client.close()


async def test_slow_call_does_not_hold_up_the_next_one_on_its_connection(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 1.3: head-of-line blocking, 1.0 s behind a slow call."""
    async with Channel(socket_path, pool_size=1) as client:
        slow = asyncio.create_task(client.call("hold", ["slow"]))
        await until(lambda: service.probe.started["slow"])
        assert await client.call("echo", ["quick"]) == ["quick"]
        assert not slow.done()
        service.probe.release.set()
        assert await slow == ["slow"]


async def test_null_result_is_an_answer(client_of: OpenCaller, server: DaemonServer, socket_path: Path) -> None:
    """RULES 1.7: a handler that returned None was never answered."""
    assert await client_of(socket_path).call("nothing", timeout=5) is None
