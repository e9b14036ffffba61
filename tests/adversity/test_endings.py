"""However a call ends, and whoever ends it first: one answer, one record, no slot and no task left (RULES 2.22, 2.23,
2.40; properties 7 and 8).
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import Channel, Context, DaemonServer, Limits, Method, Reason, RpcError
from support.raw import RawPeer, connect
from support.recorder import Recorder
from support.service import Service, Tag
from support.waiting import SECONDS, until

NOTHING = {"connections": 0, "tasks": 0, "running": 0, "waiting": 0}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def service() -> Service:
    def refuse(_params: Any, _context: Context) -> None:
        raise RpcError("no", code=4711)

    service = Service()
    service.handler.register("refuse", refuse)
    return service


@pytest.fixture
async def server(service: Service, socket_path: Path, recorder: Recorder) -> AsyncIterator[DaemonServer]:
    """Two slots, so that calls wait soon."""
    server = DaemonServer(socket_path, service.handler, max_concurrent_requests=2, observers=[recorder])
    await server.start()
    yield server
    await server.stop(grace=0)
    assert server.statistics() == NOTHING


def sync_method(name: str) -> Method[Tag, Any]:
    return Method(name, python_name=name, params=Tag, result=Any, handler="sync")


async def fill_slots(peer: RawPeer, server: DaemonServer) -> None:
    peer.call("hold", ["slot"], id_="a")
    peer.call("hold", ["slot"], id_="b")
    await until(lambda: server.statistics()["running"] == 2)


async def all_is_quiet(server: DaemonServer) -> None:
    await until(lambda: {**server.statistics(), "connections": 0} == NOTHING)


# -- deadlines ---------------------------------------------------------------------------------------------------------


async def test_deadline_of_a_call_that_waits_is_told_when_it_passes(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    """Not only when a slot gets free: here none ever does."""
    async with await connect(socket_path) as peer:
        await fill_slots(peer, server)
        peer.call("hold", ["late"], id_=1, meta={"timeout_ms": 30})
        error = (await peer.line())["error"]
        assert (error["code"], error["data"]) == (-32091, {"started": False})
        assert server.statistics()["waiting"] == 0
        assert server.statistics()["running"] == 2
        [record] = recorder.of("hold")
        assert record.reason is Reason.DEADLINE
        assert record.queue_seconds == record.seconds
        assert record.seconds >= 0.025
    assert service.probe.started["late"] == 0


async def test_call_that_gets_its_slot_in_time_is_not_ended_by_the_deadline_of_its_wait(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer:
        await fill_slots(peer, server)
        peer.call("sleep", [0.06], id_=1, meta={"timeout_ms": 60_000})
        peer.call("sleep", [0], id_=2, meta={"timeout_ms": 60_000})
        await until(lambda: server.statistics()["waiting"] == 2)
        service.probe.release.set()
        answers = {answer["id"]: answer["result"] for answer in [await peer.line() for _ in range(4)]}
        assert answers == {"a": ["slot"], "b": ["slot"], 1: [0.06], 2: [0]}
    await all_is_quiet(server)


async def test_call_whose_time_is_over_when_its_slot_gets_free_is_not_started(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    """The slot comes before the timer when something has held up the event loop."""

    async def block(_params: Any, _context: Context) -> None:
        await until(lambda: server.statistics()["waiting"])
        time.sleep(0.4)  # noqa: ASYNC251  # as a handler may that does not know better

    service.handler.register("block", block)
    async with await connect(socket_path) as peer:
        peer.call("hold", ["slot"], id_="a")
        peer.call("block", id_="b")
        peer.call("hold", ["late"], id_=1, meta={"timeout_ms": 300})
        answers = {answer["id"]: answer for answer in [await peer.line() for _ in range(2)]}
        assert "result" in answers["b"]
        assert answers[1]["error"]["data"] == {"started": False}
        assert server.statistics()["running"] == 1
    assert service.probe.started == {"slot": 1}
    assert recorder.reasons("hold")[0] is Reason.DEADLINE


async def test_call_that_waited_and_then_ran_too_long_is_ended_once(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    """The deadline of the wait is forgotten with the wait: it must not answer a call that runs, or has ended."""
    service.handler.register("careful", careful_for(0.05))
    async with await connect(socket_path) as peer:
        await fill_slots(peer, server)
        peer.call("careful", id_=1, meta={"timeout_ms": 600})
        peer.call("sleep", [0], id_=2, meta={"timeout_ms": 600})
        peer.call("hold", ["x"], id_=3, meta={"timeout_ms": 600})
        await until(lambda: server.statistics()["waiting"] == 3)
        peer.notify("rpc.cancel", {"id": 3})
        service.probe.release.set()
        answers = {answer["id"]: answer for answer in [await peer.line() for _ in range(5)]}
        assert answers[1]["error"]["code"] == -32091
        assert answers[1]["error"]["data"] == {"started": True}
        assert answers[2]["result"] == [0]
        assert answers[3]["error"]["code"] == -32800
        await asyncio.sleep(0.05)
        peer.call("echo", ["last"])
        assert (await peer.line())["result"] == ["last"]
    assert recorder.reasons("careful") == [Reason.DEADLINE]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def careful_for(seconds: float) -> Callable[..., Any]:
    """A handler that never returns, and takes its time to clean up."""

    async def careful(_params: Any, _context: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(seconds)

    return careful


async def test_slot_and_deadline_at_the_same_time_give_one_answer(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        for number in range(100):
            peer.call("sleep", [0.004], id_=number, meta={"timeout_ms": 4 + number % 3})
        ids = sorted([(await peer.line())["id"] for _ in range(100)])
        assert ids == list(range(100))
    await all_is_quiet(server)
    assert len(recorder.of("sleep")) == 100


async def test_handler_sees_the_time_that_its_caller_has_left(socket_dir: Path) -> None:
    """Two hops: what the first handler has left is what the second one gets (property 8)."""
    seen: dict[str, float] = {}
    first, second = Service(), Service()

    async def near(_params: Any, context: Context) -> None:
        await asyncio.sleep(0.05)
        async with Channel(socket_dir / "second") as client:
            assert context.remaining is not None
            seen["near"] = context.remaining
            await client.call("far", timeout=context.remaining)

    async def far(_params: Any, context: Context) -> None:
        assert context.remaining is not None
        seen["far"] = context.remaining

    first.handler.register("near", near)
    second.handler.register("far", far)
    async with (
        DaemonServer(socket_dir / "first", first.handler),
        DaemonServer(socket_dir / "second", second.handler),
        await connect(socket_dir / "first") as peer,
    ):
        peer.call("near", id_=1, meta={"timeout_ms": 4000})
        assert "result" in await peer.line()
    assert 3.0 < seen["near"] <= 3.95
    assert seen["near"] - 0.5 < seen["far"] <= seen["near"]


async def test_deadline_of_a_detached_call_does_not_cancel_it(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        peer.call("detached", {"tag": "a"}, meta={"timeout_ms": 10})
        await until(lambda: service.probe.contexts and service.probe.contexts[0].cancelled)
        service.probe.release.set()
        assert (await peer.line())["result"] == "a"
    assert recorder.reasons("detached") == [Reason.OK]


# -- cancels -----------------------------------------------------------------------------------------------------------


async def test_cancel_twice_is_answered_once_and_disturbs_no_clean_up(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    """The second cancel, the deadline and the lost connection must not interrupt what the first one has begun."""
    cleaned: list[int] = []
    cleaning, may_clean = asyncio.Event(), asyncio.Event()

    async def careful(_params: Any, _context: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await may_clean.wait()
            cleaned.append(1)

    service.handler.register("careful", careful)
    async with await connect(socket_path) as peer:
        peer.call("careful", id_=1, meta={"timeout_ms": 500})
        await until(lambda: server.statistics()["running"])
        peer.notify("rpc.cancel", {"id": 1})
        peer.notify("rpc.cancel", {"id": 1})
        await asyncio.wait_for(cleaning.wait(), SECONDS)
        peer.notify("rpc.cancel", {"id": 1})
        await asyncio.sleep(0.6)  # beyond the deadline
        may_clean.set()
        assert (await peer.line())["error"]["code"] == -32800
        peer.call("careful", id_=2)
        cleaning.clear()
        may_clean.clear()
        await until(lambda: server.statistics()["running"])
        peer.notify("rpc.cancel", {"id": 2})
        await asyncio.wait_for(cleaning.wait(), SECONDS)
    await until(lambda: server.statistics()["connections"] == 0)
    may_clean.set()
    await all_is_quiet(server)
    assert cleaned == [1, 1]
    assert recorder.reasons("careful") == [Reason.CANCELLED, Reason.LOST]


async def test_cancel_of_what_is_not_in_flight_changes_nothing(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        peer.call("echo", ["x"], id_=1)
        assert "result" in await peer.line()
        for id_ in (1, 7, "no", None):
            peer.notify("rpc.cancel", {"id": id_})
        peer.call("rpc.cancel", {"id": 99}, id_=2)
        assert await peer.line() == {"jsonrpc": "2.0", "id": 2, "result": None}
        peer.call("rpc.cancel", {"idd": 99}, id_=3)
        assert (await peer.line())["error"]["code"] == -32602
    assert recorder.reasons("rpc.cancel") == [Reason.OK] * 5 + [Reason.INVALID]


async def test_id_can_be_used_again_after_its_call_has_ended(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    async with await connect(socket_path) as peer:
        for _ in range(50):
            peer.call("hold", ["x"], id_=1)
            peer.notify("rpc.cancel", {"id": 1})
            assert (await peer.line())["error"]["code"] == -32800
            peer.call("sleep", [0], id_=1)
            assert (await peer.line())["result"] == [0]
    await all_is_quiet(server)


async def test_calls_with_the_same_id_are_both_cancelled_and_both_answered(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        peer.call("hold", ["x"], id_=1)
        peer.call("hold", ["y"], id_=1)
        await until(lambda: server.statistics()["running"] == 2)
        peer.notify("rpc.cancel", {"id": 1})
        assert [(await peer.line())["error"]["code"] for _ in range(2)] == [-32800, -32800]
    assert recorder.reasons("hold") == [Reason.CANCELLED] * 2


async def test_cancel_of_a_call_that_waits_says_that_nothing_was_started(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        await fill_slots(peer, server)
        peer.call("hold", ["x"], id_=1, meta={"timeout_ms": 60_000})
        await until(lambda: server.statistics()["waiting"] == 1)
        peer.notify("rpc.cancel", {"id": 1})
        error = (await peer.line())["error"]
        assert (error["code"], error["data"]) == (-32800, {"started": False})
        assert server.statistics()["waiting"] == 0
    assert service.probe.started["x"] == 0
    assert recorder.reasons("hold")[0] is Reason.CANCELLED


async def test_cancel_of_a_detached_call_tells_its_handler_and_does_not_end_it(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        peer.call("detached", {"tag": "a"})
        await until(lambda: service.probe.started["a"])
        peer.notify("rpc.cancel", {"id": 1})
        await until(lambda: service.probe.contexts[0].cancelled)
        service.probe.release.set()
        assert (await peer.line())["result"] == "a"
    assert recorder.reasons("detached") == [Reason.OK]


async def test_cancel_of_a_batch_item_ends_that_item(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as peer:
        peer.write_line([{"jsonrpc": "2.0", "method": "hold", "params": [n], "id": n} for n in (1, 2, 3)])
        await until(lambda: server.statistics()["waiting"] == 1)
        peer.notify("rpc.cancel", {"id": 3})
        peer.notify("rpc.cancel", {"id": 1})
        await until(lambda: service.probe.cancelled[1])
        service.probe.release.set()
        answers = {item["id"]: item for item in await peer.line()}
        assert {id_: item.get("error", {}).get("code") for id_, item in answers.items()} == {
            1: -32800,
            2: None,
            3: -32800,
        }
    assert recorder.count() == {Reason.CANCELLED: 2, Reason.OK: 3}


# -- lost connections --------------------------------------------------------------------------------------------------


async def test_detached_call_learns_that_its_caller_is_gone(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    """Its record says what the work came to; nobody was answered."""
    async with await connect(socket_path) as peer:
        peer.call("detached", {"tag": "a"})
        await until(lambda: service.probe.started["a"])
        assert not service.probe.contexts[0].cancelled
    await until(lambda: service.probe.contexts[0].cancelled)
    service.probe.release.set()
    await until(lambda: recorder.of("detached"))
    [record] = recorder.of("detached")
    assert (record.reason, record.answer_bytes) == (Reason.OK, 0)


async def test_detached_call_in_the_queue_runs_after_its_caller_is_gone(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async with await connect(socket_path) as stays:
        await fill_slots(stays, server)
        async with await connect(socket_path) as leaves:
            leaves.call("detached", {"tag": "a"})
            leaves.call("hold", ["lost"], id_=2, meta={"timeout_ms": 60_000})
            leaves.notify("hold", ["told"])
            await until(lambda: server.statistics()["waiting"] == 3)
        await until(lambda: server.statistics()["waiting"] == 2)
        service.probe.release.set()
        await all_is_quiet(server)
    assert service.probe.finished == {"slot": 2, "a": 1, "told": 1}
    assert [context.cancelled for context in service.probe.contexts[2:]] == [True, True]
    assert sorted(recorder.reasons("hold")) == [Reason.LOST, Reason.OK, Reason.OK, Reason.OK]


async def test_connection_lost_during_the_last_answer_ends_the_call_once(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    """An answer that was handed over is an answer: whether it arrived nobody knows."""
    for number in range(50):
        peer = await connect(socket_path)
        peer.call("sleep", [0], id_=number)
        for _ in range(number % 6):
            await asyncio.sleep(0)
        peer.abort()
    await until(lambda: server.statistics() == NOTHING)
    begun = len(recorder.calls)
    assert begun <= 50
    assert set(recorder.reasons("sleep")) <= {Reason.OK, Reason.LOST}


async def test_calls_of_lost_connections_do_not_start_while_the_daemon_stops(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    """They are in the queue of no connection any more, and nobody would wait for what they began."""
    server = DaemonServer(socket_path, service.handler, max_concurrent_requests=1, observers=[recorder])
    await server.start()
    async with await connect(socket_path) as peer:
        for number in range(20):
            peer.notify("hold", [number])
        await until(lambda: server.statistics()["waiting"] == 19)
    await until(lambda: server.statistics()["connections"] == 0)
    await server.stop(grace=0)
    await until(lambda: len(recorder.of("hold")) == 20)
    assert service.probe.started == {0: 1}
    assert recorder.reasons("hold") == [Reason.SHUTDOWN] * 20


async def test_stop_gives_each_call_one_answer_and_one_record(
    service: Service, socket_path: Path, recorder: Recorder
) -> None:
    server = DaemonServer(socket_path, service.handler, max_concurrent_requests=3, observers=[recorder])
    await server.start()
    async with await connect(socket_path) as peer:
        for number in range(2):
            peer.call("hold", [number], id_=number)
        peer.call("detached", {"tag": "d"}, id_="detached")
        peer.call("endless", ["s"], id_="stream")
        for number in range(10, 15):
            peer.call("hold", [number], id_=number)
        peer.notify("hold", ["told"])
        await until(lambda: server.statistics()["waiting"] == 6 and service.probe.started["s"])
        stopping = asyncio.create_task(server.stop(grace=0.05))
        started: dict[Any, Any] = {}
        while len(started) < 9:
            message = await peer.line()
            if "stream" not in message:
                assert message["error"]["code"] == -32094
                assert message["id"] not in started
                started[message["id"]] = message["error"]["data"]["started"]
        await stopping
    assert started == {0: True, 1: True, "detached": True, "stream": True} | dict.fromkeys(range(10, 15), False)
    assert recorder.count() == {Reason.SHUTDOWN: 10}
    assert [record.id for record in recorder.calls if record.kind == "notification"] == [None]
    assert server.statistics() == NOTHING


# -- handlers of their own mind ----------------------------------------------------------------------------------------


async def test_handler_that_swallows_its_cancel_is_answered_with_what_it_returns(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async def stubborn(_params: Any, _context: Context) -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "still here"
        return "never"

    service.handler.register("stubborn", stubborn)
    async with await connect(socket_path) as peer:
        peer.call("stubborn", id_=1)
        await until(lambda: server.statistics()["running"])
        peer.notify("rpc.cancel", {"id": 1})
        assert (await peer.line())["result"] == "still here"
        peer.call("stubborn", id_=2, meta={"timeout_ms": 10})
        assert (await peer.line())["result"] == "still here"
        peer.call("stubborn", id_=3)
        await until(lambda: server.statistics()["running"])
    await until(lambda: len(recorder.of("stubborn")) == 3)
    assert recorder.reasons("stubborn") == [Reason.OK, Reason.OK, Reason.LOST]
    await until(lambda: server.statistics() == NOTHING)


def raise_cancelled(_params: Any, _context: Context) -> None:
    raise asyncio.CancelledError


async def raise_cancelled_later(_params: Any, _context: Context) -> None:
    await asyncio.sleep(0)
    raise asyncio.CancelledError


async def stream_cancelled(_params: Any, _context: Context) -> Any:
    yield 1
    raise asyncio.CancelledError


@pytest.mark.parametrize("handler", [raise_cancelled, raise_cancelled_later, stream_cancelled])
@pytest.mark.parametrize("meta", [None, {"timeout_ms": 60_000}])
async def test_handler_that_raises_cancelled_itself_is_an_internal_error(
    service: Service,
    server: DaemonServer,
    socket_path: Path,
    recorder: Recorder,
    caplog: pytest.LogCaptureFixture,
    handler: Callable[..., Any],
    meta: Any,
) -> None:
    """RULES 2.22: it killed the receive loop of another."""
    service.handler.register("bad", handler)
    async with await connect(socket_path) as peer:
        peer.call("bad", id_=1, meta=meta)
        answers = [await peer.line()]
        if "params" in answers[0]:
            answers.append(await peer.line())
        assert answers[-1]["error"]["code"] == -32603
        peer.call("echo", ["alive"], id_=2)
        assert (await peer.line())["result"] == ["alive"]
    await all_is_quiet(server)
    assert recorder.reasons("bad") == [Reason.INTERNAL]
    assert "bad" in caplog.text


async def test_handler_that_fails_while_it_is_cancelled_ends_once(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async def clumsy(_params: Any, _context: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise KeyError("in the clean-up")

    service.handler.register("clumsy", clumsy)
    async with await connect(socket_path) as peer:
        peer.call("clumsy", id_=1)
        await until(lambda: server.statistics()["running"])
        peer.notify("rpc.cancel", {"id": 1})
        assert (await peer.line())["error"]["code"] == -32603
        peer.call("echo", ["alive"], id_=2)
        assert (await peer.line())["result"] == ["alive"]
    await all_is_quiet(server)
    assert recorder.reasons("clumsy") == [Reason.INTERNAL]


async def test_tasks_that_a_handler_started_are_its_own(
    service: Service, server: DaemonServer, socket_path: Path
) -> None:
    """A task group of the handler ends with it; what it let loose goes on, and is not the server's."""
    inner: Counter[str] = Counter()
    loose: list[asyncio.Task[None]] = []
    release = asyncio.Event()

    async def work(name: str) -> None:
        try:
            await release.wait()
        except asyncio.CancelledError:
            inner[f"{name} cancelled"] += 1
            raise
        inner[f"{name} done"] += 1

    async def group(_params: Any, _context: Context) -> None:
        loose.append(asyncio.create_task(work("loose")))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(work("grouped"))
            tasks.create_task(work("grouped"))

    service.handler.register("group", group)
    async with await connect(socket_path) as peer:
        peer.call("group", id_=1)
        await until(lambda: server.statistics()["running"])
        await asyncio.sleep(0.01)
        peer.notify("rpc.cancel", {"id": 1})
        assert (await peer.line())["error"]["code"] == -32800
        await all_is_quiet(server)
    release.set()
    await asyncio.wait_for(loose[0], SECONDS)
    assert inner == {"grouped cancelled": 2, "loose done": 1}


async def test_plain_handler_that_returns_a_coroutine_is_cancelled_like_any_other(
    service: Service, server: DaemonServer, socket_path: Path, recorder: Recorder
) -> None:
    async def rest() -> None:
        await asyncio.Event().wait()

    service.handler.register(sync_method("half"), lambda _params, _context: rest())
    async with await connect(socket_path) as peer:
        peer.call("half", id_=1)
        await until(lambda: server.statistics()["tasks"])
        peer.notify("rpc.cancel", {"id": 1})
        assert (await peer.line())["error"]["code"] == -32800
        peer.call("half", id_=2, meta={"timeout_ms": 10})
        assert (await peer.line())["error"]["code"] == -32091
        peer.call("half", id_=3)
        await until(lambda: server.statistics()["tasks"])
    await until(lambda: recorder.reasons("half") == [Reason.CANCELLED, Reason.DEADLINE, Reason.LOST])
    await all_is_quiet(server)


# -- every ending at once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
async def test_each_call_gives_one_answer_and_one_record_however_it_ends(
    service: Service, socket_path: Path, seed: int
) -> None:
    """Results, errors, deadlines, cancels, refusals, notifications, batches, streams, lost connections, at random."""
    chance = random.Random(seed)
    recorder = Recorder()
    limits = Limits(queued_requests=6, in_flight=200)
    async with DaemonServer(
        socket_path, service.handler, max_concurrent_requests=3, limits=limits, observers=[recorder]
    ) as server:
        sent, answered = 0, 0
        for _ in range(6):
            async with await connect(socket_path) as peer:
                ids, told = _send_at_random(peer, chance, 60)
                sent += len(ids) + told
                await asyncio.sleep(chance.random() * 0.02)
                service.probe.release.set()
                seen = await _answers(peer, len(ids))
                assert sorted(seen) == sorted(ids), "one answer each"
                answered += len(seen)
                service.probe.release.clear()
        await until(lambda: len(recorder.calls) == sent)
        assert sum(1 for record in recorder.calls if record.id is not None) == answered
        cut = [await connect(socket_path) for _ in range(4)]
        for peer in cut:
            peer.call("hold", ["cut"], id_="cut")
            peer.call("endless", ["cut"], id_="cut")
        await until(lambda: service.probe.started["cut"] == 4 + 3)
        for peer in cut:
            peer.abort()
        await until(lambda: server.statistics() == NOTHING)
    assert len(recorder.calls) == sent + 8
    count = recorder.count()
    assert count[Reason.LOST] == 8
    assert set(Reason) - set(count) <= {Reason.LAGGED, Reason.DENIED, Reason.TOO_LARGE, Reason.SHUTDOWN}
    opened = Counter(record.change for record in recorder.connections)
    assert opened == {"opened": 10, "closed": 10}


def _send_at_random(peer: RawPeer, chance: random.Random, count: int) -> tuple[list[int], int]:
    """The ids of the requests that must be answered, and how many messages were sent that are not."""
    ids: list[int] = []
    told = 0

    def request(id_: int) -> dict[str, Any]:
        method, params = chance.choice(
            [
                ("echo", [id_]),
                ("sleep", [0.001]),
                ("sleep", [0.0]),
                ("hold", [id_]),
                ("fail", None),
                ("refuse", None),
                ("count", [5]),
                ("nobody", None),
            ]
        )
        message: dict[str, Any] = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}
        if chance.random() < 0.3:
            message["meta"] = {"timeout_ms": chance.choice([0, 1, 2, 60_000])}
        if chance.random() < 0.05:
            message["params"] = 7
        return message

    while len(ids) < count:
        id_ = len(ids)
        draw = chance.random()
        if draw < 0.15:
            batch = [request(id_ + n) for n in range(3)]
            ids.extend(item["id"] for item in batch)
            peer.write_line(batch)
        elif draw < 0.3:
            told += 1
            peer.notify("sleep", [0])
        elif draw < 0.5 and ids:
            told += 1
            peer.notify("rpc.cancel", {"id": chance.choice(ids)})
        else:
            ids.append(id_)
            peer.write_line(request(id_))
    return ids, told


async def _answers(peer: RawPeer, count: int) -> list[int]:
    seen: list[int] = []
    while len(seen) < count:
        line = await peer.line()
        answers: list[Any] = [line] if isinstance(line, dict) else line
        seen.extend(answer["id"] for answer in answers if "stream" not in answer)
    return seen
