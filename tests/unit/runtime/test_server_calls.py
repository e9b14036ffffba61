import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from daemonrpc import CallTimeoutError, Channel, Context, DaemonServer, Limits, Method, RequestHandler, StreamMethod
from support.raw import RawPeer, connect
from support.service import ALWAYS, DETACHED, Service
from support.waiting import until


class Empty(Struct):
    pass


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def server(service: Service, socket_path: Path) -> AsyncIterator[DaemonServer]:
    server = DaemonServer(
        socket_path, service.handler, max_concurrent_requests=2, limits=Limits(queued_requests=3, in_flight=16)
    )
    await server.start()
    yield server
    await server.stop(grace=0)


@pytest.fixture
async def peer(server: DaemonServer) -> AsyncIterator[RawPeer]:
    async with await connect(server.socket_path) as made:
        yield made


def code(answer: Any) -> int | None:
    return answer["error"]["code"] if "error" in answer else None


def idle(server: DaemonServer) -> bool:
    return not any(value for name, value in server.statistics().items() if name != "connections")


# -- admission --------------------------------------------------------------------------------------------------------


async def test_slots_then_queue_then_busy(peer: RawPeer, service: Service, server: DaemonServer) -> None:
    for n in range(6):
        peer.call("hold", [n], id_=n)
    refused = await peer.line()
    assert (refused["id"], code(refused)) == (5, -32090)
    assert refused["error"]["data"] == {"started": False, "retry_after_ms": 100}
    assert server.statistics() == {"connections": 1, "tasks": 2, "running": 2, "waiting": 3}
    service.probe.release.set()
    assert sorted([(await peer.line())["id"] for _ in range(5)]) == [0, 1, 2, 3, 4]
    await until(lambda: idle(server))


async def test_health_is_answered_when_every_slot_is_taken(peer: RawPeer) -> None:
    for n in range(5):
        peer.call("hold", [n], id_=n)
    peer.call("health", id_="h")
    peer.call("echo", [1], id_="e")
    assert [(await peer.line())["id"] for _ in range(2)] == ["h", "e"]


async def test_asynchronous_health_takes_no_slot(peer: RawPeer, service: Service) -> None:
    for n in range(5):
        peer.call("hold", [n], id_=n)
    peer.call(ALWAYS.name, {"tag": "h"}, id_="h")
    await until(lambda: service.probe.started["h"])


async def test_call_whose_deadline_passes_in_the_queue_never_starts(peer: RawPeer, service: Service) -> None:
    for n in range(2):
        peer.call("hold", [n], id_=n)
    peer.call("hold", ["late"], id_="late", meta={"timeout_ms": 10})
    await until(lambda: service.probe.started[1])
    await asyncio.sleep(0.02)
    service.probe.release.set()
    late = next(answer for answer in [await peer.line() for _ in range(3)] if answer["id"] == "late")
    assert (code(late), late["error"]["data"]) == (-32091, {"started": False})
    assert not service.probe.started["late"]


async def test_callers_who_left_keep_nobody_out_of_the_queue(
    peer: RawPeer, server: DaemonServer, service: Service
) -> None:
    peer.call("hold", [0], id_=0)
    peer.call("hold", [1], id_=1)
    await until(lambda: server.statistics()["running"] == 2)
    leaver = await connect(server.socket_path)
    for n in range(3):
        leaver.call("hold", ["gone"], id_=n)
    await until(lambda: server.statistics()["waiting"] == 3)
    await leaver.close()
    await until(lambda: server.statistics()["waiting"] == 0)
    peer.call("hold", [2], id_=2)
    service.probe.release.set()
    assert sorted([(await peer.line())["id"] for _ in range(3)]) == [0, 1, 2]
    assert not service.probe.started["gone"]


# -- cancel, deadline, loss -------------------------------------------------------------------------------------------


async def test_cancel_ends_a_running_call_with_one_answer(
    peer: RawPeer, service: Service, server: DaemonServer
) -> None:
    peer.call("hold", ["a"], id_="a")
    await until(lambda: service.probe.started["a"])
    peer.notify("rpc.cancel", {"id": "a"})
    assert code(await peer.line()) == -32800
    assert service.probe.cancelled["a"] == 1
    peer.notify("rpc.cancel", {"id": "a"})
    peer.call("echo", [1], id_=2)
    assert (await peer.line())["id"] == 2
    await until(lambda: idle(server))


async def test_cancel_of_a_waiting_call_proves_that_it_never_started(
    peer: RawPeer, service: Service, server: DaemonServer
) -> None:
    for n in range(3):
        peer.call("hold", [n], id_=n)
    peer.call("rpc.cancel", {"id": 2}, id_="c")
    answers = [await peer.line() for _ in range(2)]
    assert [(answer["id"], code(answer)) for answer in answers] == [(2, -32800), ("c", None)]
    assert answers[0]["error"]["data"] == {"started": False}
    assert server.statistics()["waiting"] == 0
    assert not service.probe.started[2]


async def test_cancel_before_the_first_step_never_runs_the_handler(peer: RawPeer, service: Service) -> None:
    peer.write(
        b'{"jsonrpc":"2.0","method":"hold","params":["a"],"id":1}\n'
        b'{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":1}}\n'
    )
    assert code(await peer.line()) == -32800
    assert not service.probe.started["a"]


async def test_awaitable_of_a_plain_handler_is_ended_when_its_call_is_cancelled_before_it_is_awaited(
    peer: RawPeer, service: Service
) -> None:
    """Else Python complains that a coroutine was never awaited, and a future would go on for nobody."""
    ended = asyncio.Event()
    futures: list[asyncio.Future[None]] = []

    async def never_awaited() -> None:
        ended.set()

    def plain(params: Any, _context: Context) -> Any:
        if params == ["future"]:
            futures.append(asyncio.get_running_loop().create_future())
            return futures[0]
        return never_awaited()

    service.handler.register("plain", plain)
    for params in ("coroutine", "future"):
        peer.write(
            b'{"jsonrpc":"2.0","method":"plain","params":["%b"],"id":1}\n' % params.encode()
            + b'{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":1}}\n'
        )
        assert code(await peer.line()) == -32800
    gc.collect()
    assert not ended.is_set()
    assert futures[0].cancelled()


async def test_deadline_cancels_the_handler(peer: RawPeer, service: Service) -> None:
    peer.call("hold", ["a"], meta={"timeout_ms": 20})
    answer = await peer.line()
    assert (code(answer), answer["error"]["data"]) == (-32091, {"started": True})
    assert service.probe.cancelled["a"] == 1
    assert service.probe.contexts[0].cancelled


async def test_lost_connection_cancels_its_calls(server: DaemonServer, service: Service) -> None:
    async with await connect(server.socket_path) as peer:
        peer.call("hold", ["a"])
        await until(lambda: service.probe.started["a"])
    await until(lambda: service.probe.cancelled["a"])
    await until(lambda: idle(server) and not server.statistics()["connections"])
    assert service.probe.contexts[0].cancelled


async def test_detached_call_goes_on_after_cancel_deadline_and_loss(server: DaemonServer, service: Service) -> None:
    peer = await connect(server.socket_path)
    peer.call(DETACHED.name, {"tag": "a"}, id_=1, meta={"timeout_ms": 10})
    await until(lambda: service.probe.started["a"])
    peer.call("rpc.cancel", {"id": 1}, id_=2)
    assert (await peer.line())["id"] == 2
    context = service.probe.contexts[0]
    assert context.cancelled
    await peer.close()
    await until(lambda: not server.statistics()["connections"])
    await asyncio.sleep(0.02)
    service.probe.release.set()
    await until(lambda: service.probe.finished["a"])
    assert not service.probe.cancelled["a"]
    await until(lambda: idle(server))


async def test_detached_call_that_waits_for_a_slot_starts_although_its_caller_left(
    peer: RawPeer, server: DaemonServer, service: Service
) -> None:
    for n in range(2):
        peer.call("hold", [n], id_=n)
    leaver = await connect(server.socket_path)
    leaver.call(DETACHED.name, {"tag": "d"})
    await until(lambda: server.statistics()["waiting"] == 1)
    await leaver.close()
    await until(lambda: server.statistics()["connections"] == 1)
    service.probe.release.set()
    await until(lambda: service.probe.finished["d"])


async def test_notification_that_runs_survives_its_sender(server: DaemonServer, service: Service) -> None:
    async with await connect(server.socket_path) as peer:
        peer.notify("hold", ["n"])
        await until(lambda: service.probe.started["n"])
    await until(lambda: not server.statistics()["connections"])
    service.probe.release.set()
    await until(lambda: service.probe.finished["n"])


async def test_notifications_count_against_the_calls_in_flight(
    peer: RawPeer, server: DaemonServer, service: Service
) -> None:
    """Else one client could fill the queue of all others with calls that no limit counts."""
    for _ in range(40):
        peer.notify(ALWAYS.name, {"tag": "n"})
    await until(lambda: service.probe.started["n"] == 16)
    await asyncio.sleep(0.01)
    assert server.statistics()["tasks"] == 16
    service.probe.release.set()
    await until(lambda: service.probe.finished["n"] == 40)


# -- handlers that misbehave ------------------------------------------------------------------------------------------


def cancelled_error(_params: Any, _context: Context) -> Any:
    raise asyncio.CancelledError


async def cancels_itself(_params: Any, _context: Context) -> Any:
    raise asyncio.CancelledError


async def swallows_the_cancel(_params: Any, _context: Context) -> str:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return "swallowed"
    return "never"


class Broken:
    @property
    def data(self) -> Any:
        raise ZeroDivisionError


@pytest.mark.parametrize("handler", [cancelled_error, cancels_itself])
async def test_handler_that_cancels_itself_is_a_fault_and_not_the_callers_cancel(
    peer: RawPeer, service: Service, handler: Any, caplog: pytest.LogCaptureFixture
) -> None:
    service.handler.register("m", handler)
    peer.call("m")
    peer.call("echo", [1], id_=2)
    answers = {answer["id"]: code(answer) for answer in [await peer.line() for _ in range(2)]}
    assert answers == {1: -32603, 2: None}


async def test_fault_of_the_runtime_in_one_call_leaves_the_others_alone(
    peer: RawPeer, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("daemonrpc.server_calls.current_traceparent", broken)
        peer.call("echo")
        assert code(await peer.line()) == -32603
    peer.call("echo", [1])
    assert (await peer.line())["result"] == [1]
    assert caplog.records[0].levelno == logging.ERROR


async def test_result_of_a_handler_that_swallows_its_cancel_is_the_answer(peer: RawPeer, service: Service) -> None:
    service.handler.register("m", swallows_the_cancel)
    peer.call("m", id_="m")
    peer.call("sleep", [0.01], id_="s")
    assert (await peer.line())["id"] == "s"
    peer.notify("rpc.cancel", ["m"])
    assert (await peer.line())["result"] == "swallowed"


@pytest.mark.parametrize("params", [None, {}, [], [1, 2], {"ID": 1}])
async def test_cancel_with_wrong_params_is_answered_if_it_has_an_id(peer: RawPeer, params: Any) -> None:
    peer.notify("rpc.cancel", params)
    peer.call("rpc.cancel", params, id_=5)
    answer = await peer.line()
    assert (answer["id"], code(answer)) == (5, -32602)


async def test_cancel_of_an_unknown_call_is_answered_all_the_same(peer: RawPeer) -> None:
    peer.call("rpc.cancel", {"id": 99}, id_=5)
    assert (await peer.line())["result"] is None


async def test_same_id_twice_gives_two_answers_and_one_cancel_ends_both(peer: RawPeer, service: Service) -> None:
    for tag in ("a", "b"):
        peer.call("hold", [tag], id_=1)
    await until(lambda: service.probe.started["b"])
    peer.notify("rpc.cancel", {"id": 1})
    assert [code(await peer.line()) for _ in range(2)] == [-32800, -32800]


# -- streams ----------------------------------------------------------------------------------------------------------


async def test_stream_takes_no_slot(peer: RawPeer, service: Service) -> None:
    for n in range(2):
        peer.call("hold", [n], id_=n)
    peer.call("count", [2], id_="s")
    messages = [await peer.line() for _ in range(3)]
    assert [message.get("params") for message in messages] == [0, 1, None]
    assert messages[2] == {"jsonrpc": "2.0", "id": "s", "result": None}


async def test_cancelled_stream_ends_with_one_answer_and_runs_its_cleanup(peer: RawPeer, service: Service) -> None:
    peer.call("endless", ["s"], id_="s")
    await peer.line()
    peer.notify("rpc.cancel", {"id": "s"})
    while "method" in (message := await peer.line()):
        continue
    assert (message["id"], code(message)) == ("s", -32800)
    assert service.probe.finished["s"] == 1
    peer.call("echo", [1], id_="e")
    assert (await peer.line())["id"] == "e"


async def test_detached_stream_of_a_lost_connection_goes_on_and_neither_spins_nor_grows(socket_path: Path) -> None:
    sent, release = 0, asyncio.Event()

    async def stream(_params: Empty, _context: Context) -> AsyncIterator[str]:
        nonlocal sent
        while not release.is_set():
            yield "x" * 10_000
            sent += 1

    handler = RequestHandler()
    method: StreamMethod[Empty, str, None] = StreamMethod(
        "s", python_name="s", params=Empty, item=str, result=None, notification="n", detached=True
    )
    handler.register(method, stream)
    async with DaemonServer(socket_path, handler) as server:
        peer = await connect(socket_path)
        peer.call("s")
        await peer.line()
        await asyncio.sleep(0.02)  # the reader is too slow by now: the stream waits for it
        peer.abort()
        await until(lambda: not server.statistics()["connections"])
        before = sent
        await until(lambda: sent > before + 100)
        release.set()
        await until(lambda: idle(server))


async def test_typed_result_that_breaks_the_schema_is_an_internal_error(socket_path: Path) -> None:
    """DAEMONRPC_DEBUG=1 holds every answer against the schema."""
    method: Method[Empty, int] = Method("m", python_name="m", params=Empty, result=int)

    async def wrong(_params: Empty, _context: Context) -> Any:
        return "text"

    handler = RequestHandler()
    handler.register(method, wrong)
    async with DaemonServer(socket_path, handler), await connect(socket_path) as peer:
        peer.call("m")
        answer = await peer.line()
    assert (code(answer), "does not fit the schema" in answer["error"]["message"]) == (-32603, True)


# -- event loops that start tasks at once -----------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info < (3, 12), reason="asyncio has eager tasks since Python 3.12")
async def test_eager_tasks_of_the_embedding_program_change_nothing(server: DaemonServer, service: Service) -> None:
    """RULES 2.24: the first step of a handler then runs inside the turn that reads its request."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(getattr(asyncio, "eager_task_factory", None))

    async def at_once(params: Any, _context: Context) -> Any:
        return params

    service.handler.register("at once", at_once)
    async with Channel(server.socket_path) as channel:
        assert await asyncio.gather(*(channel.call("at once", [n]) for n in range(100))) == [[n] for n in range(100)]
        calls = [asyncio.ensure_future(channel.call("hold", [n])) for n in range(4)]
        await until(lambda: service.probe.started.total() == 2)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        assert [item async for item in channel.stream("count", [300])] == list(range(300))
        with pytest.raises(CallTimeoutError):
            await channel.call("hold", timeout=0.01)
        await until(lambda: idle(server))
