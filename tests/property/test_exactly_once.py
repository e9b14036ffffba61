"""Whatever arrives in whatever pieces, and in whatever order handlers end: each id is answered exactly once.

A model is kept beside a ServerConnection: what was put on the wire, what its answer must be, what may still be open.
"""

import json
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from daemonrpc import InternalError, Limits, LocalProtocolError
from daemonrpc.connection import ServerConnection
from daemonrpc.message import CANCEL, NO_ID, Request

LIMITS = Limits(line_bytes=1500, batch_items=4)
PIECES = st.integers(1, 40)
JUNK = [b"{", b"\xff\xfe", b"5", b"[]", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","method":"m","id":[]}', b"z" * 1501]
BLANK = [b"", b"  ", b"\r"]


class ServerMachine(RuleBasedStateMachine):
    """A peer that writes what it likes, and handlers that end when they like."""

    opened = Bundle("opened")

    def __init__(self) -> None:
        super().__init__()
        self.connection = ServerConnection(LIMITS)
        self.wire = b""
        """Written by the peer and not arrived yet."""
        self.sent = b""
        self.last_id = 0
        self.expected: Counter[Any] = Counter()
        """How many answers each id must get in the end; None for what is answered with a null id."""
        self.notifications = 0
        self.seen: Counter[bytes] = Counter()
        self.batches: Counter[str] = Counter()
        """The ids that are answered together, as text."""

    # -- the peer ------------------------------------------------------------------------------------------------------

    def _request(self, *, is_notification: bool = False) -> dict[str, Any]:
        request: dict[str, Any] = {"jsonrpc": "2.0", "method": "m"}
        if is_notification:
            self.notifications += 1
            return request
        self.last_id += 1
        self.expected[self.last_id] += 1
        return request | {"id": self.last_id}

    def _write(self, message: Any) -> None:
        self.wire += json.dumps(message).encode() + b"\n"

    @rule(is_notification=st.booleans())
    def peer_calls(self, is_notification: bool) -> None:
        self._write(self._request(is_notification=is_notification))

    @rule()
    def peer_calls_wrongly(self) -> None:
        self._write(self._request() | {"jsonrpc": "1.0"})

    @rule(kinds=st.lists(st.sampled_from(["call", "notification", "wrong"]), min_size=1, max_size=4))
    def peer_sends_a_batch(self, kinds: list[str]) -> None:
        batch: list[Any] = []
        answered: list[Any] = []
        for kind in kinds:
            if kind == "wrong":
                batch.append(5)
                answered.append(None)
                self.expected[None] += 1
            else:
                batch.append(self._request(is_notification=kind == "notification"))
                answered += [self.last_id] if kind == "call" else []
        self.batches[_key(answered)] += 1
        self._write(batch)

    @rule()
    def peer_sends_a_batch_that_is_too_long(self) -> None:
        self._write([{"jsonrpc": "2.0", "method": "m", "id": "never"}] * 5)
        self.expected[None] += 1

    @rule(junk=st.sampled_from(JUNK))
    def peer_sends_junk(self, junk: bytes) -> None:
        self.wire += junk + b"\n"
        self.expected[None] += 1

    @rule(blank=st.sampled_from(BLANK))
    def peer_sends_a_blank_line(self, blank: bytes) -> None:
        self.wire += blank + b"\n"

    @rule(back=st.integers(0, 6))
    def peer_cancels(self, back: int) -> None:
        self.notifications += 1
        self._write({"jsonrpc": "2.0", "method": CANCEL, "params": {"id": self.last_id - back}})

    @precondition(lambda self: self.connection.in_flight)
    @rule(data=st.data())
    def peer_cancels_what_runs_and_is_not_read_yet(self, data: st.DataObject) -> None:
        running = [int(request.id) for request in self.connection.in_flight_requests() if request.id != NO_ID]
        if running:
            self.notifications += 1
            self._write({"jsonrpc": "2.0", "method": CANCEL, "params": {"id": data.draw(st.sampled_from(running))}})
            self._arrive(len(self.wire))

    # -- the network ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.wire)
    @rule(size=PIECES)
    def some_bytes_arrive(self, size: int) -> None:
        self._arrive(size)

    @precondition(lambda self: self.wire)
    @rule()
    def all_bytes_arrive(self) -> None:
        self._arrive(len(self.wire))

    def _arrive(self, size: int) -> None:
        piece, self.wire = self.wire[:size], self.wire[size:]
        self.connection.receive_data(piece)

    # -- the server ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.connection.has_backlog)
    @rule(target=opened)
    def server_reads_on(self) -> Any:
        return self._saw(self.connection.next_request())

    @rule(target=opened)
    def server_looks_for_a_cancel(self) -> Any:
        return self._saw(self.connection.next_cancel())

    def _saw(self, request: Request | None) -> Request | None:
        if request is not None:
            self.seen[request.id] += 1
        return request

    @rule(request=consumes(opened), is_error=st.booleans())
    def handler_ends(self, request: Request | None, is_error: bool) -> None:
        if request is None:
            return
        assert request in self.connection.in_flight_requests()
        if is_error:
            self.connection.fail(request, InternalError("no"))
        else:
            self.connection.answer(request, b"1")
        for end in (self.connection.answer, self.connection.fail):
            try:
                end(request, InternalError("again") if end == self.connection.fail else b"1")  # type: ignore[operator]
            except LocalProtocolError:
                continue
            raise AssertionError("a request was answered twice")

    @rule(request=consumes(opened))
    def handler_returns_too_much(self, request: Request | None) -> None:
        if request is not None:
            self.connection.answer(request, b'"' + b"x" * 1500 + b'"')

    @rule()
    def output_is_written(self) -> None:
        size = self.connection.output_bytes
        data = self.connection.data_to_send()
        assert len(data) == size
        self.sent += data

    # -- what must hold ------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_answered_too_often(self) -> None:
        for id_, count in self._answers().items():
            assert count <= self.expected[id_], id_

    @invariant()
    def what_is_written_is_whole_lines_within_the_limit(self) -> None:
        assert self.sent[-1:] in (b"", b"\n")
        assert all(0 < len(line) <= LIMITS.line_bytes for line in self.sent.split(b"\n")[:-1])

    def teardown(self) -> None:
        """Everything arrives and every handler ends: now each id has its answer, and nothing else has one."""
        self._write(self._request())
        self.wire = self.wire.removesuffix(b"\n")  # the last line needs none
        self.connection.receive_data(self.wire)
        self.connection.receive_eof()
        while self.connection.has_backlog:
            self._saw(self.connection.next_request())
        for request in self.connection.in_flight_requests():
            self.connection.answer(request, b"2")
        self.sent += self.connection.data_to_send()
        assert self.connection.in_flight == 0
        assert self._answers() == self.expected
        assert self.seen[NO_ID] == self.notifications
        self._batches_are_answered_as_batches()

    def _batches_are_answered_as_batches(self) -> None:
        arrays = [message for message in self._messages() if isinstance(message, list)]
        del self.batches[""]  # of notifications only: no answer at all, not an empty one
        assert Counter(_key([answer["id"] for answer in array]) for array in arrays) == self.batches

    def _messages(self) -> list[Any]:
        return [json.loads(line) for line in self.sent.splitlines()]

    def _answers(self) -> Counter[Any]:
        counts: Counter[Any] = Counter()
        for message in self._messages():
            for answer in message if isinstance(message, list) else [message]:
                assert ("result" in answer) != ("error" in answer)
                counts[answer["id"]] += 1
        return counts


def _key(ids: list[Any]) -> str:
    return ",".join(sorted(map(str, ids)))


ServerMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestEachIdIsAnsweredExactlyOnce = ServerMachine.TestCase
