"""A connection that breaks at every byte of a request and of its reply (RULES 1.1, 1.25, part 5 properties 1 and 2)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemonrpc import (
    CallTimeoutError,
    ConnectionLostError,
    DaemonError,
    DaemonServer,
    ParseError,
    RemoteProtocolError,
)
from daemonrpc.testing import Fault, FaultProxy, Way
from support.callers import OpenCaller
from support.service import Service
from support.submissions import KINDS, REPEATABLE, Kind, Submissions, method, outcome
from support.waiting import SECONDS, until

AT_ONCE = 16
"""Positions that are tried beside one another."""

MakeFault = Callable[[int], Fault]


class Field:
    """A server that counts, and a proxy and a client for each position at which something goes wrong."""

    def __init__(self, open_caller: OpenCaller, server: DaemonServer, submissions: Submissions) -> None:
        self._open = open_caller
        self._server = server
        self.submissions = submissions

    async def sizes(self, kind: Kind) -> tuple[int, int]:
        """Bytes of a sound call: its request, its reply. They are the same for every tag of three letters, and for
        every timeout whose milliseconds have as many digits as those of SECONDS.
        """
        async with FaultProxy(self._path("size"), self._server.socket_path) as proxy:
            client = self._open(proxy.path)
            assert await client.call(method(kind.safety), kind.params("siz"), timeout=SECONDS) == ["ran", "siz"]
            await client.close()
            return proxy.requests.size, proxy.replies.size

    async def each(
        self, kind: Kind, positions: range, fault: MakeFault, *, every: bool = False, timeout: float = SECONDS
    ) -> dict[int, Any]:
        """What a call brings whose first connection (with `every`: each one) has the fault of that position."""
        found: dict[int, Any] = {}
        left = iter(positions)

        async def work() -> None:
            for position in left:
                found[position] = await self._one(kind, position, fault(position), every=every, timeout=timeout)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        await until(lambda: self._server.statistics()["connections"] == 0)
        assert self._server.statistics()["tasks"] == 0
        for position, result in found.items():
            self.submissions.check(kind, f"{position:03}", result)
        return found

    async def _one(self, kind: Kind, position: int, fault: Fault, *, every: bool, timeout: float) -> Any:
        tag = f"{position:03}"
        faults = fault if every else [fault]
        async with FaultProxy(self._path(tag), self._server.socket_path, faults) as proxy:
            client = self._open(proxy.path)
            result = await outcome(client.call(method(kind.safety), kind.params(tag), timeout=timeout))
            if proxy.stalled:  # what stood still arrives late, and nobody may take it for something else
                proxy.faults = ()
                proxy.release()
                later = await client.call(method("unsafe"), kind.params(f"later {tag}"))
                assert later == ["ran", f"later {tag}"]
            await client.close()
        return result

    def _path(self, name: str) -> Path:
        return self._server.socket_path.with_name(name)

    def runs(self, position: int) -> int:
        return self.submissions[f"{position:03}"]


@pytest.fixture
def field(client_of: OpenCaller, service: Service, server: DaemonServer) -> Field:
    return Field(client_of, server, Submissions(service.handler))


every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)
repeatable = pytest.mark.parametrize("kind", REPEATABLE, ids=str)
once = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in REPEATABLE], ids=str)


@once
@pytest.mark.parametrize("end", ["cut", "abort"])
async def test_request_that_is_cut_runs_not_at_all_or_once(field: Field, kind: Kind, end: Any) -> None:
    size, _ = await field.sizes(kind)
    found = await field.each(kind, range(size + 1), lambda at: Fault(request=Way(end_at=at, end=end)))
    assert all(isinstance(result, ConnectionLostError) for result in found.values()), found
    assert [field.runs(at) for at in range(size - 1)] == [0] * (size - 1)
    assert field.runs(size) == 1, "the whole of it arrived"


@once
@pytest.mark.parametrize("end", ["cut", "abort", "half_close"])
async def test_call_whose_reply_is_cut_has_run_once(field: Field, kind: Kind, end: Any) -> None:
    _, size = await field.sizes(kind)
    found = await field.each(kind, range(size + 1), lambda at: Fault(reply=Way(end_at=at, end=end)))
    assert [field.runs(at) for at in found] == [1] * (size + 1)
    assert found.pop(size) == ["ran", f"{size:03}"]
    assert all(isinstance(result, ConnectionLostError) for result in found.values()), found


@repeatable
async def test_call_that_may_run_twice_succeeds_wherever_its_first_connection_is_cut(field: Field, kind: Kind) -> None:
    request, reply = await field.sizes(kind)
    found = await field.each(kind, range(request + 1), lambda at: Fault(request=Way(end_at=at)))
    assert found == {at: ["ran", f"{at:03}"] for at in range(request + 1)}
    field.submissions.clear()
    found = await field.each(kind, range(reply + 1), lambda at: Fault(reply=Way(end_at=at)))
    assert found == {at: ["ran", f"{at:03}"] for at in range(reply + 1)}
    assert [field.runs(at) for at in range(reply + 1)] == [2] * reply + [1]


@repeatable
async def test_call_that_may_run_twice_is_given_up_when_every_connection_is_cut(field: Field, kind: Kind) -> None:
    _, size = await field.sizes(kind)
    found = await field.each(kind, range(0, size, 7), lambda at: Fault(reply=Way(end_at=at)), every=True)
    assert all(isinstance(result, ConnectionLostError) for result in found.values()), found
    assert {field.runs(at) for at in found} == {3}


@every_kind
async def test_request_that_is_half_closed_anywhere_is_answered_by_the_server(field: Field, kind: Kind) -> None:
    """A line that ends without its newline is a line: whole, it runs; in part, it is no JSON."""
    size, _ = await field.sizes(kind)
    found = await field.each(kind, range(size + 1), lambda at: Fault(request=Way(end_at=at, end="half_close")))
    assert found[size] == ["ran", f"{size:03}"]
    assert found[size - 1] == ["ran", f"{size - 1:03}"]
    assert all(isinstance(found[at], ParseError) for at in range(1, size - 1)), found


@every_kind
async def test_timeout_is_no_reason_to_run_again_wherever_the_request_stalls(field: Field, kind: Kind) -> None:
    size, _ = await field.sizes(kind)
    positions = range(0, size - 2, 1 if kind == KINDS[0] else 5)  # 50 ms has two digits, 5000 ms has four
    found = await field.each(kind, positions, lambda at: Fault(request=Way(stall_at=at)), timeout=0.05)
    assert all(isinstance(result, CallTimeoutError) for result in found.values()), found
    assert max(field.runs(at) for at in found) <= 1


@every_kind
async def test_timeout_is_no_reason_to_run_again_wherever_the_reply_stalls(field: Field, kind: Kind) -> None:
    _, size = await field.sizes(kind)
    positions = range(0, size, 1 if kind == KINDS[0] else 5)
    found = await field.each(kind, positions, lambda at: Fault(reply=Way(stall_at=at)), timeout=0.2)
    assert all(isinstance(result, CallTimeoutError) for result in found.values()), found
    assert {field.runs(at) for at in found} <= {0, 1}


@every_kind
@pytest.mark.parametrize("way", [Way(split=1), Way(split=1, delay=0.0001), Way(split=9, seed=5)])
async def test_call_in_pieces_is_one_call(field: Field, kind: Kind, way: Way) -> None:
    found = await field.each(kind, range(4), lambda _at: Fault(request=way, reply=way))
    assert found == {at: ["ran", f"{at:03}"] for at in range(4)}
    assert [field.runs(at) for at in found] == [1] * 4


@every_kind
async def test_delay_changes_nothing(field: Field, kind: Kind) -> None:
    found = await field.each(kind, range(4), lambda _at: Fault(request=Way(delay=0.02), reply=Way(delay=0.02)))
    assert found == {at: ["ran", f"{at:03}"] for at in range(4)}
    assert [field.runs(at) for at in found] == [1] * 4


@pytest.mark.parametrize("garbage", [b"\x00", b"\xff", b"garbage\n"])
@pytest.mark.parametrize("kind", [KINDS[0], REPEATABLE[0]], ids=str)
async def test_garbage_anywhere_in_a_reply_is_an_error_and_never_an_answer(
    field: Field, kind: Kind, garbage: bytes
) -> None:
    _, size = await field.sizes(kind)
    found = await field.each(kind, range(size + 1), lambda at: Fault(reply=Way(insert_at=at, insert=garbage)))
    last = found.pop(size)  # behind its end: read with the answer or after it
    assert last == ["ran", f"{size:03}"] or isinstance(last, RemoteProtocolError)
    assert all(isinstance(result, RemoteProtocolError) for result in found.values()), found
    assert all("may or may not have run" in str(result) for result in found.values())
    assert {field.runs(at) for at in found} <= {0, 1}


async def test_newline_anywhere_in_a_reply_is_an_error_and_never_an_answer(field: Field) -> None:
    _, size = await field.sizes(KINDS[0])
    found = await field.each(KINDS[0], range(size + 1), lambda at: Fault(reply=Way(insert_at=at, insert=b"\n")))
    for at in (0, size - 1, size):  # blank lines
        assert found.pop(at) == ["ran", f"{at:03}"]
    assert all(isinstance(result, RemoteProtocolError) for result in found.values()), found


@pytest.mark.parametrize("garbage", [b"\x00", b"\xff", b"\n", b"garbage\n", b"[1]\n"])
async def test_garbage_anywhere_in_a_request_never_makes_it_run_twice(field: Field, garbage: bytes) -> None:
    size, _ = await field.sizes(KINDS[0])
    found = await field.each(KINDS[0], range(size + 1), lambda at: Fault(request=Way(insert_at=at, insert=garbage)))
    assert all(isinstance(result, DaemonError) for at, result in found.items() if 0 < at < size - 1), found
    assert max(field.runs(at) for at in found) <= 1
