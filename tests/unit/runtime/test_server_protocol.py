import asyncio
import json
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Context, DaemonServer, Limits
from daemonrpc.server_protocol import ServerProtocol
from support.raw import RawPeer, connect
from support.service import Service
from support.waiting import SECONDS, until


@pytest.fixture
def service() -> Service:
    return Service()


@asynccontextmanager
async def serving(path: Path, service: Service, **limits: Any) -> AsyncIterator[tuple[DaemonServer, RawPeer]]:
    async with DaemonServer(path, service.handler, limits=Limits(**limits)) as server:
        async with await connect(path) as peer:
            yield server, peer
        service.probe.release.set()
        await server.stop(grace=0.5)


def the_connection(server: DaemonServer) -> ServerProtocol:
    assert server._state is not None
    (connection,) = server._state.connections
    return connection


def request(method: str, params: Any = None, id_: Any = 1) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": id_}).encode() + b"\n"


# -- turns ------------------------------------------------------------------------------------------------------------


async def test_pipelined_calls_are_answered_in_any_order(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (_server, peer):
        peer.write(request("sleep", [0.05], id_="slow") + request("echo", [1], id_="fast"))
        assert [(await peer.line())["id"] for _ in range(2)] == ["fast", "slow"]


async def test_other_connections_get_their_turn_beside_a_flood(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (_server, victim):
        order: list[Any] = []
        service.handler.register("note", lambda params, _context: order.append(params[0]))
        flooder = await connect(socket_path)
        flooder.write(b"".join(request("note", ["flood"], n) for n in range(2000)))
        await until(lambda: order)
        victim.call("note", ["victim"])
        await victim.line()
        assert order.index("victim") < 1000
        await flooder.close()


async def test_a_pass_has_room_for_fewer_lines_the_longer_they_are(socket_path: Path, service: Service) -> None:
    """A KiB of JSON may take ten times as long as a short call."""
    handled = most = before = 0

    def note(_params: Any, _context: Context) -> None:
        nonlocal handled
        handled += 1

    async with serving(socket_path, service) as (_server, victim):
        service.handler.register("note", note)
        flooders = [victim, *[await connect(socket_path) for _ in range(7)]]
        for flooder in flooders:
            flooder.write(request("note", ["x" * 900]) * 200)
        while handled < 200 * len(flooders):
            await asyncio.sleep(0)
            most, before = max(most, handled - before), handled
        assert 0 < most < Limits().pass_lines / 3
        for flooder in flooders[1:]:
            await flooder.close()


async def test_calls_over_the_limit_of_the_connection_wait_unread(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, in_flight=4) as (server, peer):
        for n in range(10):
            peer.call("hold", [n], id_=n)
        await until(lambda: service.probe.started.total() == 4)
        await asyncio.sleep(0.01)
        assert server.statistics()["tasks"] == 4
        service.probe.release.set()
        assert sorted([(await peer.line())["id"] for _ in range(10)]) == list(range(10))


async def test_cancel_reaches_a_connection_whose_calls_are_at_the_limit(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, in_flight=4) as (_server, peer):
        peer.write(b"".join(request("hold", [n], n) for n in range(6)))
        await until(lambda: service.probe.started.total() == 4)
        for n in range(4):
            peer.notify("rpc.cancel", {"id": n})
        answers = [await peer.line() for _ in range(4)]
        assert [(answer["id"], answer["error"]["code"]) for answer in answers] == [(n, -32800) for n in range(4)]
        await until(lambda: service.probe.started.total() == 6)


async def test_cancel_in_the_same_read_as_the_calls_reaches_them(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, in_flight=2) as (_server, peer):
        cancel = b'{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":%d}}\n'
        peer.write(b"".join(request("hold", [n], n) for n in range(3)) + cancel % 2 + cancel % 0 + cancel % 1)
        assert {(await peer.line())["id"] for _ in range(3)} == {0, 1, 2}


@pytest.mark.parametrize("size", [65, 100])
async def test_batch_larger_than_the_limit_in_flight_is_answered(
    socket_path: Path, service: Service, size: int
) -> None:
    async with serving(socket_path, service) as (_server, peer):
        peer.write(b"[" + b",".join(request("sleep", [0.001], n).strip() for n in range(size)) + b"]\n")
        answers = await peer.line()
        assert sorted(answer["id"] for answer in answers) == list(range(size))


# -- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", [b"\n", b"{}\n", b'{"jsonrpc":"2.0","method":"mark"}\n'], ids=["blank", "short", "call"]
)
async def test_lines_are_read_ahead_only_so_far(socket_path: Path, service: Service, line: bytes) -> None:
    async with serving(socket_path, service, in_flight=1, backlog_bytes=100_000) as (server, peer):
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        peer.write(line * (8_000_000 // len(line)))
        await asyncio.sleep(0.05)
        assert the_connection(server)._connection.backlog_bytes < 100_000 + 65536 * 65
        assert peer.writer.transport.get_write_buffer_size() > 0
        service.probe.release.set()
        assert (await peer.line())["result"] == ["a"]
        peer.abort()


async def test_requests_of_a_peer_that_reads_nothing_are_not_looked_at(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (server, peer):
        peer.reader._transport.pause_reading()  # type: ignore[attr-defined]  # the peer reads nothing from here on
        peer.write(b"".join(request("big", [50_000], n) for n in range(3000)))
        await asyncio.sleep(0.1)
        connection = the_connection(server)
        assert connection._connection.output_bytes < 64 * 51_000
        assert not connection.is_writable
        peer.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert [len((await peer.line())["result"]) for _ in range(3000)] == [50_000] * 3000


async def test_peer_that_lets_answers_pile_up_is_closed(
    socket_path: Path, service: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemonrpc.watch.STALL_SECONDS", 0.05)
    service.handler.register("later", later(service))
    async with serving(socket_path, service, output_bytes=1_000_000) as (server, peer):
        peer.reader._transport.pause_reading()  # type: ignore[attr-defined]
        for n in range(20):
            peer.call("later", [200_000], id_=n)
        await until(lambda: server.statistics()["tasks"] == 20)
        service.probe.release.set()
        await until(lambda: not server.statistics()["connections"])
        assert "does not read its answers" in caplog.text


async def test_peer_that_reads_is_not_closed_by_a_burst_over_the_limit(
    socket_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All end in one turn, before anybody could have read any of it."""
    monkeypatch.setattr("daemonrpc.watch.STALL_SECONDS", 0.2)
    service.handler.register("later", later(service))
    async with serving(socket_path, service, output_bytes=100_000) as (server, peer):
        for n in range(20):
            peer.call("later", [200_000], id_=n)
        await until(lambda: server.statistics()["tasks"] == 20)
        service.probe.release.set()
        assert sorted([(await peer.line())["id"] for _ in range(20)]) == list(range(20))


def later(service: Service) -> Any:
    """A handler of calls that all end at once."""

    async def answer(params: Any, _context: Context) -> str:
        await service.probe.release.wait()
        return "x" * params[0]

    return answer


# -- lines ------------------------------------------------------------------------------------------------------------


async def test_slow_line_is_answered_and_its_connection_closed(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_seconds=0.05) as (_server, peer):
        peer.write(b'{"jsonrpc":')
        answer = await peer.line()
        assert (answer["id"], answer["error"]["code"]) == (None, -32600)
        assert "0.05 s" in answer["error"]["message"]
        assert await peer.rest() == b""


async def test_each_line_has_its_own_time(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_seconds=0.4) as (_server, peer):
        line = request("echo", [1])
        peer.write(line + line[:10])
        for _ in range(4):  # there is always a partial line, and never the same one for long
            await peer.line()
            await asyncio.sleep(0.15)
            peer.write(line[10:] + line[:10])
        peer.write(line[10:])
        assert (await peer.line())["result"] == [1]


async def test_line_begun_long_after_the_last_one_has_its_full_time(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_seconds=0.4) as (_server, peer):
        line = request("echo", [1])
        peer.write(line[:5])
        await asyncio.sleep(0.01)
        peer.write(line[5:])
        await peer.line()
        await asyncio.sleep(0.3)
        peer.write(line[:5])
        await asyncio.sleep(0.2)  # the first line's time would be over by now
        peer.write(line[5:])
        assert (await peer.line())["result"] == [1]


async def test_idle_connection_is_never_too_slow(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_seconds=0.02) as (_server, peer):
        await asyncio.sleep(0.06)
        peer.call("echo", [1])
        assert (await peer.line())["result"] == [1]


async def test_time_of_a_line_stands_still_while_the_server_does_not_read(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_seconds=0.1, in_flight=1, backlog_bytes=1000) as (server, peer):
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        peer.write(request("echo", ["x" * 300_000], "big") * 3)
        await asyncio.sleep(0.25)
        assert server.statistics()["connections"] == 1
        service.probe.release.set()
        assert [(await peer.line())["id"] for _ in range(4)] == [1, "big", "big", "big"]


async def test_over_long_line_is_drained_and_the_connection_lives(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_bytes=1000, drain_bytes=10**6) as (_server, peer):
        peer.write(b"x" * 500_000 + b"\n" + request("echo", [1]))
        assert (await peer.line())["error"]["code"] == -32093
        assert (await peer.line())["result"] == [1]


async def test_line_that_is_not_worth_draining_is_answered_and_closed(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, line_bytes=1000, drain_bytes=10_000) as (_server, peer):
        peer.write(b"x" * 100_000)
        answers = [json.loads(line) for line in (await peer.rest()).splitlines()]
        assert [answer["error"]["code"] for answer in answers] == [-32093]


# -- the end of a connection ------------------------------------------------------------------------------------------


async def test_half_closed_peer_gets_all_its_answers(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (server, peer):
        peer.write(request("sleep", [0.05], "slow") + request("echo", [1], "fast").rstrip())
        peer.half_close()
        assert [json.loads(line)["id"] for line in (await peer.rest()).splitlines()] == ["fast", "slow"]
        await until(lambda: not server.statistics()["connections"])


async def test_half_closed_peer_that_reads_slowly_gets_its_last_byte(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (_server, peer):
        peer.reader._transport.pause_reading()  # type: ignore[attr-defined]
        peer.write(b"".join(request("big", [100_000], n) for n in range(60)))
        peer.half_close()
        await asyncio.sleep(0.1)
        peer.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert [json.loads(line)["id"] for line in (await peer.rest()).splitlines()] == list(range(60))


async def test_half_closed_peer_that_leaves_is_noticed(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (server, peer):
        peer.call("hold", ["a"])
        peer.half_close()
        await until(lambda: service.probe.started["a"])
        await asyncio.sleep(0.01)
        assert not service.probe.cancelled["a"]
        peer.abort()
        await until(lambda: service.probe.cancelled["a"], seconds=2.0)
        await until(lambda: not server.statistics()["connections"])


async def test_notification_before_a_half_close_runs_to_its_end(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (_server, peer):
        peer.notify("sleep", [0.02])
        peer.notify("hold", ["n"])
        peer.half_close()
        await until(lambda: service.probe.started["n"])
        service.probe.release.set()
        assert await peer.rest() == b""
        assert service.probe.finished["n"] == 1


async def test_peer_that_leaves_while_the_server_does_not_read_is_noticed(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, in_flight=1, backlog_bytes=1000) as (server, peer):
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        peer.write(request("mark", ["b"]) * 1000)
        await until(lambda: not the_connection(server)._is_reading)
        peer.abort()
        await until(lambda: service.probe.cancelled["a"], seconds=2.0)
        await until(lambda: not server.statistics()["connections"])


async def test_backlog_of_a_closed_connection_does_not_run(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service, in_flight=1) as (server, peer):
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        peer.write(request("mark", ["b"]) * 10)
        await until(lambda: the_connection(server)._connection.has_backlog)
        the_connection(server).abort()
        await until(lambda: not server.statistics()["connections"])
        assert not service.probe.started["b"]


async def test_closing_connection_does_not_wait_for_ever_for_its_peer(
    socket_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemonrpc.server_protocol.CLOSE_SECONDS", 0.05)
    async with serving(socket_path, service) as (server, peer):
        peer.reader._transport.pause_reading()  # type: ignore[attr-defined]
        peer.call("big", [4_000_000])
        await until(lambda: server.statistics()["connections"] and not the_connection(server).is_writable)
        the_connection(server).close()
        await until(lambda: not server.statistics()["connections"])


async def test_socat_style_one_shot_works(socket_path: Path, service: Service) -> None:
    """`printf ... | nc -U path`: no newline, half-close, read to the end."""
    async with serving(socket_path, service):

        def one_shot() -> bytes:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(SECONDS)
                client.connect(os.fspath(socket_path))
                client.sendall(request("echo", ["hi"]).rstrip())
                client.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: client.recv(1000), b""))

        answer = await asyncio.to_thread(one_shot)
        assert json.loads(answer)["result"] == ["hi"]


async def test_turn_is_short_whatever_arrives(socket_path: Path, service: Service) -> None:
    async with serving(socket_path, service) as (_server, peer):
        peer.write(request("echo", [1]) * 20_000)
        loop, longest, last = asyncio.get_running_loop(), 0.0, time.perf_counter()
        reading = loop.create_task(peer.reader.readexactly(20_000 * len(b'{"jsonrpc":"2.0","id":1,"result":[1]}\n')))
        while not reading.done():
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        await reading
        assert longest < 0.25  # 64 lines take a millisecond; without turns the 20,000 would take one long second
