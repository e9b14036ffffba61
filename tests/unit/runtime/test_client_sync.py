import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from daemonrpc import (
    BusyError,
    CallTimeoutError,
    ConnectionLostError,
    DaemonNotRunningError,
    DaemonServer,
    InternalError,
    Limits,
    LocalProtocolError,
    Method,
    MethodNotFoundError,
    RemoteProtocolError,
    StreamMethod,
    SyncChannel,
)
from support.service import HEALTH, Empty, Service

BUSY = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32090,"message":"full","data":{"started":false}}}\n'


class Nothing(Struct):
    pass


STREAM: StreamMethod[Nothing, int, None] = StreamMethod(
    "count", python_name="count", params=Nothing, item=int, result=None, notification="count"
)
TYPED: Method[Nothing, int] = Method("nothing", python_name="nothing", params=Nothing, result=int)


class Daemon:
    """A server in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self.service = Service()
        self.loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        async with DaemonServer(self._path, self.service.handler) as self.server:
            self._ready.set()
            await self._end.wait()
            await self.server.stop(grace=0)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(5)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)

    def until(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.001)


@pytest.fixture
def daemon(socket_path: Path) -> Iterator[Daemon]:
    made = Daemon(socket_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def channel(daemon: Daemon, socket_path: Path) -> Iterator[SyncChannel]:
    with SyncChannel(socket_path, timeout=5.0) as made:
        yield made


class Scripted:
    """A server that runs `serve` in a thread for each connection."""

    def __init__(self, path: Path, serve: Callable[[socket.socket], None]) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._serve = serve
        self.connections = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with peer:
                self._serve(peer)

    def __enter__(self) -> "Scripted":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def mute(peer: socket.socket) -> None:
    """Reads and never answers."""
    while peer.recv(1000):
        pass


# -- calls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("params", [None, {}, [], [1, "ä"], {"a": None}])
def test_call_brings_params_there_and_the_result_back(channel: SyncChannel, params: Any) -> None:
    assert channel.call("echo", params) == params


def test_typed_call_decodes_its_result(channel: SyncChannel) -> None:
    assert channel.call(HEALTH, Empty()) == "ok"


def test_errors_of_the_server_are_raised_and_the_connection_is_kept(channel: SyncChannel, daemon: Daemon) -> None:
    for _ in range(3):
        with pytest.raises(MethodNotFoundError):
            channel.call("nope")
        with pytest.raises(InternalError):
            channel.call("fail")
    assert daemon.server.statistics()["connections"] == 1


def test_stream_and_call_are_told_apart(channel: SyncChannel) -> None:
    with pytest.raises(TypeError, match="is a stream: use stream"):
        channel.call(STREAM, Nothing())
    with pytest.raises(TypeError, match="is no stream: use call"):
        channel.stream(TYPED, Nothing())  # type: ignore[call-overload]  # that is the point


def test_unsendable_params_leave_the_connection_in_order(channel: SyncChannel, daemon: Daemon) -> None:
    channel.call("echo")
    with pytest.raises(LocalProtocolError):
        channel.call("echo", ["x" * Limits().line_bytes])
    assert channel.call("echo", [1]) == [1]
    assert daemon.server.statistics()["connections"] == 1


def test_large_messages_go_both_ways(channel: SyncChannel) -> None:
    params = ["x" * 3_000_000]
    assert channel.call("echo", params) == params


def test_threads_share_a_channel(channel: SyncChannel) -> None:
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda n: channel.call("echo", [n]), range(300))) == [[n] for n in range(300)]


def test_idle_connections_are_bounded(daemon: Daemon, socket_path: Path) -> None:
    with SyncChannel(socket_path, pool_size=2) as channel, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _n: channel.call("sleep", [0.02]), range(8)))
        daemon.until(lambda: daemon.server.statistics()["connections"] == 2)


def test_pool_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="pool_size"):
        SyncChannel("x", pool_size=0)


# -- time and loss ----------------------------------------------------------------------------------------------------


def test_timeout_cancels_the_handler_and_the_next_call_has_another_connection(
    channel: SyncChannel, daemon: Daemon
) -> None:
    with pytest.raises(CallTimeoutError, match=r"within 0.05 s"):
        channel.call("hold", [1], timeout=0.05)
    assert channel.call("echo", [2]) == [2]
    daemon.until(lambda: daemon.service.probe.cancelled[1])


def test_mute_server_is_given_up_in_time(socket_path: Path) -> None:
    with Scripted(socket_path, mute), SyncChannel(socket_path, timeout=0.05) as channel:
        start = time.monotonic()
        with pytest.raises(CallTimeoutError):
            channel.call("m")
        assert time.monotonic() - start < 1.0


def test_server_that_does_not_read_is_given_up_in_time(socket_path: Path) -> None:
    done = threading.Event()
    with Scripted(socket_path, lambda _peer: bool(done.wait(5)) and None), SyncChannel(socket_path) as channel:
        with pytest.raises(CallTimeoutError):
            channel.call("m", ["x" * 5_000_000], timeout=0.1)
        done.set()


@contextmanager
def signals(seconds: float) -> Iterator[None]:
    """The program handles a signal now and then, as one with a timer or with children does."""
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    main, end = threading.main_thread().ident, time.monotonic() + seconds

    def send() -> None:
        while time.monotonic() < end:
            time.sleep(0.03)
            signal.pthread_kill(main, signal.SIGUSR1)  # type: ignore[arg-type]

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("params", [["x"], ["x" * 5_000_000]], ids=["the answer", "the request"])
def test_signals_do_not_put_the_deadline_off(socket_path: Path, params: list[str]) -> None:
    """A wait of the kernel begins anew after each signal, for which Python tries again (PEP 475)."""
    done = threading.Event()
    with Scripted(socket_path, lambda _peer: bool(done.wait(9)) and None), SyncChannel(socket_path) as channel:
        with signals(0.9):
            start = time.monotonic()
            with pytest.raises(CallTimeoutError):
                channel.call("m", params, timeout=0.2)
            assert 0.2 <= time.monotonic() - start < 0.8
        done.set()


def test_timeout_may_be_longer_than_the_system_can_count(channel: SyncChannel) -> None:
    """poll(2) counts milliseconds, 24 days of them."""
    assert channel.call("sleep", [0.05], timeout=50_000_000) == [0.05]


def test_server_that_closes_after_reading_may_have_run_the_call(socket_path: Path) -> None:
    def read_and_close(peer: socket.socket) -> None:
        peer.recv(1000)

    with Scripted(socket_path, read_and_close) as server, SyncChannel(socket_path) as channel:
        with pytest.raises(ConnectionLostError, match="may or may not have run"):
            channel.call("m")
        assert server.connections == 1


def test_refusal_is_heard_although_the_request_could_not_be_sent(socket_path: Path) -> None:
    def refuse(peer: socket.socket) -> None:
        peer.send(BUSY)

    with Scripted(socket_path, refuse) as server, SyncChannel(socket_path) as channel:
        with pytest.raises(BusyError, match="full"):
            channel.call("m")
        assert server.connections == 3  # nothing was started, so it was tried again


@pytest.mark.parametrize(
    "answer", [b"?\n", b'{"id":9,"result":1}\n', b'{"id":1}\n', b"[1]\n", b'{"id":1,"result":"\xff"}\n']
)
def test_garbage_is_the_servers_fault_and_its_connection_is_not_used_again(socket_path: Path, answer: bytes) -> None:
    def serve(peer: socket.socket) -> None:
        peer.recv(1000)
        peer.send(answer)
        mute(peer)

    with Scripted(socket_path, serve) as server, SyncChannel(socket_path) as channel:
        for _ in range(2):
            with pytest.raises(RemoteProtocolError):
                channel.call("m")
        assert server.connections == 2


def test_beginning_of_a_further_line_behind_an_answer_is_not_trusted(socket_path: Path) -> None:
    """It would spoil the answer of the next call."""

    def serve(peer: socket.socket) -> None:
        peer.recv(1000)
        peer.send(b'{"jsonrpc":"2.0","id":1,"result":"mine"}\n{"jsonrpc":')

    with Scripted(socket_path, serve) as server, SyncChannel(socket_path, timeout=5.0) as channel:
        assert [channel.call("m") for _ in range(3)] == ["mine"] * 3
        assert server.connections == 3


def test_connections_of_a_daemon_that_shuts_down_are_not_used_again(socket_path: Path) -> None:
    """The other idle ones lead to the same daemon."""
    both = threading.Barrier(2, timeout=5)

    def talk(peer: socket.socket, number: int) -> None:
        with peer:
            peer.recv(1000)
            if number > 2:
                peer.send(b'{"jsonrpc":"2.0","id":1,"result":"new"}\n')
                return
            both.wait()  # two calls at once take two connections
            peer.send(b'{"jsonrpc":"2.0","id":1,"result":"old"}\n')
            if peer.recv(1000):
                peer.send(b'{"id":2,"error":{"code":-32094,"message":"stopping","data":{"started":false}}}\n')
            peer.recv(1000)

    def serve(peer: socket.socket) -> None:
        talks.submit(talk, peer.dup(), server.connections)

    with (
        ThreadPoolExecutor(3) as talks,
        Scripted(socket_path, serve) as server,
        SyncChannel(socket_path, timeout=5.0) as channel,
        ThreadPoolExecutor(2) as threads,
    ):
        assert list(threads.map(lambda _: channel.call("m"), range(2))) == ["old", "old"]
        assert channel.call("m") == "new"
        assert server.connections == 3


def test_nobody_there_is_said_at_once(socket_path: Path) -> None:
    with pytest.raises(DaemonNotRunningError, match=str(socket_path)):
        SyncChannel(socket_path).call("m")
    assert not SyncChannel(socket_path).is_daemon_running()


def test_daemon_that_answers_anything_is_running(channel: SyncChannel) -> None:
    assert channel.is_daemon_running()


def test_restarted_daemon_is_found_again(socket_path: Path) -> None:
    with SyncChannel(socket_path) as channel:
        for _ in range(2):
            daemon = Daemon(socket_path)
            daemon.start()
            assert channel.call("mark", [1]) == [1]
            daemon.stop()


def test_child_of_a_fork_never_writes_on_its_parents_connection(channel: SyncChannel, daemon: Daemon) -> None:
    assert channel.call("echo", ["parent"]) == ["parent"]
    script = f"""
import os, sys
from daemonrpc import SyncChannel
channel = SyncChannel({str(channel.socket_path)!r})
assert channel.call("echo", ["parent"]) == ["parent"]
if os.fork() == 0:
    os._exit(0 if channel.call("echo", ["child"]) == ["child"] else 1)
_pid, status = os.wait()
assert status == 0, status
assert channel.call("echo", ["parent"]) == ["parent"]
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20, env=os.environ)


# -- streams ----------------------------------------------------------------------------------------------------------


def test_items_come_in_order_and_the_result_at_the_end(channel: SyncChannel) -> None:
    stream = channel.stream("count", [2000])
    with pytest.raises(RuntimeError, match="has not ended"):
        _ = stream.result
    assert list(stream) == list(range(2000))
    assert stream.result is None
    assert list(stream) == []


def test_break_ends_the_stream_on_the_server_at_once(channel: SyncChannel, daemon: Daemon) -> None:
    for _item in channel.stream("endless", ["s"]):
        break
    daemon.until(lambda: daemon.service.probe.finished["s"])


def test_end_of_a_with_block_ends_the_stream(channel: SyncChannel, daemon: Daemon) -> None:
    with channel.stream("endless", ["s"]) as stream:
        next(stream)
    daemon.until(lambda: daemon.service.probe.finished["s"])
    with pytest.raises(StopIteration):
        next(stream)


def test_deadline_of_a_stream_covers_the_wait_for_each_item(socket_path: Path) -> None:
    with Scripted(socket_path, mute), SyncChannel(socket_path) as channel, pytest.raises(CallTimeoutError) as late:
        next(channel.stream("m", timeout=0.05))
    assert "deadline of 0.05 s" in str(late.value)


def test_deadline_ends_a_stream_in_the_middle_whoever_notices_first(channel: SyncChannel, daemon: Daemon) -> None:
    with pytest.raises(CallTimeoutError):
        for _item in channel.stream("endless", ["s"], timeout=0.2):
            pass
    probe = daemon.service.probe
    daemon.until(lambda: probe.finished["s"] == probe.started["s"])


def test_errors_end_the_stream(channel: SyncChannel) -> None:
    stream = channel.stream("nope")
    with pytest.raises(MethodNotFoundError):
        next(stream)
    assert list(stream) == []


def test_connection_that_breaks_fails_the_stream_after_its_items(socket_path: Path) -> None:
    def serve(peer: socket.socket) -> None:
        peer.recv(1000)
        peer.send(b'{"method":"n","params":1,"stream":1}\n')

    with Scripted(socket_path, serve), SyncChannel(socket_path) as channel:
        stream = channel.stream("m")
        assert next(stream) == 1
        with pytest.raises(ConnectionLostError):
            next(stream)
