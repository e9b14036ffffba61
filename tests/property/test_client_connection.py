"""Whatever a server says, in whatever order and pieces: each call ends once, with its own answer, or not at all.

A model is kept beside a ClientConnection: which calls wait, and what each line that has arrived must lead to.
"""

import json
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from daemonrpc import Limits, LocalProtocolError, RemoteProtocolError
from daemonrpc.client_connection import ClientCall, ClientConnection
from daemonrpc.message import Answer

LIMITS = Limits(line_bytes=400, depth=8)
PIECES = st.integers(1, 50)
GARBAGE = [
    *(b"{", b"5", b"[]", b"null", b'""', b"\xff\xfe", b"\x0b", b"[" * 9, b"NaN", b'{"jsonrpc":"2.0","id":1}'),
    *(b'{"jsonrpc":"2.0","id":1,"result":NaN}', b'{"jsonrpc":"2.0","id":1,"result":"\\ud800"}', b"z" * 401),
    *(b'{"jsonrpc":"2.0","id":1,"error":5}', b'{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"m"}}'),
    *(b'{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"m"}}', b'{"method":7}'),
    b'[{"jsonrpc":"2.0","id":1,"result":1}]',
]
BLANK = [b"", b"  ", b"\r", b" \t\r"]
ALIKE = [b'"%b"', b"%b.0", b"%be0", b"-%b", b"%b0", b"[%b]", b'{"a":%b}', b"0%b"]
"""What is no id of ours, though it looks like one. The last is no JSON."""


@dataclass(frozen=True)
class Line:
    """A line of the server."""

    kind: Literal["answer", "item", "blank", "wrong", "unmatched"]
    id: bytes = b""
    text: bytes = b""
    """The result or the params, which no other line has."""
    is_error: bool = False


class ClientMachine(RuleBasedStateMachine):
    """A caller that begins and gives up calls, and a server that says what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = ClientConnection(LIMITS)
        self.calls: dict[bytes, ClientCall] = {}
        """All that were ever made."""
        self.waiting: dict[bytes, ClientCall] = {}
        self.given_up: set[bytes] = set()
        self.cancels = 0
        self.ends: Counter[bytes] = Counter()
        self.written = b""
        self.wire = b""
        """Said by the server and not arrived yet."""
        self.lines: deque[Line] = deque()
        """The same, as lines."""
        self.spoken = 0
        self.is_broken = False

    @initialize(count=st.integers(1, 3), is_stream=st.booleans())
    def caller_begins(self, count: int, is_stream: bool) -> None:
        for _ in range(count):
            self.caller_calls(is_stream)

    # -- the caller ----------------------------------------------------------------------------------------------------

    @rule(is_stream=st.booleans())
    def caller_calls(self, is_stream: bool) -> None:
        call = self.connection.call(b'"m"', b"[1]", b"", is_stream=is_stream, owner=object())
        assert call.id not in self.calls
        self.calls[call.id] = self.waiting[call.id] = call

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def caller_gives_up(self, data: st.DataObject) -> None:
        """Also a call that has ended already, which changes nothing."""
        call = self.calls[data.draw(st.sampled_from(sorted(self.calls)))]
        size = self.connection.output_bytes
        self.connection.cancel(call)
        assert call.owner is None
        assert (self.connection.output_bytes > size) == (call.id in self.waiting)
        self.given_up.add(call.id)
        self.cancels += call.id in self.waiting

    @rule()
    def caller_asks_for_what_fits_no_line(self) -> None:
        size = self.connection.output_bytes
        for params in (b'["%b"]' % (b"x" * 400), b"[" * 20 + b"]" * 20):
            try:
                self.connection.call(b'"m"', params)
            except LocalProtocolError:
                continue
            raise AssertionError(params)
        assert self.connection.output_bytes == size

    @rule()
    def output_is_written(self) -> None:
        size = self.connection.output_bytes
        data = self.connection.data_to_send()
        assert len(data) == size
        self.written += data

    # -- the server ----------------------------------------------------------------------------------------------------

    def _say(self, text: bytes, line: Line) -> None:
        self.wire += text + b"\n"
        self.lines.append(line)

    def _text(self) -> bytes:
        self.spoken += 1
        return b'{"said":%d}' % self.spoken

    def _any_id(self, data: st.DataObject) -> bytes:
        return data.draw(st.sampled_from(sorted(self.calls)))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), is_error=st.booleans(), crlf=st.booleans())
    def server_answers(self, data: st.DataObject, is_error: bool, crlf: bool) -> None:
        """In any order; when the line arrives the call may have ended by another one."""
        self._answer(data.draw(st.sampled_from(sorted(self.waiting))), is_error=is_error, end=b"\r" if crlf else b"")

    def _answer(self, id_: bytes, *, is_error: bool = False, end: bytes = b"") -> None:
        text = self._text()
        body = b'"error":{"code":-5,"message":"m","data":%b}' % text if is_error else b'"result":%b' % text
        self._say(b'{"jsonrpc":"2.0","id":%b,%b}' % (id_, body) + end, Line("answer", id_, text, is_error))

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def server_sends_an_item(self, data: st.DataObject) -> None:
        """Of a stream, of a call that is none, or of one that has ended."""
        id_, text = self._any_id(data), self._text()
        self._say(b'{"jsonrpc":"2.0","method":"i","params":%b,"stream":%b}' % (text, id_), Line("item", id_, text))

    @rule()
    def server_sends_an_item_without_a_stream(self) -> None:
        text = self._text()
        self._say(b'{"jsonrpc":"2.0","method":"i","params":%b}' % text, Line("item", b"", text))

    @rule(has_id=st.booleans())
    def server_complains(self, has_id: bool) -> None:
        """An error that belongs to no call."""
        text = self._text()
        id_ = b'"id":null,' if has_id else b""
        error = b'{"jsonrpc":"2.0",%b"error":{"code":-32700,"message":"m","data":%b}}' % (id_, text)
        self._say(error, Line("unmatched", text=text, is_error=True))

    @rule(blank=st.sampled_from(BLANK))
    def server_sends_a_blank_line(self, blank: bytes) -> None:
        self._say(blank, Line("blank"))

    # What follows ends the connection, so it is rare: else no long run would ever be seen.

    @precondition(lambda self: self.spoken > 3 and self.calls)
    @rule(data=st.data(), alike=st.sampled_from(ALIKE))
    def server_answers_an_id_that_looks_alike(self, data: st.DataObject, alike: bytes) -> None:
        id_ = alike % self._any_id(data)
        if id_ not in self.calls:
            self._say(b'{"jsonrpc":"2.0","id":%b,"result":1}' % id_, Line("wrong"))

    @precondition(lambda self: self.spoken > 3 and self.ends)
    @rule(data=st.data())
    def server_answers_twice(self, data: st.DataObject) -> None:
        self._answer(data.draw(st.sampled_from(sorted(self.ends))))

    @precondition(lambda self: self.spoken > 3)
    @rule(garbage=st.sampled_from(GARBAGE))
    def server_sends_garbage(self, garbage: bytes) -> None:
        self._say(garbage, Line("wrong"))

    # -- the network ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.wire and not self.is_broken)
    @rule(size=PIECES)
    def some_bytes_arrive(self, size: int) -> None:
        self._arrive(size)

    @precondition(lambda self: self.wire and not self.is_broken)
    @rule()
    def all_bytes_arrive(self) -> None:
        self._arrive(len(self.wire))

    def _arrive(self, size: int) -> None:
        piece, self.wire = self.wire[:size], self.wire[size:]
        events: deque[tuple[ClientCall | None, Answer]] = deque()
        try:
            for event in self.connection.receive_data(piece):
                events.append(event)
        except RemoteProtocolError:
            self.is_broken = True
        for _ in range(piece.count(b"\n")):
            if not self._lead_to(self.lines.popleft(), events):
                assert self.is_broken
                assert not events
                return
        assert not events
        if self.is_broken:  # a line need not end to be wrong
            assert self.lines[0].kind == "wrong"

    def _lead_to(self, line: Line, events: deque[tuple[ClientCall | None, Answer]]) -> bool:
        """Takes what a line must lead to from `events`. False if it must end the connection."""
        if line.kind == "wrong" or (line.kind == "answer" and line.id not in self.waiting):
            return False
        if line.kind == "item":
            call = self.waiting.get(line.id) if line.id else next(iter(self.waiting.values()), None)
            if call is not None and call.is_stream:
                self._check(events.popleft(), call, line)
        elif line.kind == "unmatched":
            self._check(events.popleft(), None, line)
        elif line.kind == "answer":
            self._check(events.popleft(), self.waiting.pop(line.id), line)
            self.ends[line.id] += 1
        return True

    def _check(self, event: tuple[ClientCall | None, Answer], call: ClientCall | None, line: Line) -> None:
        found, answer = event
        assert found is call
        assert found is None or (found.owner is None) == (found.id in self.given_up)
        assert (answer.error is not None) == line.is_error
        text = answer.error.data if answer.error is not None else answer.params if answer.method else answer.result
        assert bytes(text) == line.text

    # -- what must hold ------------------------------------------------------------------------------------------------

    @invariant()
    def calls_wait_until_they_end(self) -> None:
        assert [call.id for call in self.connection.pending_calls()] == list(self.waiting)
        assert self.connection.in_flight == len(self.waiting)
        assert all(count == 1 for count in self.ends.values())
        assert self.ends.keys() | self.waiting.keys() == self.calls.keys()

    def teardown(self) -> None:
        """All that was said arrives; what was asked is on the wire once, a cancel for each call that was given up."""
        if self.wire and not self.is_broken:
            self._arrive(len(self.wire))
        self.calls_wait_until_they_end()
        self.written += self.connection.data_to_send()
        sent: Counter[Any] = Counter()
        for line in self.written.splitlines():
            message = json.loads(line)
            assert len(line) <= LIMITS.line_bytes
            sent[b"%d" % message["id"] if "id" in message else message["method"]] += 1
        assert sent.pop("rpc.cancel", 0) == self.cancels
        assert sent == dict.fromkeys(self.calls, 1)


ClientMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestEachCallEndsOnce = ClientMachine.TestCase
