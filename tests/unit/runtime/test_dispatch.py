import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from msgspec import Raw, Struct

from daemonrpc.context import Context, Peer
from daemonrpc.dispatch import BoundCall, Dispatcher
from daemonrpc.errors import (
    ApplicationError,
    BusyError,
    ConnectionLostError,
    DeadlineExceededError,
    InternalError,
    InvalidParamsError,
    InvalidRequestError,
    MethodNotFoundError,
    NotAllowedError,
    RpcError,
)
from daemonrpc.handler import RequestHandler
from daemonrpc.message import NO_ID, ErrorObject, rpc_error
from daemonrpc.method import Method, ServiceInfo, StreamMethod
from daemonrpc.request import Meta, Request

OWNER = Peer(uid=1, gid=1, pid=1, access=frozenset(("owner", "group", "any")))
STRANGER = Peer(uid=2, gid=2, pid=2)


class Add(Struct, kw_only=True):
    a: int
    b: int = 1


class End(Struct, kw_only=True):
    count: int = 0


class Full(ApplicationError):
    code = -32001


ADD: Method[Add, int] = Method("add", python_name="add", params=Add, result=int)
SECRET: Method[Add, int] = Method("secret", python_name="secret", params=Add, result=int, access="owner", detached=True)
COUNT: StreamMethod[Add, int, End] = StreamMethod(
    "count", python_name="count", params=Add, item=int, result=End, notification="n"
)


def dispatcher(method: Any = "m", function: Any = None, *, check: bool = False, clock: float = 100.0) -> Dispatcher:
    handler = RequestHandler(ServiceInfo(name="S", version="1.2.3", fingerprint="f", package="p", methods=()))
    if function is not None:
        handler.register(method, function)
    return Dispatcher(handler, lambda: clock, check_results=check)


def request(method: str = "m", params: bytes = b"", id_: bytes = b"1", **meta: Any) -> Request:
    return Request(id_, method, params, Meta(**meta) if meta else None)


def bound(method: Any, function: Any, params: bytes = b"", **options: Any) -> tuple[Dispatcher, BoundCall]:
    name = method if isinstance(method, str) else method.name
    table = dispatcher(method, function, **options)
    return table, table.bind(request(name, params), OWNER)


# -- binding ----------------------------------------------------------------------------------------------------------


def test_unknown_method_is_named_with_service_and_version() -> None:
    with pytest.raises(MethodNotFoundError) as refused:
        dispatcher().bind(request("job.Submit"), OWNER)
    assert refused.value.data == {"method": "job.Submit", "service": "S", "version": "1.2.3"}


def test_access_is_decided_before_the_params_are_looked_at() -> None:
    table = dispatcher(SECRET, lambda _p, _c: 1)
    with pytest.raises(NotAllowedError, match="uid 2"):
        table.bind(request("secret", b'{"wrong":1}'), STRANGER)
    with pytest.raises(InvalidParamsError):
        table.bind(request("secret", b'{"wrong":1}'), OWNER)


def test_stream_needs_an_id() -> None:
    with pytest.raises(InvalidRequestError, match="needs an id"):
        dispatcher(COUNT, count_to).bind(request("count", b"[3]", NO_ID), OWNER)


def test_meta_reaches_the_handler() -> None:
    table = dispatcher("m", lambda _p, _c: None)
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    context = table.bind(request(timeout_ms=1500, key="k", traceparent=trace), OWNER).context
    assert (context.remaining, context.deadline, context.key, context.trace) == (1.5, 101.5, "k", trace)
    assert (context.peer, context.method) == (OWNER, "m")
    assert table.bind(request(), OWNER).context.remaining is None


def test_malformed_traceparent_is_ignored() -> None:
    table = dispatcher("m", lambda _p, _c: None)
    assert table.bind(request(traceparent="00-1-2-01"), OWNER).context.trace is None


@pytest.mark.parametrize("timeout_ms", [0, -1, -0.5, -(10**400)])
def test_deadline_that_has_passed_starts_nothing(timeout_ms: float) -> None:
    with pytest.raises(DeadlineExceededError) as refused:
        dispatcher("m", lambda _p, _c: None).bind(request(timeout_ms=timeout_ms), OWNER)
    assert refused.value.not_started


@pytest.mark.parametrize("timeout_ms", [10**18, 10**400, 1e300])
def test_deadline_of_any_size_is_a_time_that_can_be_waited_for(timeout_ms: float) -> None:
    context = dispatcher("m", lambda _p, _c: None).bind(request(timeout_ms=timeout_ms), OWNER).context
    assert context.remaining is not None
    assert math.isfinite(context.remaining)


def test_detached_methods_are_known() -> None:
    table = dispatcher(SECRET, lambda _p, _c: 1)
    assert (table.is_detached("secret"), table.is_detached("nope")) == (True, False)


# -- results ----------------------------------------------------------------------------------------------------------


async def later(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def run(table: Dispatcher, call: BoundCall) -> bytes:
    result = table.call_inline(call)
    return result if isinstance(result, bytes) else await table.finish(call, result)


@pytest.mark.parametrize("value", [None, 0, "", [], {"a": None}])
async def test_result_of_each_kind_of_handler_is_encoded_null_too(value: Any) -> None:
    plain = bound("m", lambda _p, _c: value)
    awaitable = bound("m", lambda _p, _c: later(value))

    async def coroutine(_params: Any, _context: Context) -> Any:
        return value

    table, call = bound("m", coroutine)
    assert await run(*plain) == await run(*awaitable) == await table.call(call)


def raises(error: BaseException) -> Callable[[Any, Context], Any]:
    def handler(_params: Any, _context: Context) -> Any:
        raise error

    return handler


@pytest.mark.parametrize("error", [KeyError("k"), ValueError("v"), TypeError("t"), TimeoutError(), OSError(1, "x")])
async def test_what_a_handler_raises_by_accident_is_an_internal_error(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    table, call = bound("m", raises(error))
    with pytest.raises(InternalError, match=type(error).__name__):
        await run(table, call)
    assert "handler of m failed" in caplog.text


def test_answer_shows_no_inner_text_of_an_accident() -> None:
    with pytest.raises(InternalError) as refused:
        dispatcher_call(KeyError("password=hunter2"))
    assert "hunter2" not in str(refused.value)


def dispatcher_call(error: BaseException) -> None:
    table, call = bound("m", raises(error))
    table.call_inline(call)


@pytest.mark.parametrize("error", [Full("full"), RpcError("x", code=7), InvalidParamsError("no"), BusyError("b")])
def test_error_that_a_handler_means_is_the_answer_as_it_is(error: RpcError) -> None:
    with pytest.raises(type(error)) as refused:
        dispatcher_call(error)
    assert refused.value is error
    assert refused.value.__cause__ is None


def test_daemon_error_of_a_call_that_the_handler_made_is_internal() -> None:
    with pytest.raises(InternalError):
        dispatcher_call(ConnectionLostError("another daemon"))


def test_proof_of_another_daemon_that_nothing_started_is_not_passed_on() -> None:
    """The handler did start: passed on, the proof would make the client send an unsafe call again."""
    received = rpc_error(ErrorObject(-32090, "busy", Raw(b'{"started":false,"retry_after_ms":5}')))
    with pytest.raises(RpcError) as refused:
        dispatcher_call(received)
    assert (refused.value.code, refused.value.data) == (-32090, {"started": True, "retry_after_ms": 5})


@pytest.mark.parametrize("value", [object(), float("nan"), "\ud800", {1, object()}])
async def test_result_that_cannot_be_sent_is_an_internal_error(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InternalError, match="cannot be sent"):
        await run(*bound("m", lambda _p, _c: value))
    assert caplog.records[0].levelno == logging.ERROR


async def test_results_are_held_against_the_schema_only_when_asked() -> None:
    async def wrong(_params: Add, _context: Context) -> Any:
        return "text"

    table, call = bound(ADD, wrong, b"[1]")
    assert await table.call(call) == b'"text"'
    table, call = bound(ADD, wrong, b"[1]", check=True)
    with pytest.raises(InternalError, match="does not fit the schema"):
        await table.call(call)


# -- streams ----------------------------------------------------------------------------------------------------------


async def count_to(params: Add, _context: Context) -> AsyncIterator[int | End]:
    for number in range(params.a):
        yield number


class Sink:
    def __init__(self) -> None:
        self.items: list[bytes] = []

    async def __call__(self, item: bytes) -> None:
        self.items.append(item)


async def stream(function: Any, params: bytes = b"[3]", method: Any = COUNT, **options: Any) -> tuple[Sink, bytes]:
    table, call = bound(method, function, params, **options)
    sink = Sink()
    return sink, await table.call_stream(call, sink)


async def test_stream_sends_items_and_ends_with_its_defaults() -> None:
    sink, result = await stream(count_to)
    assert (sink.items, result) == ([b"0", b"1", b"2"], b'{"count":0}')


async def test_stream_ends_with_the_result_that_it_yields_last() -> None:
    async def generator(_params: Add, _context: Context) -> AsyncIterator[int | End]:
        yield 7
        yield End(count=1)

    sink, result = await stream(generator)
    assert (sink.items, result) == ([b"7"], b'{"count":1}')


async def test_empty_stream_is_legal() -> None:
    sink, result = await stream(count_to, b"[0]")
    assert (sink.items, result) == ([], b'{"count":0}')


async def test_stream_registered_by_hand_ends_with_null() -> None:
    async def generator(_params: Any, _context: Context) -> AsyncIterator[int]:
        yield 1

    sink, result = await stream(generator, b"", "m")
    assert (sink.items, result) == ([b"1"], b"null")


async def test_stream_that_goes_on_after_its_result_is_a_fault() -> None:
    async def generator(_params: Add, _context: Context) -> AsyncIterator[int | End]:
        yield End()
        yield 1

    with pytest.raises(InternalError, match="TypeError"):
        await stream(generator)


async def test_any_asynchronous_iterator_makes_a_stream() -> None:
    class Numbers:
        def __init__(self) -> None:
            self._left = 2

        def __aiter__(self) -> "Numbers":
            return self

        async def __anext__(self) -> int:
            self._left -= 1
            if self._left < 0:
                raise StopAsyncIteration
            return self._left

    sink, _result = await stream(lambda _params, _context: Numbers())
    assert sink.items == [b"1", b"0"]


async def test_stream_that_fails_sent_what_came_before() -> None:
    async def generator(_params: Add, _context: Context) -> AsyncIterator[int]:
        yield 1
        raise Full("full")

    table, call = bound(COUNT, generator, b"[1]")
    sink = Sink()
    with pytest.raises(Full):
        await table.call_stream(call, sink)
    assert sink.items == [b"1"]


async def test_generator_is_closed_at_once_when_sending_fails() -> None:
    closed: list[str] = []

    async def generator(_params: Add, _context: Context) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            await asyncio.sleep(0)
            closed.append("cleaned up")

    async def fails(_item: bytes) -> None:
        raise Full("no more")

    table, call = bound(COUNT, generator, b"[1]")
    with pytest.raises(Full):
        await table.call_stream(call, fails)
    assert closed == ["cleaned up"]


async def test_items_are_held_against_the_schema_when_asked() -> None:
    async def generator(_params: Add, _context: Context) -> AsyncIterator[Any]:
        yield "text"

    with pytest.raises(InternalError, match="does not fit the schema"):
        await stream(generator, check=True)
