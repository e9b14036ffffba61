"""Our clients against a server that others wrote, and that knows neither `meta` nor `rpc.cancel`."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from daemonrpc import ApplicationError, CallTimeoutError, Channel, Method, MethodNotFoundError, SyncChannel


class Subtract(Struct):
    minuend: int
    subtrahend: int


class NoSuchJobData(Struct):
    job_id: str


class NoSuchJob(ApplicationError):
    """As the schema of a generated client would declare it."""

    code = -32000
    data_type = NoSuchJobData


class JobParams(Struct):
    job_id: str


SUBTRACT: Method[Subtract, int] = Method("subtract", python_name="subtract", params=Subtract, result=int, safety="safe")
REFUSE: Method[JobParams, None] = Method(
    "refuse", python_name="refuse", params=JobParams, result=None, errors=(NoSuchJob,)
)
TEXT = "Ωμ€\U0001f600\n\u2028"


async def test_calls_of_the_async_client(jayson_server: Path) -> None:
    async with Channel(jayson_server) as channel:
        assert await channel.call(SUBTRACT, Subtract(42, 23)) == 19
        assert await channel.call("subtract", [42, 23]) == 19
        assert await channel.call("echo", [TEXT, 1.5, None]) == [TEXT, 1.5, None]
        assert await channel.call("nothing") is None
        assert await channel.is_daemon_running()
        assert channel.statistics() == {"connections": 1, "in_flight": 0}


def test_calls_of_the_sync_client(jayson_server: Path) -> None:
    with SyncChannel(jayson_server) as channel:
        assert channel.call(SUBTRACT, Subtract(42, 23)) == 19
        assert channel.call("subtract", [42, 23]) == 19
        assert channel.call("echo", [TEXT, 1.5, None]) == [TEXT, 1.5, None]
        assert channel.call("nothing") is None
        assert channel.is_daemon_running()


async def test_errors_of_the_async_client(jayson_server: Path) -> None:
    async with Channel(jayson_server) as channel:
        with pytest.raises(MethodNotFoundError):
            await channel.call("nosuch")
        with pytest.raises(NoSuchJob, match="no such job") as caught:
            await channel.call(REFUSE, JobParams("x"))
        assert caught.value.data == NoSuchJobData("x")


def test_errors_of_the_sync_client(jayson_server: Path) -> None:
    with SyncChannel(jayson_server) as channel:
        with pytest.raises(MethodNotFoundError):
            channel.call("nosuch")
        with pytest.raises(NoSuchJob, match="no such job") as caught:
            channel.call(REFUSE, JobParams("x"))
        assert caught.value.data == NoSuchJobData("x")


async def test_answers_that_overtake_each_other_find_their_callers(jayson_server: Path) -> None:
    async with Channel(jayson_server) as channel:

        async def late(milliseconds: int) -> Any:
            return await channel.call("late", {"milliseconds": milliseconds})

        waits = [60, 5, 40, 0, 20] * 10
        answers = await asyncio.gather(*map(late, waits))
        assert answers == [{"milliseconds": wait} for wait in waits]


async def test_late_answer_to_a_call_that_was_given_up_reaches_nobody(jayson_server: Path) -> None:
    """The server does not know `rpc.cancel`: its answer comes in the end."""
    async with Channel(jayson_server) as channel:
        with pytest.raises(CallTimeoutError):
            await channel.call("late", {"milliseconds": 150}, timeout=0.05)
        assert await channel.call("late", {"milliseconds": 200}) == {"milliseconds": 200}
        assert await channel.call("echo", [1]) == [1]
        assert channel.statistics() == {"connections": 1, "in_flight": 0}


def test_sync_client_goes_on_after_a_timeout(jayson_server: Path) -> None:
    with SyncChannel(jayson_server) as channel:
        with pytest.raises(CallTimeoutError):
            channel.call("late", {"milliseconds": 100}, timeout=0.05)
        assert channel.call("late", {"milliseconds": 100}) == {"milliseconds": 100}
