"""Known bugs of software like this one, which no other test of this folder names (RULES 1 and 2)."""

import ast
import asyncio
import gc
import json
import os
import signal
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

import daemonrpc
from daemonrpc import (
    Channel,
    ConnectionLostError,
    DaemonServer,
    Limits,
    Method,
    NotAllowedError,
    RemoteProtocolError,
    RequestHandler,
    SyncChannel,
)
from daemonrpc.context import Peer
from daemonrpc.dispatch import Dispatcher
from daemonrpc.request import Request
from daemonrpc.server_connection import ServerConnection
from support.process import DaemonProcess, daemon_process
from support.raw import FakeServer, RawPeer, connect
from support.service import Service
from support.waiting import SECONDS, until

RUNTIME = Path(daemonrpc.__file__).parent

# -- what the standard library does and we must not use ----------------------------------------------------------------

NEVER_CALLED = {
    "writelines": "RULES 2.16: without flow control on 3.12.0-3.12.8 and 3.13.0 (cpython#127655)",
    "drain": "RULES 2.3: two at once fail an assertion (cpython#74116); a connection has one writer and an own queue",
    "wait_closed": "RULES 2.2: waits for every connection since 3.12.1 (cpython#104344)",
    "start_unix_server": "RULES 2.1: its reader loses the connection at a long line",
    "open_unix_connection": "RULES 2.1",
    "create_unix_server": "RULES 2.9, 2.10: unlinks a live socket, and one that was handed over",
    "wait_for": "RULES 2.8: loses results and hides cancels up to 3.11 (cpython#86296)",
    "umask": "RULES 2.11: belongs to the whole process",
    "set_task_factory": "RULES 2.24: eager tasks for all",
    "ensure_future": "RULES 2.23: a task that nobody holds",
    "fork": "RULES 2.25, 2.26",
}
OF_OURS = ("sender.drain", "self._drain")
"""Methods of ours that have such a name."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call by the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def forbidden(text: str) -> list[str]:
    """What a module calls and must not."""
    tree = ast.parse(text)
    return [
        f"{ast.unparse(node)}: {NEVER_CALLED[name]}"
        for name, node in calls(tree)
        if name in NEVER_CALLED and ast.unparse(node.func) not in OF_OURS
    ]


def test_runtime_calls_nothing_that_is_known_to_fail() -> None:
    sample = (
        "async def f(w, s):\n    w.writelines([])\n    await w.drain()\n    await asyncio.wait_for(s.wait_closed(), 1)"
    )
    assert len(forbidden(sample)) == 4, "or the check would find nothing because it looks for the wrong thing"
    found = {str(path): forbidden(path.read_text()) for path in RUNTIME.rglob("*.py") if "testing" not in path.parts}
    assert len(found) > 20
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_pid_of_a_peer_decides_nothing() -> None:
    """RULES 2.38: a pid can be recycled. It is told and logged, and never compared."""

    def decisions(text: str) -> list[str]:
        tests = (ast.Compare, ast.If, ast.IfExp, ast.BoolOp, ast.Match, ast.Subscript)
        return [
            ast.unparse(node)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, tests)
            for part in ast.walk(node.test if isinstance(node, ast.If | ast.IfExp) else node)
            if isinstance(part, ast.Attribute) and part.attr == "pid"
        ]

    assert decisions("if peer.pid == 1: pass\nx = allowed[peer.pid]"), "or the check would find nothing"
    found = {path.name: decisions(path.read_text()) for path in RUNTIME.rglob("*.py") if "testing" not in path.parts}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


# -- tasks and generators ----------------------------------------------------------------------------------------------


async def test_task_that_only_itself_refers_to_is_not_collected(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 2.23: the event loop holds tasks weakly, so one that waits for an object of its own could vanish."""
    waiting: list[weakref.ref[asyncio.Future[str]]] = []

    async def lonely(_params: Any, _context: Any) -> str:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        waiting.append(weakref.ref(future))
        return await future

    service.handler.register("lonely", lonely)
    async with await connect(socket_path) as peer:
        peer.call("lonely")
        await until(lambda: waiting)
        for _ in range(3):
            gc.collect()
        future = waiting[0]()
        assert future is not None
        future.set_result("here")
        del future
        assert (await peer.line())["result"] == "here"


async def test_generator_that_goes_on_after_its_end_is_a_fault_and_harms_nobody(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 2.21: a `yield` in `finally` makes "async generator ignored GeneratorExit"."""
    left = asyncio.Event()

    async def stubborn(_params: Any, _context: Any) -> Any:
        try:
            while True:
                yield 1
                await asyncio.sleep(0)
        finally:
            left.set()
            yield 2

    service.handler.register("stubborn", stubborn)
    async with Channel(socket_path) as client, await connect(socket_path) as peer:
        async for _ in client.stream("stubborn"):
            break
        await asyncio.wait_for(left.wait(), SECONDS)
        left.clear()
        peer.call("stubborn")
        assert (await peer.line())["params"] == 1
        peer.notify("rpc.cancel", {"id": 1})
        while "params" in (message := await peer.line()):
            pass
        assert message["error"]["code"] in (-32800, -32603), "one end, and only one"
        assert left.is_set()
        await until(lambda: server.statistics()["tasks"] == 0)
        assert await client.call("echo", [1]) == [1]


# -- bytes and numbers -------------------------------------------------------------------------------------------------


async def test_params_of_waiting_calls_are_not_changed_by_later_reads(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """RULES 2.36: `msgspec.Raw` is a view, and all connections read into one buffer."""
    async with await connect(socket_path) as first, await connect(socket_path) as second:
        for number in range(20):
            first.call("hold", [f"params-{number}" * 50], id_=f"id-{number}" * 10)
        await until(lambda: server.statistics()["tasks"] == 20)
        for number in range(200):
            second.call("echo", ["#" * 3000], id_=number)
            assert (await second.line())["id"] == number
        service.probe.release.set()
        answers = [await first.line() for _ in range(20)]
    assert {answer["id"]: answer["result"] for answer in answers} == {
        f"id-{number}" * 10: [f"params-{number}" * 50] for number in range(20)
    }


@pytest.mark.parametrize("digits", [b"1", b"9", b"0.1"])
async def test_number_of_millions_of_digits_costs_no_time(
    service: Service, server: DaemonServer, socket_path: Path, digits: bytes
) -> None:
    """RULES 2.30: `int` of so many digits takes minutes (CVE-2020-10735)."""
    async with await connect(socket_path) as peer, Channel(socket_path) as client:
        number = digits * (8_000_000 // len(digits)) if digits != b"0.1" else b"0." + b"3" * 8_000_000
        peer.write(b'{"jsonrpc":"2.0","id":1,"method":"echo","params":[%b]}\n' % number)
        answer = json.loads(await peer.raw_line())
        assert answer["id"] == 1
        if digits != b"0.1":
            assert answer["error"]["code"] == -32602
        assert await client.call("echo", [1], timeout=SECONDS) == [1]


def test_ids_that_python_would_hash_alike_cost_no_more_than_others() -> None:
    """RULES 2.32: 8,000 multiples of 2**61 - 1 took 0.5 s as keys of a dict, others 0.6 ms. Ours are bytes."""

    def seconds(ids: range) -> float:
        connection = ServerConnection(Limits(in_flight=20_000))
        lines = b"".join(b'{"jsonrpc":"2.0","method":"m","id":%d}\n' % id_ for id_ in ids)
        begin = time.perf_counter()
        connection.receive_data(lines)
        requests: list[Request | None] = []
        while connection.has_backlog:
            requests.append(connection.next_request())
        for request in requests:
            assert request is not None
            connection.answer(request, b"1")
        assert (len(requests), connection.in_flight) == (len(ids), 0)
        return time.perf_counter() - begin

    def next_ids(step: int) -> range:
        return range(step, 16_000 * step + 1, step)

    alike, others = [min(seconds(next_ids(step)) for _ in range(3)) for step in (2**61 - 1, 2**61 + 3)]
    assert alike < 5 * others


class Nothing(Struct):
    pass


@pytest.mark.parametrize("last", ["public", "private"])
def test_member_that_comes_twice_is_decided_about_once(last: str) -> None:
    """RULES 2.33: who is checked by the first `method` and served by the second has no access control."""
    public: Method[Nothing, str] = Method("public", python_name="public", params=Nothing, result=str)
    private: Method[Nothing, str] = Method(
        "private", python_name="private", params=Nothing, result=str, access="owner", handler="sync"
    )
    handler = RequestHandler()
    handler.register(public, lambda _params, _context: "public")
    handler.register(private, lambda _params, _context: "private")
    first = "private" if last == "public" else "public"
    connection = ServerConnection(Limits())
    line = f'{{"jsonrpc":"2.0","id":1,"method":"{first}","method":"{last}"}}\n'
    connection.receive_data(line.encode())
    request = connection.next_request()
    assert request is not None
    stranger = Peer(uid=4242, gid=4242, pid=1)
    dispatcher = Dispatcher(handler, time.monotonic)
    if last == "public":
        assert dispatcher.bind(request, stranger).entry.method is public
    else:
        with pytest.raises(NotAllowedError):
            dispatcher.bind(request, stranger)


DEEP = b"[" * 100_000


@pytest.mark.parametrize("stack", [256 * 1024, 1024 * 1024])
async def test_deep_answer_does_not_crash_a_client_in_a_small_thread(socket_path: Path, stack: int) -> None:
    """RULES 2.27: a parser that recurses kills the process on the stack of a thread."""

    async def serve(peer: RawPeer) -> None:
        request = await peer.line()
        peer.write(b'{"jsonrpc":"2.0","id":%d,"result":%b%b}\n' % (request["id"], DEEP, DEEP.replace(b"[", b"]")))
        await peer.rest()

    def call() -> Any:
        with SyncChannel(socket_path) as client:
            return client.call("m", timeout=SECONDS)

    async with FakeServer(socket_path, serve):
        outcome = await in_thread(call, stack)
    assert isinstance(outcome, RemoteProtocolError)


@pytest.mark.parametrize("stack", [256 * 1024, 1024 * 1024])
async def test_deep_request_does_not_crash_a_server_in_a_small_thread(socket_path: Path, stack: int) -> None:
    served, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        async with DaemonServer(socket_path, Service().handler):
            served.set()
            await asyncio.to_thread(ended.wait, 60)

    serving = asyncio.create_task(in_thread(lambda: asyncio.run(serve()), stack))
    try:
        await asyncio.to_thread(served.wait, SECONDS)
        async with await connect(socket_path) as peer:
            peer.write(DEEP + b"\n")
            peer.write(b'{"jsonrpc":"2.0","id":1,"method":"echo","params":%b%b}\n' % (b"[" * 63, b"]" * 63))
            answers = [await peer.line(), await peer.line()]
            assert answers[0]["error"]["code"] == -32700
            assert answers[1]["id"] == 1
            assert "result" in answers[1]
    finally:
        ended.set()
        assert await serving is None


async def in_thread(function: Callable[[], Any], stack: int) -> Any:
    """What a function returns or raises in a thread with a stack of so many bytes."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(function())
        except Exception as error:
            outcome.append(error)

    before = threading.stack_size(stack)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    await asyncio.to_thread(thread.join, 60)
    return outcome[0]


# -- counters ----------------------------------------------------------------------------------------------------------


async def test_every_gauge_is_zero_after_chaos(service: Service, server: DaemonServer, socket_path: Path) -> None:
    """RULES 2.40: what is counted on the way in and forgotten on one of the ways out."""
    descriptors = len(os.listdir("/proc/self/fd"))
    for leave in (RawPeer.close, _abort) * 3:
        for behaviour in BEHAVIOURS:
            peer = await connect(socket_path)
            behaviour(peer)
            await until(lambda: server.statistics()["connections"])
            await leave(peer)
    async with Channel(socket_path) as client:
        assert await client.call("echo", [1], timeout=SECONDS) == [1]
    service.probe.release.set()
    await until(lambda: set(server.statistics().values()) == {0}, 2 * SECONDS)
    await until(lambda: len(os.listdir("/proc/self/fd")) <= descriptors, 2 * SECONDS)


async def _abort(peer: RawPeer) -> None:
    peer.abort()


def calls_and_leaves(peer: RawPeer) -> None:
    for number in range(80):
        peer.call("hold", [number], id_=number)


def cancels_some(peer: RawPeer) -> None:
    for number in range(20):
        peer.call("hold", [number], id_=number)
        peer.notify("rpc.cancel", {"id": number // 2})


def streams(peer: RawPeer) -> None:
    for number in range(10):
        peer.call("endless", [number, 1000], id_=number)


def stalls(peer: RawPeer) -> None:
    peer.pause()
    for number in range(200):
        peer.call("big", [20_000], id_=number)


def sends_batches(peer: RawPeer) -> None:
    peer.write_line([{"jsonrpc": "2.0", "method": "hold", "params": [1], "id": number} for number in range(100)])


def sends_rubbish(peer: RawPeer) -> None:
    peer.write(b'\xff\n{"a":\n[]\n{"jsonrpc":"2.0","method":"fail","id":1}\n' + b"[" * 70 + b"\n" + b'{"json')


def sends_too_much(peer: RawPeer) -> None:
    peer.write(b"x" * (17 * 1024 * 1024) + b"\n")
    peer.call("hold", [1])


def half_closes(peer: RawPeer) -> None:
    peer.call("hold", [1])
    peer.notify("mark", [1])
    peer.half_close()


def gives_no_time(peer: RawPeer) -> None:
    for timeout in (0, 1, 5):
        peer.call("hold", [timeout], id_=timeout, meta={"timeout_ms": timeout})
    peer.call("endless", [7], id_=9, meta={"timeout_ms": 5})


BEHAVIOURS = (
    calls_and_leaves,
    cancels_some,
    streams,
    stalls,
    sends_batches,
    sends_rubbish,
    sends_too_much,
    half_closes,
    gives_no_time,
)


# -- the real daemon ---------------------------------------------------------------------------------------------------


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    with daemon_process() as found:
        yield found


def test_idle_connections_and_closed_streams_keep_nobody_from_a_real_daemon(daemon: DaemonProcess) -> None:
    """RULES 1, second table, 19-21: five of either, and its health was not answered for 5 to 183 s; nor did it end."""
    daemon.start()
    idle = [type(daemon.client)(daemon.place / "s") for _ in range(60)]
    for client in idle:
        assert client.health(timeout=SECONDS)
    for client in idle:
        with client.monitor(0) as events:
            next(events)
    streams = [client.monitor(0) for client in idle]
    for stream in streams:
        next(stream)
    assert daemon.client.health(timeout=SECONDS)
    assert daemon.stop(signal.SIGTERM) == 0, "with 60 idle clients and 60 open streams"
    assert not (daemon.place / "s").exists()
    for stream in streams:
        stream.close()
    for client in idle:
        client.close()


async def test_loss_of_the_server_fails_every_call_that_waits(socket_path: Path) -> None:
    """Nobody waits for ever for an answer that cannot come."""

    async def serve(peer: RawPeer) -> None:
        for _ in range(20):
            await peer.line()

    async with FakeServer(socket_path, serve), Channel(socket_path, timeout=None) as client:
        waiting = [client.call("m", [number]) for number in range(20)]
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), SECONDS)
    assert {type(outcome) for outcome in outcomes} == {ConnectionLostError}
