"""Every call, connection and refused message is told once, as it was; a trace goes from hop to hop (property 15)."""

import asyncio
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import (
    CallRecord,
    Channel,
    ConnectionRecord,
    Context,
    DaemonServer,
    Limits,
    Method,
    NotAllowedError,
    Peer,
    Reason,
    StreamMethod,
    SyncChannel,
    current_traceparent,
    traceparent,
)
from daemonrpc.access_log import AccessLog
from daemonrpc.method import SlowConsumer
from daemonrpc.testing import ChannelFor
from support.process import daemon_process
from support.raw import connect
from support.recorder import Recorder
from support.service import Empty, Service, Tag
from support.waiting import SECONDS, until

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


# -- records -----------------------------------------------------------------------------------------------------------


async def test_record_says_who_called_what_and_what_became_of_it(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    async with (
        DaemonServer(socket_path, service.handler, observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        peer.call("sleep", [0.02], id_="x", meta={"traceparent": TRACE, "timeout_ms": 60_000})
        answer = await peer.raw_line()
        [record] = recorder.calls
    assert (record.method, record.asked, record.kind) == ("sleep", "sleep", "call")
    assert (record.reason, record.code) == (Reason.OK, None)
    assert (record.id, record.traceparent) == ('"x"', TRACE)
    assert 0.015 < record.seconds < SECONDS
    assert record.queue_seconds is None
    assert record.params_bytes == len("[0.02]")
    assert record.answer_bytes == len(answer) - 1
    assert record.peer.pid > 0


async def test_wait_for_a_slot_is_told(service: Service, socket_path: Path, recorder: Recorder) -> None:
    async with (
        DaemonServer(socket_path, service.handler, max_concurrent_requests=1, observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        peer.call("sleep", [0.05], id_=1)
        peer.call("sleep", [0.01], id_=2)
        for _ in range(2):
            await peer.line()
    first, second = recorder.calls
    assert first.queue_seconds is None
    assert second.queue_seconds is not None
    assert 0.04 < second.queue_seconds < second.seconds
    assert second.seconds - second.queue_seconds > 0.005


async def test_refused_messages_are_told_without_a_method(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    limits = Limits(line_bytes=2000)
    lines = {
        b"no json": -32700,
        b"\xff": -32700,
        b"[" * 70: -32700,
        b"[]": -32600,
        b'{"jsonrpc":"2.0","id":7,"method":1}': -32600,
        b"x" * 3000: -32093,
    }
    async with (
        DaemonServer(socket_path, service.handler, limits=limits, observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        for line, code in lines.items():
            peer.write(line + b"\n")
            assert (await peer.line())["error"]["code"] == code
        peer.write_line([1, {"jsonrpc": "2.0", "id": "b", "method": 2}, {"jsonrpc": "2.0", "id": 3, "method": "echo"}])
        assert len(await peer.line()) == 3
    refused = recorder.of("(invalid)")
    assert [record.code for record in refused] == [*lines.values(), -32600, -32600]
    assert {record.kind for record in refused} == {"invalid"}
    assert [record.id for record in refused if record.id] == ["7", '"b"']
    assert all(record.answer_bytes > 40 for record in refused)
    assert recorder.reasons("echo") == [Reason.OK]
    assert len(recorder.calls) == 9


async def test_line_that_takes_too_long_is_told(service: Service, socket_path: Path, recorder: Recorder) -> None:
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(line_seconds=0.05), observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        peer.write(b'{"json')
        assert (await peer.line())["error"]["code"] == -32600
        assert await peer.raw_line() == b""
    assert [record.method for record in recorder.calls] == ["(invalid)"]


async def test_methods_of_a_stranger_make_no_labels(service: Service, socket_path: Path, recorder: Recorder) -> None:
    async with (
        DaemonServer(socket_path, service.handler, observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        for number in range(200):
            peer.call(f"guess.{number}", id_=number)
            assert (await peer.line())["error"]["code"] == -32601
        peer.call("rpc.discover", id_=1)
        await peer.line()
        peer.call("rpc.ping", id_=1)
        await peer.line()
        peer.notify("rpc.cancel", {"id": 4})
        peer.notify("guess")
        peer.call("echo", id_=1)
        await peer.line()
    assert {record.method for record in recorder.calls} == {"(unknown)", "rpc.discover", "rpc.cancel", "echo"}
    assert recorder.calls[7].asked == "guess.7"
    assert recorder.calls[7].reason is Reason.INVALID
    assert [record.kind for record in recorder.of("(unknown)")] == ["call"] * 201 + ["notification"]


async def test_notification_is_told_with_what_it_came_to(
    service: Service, socket_path: Path, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        DaemonServer(socket_path, service.handler, observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        peer.notify("fail")
        peer.notify("sleep", [0])
        await until(lambda: len(recorder.calls) == 2)
    failed, slept = recorder.calls
    assert (failed.kind, failed.reason, failed.code) == ("notification", Reason.INTERNAL, -32603)
    assert (slept.kind, slept.reason, slept.answer_bytes, slept.id) == ("notification", Reason.OK, 0, None)


async def test_denied_call_is_told(service: Service, recorder: Recorder) -> None:
    secret: Method[Empty, Any] = Method("secret", python_name="secret", params=Empty, result=Any, access="owner")
    service.handler.register(secret, lambda _params, _context: None)
    stranger = Peer(uid=4711, gid=4711, pid=1)
    async with ChannelFor(service.handler, Channel, peer=stranger, observers=[recorder]) as client:
        with pytest.raises(NotAllowedError):
            await client.call("secret")
    [record] = recorder.calls
    assert (record.reason, record.peer.uid, record.method) == (Reason.DENIED, 4711, "secret")


async def test_stream_is_told_with_its_items(service: Service, socket_path: Path, recorder: Recorder) -> None:
    async with (
        DaemonServer(socket_path, service.handler, observers=[recorder]),
        Channel(socket_path) as client,
    ):
        assert [item async for item in client.stream("count", [100])] == list(range(100))
        async for _ in client.stream("endless", ["left"]):
            break
        await until(lambda: recorder.of("endless"))
    [count], [endless] = recorder.of("count"), recorder.of("endless")
    assert (count.kind, count.reason, count.items, count.dropped) == ("stream", Reason.OK, 100, 0)
    assert count.answer_bytes > 10 + 2 * 90
    assert (endless.kind, endless.reason) == ("stream", Reason.LOST)
    assert endless.items > 0


@pytest.mark.parametrize("rule", ["drop_oldest", "disconnect"])
async def test_stream_that_its_reader_is_too_slow_for_is_told(
    service: Service, socket_path: Path, recorder: Recorder, rule: SlowConsumer
) -> None:
    """`disconnect` ends it at once, although nobody has read anything yet."""

    async def numbers(_params: Any, _context: Context) -> Any:
        for number in range(400):
            yield [number, "x" * 8192]

    method = StreamMethod[Empty, Any, Any](
        "numbers", python_name="n", params=Empty, item=Any, result=Any, notification="number", slow_consumer=rule
    )
    service.handler.register(method, numbers)
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(stream_items=10), observers=[recorder]),
        await connect(socket_path) as late,
    ):
        late.pause()
        late.call("numbers")
        if rule == "disconnect":
            await until(lambda: recorder.calls)
        late.resume()
        items = 0
        while "params" in await late.line():
            items += 1
        [record] = recorder.calls
    assert record.reason is (Reason.OK if rule == "drop_oldest" else Reason.LAGGED)
    assert record.items == items
    assert record.answer_bytes > items * 8192
    assert record.dropped == (400 - items if rule == "drop_oldest" else 0)


async def test_items_that_nobody_was_there_for_are_not_counted(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    """A detached stream goes on without its reader."""
    go_on = asyncio.Event()

    async def numbers(_params: Any, _context: Context) -> Any:
        for number in range(5):
            yield number
        await go_on.wait()
        for number in range(50):
            yield number

    method = StreamMethod[Empty, Any, Any](
        "numbers", python_name="n", params=Empty, item=Any, result=Any, notification="number", detached=True
    )
    service.handler.register(method, numbers)
    async with DaemonServer(socket_path, service.handler, observers=[recorder]) as server:
        async with await connect(socket_path) as peer:
            peer.call("numbers")
            for _ in range(5):
                await peer.line()
        await until(lambda: server.statistics()["connections"] == 0)
        go_on.set()
        await until(lambda: recorder.calls)
    [record] = recorder.calls
    assert (record.reason, record.items, record.answer_bytes) == (Reason.OK, 5, 5)


async def test_item_that_fits_no_line_ends_its_stream_and_no_other(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    """Also one that was kept for a slow reader, and is looked at only when that one reads again."""
    gate = asyncio.Event()

    async def numbers(params: Any, _context: Context) -> Any:
        for number in range(60):
            yield [params, number, "x" * 8192]
        if params == "1":
            yield ["x" * 20_000]
        await gate.wait()
        yield [params, "end"]

    method = StreamMethod[Tag, Any, Any](
        "numbers",
        python_name="n",
        params=Tag,
        item=Any,
        result=Any,
        notification="number",
        slow_consumer="drop_oldest",
    )
    service.handler.register(method, lambda params, context: numbers(params.tag, context))
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(line_bytes=10_000), observers=[recorder]) as server,
        await connect(socket_path) as late,
    ):
        late.pause()
        for number in (1, 2):
            late.call("numbers", {"tag": str(number)}, id_=number)
        await until(lambda: server.statistics()["tasks"] == 2)
        await asyncio.sleep(0.05)
        late.resume()
        ends: dict[int, Any] = {}
        while len(ends) < 2:
            message = await late.line()
            if "stream" not in message:
                ends[message["id"]] = message
                gate.set()
    assert ends[1]["error"]["code"] == -32603
    assert "result" in ends[2]
    assert sorted(recorder.reasons("numbers")) == [Reason.INTERNAL, Reason.OK]


async def test_answer_that_was_replaced_is_told_as_it_was_sent(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    """A result that fits no line, and one for which a batch has no room."""
    async with (
        DaemonServer(socket_path, service.handler, limits=Limits(line_bytes=3000), observers=[recorder]),
        await connect(socket_path) as peer,
    ):
        peer.call("big", [4000])
        assert (await peer.line())["error"]["code"] == -32093
        peer.write_line([{"jsonrpc": "2.0", "id": n, "method": "big", "params": [900]} for n in range(4)])
        codes = [item.get("error", {}).get("code") for item in await peer.line()]
    assert -32093 in codes
    assert [record.code for record in recorder.of("big")] == [-32093, *codes]
    replaced = [record.answer_bytes for record in recorder.of("big") if record.code]
    assert all(60 < size < 400 for size in replaced)


async def test_connections_are_told_once_each_way(service: Service, socket_path: Path, recorder: Recorder) -> None:
    async with DaemonServer(socket_path, service.handler, max_connections=2, observers=[recorder]) as server:
        first, second = await connect(socket_path), await connect(socket_path)
        await until(lambda: server.statistics()["connections"] == 2)
        async with await connect(socket_path) as third:
            assert (await third.line())["error"]["code"] == -32090
        await first.close()
        await until(lambda: server.statistics()["connections"] == 1)
        second.abort()
        await until(lambda: server.statistics()["connections"] == 0)
    told = [(record.change, record.open, record.code) for record in recorder.connections]
    assert told == [
        ("opened", 1, None),
        ("opened", 2, None),
        ("refused", 2, -32090),
        ("closed", 1, None),
        ("closed", 0, None),
    ]
    assert recorder.calls == []


class Broken:
    def call_ended(self, _record: CallRecord) -> None:
        raise ValueError("observer")

    def connection_changed(self, _record: ConnectionRecord) -> None:
        raise asyncio.CancelledError


async def test_observer_that_raises_hurts_no_call(
    service: Service, socket_path: Path, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        DaemonServer(socket_path, service.handler, observers=[Broken(), recorder]) as server,
        Channel(socket_path) as client,
    ):
        for number in range(20):
            assert await client.call("echo", [number]) == [number]
            assert await client.call("sleep", [0]) == [0]
        assert [item async for item in client.stream("count", [3])] == [0, 1, 2]
        await client.close()
        await until(lambda: server.statistics() == {"connections": 0, "tasks": 0, "running": 0, "waiting": 0})
    assert len(recorder.calls) == 41
    assert "observer Broken failed" in caplog.text


async def test_without_observers_no_accounts_are_kept(
    service: Service, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        pytest.fail("nobody asked for it")

    monkeypatch.setattr("daemonrpc.server_calls.CallAccounts", fail)
    async with DaemonServer(socket_path, service.handler), Channel(socket_path) as client:
        assert await client.call("sleep", [0]) == [0]


# -- the access log ----------------------------------------------------------------------------------------------------


async def test_one_line_a_call_and_no_params_in_it(
    service: Service, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "daemonrpc.access")
    async with (
        DaemonServer(socket_path, service.handler, observers=[AccessLog()]),
        await connect(socket_path) as peer,
    ):
        peer.call("echo", ["hunter2"], id_=1)
        await peer.line()
        peer.call("evil\nmethod=echo reason=ok\x1b[31m", {"password": "hunter2"}, id_="\n\x1b]0;x\x07")
        await peer.line()
        peer.call("refuse", "hunter2", id_=3)
        await peer.line()
    lines = [record.getMessage() for record in caplog.records if record.name == "daemonrpc.access"]
    assert len(lines) == 3
    assert all(line.isprintable() and line.isascii() for line in lines)
    assert "hunter2" not in "".join(lines)
    assert [line.split(" reason=")[-1].split()[0] for line in lines] == ["ok", "invalid", "invalid"]
    assert lines[1].startswith('method=(unknown) asked="evil\\nmethod=echo reason=ok\\u001b[31m" kind=call ')


@pytest.mark.parametrize(
    ("setting", "reasons"), [("none", []), ("problems", ["deadline"]), ("all", ["ok", "invalid", "deadline"])]
)
def test_conductor_writes_the_lines_that_it_is_told_to(setting: str, reasons: list[str]) -> None:
    with daemon_process() as daemon:
        daemon.start(access_log=setting)
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(daemon.place / "s"))
            for line in (
                b'{"jsonrpc":"2.0","id":"access-test","method":"rpc.discover"}\n',
                b'{"jsonrpc":"2.0","id":"access-test","method":"nobody"}\n',
                b'{"jsonrpc":"2.0","id":"access-test","method":"rpc.discover","meta":{"timeout_ms":0}}\n',
            ):
                stranger.sendall(line)
                with stranger.makefile("rb") as answers:
                    answers.readline()
        assert daemon.client.config().access_log == setting
        daemon.stop()
        lines = [line for line in daemon.log().splitlines() if "access-test" in line]
    found = [match for line in lines for match in re.findall(r" reason=(\w+) ", line)]
    assert found == reasons


# -- traces ------------------------------------------------------------------------------------------------------------


class Hops:
    """Two services: each kind of handler of the first one calls the second, which says which trace it sees."""

    def __init__(self, directory: Path) -> None:
        self.first, self.second = directory / "first", directory / "second"
        self.near, self.far = Service(), Service()
        self.client = Channel(self.second)
        register = self.near.handler.register
        register("async", self._async)
        register("stream", self._stream)
        register("thread", self._thread)
        plain: Method[Empty, Any] = Method("plain", python_name="p", params=Empty, result=Any, handler="sync")
        later: Method[Empty, Any] = Method("later", python_name="l", params=Empty, result=Any, handler="sync")
        register(plain, lambda _params, context: [context.trace, current_traceparent()])
        register(later, lambda _params, context: self._async(None, context))
        self.far.handler.register("seen", lambda _params, context: [context.trace, current_traceparent()])

    async def _async(self, _params: Any, _context: Context) -> Any:
        await asyncio.sleep(0)
        return await self.client.call("seen")

    async def _stream(self, _params: Any, _context: Context) -> Any:
        yield await self.client.call("seen")

    async def _thread(self, _params: Any, _context: Context) -> Any:
        def blocking() -> Any:
            with SyncChannel(self.second) as client:
                return client.call("seen")

        return await asyncio.to_thread(blocking)

    async def __aenter__(self) -> "Hops":
        self._servers = [DaemonServer(self.first, self.near.handler), DaemonServer(self.second, self.far.handler)]
        for server in self._servers:
            await server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()
        for server in self._servers:
            await server.stop(grace=0)


@pytest.fixture
def hops(socket_dir: Path) -> Hops:
    return Hops(socket_dir)


KINDS = ["async", "stream", "thread", "later", "plain"]


@pytest.mark.parametrize("kind", KINDS)
async def test_trace_reaches_the_second_hop_and_stays_with_its_call(hops: Hops, kind: str) -> None:
    """Also in a connection that served a traced call just before, and between others that run at the same time."""
    headers = [TRACE, None, OTHER, None, None, TRACE]
    async with hops, await connect(hops.first) as peer:
        for number, header in enumerate(headers):
            peer.call(kind, id_=number, meta={"traceparent": header} if header else None)
        seen: dict[int, Any] = {}
        while len(seen) < len(headers):
            message = await peer.line()
            if "stream" in message:
                seen[message["stream"]] = message["params"]
            elif kind != "stream":
                seen[message["id"]] = message["result"]
    assert [seen[number] for number in range(len(headers))] == [[header, header] for header in headers]


async def test_caller_outside_of_any_handler_sets_a_trace(hops: Hops) -> None:
    async with hops, Channel(hops.second) as client:
        with traceparent(TRACE):
            assert await client.call("seen") == [TRACE, TRACE]
            assert await client.call("seen", timeout=None) == [TRACE, TRACE]
        assert await client.call("seen") == [None, None]


async def test_blocking_caller_outside_of_any_handler_sets_a_trace(hops: Hops) -> None:
    def block() -> None:
        with SyncChannel(hops.second) as client:
            with traceparent(TRACE):
                assert client.call("seen") == [TRACE, TRACE]
                assert client.call("seen", timeout=None) == [TRACE, TRACE]
            assert client.call("seen") == [None, None]

    async with hops:
        await asyncio.to_thread(block)


@pytest.mark.parametrize("header", ["", "00-1-2-01", "x" * 100_000, TRACE.upper(), "00-" + "0" * 32 + TRACE[35:]])
async def test_malformed_trace_is_no_error_and_goes_nowhere(hops: Hops, header: str) -> None:
    async with hops, await connect(hops.first) as peer:
        for kind in ("async", "plain"):
            peer.call(kind, meta={"traceparent": header})
            assert (await peer.line())["result"] == [None, None]


async def test_trace_of_whoever_started_the_server_is_not_that_of_its_calls(
    service: Service, socket_path: Path
) -> None:
    async def seen_later(_params: Any, _context: Context) -> Any:
        return current_traceparent()

    async def seen_in_stream(_params: Any, _context: Context) -> Any:
        yield current_traceparent()

    service.handler.register("seen", lambda _params, _context: current_traceparent())
    service.handler.register("seen.later", seen_later)
    service.handler.register("seen.stream", seen_in_stream)
    with traceparent(OTHER):
        server = DaemonServer(socket_path, service.handler)
        await server.start()
    async with Channel(socket_path) as client:
        for header in (None, TRACE, None):
            with traceparent(header):
                assert await client.call("seen") == header
                assert await client.call("seen.later") == header
                assert [item async for item in client.stream("seen.stream")] == [header]
    await server.stop()


async def test_trace_of_a_call_in_the_queue_is_its_own(hops: Hops, socket_dir: Path) -> None:
    """The call that frees the slot starts it, and has another trace."""
    one = DaemonServer(socket_dir / "one", hops.near.handler, max_concurrent_requests=1)
    async with hops, one, await connect(socket_dir / "one") as peer:
        for number, header in enumerate([TRACE, OTHER, None, TRACE]):
            peer.call("async", id_=number, meta={"traceparent": header} if header else None)
        seen = [(await peer.line())["result"][0] for _ in range(4)]
    assert seen == [TRACE, OTHER, None, TRACE]


# -- rpc.discover ------------------------------------------------------------------------------------------------------


async def test_discover_gives_the_whole_document_with_its_fingerprint(
    socket_path: Path, recorder: Recorder, make_conductor_handler: Callable[[], Any]
) -> None:
    from conductor_api import SERVICE

    async with (
        DaemonServer(socket_path, make_conductor_handler(), observers=[recorder]),
        Channel(socket_path) as client,
    ):
        document = await client.call("rpc.discover")
    assert document["openrpc"].startswith("1.")
    assert document["info"]["version"] == SERVICE.version
    assert SERVICE.fingerprint in str(document["info"])
    assert {method["name"] for method in document["methods"]} == {method.name for method in SERVICE.methods}
    assert all({"params", "result", "name"} <= set(method) for method in document["methods"])
    [record] = recorder.calls
    assert (record.method, record.reason, record.kind) == ("rpc.discover", Reason.OK, "call")


@pytest.fixture
def make_conductor_handler() -> Callable[[], Any]:
    """The handler of a service that is never called."""
    from conductor_api import SERVICE, request_handler

    class Service:
        def __getattr__(self, name: str) -> Any:
            methods = {method.python_name: method for method in SERVICE.methods}
            if name not in methods:
                raise AttributeError(name)
            if methods[name].is_stream:
                return _no_items
            return _nothing_now if methods[name].handler == "sync" else _nothing

    return lambda: request_handler(Service())  # type: ignore[arg-type]


async def _no_items(*_: Any) -> Any:
    for item in ():
        yield item


async def _nothing(*_: Any) -> None:
    return None


def _nothing_now(*_: Any) -> None:
    return None


# -- the page ----------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"


def block(name: str) -> str:
    """The code block behind a mark of the page."""
    text = PAGE.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n```")[2]
    return text.partition("\n")[2].partition("\n```")[0]


def shape(text: str) -> list[str]:
    """Lines without what differs from run to run."""
    return [re.sub(r"\b(ms|uid|pid)=[\d.]+", r"\1=N", line) for line in text.splitlines()]


def test_example_of_the_page_runs_and_writes_what_the_page_says(socket_dir: Path) -> None:
    pytest.importorskip("prometheus_client", reason="daemonrpc[prometheus] is not installed")
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", block("example")]
    run = subprocess.run(command, cwd=socket_dir, capture_output=True, text=True, timeout=50, check=False)
    assert run.returncode == 0, run.stderr
    log = [line for line in run.stderr.splitlines() if "daemonrpc.access" in line]
    assert shape("\n".join(log)) == shape(block("log"))
    assert set(block("metrics").splitlines()) <= set(run.stdout.splitlines())
    assert run.stdout.splitlines()[:2] == ["3", TRACE]


def test_page_has_each_field_metric_and_level() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in CallRecord.__struct_fields__ if f"`{name}`" not in text] == []
    prometheus = pytest.importorskip("daemonrpc.prometheus", reason="daemonrpc[prometheus] is not installed")
    from prometheus_client import CollectorRegistry, generate_latest

    exposition = generate_latest(prometheus.PrometheusObserver(CollectorRegistry()).registry).decode()
    names = set(re.findall(r"^# TYPE (\S+)", exposition, re.MULTILINE))
    names = {name for name in names if not name.endswith("_created")}  # the library's own, one a series
    assert names == set(re.findall(r"`(daemonrpc_server_\w+)`", text))
