"""The client's half of a connection, without I/O.

Calls go in by `call`, their lines come out by `data_to_send`; bytes go in by `receive_data`, answers come out. Ids,
open calls and the matching of answers live here; sockets, clocks and tasks do not.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

from msgspec import Struct

from daemonrpc.depth import is_deeper
from daemonrpc.errors import LocalProtocolError, RemoteProtocolError
from daemonrpc.framing import Line, LineFault, LineReader
from daemonrpc.limits import Limits
from daemonrpc.message import NO_ID, NULL_ID, Answer, decode_answer, decode_answers, encode_request
from daemonrpc.output import Output

__all__ = ["ClientCall", "ClientConnection"]


class ClientCall(Struct, eq=False, weakref=True):
    """A call that waits for its answer."""

    id: bytes
    is_stream: bool
    owner: Any = None
    """Whatever the shell wants to find back; None once the caller gave up."""
    size: int = 0
    """Bytes of its line."""


class ClientConnection:
    """The client's half: calls go out, answers come back in any order and are matched by id, always."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._reader = LineReader(limits)
        self._pending: dict[bytes, ClientCall] = {}
        self._ids = count(1)
        self._output = Output()

    @property
    def in_flight(self) -> int:
        """Calls that the server has not answered yet, given-up ones included."""
        return len(self._pending)

    def call(
        self, method: bytes, params: bytes, meta: bytes = b"", *, is_stream: bool = False, owner: Any = None
    ) -> ClientCall:
        """Opens a call. `method` is the JSON text of its name. Raises LocalProtocolError if it does not fit a line."""
        limits = self._limits
        id_ = b"%d" % next(self._ids)
        line = encode_request(method, id_, params, meta)
        size = len(line) - 1
        # The server could not say which call such a line was, so it must not be sent.
        if size > limits.line_bytes:
            raise LocalProtocolError(f"the request has {size} bytes, a line at most {limits.line_bytes}")
        if len(params) >= 2 * limits.depth and is_deeper(params, limits.depth - 1):
            raise LocalProtocolError(f"the params are nested deeper than a line of {limits.depth} levels can hold")
        call = self._pending[id_] = ClientCall(id_, is_stream, owner, size)
        self._output.add(line)
        return call

    def cancel(self, call: ClientCall) -> None:
        """Gives a call up and tells the server. Its answer is still awaited, and thrown away when it comes."""
        call.owner = None
        if call.id in self._pending:
            self._output.add(encode_request(b'"rpc.cancel"', NO_ID, b'{"id":%b}' % call.id, b""))

    def forget(self, call: ClientCall) -> None:
        """The server said in another way that it will not answer this call."""
        self._pending.pop(call.id, None)

    def receive_data(self, data: bytes) -> Iterator[tuple[ClientCall | None, Answer]]:
        """The answers and stream items in `data`, in wire order; an error that names no call comes with None.

        Raises RemoteProtocolError for what no server may send; the connection must be closed then.
        """
        lines = self._reader.receive(data)
        for answer in decode_answers(lines) or self._decoded(lines):
            matched = self._match(answer)
            if matched is not None:
                yield matched

    def _decoded(self, lines: list[Line | LineFault]) -> Iterator[Answer]:
        """One by one, since what stands before a bad line counts."""
        for line in lines:
            if isinstance(line, LineFault):
                raise RemoteProtocolError(self._explained(line))
            answer = decode_answer(line)
            if answer is not None:
                yield answer

    def _explained(self, fault: LineFault) -> str:
        limits = self._limits
        if fault is LineFault.TOO_LONG:
            return f"the server sent a line longer than {limits.line_bytes} bytes"
        return f"the server sent a line that is nested deeper than {limits.depth} levels"

    def _match(self, answer: Answer) -> tuple[ClientCall | None, Answer] | None:
        if answer.method is not None:
            return self._match_item(answer)
        id_ = bytes(answer.id)
        if (len(answer.result) > 0) == (answer.error is not None):
            raise RemoteProtocolError("the server sent an answer without exactly one of result and error")
        call = self._pending.pop(id_, None)
        if call is not None:
            return call, answer
        if id_ in (NULL_ID, NO_ID) and answer.error is not None:
            return None, answer
        raise RemoteProtocolError(f"the server answered the id {id_!r}, which was not asked or is answered already")

    def _match_item(self, answer: Answer) -> tuple[ClientCall, Answer] | None:
        """A server that does not know the member `stream` has one stream a connection. Others are ignored."""
        id_ = bytes(answer.stream)
        call = self._pending.get(id_) if id_ else next(iter(self._pending.values()), None)
        if call is None or not call.is_stream:
            return None
        return call, answer

    @property
    def output_bytes(self) -> int:
        """Size of what `data_to_send` would give."""
        return self._output.size

    def data_to_send(self) -> bytes:
        """Everything that waits to be written, as one piece."""
        return self._output.take()

    def part_to_send(self, most: int) -> bytes | memoryview:
        """The first `most` bytes of what waits to be written."""
        return self._output.take_part(most)

    def pending_calls(self) -> list[ClientCall]:
        """The calls without an answer: what a lost connection leaves open."""
        return list(self._pending.values())
