import asyncio
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, DaemonServer, SocketFileError
from daemonrpc import acceptor as acceptor_module
from support.raw import connect
from support.service import Service
from support.waiting import SECONDS, until


@pytest.fixture
def service() -> Service:
    return Service()


async def test_server_listens_when_start_returns_and_is_gone_after_stop(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with Channel(socket_path) as channel:
        assert await channel.call("echo", [1]) == [1]
    await server.stop()
    assert not socket_path.exists()
    assert server.socket_path == socket_path


async def test_permissions_are_those_that_were_asked_for(socket_path: Path, service: Service) -> None:
    async with DaemonServer(socket_path, service.handler):
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o660
    async with DaemonServer(socket_path, service.handler, permissions=0o600):
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o600


async def test_second_server_at_a_live_path_is_refused_and_the_first_one_lives(
    socket_path: Path, service: Service
) -> None:
    async with DaemonServer(socket_path, service.handler), Channel(socket_path) as channel:
        second = DaemonServer(socket_path, service.handler)
        with pytest.raises(SocketFileError, match="another server is live"):
            await second.start()
        await second.stop()
        assert await channel.call("echo", [1]) == [1]
    assert not socket_path.exists()


async def test_server_starts_once_at_a_time_and_again_after_its_end(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    with pytest.raises(RuntimeError, match="started already"):
        await server.start()
    await server.stop()
    await server.stop()
    async with server, Channel(socket_path) as channel:
        assert await channel.call("echo", [1]) == [1]


async def test_start_that_failed_can_be_tried_again(socket_path: Path, service: Service) -> None:
    socket_path.write_text("in the way")
    server = DaemonServer(socket_path, service.handler)
    with pytest.raises(SocketFileError):
        await server.start()
    socket_path.unlink()
    async with server:
        assert socket_path.exists()


# -- accepting --------------------------------------------------------------------------------------------------------


async def test_client_over_the_limit_gets_a_clear_error_and_no_descriptor(socket_path: Path, service: Service) -> None:
    async with DaemonServer(socket_path, service.handler, max_connections=3) as server:
        peers = [await connect(socket_path) for _ in range(30)]
        refusals = [await peer.line() for peer in peers[3:]]
        assert {refusal["error"]["code"] for refusal in refusals} == {-32090}
        assert refusals[0]["error"]["data"]["started"] is False
        assert server.statistics()["connections"] == 3
        await peers[0].close()
        await until(lambda: server.statistics()["connections"] == 2)
        async with Channel(socket_path) as channel:
            assert await channel.call("echo", [1]) == [1]
        for peer in peers[1:]:
            await peer.close()


async def test_burst_of_clients_is_accepted(socket_path: Path, service: Service) -> None:
    async with DaemonServer(socket_path, service.handler) as server:
        peers = await asyncio.gather(*(connect(socket_path) for _ in range(200)))
        await until(lambda: server.statistics()["connections"] == 200)
        for peer in peers:
            await peer.close()
        await until(lambda: server.statistics()["connections"] == 0)


async def test_client_that_cannot_be_identified_is_turned_away_alone(
    socket_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def nobody(_sock: object, _group: int) -> Any:
        raise OSError("nobody knows")

    async with DaemonServer(socket_path, service.handler), await connect(socket_path) as early:
        early.call("echo", [1])
        await early.line()
        with monkeypatch.context() as patched:
            patched.setattr(acceptor_module, "peer_of", nobody)
            async with await connect(socket_path) as unknown:
                assert await unknown.rest() == b""
        async with await connect(socket_path) as known:
            known.call("echo", [2])
            assert (await known.line())["result"] == [2]
        early.call("echo", [3])
        assert (await early.line())["result"] == [3]
    assert "cannot tell who connected" in caplog.text


# -- stopping ---------------------------------------------------------------------------------------------------------

MARGIN = 0.5
"""What the end may take beyond the grace: 0.2 s, and something for a busy machine."""


async def stopping(server: DaemonServer, grace: float) -> float:
    start = time.monotonic()
    async with asyncio.timeout(SECONDS):
        await server.stop(grace)
    return time.monotonic() - start


async def test_stop_with_an_idle_client_is_quick(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("echo")
        await peer.line()
        assert await stopping(server, grace=5.0) < MARGIN
        assert await peer.rest() == b""


async def test_stop_lets_running_calls_end_and_refuses_new_ones(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("sleep", [0.1], id_="running")
        await until(lambda: server.statistics()["running"])
        stop = asyncio.ensure_future(server.stop(5.0))
        await asyncio.sleep(0.01)
        peer.call("sleep", [0], id_="new")
        peer.call("health", id_="health")
        answers = {answer["id"]: answer for answer in [await peer.line() for _ in range(3)]}
        await stop
    assert answers["new"]["error"]["code"] == -32094
    assert answers["new"]["error"]["data"] == {"started": False}
    assert (answers["health"]["result"], answers["running"]["result"]) == ("ok", [0.1])


async def test_stop_cancels_what_outlives_the_grace_and_says_so(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        assert 0.1 <= await stopping(server, grace=0.1) < 0.1 + MARGIN
        answer = await peer.line()
        assert (answer["error"]["code"], answer["error"]["data"]) == (-32094, {"started": True})
        assert service.probe.cancelled["a"] == 1


async def test_stop_ends_streams_at_once(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("endless", ["s"])
        await peer.line()
        assert await stopping(server, grace=5.0) < MARGIN
        last = (await peer.rest()).splitlines()[-1]
        assert b"-32094" in last
        assert service.probe.finished["s"] == 1


async def test_stop_ends_in_time_beside_a_client_that_never_reads(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    peer = await connect(socket_path)
    peer.reader._transport.pause_reading()  # type: ignore[attr-defined]
    peer.call("big", [5_000_000])
    peer.call("endless", ["s", 10_000], id_=2)
    await asyncio.sleep(0.05)
    assert await stopping(server, grace=0.1) < 0.1 + MARGIN
    peer.abort()


async def test_stop_ends_in_time_beside_half_closed_clients(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("hold", ["a"])
        peer.half_close()
        await until(lambda: service.probe.started["a"])
        assert await stopping(server, grace=0.05) < 0.05 + MARGIN
        assert b"-32094" in await peer.rest()


async def test_stop_ends_in_time_beside_a_handler_that_will_not_end(socket_path: Path, service: Service) -> None:
    async def stubborn(_params: Any, _context: Any) -> None:
        while not service.probe.release.is_set():
            try:
                await service.probe.release.wait()
            except asyncio.CancelledError:
                continue

    service.handler.register("stubborn", stubborn)
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("stubborn")
        await until(lambda: server.statistics()["running"])
        assert await stopping(server, grace=0.05) < 0.05 + MARGIN
        service.probe.release.set()
    await asyncio.sleep(0.01)


async def test_stop_answers_what_waits_for_a_slot_as_not_started(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler, max_concurrent_requests=1)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("hold", ["runs"], id_="runs")
        peer.call("hold", ["waits"], id_="waits")
        await until(lambda: server.statistics()["waiting"])
        stop = asyncio.ensure_future(server.stop(5.0))
        refused = await peer.line()
        assert (refused["id"], refused["error"]["code"]) == ("waits", -32094)
        assert refused["error"]["data"] == {"started": False}
        service.probe.release.set()
        assert (await peer.line())["result"] == ["runs"]
        await stop


async def test_lines_that_wait_behind_a_full_connection_are_refused_not_lost(
    socket_path: Path, service: Service
) -> None:
    from daemonrpc import Limits

    server = DaemonServer(socket_path, service.handler, limits=Limits(in_flight=1))
    await server.start()
    async with await connect(socket_path) as peer:
        for n in range(5):
            peer.call("hold", [n], id_=n)
        await until(lambda: service.probe.started[0])
        await stopping(server, grace=0.05)
        answers = [await peer.line() for _ in range(5)]
    assert {answer["error"]["code"] for answer in answers} == {-32094}
    assert [answer["error"]["data"]["started"] for answer in answers] == [True, False, False, False, False]


async def test_client_that_was_not_accepted_yet_hears_why(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    import socket

    with socket.socket(socket.AF_UNIX) as client:
        client.connect(os.fspath(socket_path))
        client.sendall(b'{"jsonrpc":"2.0","method":"mark","id":1}\n')
        await server.stop(0)  # the loop had no turn to accept
        client.settimeout(SECONDS)
        assert b"-32094" in client.recv(1000)
    assert not service.probe.started


async def test_stop_that_is_called_twice_ends_once_and_both_wait(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        stops = [asyncio.ensure_future(server.stop(5.0)) for _ in range(2)]
        await asyncio.sleep(0.02)
        assert not any(stop.done() for stop in stops)
        service.probe.release.set()
        await asyncio.gather(*stops)
        assert (await peer.line())["result"] == ["a"]


async def test_cancelled_stop_still_leaves_nothing_behind(socket_path: Path, service: Service) -> None:
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    async with await connect(socket_path) as peer:
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
        stop = asyncio.ensure_future(server.stop(60.0))
        await asyncio.sleep(0.01)
        stop.cancel()
        await asyncio.wait([stop])
        assert not socket_path.exists()
        assert await peer.rest() == b""
        await until(lambda: service.probe.cancelled["a"])


def test_statistics_of_a_server_that_does_not_run_are_zero(socket_path: Path, service: Service) -> None:
    assert set(DaemonServer(socket_path, service.handler).statistics().values()) == {0}
