"""A call runs at most once, unless its method says that twice is fine (RULES 1.1, 1.25, 2.7).

`test_every_byte.py` breaks connections at every byte of a call.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, Struct, UnsetType

from daemonrpc import (
    ApplicationError,
    BusyError,
    CallTimeoutError,
    Channel,
    ConnectionLostError,
    Context,
    DaemonError,
    DaemonNotRunningError,
    DaemonServer,
    Method,
    RpcError,
)
from daemonrpc.method import Safety
from support.callers import OpenCaller
from support.raw import FakeServer, RawPeer
from support.service import Service
from support.waiting import SECONDS, until


class Params(Struct, omit_defaults=True):
    key: str | UnsetType = UNSET


def method(safety: Safety) -> Method[Params, Any]:
    return Method("submit", python_name="submit", params=Params, result=Any, safety=safety, key="key")


class Submissions(Counter[str]):
    """How often each key was submitted."""

    def submit(self, params: Any, _context: Context) -> Any:
        self[params["key"]] += 1
        return params


@pytest.fixture
def submissions(service: Service) -> Submissions:
    made = Submissions()
    service.handler.register("submit", made.submit)
    return made


def refusal(request: Any, code: int, data: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": code, "message": "no", "data": data}}


async def test_call_is_not_sent_again_after_a_timeout(
    client_of: OpenCaller, service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 1.1: the handler of a submit-like call ran twice."""
    with pytest.raises(CallTimeoutError):
        await client_of(socket_path).call("hold", ["a"], timeout=0.1)
    await until(lambda: service.probe.cancelled["a"])
    assert service.probe.started["a"] == 1


@pytest.mark.parametrize("safety", ["safe", "idempotent", "keyed", "unsafe"])
async def test_not_even_a_safe_call_is_sent_again_after_a_timeout(
    client_of: OpenCaller, socket_path: Path, safety: Safety
) -> None:
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        while data := await peer.raw_line():
            seen.append(data)

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path)
        with pytest.raises(CallTimeoutError):
            await client.call(method(safety), Params("k"), timeout=0.1)
        await client.close()
    assert fake.connections == 1
    assert sum(b'"submit"' in data for data in seen) == 1


@pytest.mark.parametrize(
    ("safety", "key", "again"),
    [
        ("safe", UNSET, True),
        ("idempotent", UNSET, True),
        ("keyed", "k", True),
        ("keyed", UNSET, False),
        ("unsafe", "k", False),
    ],
)
async def test_server_that_closes_after_reading_sees_again_only_what_may_run_twice(
    client_of: OpenCaller, socket_path: Path, safety: Safety, key: Any, again: bool
) -> None:
    """RULES 1.25: the "stale-retry" ran a submit twice."""
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        seen.append(await peer.line())
        if len(seen) > 1:
            peer.answer(seen[-1], "answered")
            await peer.rest()

    async with FakeServer(socket_path, serve):
        call = client_of(socket_path).call(method(safety), Params(key))
        if again:
            assert await call == "answered"
        else:
            with pytest.raises(ConnectionLostError, match="may or may not have run"):
                await call
    assert len(seen) == (2 if again else 1)


async def test_server_that_always_dies_ends_the_tries(client_of: OpenCaller, socket_path: Path) -> None:
    async def serve(peer: RawPeer) -> None:
        await peer.line()

    async with FakeServer(socket_path, serve) as fake:
        with pytest.raises(ConnectionLostError):
            await client_of(socket_path).call(method("safe"), Params())
    assert fake.connections == 3


async def test_call_that_was_refused_as_not_started_is_sent_again(client_of: OpenCaller, socket_path: Path) -> None:
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        seen.append(await peer.line())
        peer.write_line(refusal(seen[-1], -32090, {"started": False, "retry_after_ms": 1}))
        seen.append(await peer.line())
        peer.answer(seen[-1], "answered")
        await peer.rest()

    async with FakeServer(socket_path, serve):
        assert await client_of(socket_path).call(method("unsafe"), Params()) == "answered"
    assert len(seen) == 2


async def test_refused_connection_is_a_reason_for_all_its_calls_to_try_again(socket_path: Path) -> None:
    """Nothing of that connection was read; the daemon is full for a moment."""

    async def serve(peer: RawPeer) -> None:
        if fake.connections == 1:
            peer.write_line(refusal({"id": None}, -32090, {"started": False, "refused": "connection"}))
            return
        while data := await peer.raw_line():
            request = json.loads(data)
            peer.answer(request, request["params"])

    async with FakeServer(socket_path, serve) as fake, Channel(socket_path) as client:
        calls = (client.call(method("unsafe"), Params(str(number))) for number in range(10))
        assert await asyncio.gather(*calls) == [{"key": str(number)} for number in range(10)]
    assert fake.connections == 2


@pytest.mark.parametrize("safety", ["unsafe", "idempotent"])
async def test_refused_line_is_no_reason_to_send_again_what_may_be_another_line(
    socket_path: Path, safety: Safety
) -> None:
    """ "Not started" without an id is true of one of the ten, and the other nine may have run."""
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        while data := await peer.raw_line():
            seen.append(json.loads(data))
            if fake.connections > 1:
                peer.answer(seen[-1], "answered")
            elif len(seen) == 10:
                peer.write_line(refusal({"id": None}, -32090, {"started": False, "retry_after_ms": 1}))

    async with FakeServer(socket_path, serve) as fake, Channel(socket_path) as client:
        calls = (client.call(method(safety), Params(str(number))) for number in range(10))
        results = await asyncio.gather(*calls, return_exceptions=True)
    if safety == "unsafe":
        assert len(seen) == 10
        assert all(isinstance(result, ConnectionLostError) for result in results), results
        assert all("may or may not have run" in str(result) and "no (code" in str(result) for result in results)
    else:
        assert results == ["answered"] * 10


# -- a daemon that shuts down -----------------------------------------------------------------------------------------


async def test_call_that_a_stopping_daemon_refused_goes_to_whoever_listens_then(
    client_of: OpenCaller, socket_path: Path
) -> None:
    """With an inherited listener no call that was not started is lost over a restart (RULES part 5, 12)."""
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        number = fake.connections
        while data := await peer.raw_line():
            seen.append(number)
            request = json.loads(data)
            if number <= 3:
                peer.write_line(refusal(request, -32094, {"started": False}))
            else:
                peer.answer(request, "answered")

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path)
        assert await client.call(method("unsafe"), Params()) == "answered"
        await client.close()
    assert seen == [1, 2, 3, 4], "each time over a new connection"


async def test_daemon_that_stops_and_leaves_nobody_is_said_to_shut_down_at_once(
    client_of: OpenCaller, service: Service, socket_path: Path
) -> None:
    """No inherited listener: whoever types a command hears it without a pause."""
    server = DaemonServer(socket_path, service.handler)
    await server.start()
    client = client_of(socket_path)
    held = asyncio.create_task(client.call("hold", ["a"]))
    await until(lambda: service.probe.started["a"])
    other = client_of(socket_path)
    assert await other.call("echo", [1]) == [1]
    stopping = asyncio.create_task(server.stop(grace=SECONDS))
    await asyncio.sleep(0)
    with pytest.raises(DaemonNotRunningError, match="the daemon is shutting down"):
        await other.call("mark", ["b"])
    service.probe.release.set()
    assert await held == ["a"], "calls that run have the grace period"
    await stopping
    assert not service.probe.started["b"]


async def test_calls_that_run_on_a_stopping_daemon_are_answered_while_others_go_elsewhere(socket_path: Path) -> None:
    held: list[tuple[RawPeer, Any]] = []

    async def serve(peer: RawPeer) -> None:
        is_old = fake.connections == 1
        while data := await peer.raw_line():
            request = json.loads(data)
            if request["method"] == "slow":
                held.append((peer, request))
            elif is_old:
                peer.write_line(refusal(request, -32094, {"started": False}))
            else:
                peer.answer(request, "new")

    async with FakeServer(socket_path, serve) as fake, Channel(socket_path, pool_size=1) as client:
        slow = asyncio.create_task(client.call("slow"))
        await until(lambda: held)
        assert await client.call("quick") == "new"
        assert client.statistics() == {"connections": 2, "in_flight": 1}
        peer, request = held[0]
        peer.answer(request, "old")
        assert await slow == "old"
        await until(lambda: client.statistics() == {"connections": 1, "in_flight": 0})


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (-32090, None),
        (-32090, {"started": True}),
        (-32094, None),
        (-32094, {"started": True}),
        (-32603, {"started": False}),
        (-32700, None),
        (-32800, {"started": False}),
        (-32000, {"started": False}),
        (1, None),
    ],
)
async def test_no_other_error_is_a_reason_to_send_again(
    client_of: OpenCaller, socket_path: Path, code: int, data: Any
) -> None:
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        while True:
            try:
                seen.append(await peer.line())
            except EOFError:
                return
            peer.write_line(refusal(seen[-1], code, data))

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        with pytest.raises(RpcError) as caught:
            await client.call(method("safe"), Params())
        await client.close()
    assert caught.value.code == code
    assert not isinstance(caught.value, ApplicationError)
    assert len(seen) == 1


async def test_pause_before_the_next_try_ends_at_the_deadline(client_of: OpenCaller, socket_path: Path) -> None:
    async def serve(peer: RawPeer) -> None:
        peer.write_line(refusal(await peer.line(), -32090, {"started": False, "retry_after_ms": 5000}))
        await peer.rest()

    async with FakeServer(socket_path, serve):
        loop = asyncio.get_running_loop()
        begin = loop.time()
        with pytest.raises((CallTimeoutError, BusyError)):
            await client_of(socket_path).call(method("unsafe"), Params(), timeout=0.2)
        assert loop.time() - begin < 1


async def test_stale_connection_is_replaced_after_a_restart(
    client_of: OpenCaller, service: Service, submissions: Submissions, socket_path: Path
) -> None:
    client = client_of(socket_path)
    for turn in range(5):
        server = DaemonServer(socket_path, service.handler)
        await server.start()
        # Not safe to repeat: it must be known before it is sent that nobody would read it.
        assert await client.call(method("unsafe"), Params(str(turn))) == {"key": str(turn)}
        await server.stop(grace=0)
    assert set(submissions.values()) == {1}


async def test_connection_that_dies_while_idle_without_a_turn_of_the_loop_is_replaced(
    service: Service, server: DaemonServer, socket_path: Path, client_of: OpenCaller
) -> None:
    """The end is in the kernel, and nobody has told the client yet."""
    client = client_of(socket_path)
    await client.call("mark", ["first"])
    await server.stop(grace=0)
    await server.start()
    assert await client.call("mark", ["second"]) == ["second"]
    assert service.probe.started["second"] == 1


async def test_nobody_there_is_said_at_once(client_of: OpenCaller, socket_path: Path) -> None:
    with pytest.raises(DaemonNotRunningError):
        await client_of(socket_path).call("mark", ["a"], timeout=None)


async def test_server_that_is_killed_in_the_middle_of_calls_leaves_none_running_twice(
    client_of: OpenCaller, service: Service, server: DaemonServer, socket_path: Path
) -> None:
    client = client_of(socket_path)
    tags = [str(number) for number in range(20)]
    calls = [asyncio.create_task(client.call("hold", [tag])) for tag in tags]
    await until(lambda: len(service.probe.started) == len(tags))
    await server.stop(grace=0)
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(result, DaemonError) for result in results), results
    assert set(service.probe.started.values()) == {1}
