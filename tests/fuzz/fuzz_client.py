"""Target `client`: a server that says anything, in pieces, while calls begin and are given up.

Oracle: RemoteProtocolError is the only exception out of `receive_data`; each call ends at most once, with just the
answer that the model gives it; and every answer becomes a value or an error of this package.
"""

import json
from collections import deque

from conductor_api import SERVICE
from daemonrpc import Limits, RemoteProtocolError, RpcError
from daemonrpc.calling import outgoing
from daemonrpc.client_connection import ClientCall, ClientConnection
from daemonrpc.message import Answer
from fuzz.script import Script
from support.oracle import Said, depth, is_same, judge_answer

__all__ = ["LIMITS", "run"]

LIMITS = Limits(line_bytes=600)
METHODS = [*SERVICE.methods]
FIRST_CALLS = 5
MOST_CALLS = 40

Event = tuple[ClientCall | None, Answer]


def run(data: bytes) -> None:
    """One connection from its first call to its last byte, or to the first that no server may send."""
    script = Script(data)
    client = _Client()
    for number in range(FIRST_CALLS):
        client.call(number)
    for piece in script.pieces():
        if not client.receive(piece):
            break
        client.act(script.byte())
    assert {call.id for call in client.connection.pending_calls()} == client.pending.keys()
    assert client.connection.in_flight == len(client.pending)


class _Client:
    """The connection and what the model knows of it."""

    def __init__(self) -> None:
        self.connection = ClientConnection(LIMITS)
        self.pending: dict[bytes, ClientCall] = {}
        self._ended: set[bytes] = set()
        self._unread = b""

    def act(self, step: int) -> None:
        """A further call, or the end of somebody's patience, as the bits of `step` say."""
        if step & 1 and len(self.pending) < MOST_CALLS:
            self.call(step)
        if step & 2 and self.pending:
            self.connection.cancel(list(self.pending.values())[step % len(self.pending)])
        if step & 4:
            assert self.connection.data_to_send()[-1:] in (b"", b"\n")

    def call(self, step: int) -> None:
        """Every third call opens a stream, and every second has a typed method."""
        asked = outgoing("items" if step % 3 else METHODS[step % len(METHODS)].name, None)
        call = self.connection.call(asked.wire_name, b"", is_stream=step % 3 == 1, owner=asked)
        assert call.id not in self.pending
        assert call.id not in self._ended
        self.pending[call.id] = call

    def receive(self, piece: bytes) -> bool:
        """False if the connection must be closed."""
        events: list[Event] = []
        is_broken = False
        try:
            for event in self.connection.receive_data(piece):
                events.append(event)  # noqa: PERF402  # what came before an error counts
        except RemoteProtocolError:
            is_broken = True
        *lines, self._unread = (self._unread + piece).split(b"\n")
        left = deque(events)
        for line in lines:
            if not self._compare(line, left, is_broken=is_broken):
                assert is_broken, line
                assert not left, (line, left)
                return False
        assert not left, (lines, events)
        assert not is_broken or _is_hopeless(self._unread), (lines, events)
        return not is_broken

    def _compare(self, line: bytes, left: deque[Event], *, is_broken: bool) -> bool:
        """Holds what came of a line against the model. False if the line must have ended the connection."""
        said = judge_answer(line, LIMITS)
        call = self.pending.get(said.id)
        if said.kind == "wrong" or (said.is_open and is_broken and not left):
            return False
        if said.kind == "item":
            call = call if said.id else next(iter(self.pending.values()), None)
            if call is not None and call.is_stream:
                self._check(left.popleft(), call, said)
        elif said.kind == "answer":
            if call is None and not (said.is_error and said.id in (b"", b"null")):
                return False
            self._check(left.popleft(), call, said)
            self._end(call)
        return True

    def _check(self, event: Event, call: ClientCall | None, said: Said) -> None:
        found, answer = event
        assert found is call, (found, call)
        assert (answer.method is not None) == (said.kind == "item"), (answer, said)
        assert said.kind == "item" or (answer.error is not None) == said.is_error, (answer, said)
        if not said.is_error:
            raw = bytes(answer.result if answer.method is None else answer.params)
            assert raw == said.value.encode(), (raw, said)
        _decode(answer)

    def _end(self, call: ClientCall | None) -> None:
        if call is not None:
            assert call.id not in self._ended
            self._ended.add(call.id)
            del self.pending[call.id]


def _is_hopeless(unread: bytes) -> bool:
    """Whether a line that has not ended is wrong already."""
    return len(unread) > LIMITS.line_bytes or depth(unread) > LIMITS.depth


def _decode(answer: Answer) -> None:
    """What the caller gets: a value that is right, or an error of this package."""
    is_item, typed = answer.method is not None, METHODS[len(bytes(answer.id)) % len(METHODS)]
    for method in ("any", typed):
        asked = outgoing(method, None)
        try:
            value = asked.item(answer.params) if is_item else asked.result(answer)
        except RpcError:
            assert answer.error is not None
            assert not is_item
        except RemoteProtocolError:
            assert is_item or answer.error is None
        else:
            raw = bytes(answer.params if is_item else answer.result)
            assert asked.typed or is_same(value, json.loads(raw)), (value, raw)
