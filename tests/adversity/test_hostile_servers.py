"""Servers that do to a client what no server may: it never crashes, spins, or outlasts its deadline."""

import asyncio
import json
import os
import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import (
    CallTimeoutError,
    Channel,
    ConnectionLostError,
    DaemonError,
    Limits,
    RemoteProtocolError,
    RpcError,
    SyncChannel,
)
from support.callers import OpenCaller
from support.raw import FakeServer, RawPeer
from support.waiting import SECONDS, until

MIB = 1024 * 1024
Serve = Callable[[RawPeer], Awaitable[None]]


def resident_bytes() -> int:
    """Memory of this process that is in use now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


async def flood(peer: RawPeer, data: bytes) -> None:
    """Sends without end, as fast as it is read."""
    while True:
        peer.write(data)
        await peer.writer.drain()


def flooding(data: bytes) -> Serve:
    async def serve(peer: RawPeer) -> None:
        await peer.raw_line()
        await flood(peer, data)

    return serve


def answering(answer: Callable[[Any], bytes]) -> Serve:
    async def serve(peer: RawPeer) -> None:
        while data := await peer.raw_line():
            request = json.loads(data)
            if "id" in request:
                peer.write(answer(request))

    return serve


# -- without end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 65536,
        b"[" * 65536,
        b'"' * 65536,
        b"garbage\n" * 1000,
        b"\n{}\n",
        b'{"id":null,"error":{"code":-32700,"message":"no"}}\n' * 10,
    ],
)
async def test_garbage_without_end_is_an_error_at_once_and_the_next_call_has_another_connection(
    client_of: OpenCaller, socket_path: Path, data: bytes
) -> None:
    async def serve(peer: RawPeer) -> None:
        if fake.connections == 1:
            await flooding(data)(peer)
        await answering(lambda request: b'{"jsonrpc":"2.0","id":%d,"result":"sound"}\n' % request["id"])(peer)

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path, limits=Limits(line_bytes=4 * MIB))
        with pytest.raises((RemoteProtocolError, RpcError)):
            await client.call("m", timeout=SECONDS)
        assert await client.call("m", timeout=SECONDS) == "sound"
        await client.close()


@pytest.mark.parametrize(
    "data",
    [
        b'{"jsonrpc":"2.0","method":"news","params":[1]}\n' * 1000,
        b'{"jsonrpc":"2.0","method":"news","params":[1],"stream":1}\n' * 1000,
        b"\n" * 65536,
    ],
)
async def test_messages_without_end_that_nobody_asked_for_keep_no_call_beyond_its_deadline(
    client_of: OpenCaller, socket_path: Path, data: bytes
) -> None:
    async with FakeServer(socket_path, flooding(data)):
        client = client_of(socket_path)
        before = resident_bytes()
        begin = time.monotonic()
        with pytest.raises(CallTimeoutError):
            await client.call("m", timeout=0.3)
        assert time.monotonic() - begin < 3
        assert resident_bytes() - before < 32 * MIB
        await client.close()


async def test_notifications_without_end_do_not_starve_the_event_loop_nor_keep_it_busy_when_nobody_calls(
    socket_path: Path,
) -> None:
    async with FakeServer(socket_path, flooding(b'{"method":"news"}\n' * 3000)) as fake, Channel(socket_path) as client:
        call = asyncio.create_task(client.call("m", timeout=0.2))
        turns = 0
        while not call.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 10
        assert isinstance(call.exception(), CallTimeoutError)
        assert fake.connections == 1


async def test_server_that_goes_on_talking_after_the_answer_loses_the_connection(
    client_of: OpenCaller, socket_path: Path
) -> None:
    talked: list[int] = []

    async def serve(peer: RawPeer) -> None:
        request = await peer.line()
        peer.answer(request, request["params"])
        await peer.writer.drain()
        for _ in range(5):
            peer.write(b'{"method":"news"}\n')
            await asyncio.sleep(0.005)
        talked.append(1)
        await peer.rest()

    async with FakeServer(socket_path, serve) as fake:
        client = client_of(socket_path)
        for number in range(3):
            assert await client.call("m", [number], timeout=SECONDS) == [number]
            await until(lambda turn=number: len(talked) == turn + 1)
        assert fake.connections == 3
        await client.close()


# -- standing still ---------------------------------------------------------------------------------------------------


async def test_server_that_stalls_within_a_line_keeps_no_call_beyond_its_deadline(
    client_of: OpenCaller, socket_path: Path
) -> None:
    async def serve(peer: RawPeer) -> None:
        await peer.raw_line()
        peer.write(b'{"jsonrpc":"2.0","id":1,"result":"never fin')
        await peer.rest()

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        begin = time.monotonic()
        calls = (client.call("m", [number], timeout=0.1 * number) for number in range(1, 5))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, CallTimeoutError) for result in results), results
        assert time.monotonic() - begin < 4
        await client.close()


async def test_server_that_drips_keeps_no_call_beyond_its_deadline(client_of: OpenCaller, socket_path: Path) -> None:
    async def serve(peer: RawPeer) -> None:
        await peer.raw_line()
        peer.write(b'"')
        while True:
            await asyncio.sleep(0.01)
            peer.write(b"x")
            await peer.writer.drain()

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        begin = time.monotonic()
        with pytest.raises(CallTimeoutError):
            await client.call("m", timeout=0.2)
        assert time.monotonic() - begin < 3
        await client.close()


async def test_server_that_never_reads_keeps_no_call_beyond_its_deadline(
    client_of: OpenCaller, socket_path: Path
) -> None:
    async def serve(peer: RawPeer) -> None:
        peer.pause()
        await asyncio.Event().wait()

    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        begin = time.monotonic()
        calls = (client.call("m", ["x" * MIB], timeout=0.3) for _ in range(20))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, CallTimeoutError) for result in results), results
        assert time.monotonic() - begin < 6
        await client.close()


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [16 * MIB - 1000, 16 * MIB, 16 * MIB + 1, 40 * MIB])
async def test_answer_of_any_length_is_read_or_refused(client_of: OpenCaller, socket_path: Path, size: int) -> None:
    serve = answering(lambda request: b'{"jsonrpc":"2.0","id":%d,"result":"%b"}\n' % (request["id"], b"x" * size))
    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        if size < 16 * MIB:
            assert len(await client.call("m", timeout=30)) == size
        else:
            with pytest.raises(RemoteProtocolError, match="longer than 16777216 bytes"):
                await client.call("m", timeout=30)
        await client.close()


DEEP = b"[" * 2000 + b"]" * 2000
HUGE = b"9" * 100_000


@pytest.mark.parametrize(
    "data",
    [
        b"null",
        b"1",
        b'"text"',
        b"[]",
        b'{"started":"no"}',
        b'{"started":false,"retry_after_ms":"soon"}',
        b'{"started":false,"retry_after_ms":-1e308}',
        b'{"started":false,"retry_after_ms":1e308}',
        b'{"started":false,"retry_after_ms":{}}',
        b'{"started":false,"retry_after_ms":true,"refused":["connection"]}',
        b'{"limit":"x","free":[]}',
        b'{"limit":-1,"free":1e9}',
        b'{"\\ud800":1}',
        b'"\\udfff"',
        HUGE,
        b"[" + b"1e999," * 1000 + b"1]",
        b'{"a":1,"a":2}',
        b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(20_000)) + b"}",
        b"[" * 60 + b"]" * 60,
    ],
)
@pytest.mark.parametrize("code", [b"-32090", b"-32093", b"-32094", b"0"])
async def test_error_with_strange_data_is_an_error_in_time(
    client_of: OpenCaller, socket_path: Path, code: bytes, data: bytes
) -> None:
    for has_id in (True, False):

        def answer(request: Any, has_id: bool = has_id) -> bytes:
            id_ = b"%d" % request["id"] if has_id else b"null"
            return b'{"jsonrpc":"2.0","id":%b,"error":{"code":%b,"message":"no","data":%b}}\n' % (id_, code, data)

        async with FakeServer(socket_path, answering(answer)):
            client = client_of(socket_path)
            with pytest.raises(DaemonError):
                await client.call("m", timeout=0.3)
            await client.close()


@pytest.mark.parametrize(
    "error",
    [
        b"{}",
        b"[]",
        b"5",
        b'"no"',
        b'{"code":"1","message":"x"}',
        b'{"code":1.5,"message":"x"}',
        b'{"code":1e3,"message":"x"}',
        b'{"code":true,"message":"x"}',
        b'{"code":1}',
        b'{"code":1,"message":null}',
        b'{"code":1,"message":["x"]}',
        b'{"code":' + HUGE + b',"message":"x"}',
        b'{"code":1,"message":"x","data":' + DEEP + b"}",
    ],
)
async def test_error_that_is_none_is_the_servers_fault(client_of: OpenCaller, socket_path: Path, error: bytes) -> None:
    serve = answering(lambda request: b'{"jsonrpc":"2.0","id":%d,"error":%b}\n' % (request["id"], error))
    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        with pytest.raises((RemoteProtocolError, RpcError)):
            await client.call("m", timeout=SECONDS)
        await client.close()


@pytest.mark.parametrize(
    "id_",
    [
        *(b'"1"', b"1.0", b"true", b"[1]", b'{"id":1}', b"01", b"1e0", b"-1", b"+1", b" 1 1", b"0x1", HUGE),
        *(b"null", b'"\\u0031"', b'"\xff"', b"9007199254740993"),
    ],
)
async def test_answer_with_an_id_that_was_not_asked_is_no_answer(
    client_of: OpenCaller, socket_path: Path, id_: bytes
) -> None:
    serve = answering(lambda _request: b'{"jsonrpc":"2.0","id":%b,"result":"WRONG"}\n' % id_)
    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        with pytest.raises(RemoteProtocolError):
            await client.call("m", timeout=SECONDS)
        await client.close()


@pytest.mark.parametrize("result", [DEEP, HUGE, b"1e999", b'"\\ud800"', b"NaN", b"{,}", b'"a\x01"', b'"\xff"'])
async def test_result_that_no_value_can_be_made_of_is_the_servers_fault(
    client_of: OpenCaller, socket_path: Path, result: bytes
) -> None:
    serve = answering(lambda request: b'{"jsonrpc":"2.0","id":%d,"result":%b}\n' % (request["id"], result))
    async with FakeServer(socket_path, serve):
        client = client_of(socket_path)
        begin = time.monotonic()
        with pytest.raises(RemoteProtocolError):
            await client.call("m", timeout=SECONDS)
        assert time.monotonic() - begin < 3
        await client.close()


# -- streams ----------------------------------------------------------------------------------------------------------

ITEM = b'{"jsonrpc":"2.0","method":"m","params":"%b","stream":1}\n'


@pytest.mark.parametrize("size", [1, 1000, 200_000, 4 * MIB])
async def test_unread_stream_is_bounded_in_bytes(socket_path: Path, size: int) -> None:
    """A channel: it stops reading, and the server is slowed down."""
    async with FakeServer(socket_path, flooding(ITEM % (b"x" * size))), Channel(socket_path) as client:
        stream = client.stream("m")
        assert len(await anext(stream)) == size
        before = resident_bytes()
        await asyncio.sleep(0.3)
        assert resident_bytes() - before < 24 * MIB
        for _ in range(600):
            assert len(await anext(stream)) == size
            if size > 1000:
                break
        await stream.aclose()


def test_unread_blocking_stream_reads_nothing_ahead(socket_path: Path) -> None:
    """A blocking client reads when it is asked."""
    import socket
    import threading

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(socket_path))
        listener.listen()
        sent: list[int] = []

        def serve() -> None:
            sock, _ = listener.accept()
            with sock:
                sock.recv(65536)
                sock.settimeout(0.3)
                try:
                    while True:
                        sent.append(sock.send(ITEM % (b"x" * 10_000)))
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        with SyncChannel(socket_path) as client, client.stream("m") as stream:
            assert len(next(stream)) == 10_000
            thread.join(SECONDS)
            assert not thread.is_alive()
            assert sum(sent) < 2 * MIB, "what the kernel holds, and no more"


async def test_stream_of_garbage_is_the_servers_fault(socket_path: Path) -> None:
    async with FakeServer(socket_path, flooding(b"garbage\n")), Channel(socket_path) as client:
        with pytest.raises(RemoteProtocolError):
            await anext(client.stream("m"))
    with pytest.raises((ConnectionLostError, DaemonError)):
        await anext(Channel(socket_path).stream("m"))
