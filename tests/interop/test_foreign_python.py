"""A client that others wrote in Python, jsonrpcclient, against our server (RULES part 5, property 3).

It makes requests and reads answers, and leaves the transport to its user: here, one JSON text a line on a plain socket.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jsonrpcclient import Error, Ok, notification, parse, request

from conformance.service import LIMITS, service
from daemonrpc import DaemonServer
from support.waiting import SECONDS

TEXT = "Ωμ€\U0001f600\n\u2028"

Exchange = Callable[..., Awaitable[Any]]


@pytest.fixture
async def exchange(socket_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Exchange]:
    """Sends lines over one connection, and gives the next answer as the library reads it."""
    caplog.set_level(logging.CRITICAL, "daemonrpc.server")  # handlers fail on purpose here
    async with DaemonServer(socket_path, service(), limits=LIMITS):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(SECONDS)
            sock.connect(str(socket_path))
            answers = sock.makefile("rb")

            async def send(*messages: Any) -> Any:
                sock.sendall(b"".join(json.dumps(message).encode() + b"\n" for message in messages))
                return parse(json.loads(await asyncio.to_thread(answers.readline)))

            yield send
            answers.close()


async def test_jsonrpcclient_is_served(exchange: Exchange) -> None:
    assert await exchange(request("subtract", [42, 23], id=7)) == Ok(19, 7)
    assert await exchange(request("subtract", {"subtrahend": 23, "minuend": 42}, id="a")) == Ok(19, "a")
    assert await exchange(request("echo", [TEXT], id=1)) == Ok([TEXT], 1)
    unknown = await exchange(request("foobar", id=2))
    assert isinstance(unknown, Error)
    assert (unknown.code, unknown.id) == (-32601, 2)
    misfit = await exchange(request("subtract", ["x", 23], id=3))
    assert isinstance(misfit, Error)
    assert (misfit.code, misfit.id) == (-32602, 3)


async def test_jsonrpcclient_hears_nothing_of_a_notification(exchange: Exchange) -> None:
    assert await exchange(notification("echo", [1]), request("echo", [2], id=2)) == Ok([2], 2)


async def test_jsonrpcclient_reads_a_batch(exchange: Exchange) -> None:
    heard = list(await exchange([request("echo", [number], id=number) for number in range(5)]))
    assert sorted(heard, key=lambda answer: answer.id) == [Ok([number], number) for number in range(5)]
