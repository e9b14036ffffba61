"""Target `server`: a connection, the dispatcher and typed handlers, without a loop: the script decides what runs when.

Oracle: no exception, and exactly one answer for each request, with its id byte for byte; none for a notification.
"""

import json
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from daemonrpc import CallCancelledError, InvalidParamsError, Limits, LocalProtocolError, Peer, RpcError
from daemonrpc.dispatch import BoundCall, Dispatcher
from daemonrpc.message import CANCEL
from daemonrpc.request import Request
from daemonrpc.server_connection import ServerConnection
from fuzz.conductor import handler
from fuzz.script import Script
from support.oracle import Answered, Verdict, answers_in, is_same, judge

__all__ = ["LIMITS", "Tally", "expected_of", "run"]

LIMITS = Limits(line_bytes=600, in_flight=4, batch_items=5)
TOO_LONG = Verdict("refused", code=-32093)
DISPATCHER = Dispatcher(handler(), lambda: 0.0)
PEER = Peer(uid=0, gid=0, pid=0, access=frozenset(("owner", "group", "any")))


def run(data: bytes) -> None:
    """One connection from its first byte to its last."""
    script = Script(data)
    server = _Server(script)
    for piece in script.pieces():
        server.connection.receive_data(piece)
        server.work(script.byte())
    server.connection.receive_eof()
    server.finish()
    expected_of(script.payload, LIMITS).check(server.output)


class _Server:
    """What the shell does, one step at a time."""

    def __init__(self, script: Script) -> None:
        self.connection = ServerConnection(LIMITS)
        self.output = b""
        self._script = script
        self._running: dict[Request, Coroutine[Any, Any, bytes]] = {}

    def work(self, step: int) -> None:
        """Looks at some lines, lets some calls go on, and writes, as the bits of `step` say."""
        for _ in range(step & 3):
            self._look()
        if step & 4 and self._running:
            self._go_on(list(self._running)[step % len(self._running)])
        if step & 8:
            self.output += self.connection.data_to_send()

    def finish(self) -> None:
        """Looks at all that is left and ends all that runs."""
        while self.connection.has_backlog or self._running:
            self._look()
            if self._running and (self._script.byte() & 1 or self._is_full()):
                self._go_on(next(iter(self._running)))
            elif self._running and not self.connection.has_backlog:
                self._go_on(next(reversed(self._running)))
        assert self.connection.in_flight == 0
        assert self.connection.backlog_bytes == 0
        self.output += self.connection.data_to_send()

    def _is_full(self) -> bool:
        return self.connection.in_flight >= LIMITS.in_flight

    def _look(self) -> None:
        if self._is_full():
            request = self.connection.next_cancel()
        else:
            request = self.connection.next_request() if self.connection.has_backlog else None
        if request is None:
            return
        self.connection.open(request)
        try:
            if request.method == CANCEL:
                self._cancel(request)
            else:
                self._start(DISPATCHER.bind(request, PEER))
        except RpcError as error:
            self.connection.fail(request, error)

    def _start(self, call: BoundCall) -> None:
        if call.entry.kind == "sync":
            result = DISPATCHER.call_inline(call)
            assert isinstance(result, bytes)
            self.connection.answer(call.request, result)
        elif call.entry.kind == "stream":

            async def send(item: bytes) -> None:
                self.connection.items(call.request, call.entry.stream.wire_notification, [item])

            self._running[call.request] = DISPATCHER.call_stream(call, send)
        else:
            self._running[call.request] = DISPATCHER.call(call)

    def _go_on(self, request: Request) -> None:
        running = self._running[request]
        try:
            running.send(None)
        except StopIteration as end:
            del self._running[request]
            self.connection.answer(request, end.value)
        except RpcError as error:
            del self._running[request]
            self.connection.fail(request, error)

    def _cancel(self, request: Request) -> None:
        try:
            targets = self.connection.cancelled_by(request)
        except ValueError as error:
            raise InvalidParamsError(str(error)) from None
        for target in targets:
            self._running.pop(target).close()
            self.connection.fail(target, CallCancelledError("cancelled"))
            self._must_be_over(target)
        self.connection.answer(request, b"null")

    def _must_be_over(self, request: Request) -> None:
        """No request can be answered again."""
        try:
            self.connection.answer(request, b"1")
        except LocalProtocolError:
            return
        raise AssertionError(request)


class Tally:
    """How many answers each id must get, and how many more some may get."""

    def __init__(self) -> None:
        self.required: Counter[bytes] = Counter()
        self.allowed: Counter[bytes] = Counter()
        self.refused: Counter[bytes] = Counter()
        self.requests: Counter[bytes] = Counter()
        self.echoes: dict[bytes, bytes] = {}
        """The params of those that must come back."""
        self.messages: Counter[str] = Counter()
        """By kind, for tests that must know that both sides of the oracle were seen."""

    def add(self, verdict: Verdict) -> None:
        self.messages[verdict.kind] += 1
        if verdict.kind == "open":
            self.allowed.update({verdict.id, b"null"})
        elif verdict.kind != "notification":
            self.required[verdict.id] += 1
            (self.refused if verdict.kind == "refused" else self.requests)[verdict.id] += 1
            if verdict.method in ("echo", "later"):
                self.echoes[verdict.id] = verdict.params or b"null"

    def check(self, output: bytes) -> None:
        """Raises AssertionError unless `output` answers just what must be answered."""
        assert output[-1:] in (b"", b"\n"), output
        said = self.check_not_too_much(output)
        answers = [answer for answer in said if not answer.is_item]
        missing = self.required - Counter(answer.id for answer in answers)
        assert not missing, ("not answered", missing, output)
        refused = Counter(answer.id for answer in answers if answer.code in (-32700, -32600) or answer.id == b"null")
        wrong = refused - self.refused - self.allowed - Counter({b"null": self.requests[b"null"]})
        assert not wrong, ("refused for nothing", wrong, output)
        for id_ in [id_ for id_, count in self.required.items() if count == 1 and id_ not in self.allowed]:
            self._check_alone(id_, [answer for answer in said if answer.id == id_])

    def check_not_too_much(self, output: bytes) -> list[Answered]:
        """Raises AssertionError if anything is answered too often. `output` may be cut off: its whole lines count."""
        lines = output.split(b"\n")[:-1]
        assert all(lines), "a blank line was sent"
        said = [answer for line in lines for answer in answers_in(line)]
        found = Counter(answer.id for answer in said if not answer.is_item)
        excess = found - self.required - self.allowed
        assert not excess, ("answered too often", excess, output)
        return said

    def _check_alone(self, id_: bytes, said: list[Answered]) -> None:
        """What belongs to an id that nothing else has: the answer comes last, and it is the right one."""
        *items, answer = said
        assert all(item.is_item for item in items), said
        assert not answer.is_item, said
        if id_ in self.echoes:
            assert not items, said
            assert answer.code is not None or is_same(json.loads(answer.result), json.loads(self.echoes[id_])), said


def expected_of(payload: bytes, limits: Limits) -> Tally:
    """What must come of a connection on which just this was sent."""
    tally = Tally()
    for line in payload.split(b"\n"):
        verdict = TOO_LONG if len(line) > limits.line_bytes else judge(line, limits)
        for message in verdict if isinstance(verdict, list) else [verdict] if verdict else []:
            tally.add(message)
    return tally
