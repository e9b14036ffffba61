"""Whatever arrives in whatever pieces, and in whatever order handlers end: each id is answered exactly once.

A model is kept beside a ServerConnection: what was put on the wire, what its answer must be, what may still be open.
"""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from daemonrpc import CallCancelledError, InternalError, Limits, LocalProtocolError
from daemonrpc.message import CANCEL, NO_ID
from daemonrpc.request import Request
from daemonrpc.server_connection import ServerConnection
from support.oracle import answers_in

LIMITS = Limits(line_bytes=1500, batch_items=4)
PIECES = st.integers(1, 40)
JUNK = [b"{", b"\xff\xfe", b"5", b"[]", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","method":"m","id":[]}', b"z" * 1501]
BLANK = [b"", b"  ", b"\r"]
ALIKE = [b"%d", b"%d.0", b"%de0", b'"%d"', b"-%d"]
"""Ids that some would call equal (RULES 2.31)."""


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
        self.expected: Counter[bytes] = Counter()
        """How many answers each id must get in the end, by its JSON text; `null` counts what has no readable id too."""
        self.notifications = 0
        self.seen: Counter[bytes] = Counter()
        self.batches: Counter[bytes] = Counter()
        """The ids that are answered together."""

    # -- the peer ------------------------------------------------------------------------------------------------------

    def _request(self, id_: bytes = b"", method: str = "m", members: bytes = b"") -> bytes:
        """The text of a request that must be answered once, or of a notification if it has no id."""
        if id_:
            self.expected[id_] += 1
            id_ = b',"id":%b' % id_
        else:
            self.notifications += 1
        return b'{"jsonrpc":"2.0","method":"%b"%b%b}' % (method.encode(), members, id_)

    def _new_id(self) -> bytes:
        self.last_id += 1
        return b"%d" % self.last_id

    def _write(self, line: bytes) -> None:
        self.wire += line + b"\n"

    @rule(is_notification=st.booleans())
    def peer_calls(self, is_notification: bool) -> None:
        self._write(self._request(b"" if is_notification else self._new_id()))

    @rule(back=st.integers(0, 3), alike=st.sampled_from(ALIKE))
    def peer_calls_with_an_id_that_is_taken_or_looks_so(self, back: int, alike: bytes) -> None:
        """Each of two calls with one id gets an answer: which is whose is the peer's business."""
        self._write(self._request(alike % max(0, self.last_id - back)))

    @rule()
    def peer_calls_with_id_null(self) -> None:
        self._write(self._request(b"null"))

    @rule()
    def peer_calls_wrongly(self) -> None:
        self._write(self._request(self._new_id()).replace(b'"2.0"', b'"1.0"'))

    @rule(kinds=st.lists(st.sampled_from(["call", "alike", "notification", "wrong", "cancel"]), min_size=1, max_size=4))
    def peer_sends_a_batch(self, kinds: list[str]) -> None:
        batch: list[bytes] = []
        answered: list[bytes] = []
        for kind in kinds:
            last = b"%d" % self.last_id
            id_ = self._new_id() if kind == "call" else {"alike": last + b".0", "wrong": b"null"}.get(kind, b"")
            answered += [id_] if id_ else []
            if kind == "wrong":
                batch.append(b"5")
                self.expected[b"null"] += 1
            elif kind == "cancel":
                batch.append(self._cancel(last))  # often of a call of this very batch
            else:
                batch.append(self._request(id_))
        self.batches[_key(answered)] += 1
        self._write(b"[%b]" % b",".join(batch))

    def _cancel(self, target: bytes, id_: bytes = b"") -> bytes:
        return self._request(id_, CANCEL, b',"params":{"id":%b}' % target)

    @rule()
    def peer_sends_a_batch_that_is_too_long(self) -> None:
        self._write(b"[%b]" % b",".join([b'{"jsonrpc":"2.0","method":"m","id":"never"}'] * 5))
        self.expected[b"null"] += 1

    @rule(junk=st.sampled_from(JUNK))
    def peer_sends_junk(self, junk: bytes) -> None:
        self._write(junk)
        self.expected[b"null"] += 1

    @rule(blank=st.sampled_from(BLANK))
    def peer_sends_a_blank_line(self, blank: bytes) -> None:
        self._write(blank)

    @rule(back=st.integers(0, 6), alike=st.sampled_from(ALIKE), has_id=st.booleans())
    def peer_cancels(self, back: int, alike: bytes, has_id: bool) -> None:
        self._write(self._cancel(alike % max(0, self.last_id - back), self._new_id() if has_id else b""))

    @precondition(lambda self: self.connection.in_flight)
    @rule(data=st.data())
    def peer_cancels_what_runs_and_is_not_read_yet(self, data: st.DataObject) -> None:
        running = [request.id for request in self.connection.in_flight_requests() if request.id != NO_ID]
        if running:
            self._write(self._cancel(data.draw(st.sampled_from(running))))
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
            self.connection.open(request)
            self.seen[request.id] += 1
            if request.method == CANCEL:
                self._cancels_its_namesakes_only(request)
        return request

    def _cancels_its_namesakes_only(self, cancel: Request) -> None:
        """As the server does: what a cancel names ends at once, whoever else would have ended it."""
        target = cancel.params.removeprefix(b'{"id":').removesuffix(b"}")
        running = [call for call in self.connection.in_flight_requests() if call.id == target and call is not cancel]
        assert self.connection.cancelled_by(cancel) == running
        for call in running:
            self.connection.fail(call, CallCancelledError("cancelled"))

    @rule(request=consumes(opened), is_error=st.booleans())
    def handler_ends(self, request: Request | None, is_error: bool) -> None:
        if request is None or request.is_answered:
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
        if request is not None and not request.is_answered:
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
        self._write(self._request(self._new_id()))
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
        arrays = [line for line in self.sent.splitlines() if line.startswith(b"[")]
        del self.batches[b""]  # of notifications only: no answer at all, not an empty one
        assert Counter(_key([answer.id for answer in answers_in(line)]) for line in arrays) == self.batches

    def _answers(self) -> Counter[bytes]:
        return Counter(answer.id for line in self.sent.splitlines() for answer in answers_in(line))


def _key(ids: list[bytes]) -> bytes:
    return b",".join(sorted(ids))


ServerMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestEachIdIsAnsweredExactlyOnce = ServerMachine.TestCase
