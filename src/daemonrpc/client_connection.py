"""The client's half of a connection, without I/O.

Calls go in by `call`, their lines come out by `data_to_send`; bytes go in by `receive_data`, answers come out. Ids,
open calls and the matching of answers live here; sockets, clocks and tasks do not.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

from msgspec import Raw, Struct

from daemonrpc.depth import is_deeper
from daemonrpc.errors import LocalProtocolError, RemoteProtocolError
from daemonrpc.framing import Line, LineFault, LineReader
from daemonrpc.limits import Limits
from daemonrpc.message import NO_ID, NULL_ID, Answer, decode_answer, decode_answers, encode_request
from daemonrpc.output import Output

__all__ = ["ClientCall", "ClientConnection"]


class ClientCall(Struct, eq=False, weakref=True):
    """A call that waits for its answer."""

    number: int
    """Calls of a connection are numbered from 1."""
    id: bytes
    """JSON text of its number."""
    is_stream: bool
    owner: Any = None
    """Whatever the shell wants to find back; None once the caller gave up."""
    size: int = 0
    """Bytes of its line."""
    deadline: float = inf
    """When its owner gives it up, on the clock of the shell."""


class ClientConnection:
    """The client's half: calls go out, answers come back in any order and are matched by id, always."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # The params of a shorter line have too few brackets to be nested too deep.
        self._surely_fits = min(2 * limits.depth, limits.line_bytes)
        self._reader = LineReader(limits)
        self.pending: dict[bytes, ClientCall] = {}
        """The calls that the server has not answered yet, given-up ones included, by the JSON text of their id."""
        self.last_number = 0
        """Of the calls that were opened."""
        self.output = Output()
        """What waits to be written."""

    @property
    def in_flight(self) -> int:
        """Calls that the server has not answered yet, given-up ones included."""
        return len(self.pending)

    def call(
        self,
        method: bytes,
        params: bytes,
        meta: bytes = b"",
        owner: Any = None,
        deadline: float = inf,
        *,
        is_stream: bool = False,
    ) -> ClientCall:
        """Opens a call. `method` is the JSON text of its name. Raises LocalProtocolError if it does not fit a line."""
        number = self.last_number = self.last_number + 1
        id_ = b"%d" % number
        line = encode_request(method, id_, params, meta)
        size = len(line) - 1
        if size >= self._surely_fits:
            self._check_fit(line, params)
        call = self.pending[id_] = ClientCall(number, id_, is_stream, owner, size, deadline)
        self.output.add(line)
        return call

    def _check_fit(self, line: bytes, params: bytes) -> None:
        """The server could not say which call a line over the limit was, so it must not be sent."""
        limits, size = self._limits, len(line) - 1
        if size > limits.line_bytes:
            raise LocalProtocolError(f"the request has {size} bytes, a line at most {limits.line_bytes}")
        if len(params) >= 2 * limits.depth and is_deeper(params, limits.depth - 1):
            raise LocalProtocolError(f"the params are nested deeper than a line of {limits.depth} levels can hold")

    def cancel(self, call: ClientCall) -> None:
        """Gives a call up and tells the server. Its answer is still awaited, and thrown away when it comes."""
        call.owner = None
        if call.id in self.pending:
            self.output.add(encode_request(b'"rpc.cancel"', NO_ID, b'{"id":%b}' % call.id, b""))

    def forget(self, call: ClientCall) -> None:
        """The server said in another way that it will not answer this call."""
        self.pending.pop(call.id, None)

    def receive_data(self, data: bytes) -> Iterator[tuple[ClientCall | None, Answer]]:
        """The answers and stream items in `data`, in wire order; an error that names no call comes with None.

        Raises RemoteProtocolError for what no server may send; the connection must be closed then.
        """
        lines = self._reader.receive(data)
        take = self.pending.pop
        stream: tuple[ClientCall, Raw] | None = None  # whose item came last, and its id
        for answer in decode_answers(lines) or self._decoded(lines):
            if answer.method is not None:
                if stream is None or answer.stream != stream[1]:
                    call = self._stream_of(answer)
                    if call is None:
                        continue
                    stream = call, answer.stream
                yield stream[0], answer
                continue
            stream = None
            is_result = answer.error is None and answer.result
            call = take(bytes(answer.id), None) if is_result else None
            yield (call, answer) if call is not None else self._match(answer)

    def _decoded(self, lines: Sequence[Line | LineFault]) -> Iterator[Answer]:
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

    def _match(self, answer: Answer) -> tuple[ClientCall | None, Answer]:
        id_ = bytes(answer.id)
        if (len(answer.result) > 0) == (answer.error is not None):
            raise RemoteProtocolError("the server sent an answer without exactly one of result and error")
        call = self.pending.pop(id_, None)
        if call is not None:
            return call, answer
        if id_ in (NULL_ID, NO_ID) and answer.error is not None:
            return None, answer
        raise RemoteProtocolError(f"the server answered the id {id_!r}, which was not asked or is answered already")

    def _stream_of(self, item: Answer) -> ClientCall | None:
        """A server that does not know the member `stream` has one stream a connection. Other items are ignored."""
        id_ = bytes(item.stream)
        call = self.pending.get(id_) if id_ else next(iter(self.pending.values()), None)
        return call if call is not None and call.is_stream else None

    @property
    def output_bytes(self) -> int:
        """Size of what `data_to_send` would give."""
        return self.output.size

    def data_to_send(self) -> bytes:
        """Everything that waits to be written, as one piece."""
        return self.output.take()

    def pending_calls(self) -> list[ClientCall]:
        """The calls without an answer: what a lost connection leaves open."""
        return list(self.pending.values())
