"""A call runs at most once, unless its method says that twice is fine (RULES 1.1, 1.25, 2.7)."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, Struct, UnsetType

from daemonrpc import (
    ApplicationError,
    BusyError,
    CallTimeoutError,
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
from support.faults import FaultProxy
from support.raw import FakeServer, RawPeer
from support.service import Service
from support.waiting import until


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


@pytest.mark.parametrize("safety", ["unsafe", "safe"])
async def test_reply_that_is_cut_anywhere_never_runs_an_unsafe_call_twice(
    client_of: OpenCaller, submissions: Submissions, server: DaemonServer, socket_path: Path, safety: Safety
) -> None:
    """At every byte boundary: the answer, or ConnectionLostError; never silence, never a second run."""
    whole = len(b'{"jsonrpc":"2.0","id":1,"result":{"key":"00"}}\n')
    for size in range(whole + 2):
        tag = f"{size:02}"
        async with FaultProxy(socket_path.with_name("p"), server.socket_path, reply_bytes=size) as proxy:
            client = client_of(proxy.path)
            try:
                answer: Any = await client.call(method(safety), Params(tag), timeout=5)
            except ConnectionLostError:
                answer = None
            await client.close()
        runs = submissions[tag]
        if size >= whole:
            assert (answer, runs) == ({"key": tag}, 1)
        else:
            assert (answer, runs) == (None, 3 if safety == "safe" else 1)


async def test_request_that_is_cut_anywhere_runs_not_at_all_or_once(
    client_of: OpenCaller, submissions: Submissions, server: DaemonServer, socket_path: Path
) -> None:
    for size in range(0, 120, 3):
        tag = f"{size:03}"
        async with FaultProxy(socket_path.with_name("p"), server.socket_path, request_bytes=size) as proxy:
            client = client_of(proxy.path)
            try:
                assert await client.call(method("unsafe"), Params(tag), timeout=5) == {"key": tag}
            except ConnectionLostError:
                await until(lambda: server.statistics()["connections"] == 0)
            await client.close()
        assert submissions[tag] <= 1
    assert submissions[tag] == 1, "the longest prefix is meant to be the whole request"


@pytest.mark.parametrize("code", [-32090, -32094])
async def test_call_that_provably_did_not_start_is_sent_again(
    client_of: OpenCaller, socket_path: Path, code: int
) -> None:
    seen: list[Any] = []

    async def serve(peer: RawPeer) -> None:
        seen.append(await peer.line())
        peer.write_line(refusal(seen[-1], code, {"started": False, "retry_after_ms": 1}))
        seen.append(await peer.line())
        peer.answer(seen[-1], "answered")
        await peer.rest()

    async with FakeServer(socket_path, serve):
        assert await client_of(socket_path).call(method("unsafe"), Params()) == "answered"
    assert len(seen) == 2


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
