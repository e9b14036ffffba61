"""A client that takes more than its share is told so, and the others are served (RULES 1.18, 2.15-2.20, 2.34, 2.35)."""

import asyncio
import contextlib
import json
import socket
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer, Limits
from support.raw import connect
from support.service import Service
from support.waiting import SECONDS, until


async def test_connection_over_the_limit_gets_an_error_and_the_end(service: Service, socket_path: Path) -> None:
    """RULES 1.18: all 50 were accepted and held in silence."""
    async with DaemonServer(socket_path, service.handler, max_connections=2) as server:
        async with await connect(socket_path) as first, await connect(socket_path) as second:
            await until(lambda: server.statistics()["connections"] == 2)
            for _ in range(20):
                async with await connect(socket_path) as refused:
                    (line,) = (await refused.rest()).splitlines()
                    error = json.loads(line)["error"]
                    assert error["code"] == -32090
                    assert error["data"]["started"] is False
            assert server.statistics()["connections"] == 2
            for peer in (first, second):
                peer.call("echo", [1])
                assert (await peer.line())["result"] == [1]
        await until(lambda: server.statistics()["connections"] == 0)
        async with Channel(socket_path) as client:
            assert await client.call("echo", [1]) == [1]


async def test_burst_of_as_many_clients_as_the_limit_allows_is_let_in(service: Service, socket_path: Path) -> None:
    """A connection that is being set up counts once."""
    async with DaemonServer(socket_path, service.handler, max_connections=8):
        for _ in range(10):
            peers = []
            for number in range(8):
                peers.append(await connect(socket_path))
                for _ in range(number):
                    await asyncio.sleep(0)
            for peer in peers:
                peer.call("echo", [1])
                assert (await peer.line())["result"] == [1]
            for peer in peers:
                await peer.close()
            async with Channel(socket_path) as client:
                await client.call("echo", [1])


async def test_call_beyond_slots_and_queue_is_refused_and_was_not_started(service: Service, socket_path: Path) -> None:
    server = DaemonServer(socket_path, service.handler, max_concurrent_requests=2, limits=Limits(queued_requests=3))
    async with server, await connect(socket_path) as peer:
        for number in range(10):
            peer.call("hold", [number], id_=number)
        refused = [await peer.line() for _ in range(5)]
        assert {answer["error"]["code"] for answer in refused} == {-32090}
        assert [answer["id"] for answer in refused] == [5, 6, 7, 8, 9]
        assert all(answer["error"]["data"]["started"] is False for answer in refused)
        service.probe.release.set()
        answered = [(await peer.line())["id"] for _ in range(5)]
        assert sorted(answered) == [0, 1, 2, 3, 4]
    assert len(service.probe.started) == 5


async def test_health_is_answered_while_all_slots_are_taken(service: Service, socket_path: Path) -> None:
    """RULES 1.19: a few busy clients, and the daemon was "not running"."""
    async with (
        DaemonServer(socket_path, service.handler, max_concurrent_requests=1) as server,
        await connect(socket_path) as peer,
    ):
        for number in range(20):
            peer.call("hold", [number], id_=number)
        await until(lambda: server.statistics()["waiting"] == 19)
        peer.call("health", {}, id_="health")
        assert (await peer.line())["result"] == "ok"
        async with Channel(socket_path) as client:
            assert await client.is_daemon_running()


async def test_stream_beyond_the_limit_is_refused_and_was_not_started(service: Service, socket_path: Path) -> None:
    """Streams take no slot, and may last for ever."""
    async with DaemonServer(socket_path, service.handler, limits=Limits(streams=3)) as server:
        async with await connect(socket_path) as peer, await connect(socket_path) as reader:
            for number in range(3):
                peer.call("endless", [number], id_=number)
            await until(lambda: len(service.probe.started) == 3)
            reader.call("endless", ["late"], id_="late")
            error = (await reader.line())["error"]
            assert (error["code"], error["data"]["started"]) == (-32090, False)
            reader.call("echo", [1])
            assert (await reader.line())["result"] == [1]
        await until(lambda: server.statistics()["tasks"] == 0)
        async with await connect(socket_path) as reader:
            reader.call("count", [2], id_="again")
            assert [(await reader.line()).get("params") for _ in range(2)] == [0, 1]
    assert service.probe.started["late"] == 0


async def test_line_that_does_not_end_is_told_and_closed(service: Service, socket_path: Path) -> None:
    """RULES 2.34: slowloris. A byte now and then buys no more time."""
    limits = Limits(line_seconds=0.1)
    async with DaemonServer(socket_path, service.handler, limits=limits), await connect(socket_path) as peer:
        rest = asyncio.create_task(peer.rest())
        while not rest.done():
            peer.write_past_the_stream(b" ")
            await asyncio.wait([rest], timeout=0.02)
        error = json.loads(await rest)["error"]
        assert error["code"] == -32600
        async with Channel(socket_path) as client:
            assert await client.call("echo", [1]) == [1]


@pytest.mark.parametrize("is_burst", [False, True])
async def test_client_that_never_reads_is_closed_at_the_output_limit_and_others_are_served(
    service: Service, socket_path: Path, is_burst: bool
) -> None:
    """RULES 2.18: 193 MiB for answers that nobody read."""
    turns = [asyncio.Event() for _ in range(200)]

    async def answer(params: Any, _context: Any) -> str:
        await turns[params[0]].wait()
        return "x" * 50_000

    service.handler.register("answer", answer)
    limits = Limits(output_bytes=1024 * 1024, in_flight=1000)
    async with (
        DaemonServer(socket_path, service.handler, max_concurrent_requests=200, limits=limits) as server,
        Channel(socket_path) as client,
        await connect(socket_path) as peer,
    ):
        assert await client.call("echo", [0]) == [0]
        peer.pause()
        for number in range(200):
            peer.call("answer", [number], id_=number)
        await until(lambda: server.statistics()["running"] == 200)
        for turn in turns:
            turn.set()
            if not is_burst:
                assert await client.call("echo", [1]) == [1]
        await until(lambda: server.statistics()["connections"] == 1, 1.0)
        assert await client.call("echo", [1]) == [1]


async def test_pipeline_of_a_client_that_does_not_read_costs_bounded_memory(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    request = json.dumps({"jsonrpc": "2.0", "method": "big", "params": [20_000], "id": 1}).encode() + b"\n"
    async with await connect(socket_path) as peer, Channel(socket_path) as client:
        peer.pause()
        tracemalloc.start()
        try:
            peer.write(request * 5000)  # 100 MB of answers
            for number in range(50):
                assert await client.call("echo", [number], timeout=SECONDS) == [number]
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 16 * 1024 * 1024
        peer.resume()
        for _ in range(5000):
            assert len(await peer.raw_line()) > 20_000


async def test_items_of_a_batch_count_as_requests(service: Service, socket_path: Path) -> None:
    """RULES 2.35: 280,000 calls in one request, and the limiter saw one."""
    server = DaemonServer(
        socket_path, service.handler, max_concurrent_requests=2, limits=Limits(queued_requests=3, batch_items=20)
    )
    async with server, await connect(socket_path) as peer:
        item: dict[str, Any] = {"jsonrpc": "2.0", "method": "hold", "params": ["a"]}
        peer.write_line([{**item, "id": number} for number in range(20)])
        await until(lambda: server.statistics()["waiting"] == 3)
        service.probe.release.set()
        answers = await peer.line()
        refused = [answer["id"] for answer in answers if "error" in answer]
        assert sorted(refused) == list(range(5, 20))
        peer.write_line([{**item, "id": number} for number in range(21)])
        assert (await peer.line())["error"]["code"] == -32600
    assert service.probe.started["a"] == 5


async def test_flood_of_one_client_does_not_starve_another(service: Service, socket_path: Path) -> None:
    """RULES 2.20. Counted in lines, not in seconds: between two calls of one client the other gets some turns."""
    handled = 0

    def flooded(_params: Any, _context: Any) -> None:
        nonlocal handled
        handled += 1

    service.handler.register("flood", flooded)
    limits = Limits(turn_lines=16)
    flood = b'{"jsonrpc":"2.0","method":"flood"}\n' * 100_000
    async with (
        DaemonServer(socket_path, service.handler, limits=limits),
        Channel(socket_path) as client,
        await connect(socket_path) as peer,
    ):
        assert await client.call("echo", [0]) == [0]
        peer.write(flood)
        await until(lambda: handled)
        waits: list[int] = []
        for number in range(30):
            before = handled
            assert await client.call("echo", [number]) == [number]
            waits.append(handled - before)
        assert handled < 100_000, "the flood was over before the test was"
        # A turn of the loop reads both: a call takes a handful of turns of 16 lines.
        assert max(waits) <= 16 * 20, waits


async def test_call_does_not_wait_until_all_who_connect_are_let_in(service: Service, socket_path: Path) -> None:
    """To connect costs a server more than to call, and needs nobody's leave."""
    async with DaemonServer(socket_path, service.handler) as server, await connect(socket_path) as peer:
        peer.call("echo", [1])
        assert (await peer.line())["result"] == [1]
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                client = stack.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                client.connect(str(socket_path))
            peer.call("echo", [2])
            assert (await peer.line())["result"] == [2]
            let_in = server.statistics()["connections"] - 1
            assert let_in < 40, "some turns of the loop"
            await until(lambda: server.statistics()["connections"] == 201)


async def test_requests_beyond_the_calls_in_flight_wait_unread(service: Service, socket_path: Path) -> None:
    limits = Limits(in_flight=4)
    async with DaemonServer(socket_path, service.handler, limits=limits) as server, await connect(socket_path) as peer:
        for number in range(20):
            peer.call("hold", [number], id_=number)
        await until(lambda: server.statistics()["tasks"] == 4)
        async with Channel(socket_path) as other:
            assert await other.call("echo", [1]) == [1]
        assert len(service.probe.started) == 4
        service.probe.release.set()
        assert sorted([(await peer.line())["id"] for _ in range(20)]) == list(range(20))
