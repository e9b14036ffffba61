"""The server's half of a connection, without I/O.

Bytes go in by `receive_data` and `receive_eof`, come out by `data_to_send`; what they mean comes out by `next_request`.
Ids, batches and the rule that each request is answered exactly once live here; sockets, clocks and tasks do not.
"""

from collections.abc import Callable

from daemonrpc.backlog import Backlog
from daemonrpc.depth import is_deeper
from daemonrpc.errors import (
    BusyError,
    InternalError,
    LocalProtocolError,
    MessageTooLargeError,
    ParseError,
    RpcError,
)
from daemonrpc.framing import Line, LineFault, LineReader
from daemonrpc.limits import RECEIVE_FREE, Limits
from daemonrpc.message import (
    CANCEL,
    NO_ID,
    NULL_ID,
    Invalid,
    Request,
    decode_id_param,
    decode_requests,
    encode_error,
    encode_item,
    encode_result,
)
from daemonrpc.output import Output

__all__ = ["ServerConnection"]


class _Batch:
    """The answers of one batch are sent together, as one array (section 6)."""

    __slots__ = ("answers", "open_items", "size")

    def __init__(self, open_items: int) -> None:
        self.open_items = open_items
        self.answers: list[bytes] = []
        self.size = 2  # the brackets


ENVELOPE_BYTES = 64
"""At least what stands around a result or an item on its line."""
REFUSAL_BYTES = 384
"""At least the size of an error answer that says that a result is too large."""
CANCEL_BYTES = 1024
"""A line that does nothing but cancel is not longer: it holds an id of at most 128 bytes."""
_CANCEL_TEXT = b'"%b"' % CANCEL.encode()


class ServerConnection:
    """The server's half: requests come in, answers go out."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # A shorter result fits a line and has too few brackets to be nested too deep, whatever it is.
        self._surely_fits = min(2 * limits.depth - 1, limits.line_bytes - ENVELOPE_BYTES - limits.id_bytes)
        self._reader = LineReader(limits)
        self.backlog = Backlog(_CANCEL_TEXT)
        """Lines that were received and not looked at yet."""
        self.unanswered: dict[Request, None] = {}
        """The requests and notifications that have not ended yet, oldest first."""
        self._request_bytes = 0  # params of calls in flight, and of items of a batch that were not asked for yet
        self.output = Output()
        """What waits to be written."""
        self.on_end: Callable[[Request, RpcError | None, int], None] | None = None
        """Told once for each request and notification how it was answered: with an error or a result, and its size."""
        self.on_refusal: Callable[[bytes, RpcError, int], None] | None = None
        """Told of each error that belongs to no request: the id that it was sent with, and its size."""

    def lose(self) -> None:
        """The peer is gone: lines that wait and answers that were not written are given up at once. Calls in flight
        are not touched.
        """
        self._reader = LineReader(self._limits)
        self.backlog.clear()
        self.output.clear()

    # -- input ---------------------------------------------------------------------------------------------------------

    def receive_data(self, data: bytes) -> None:
        """Takes bytes from the peer; `next_request` says what they mean."""
        self.backlog.extend(self._reader.receive(data))

    def receive_eof(self) -> None:
        """The peer will send no more. A last line without newline counts as a line."""
        last = self._reader.receive_eof()
        if last is not None:
            self.backlog.extend([last])

    @property
    def has_partial_line(self) -> bool:
        """True between the first byte of a line and its end."""
        return self._reader.has_partial_line

    @property
    def must_close(self) -> bool:
        """True when a line is so long that it is no longer worth throwing away."""
        return self._reader.is_exhausted

    @property
    def held_bytes(self) -> int:
        """Memory of what was received: the unfinished line, the lines that wait, the params of calls in flight."""
        return self._reader.partial_bytes + self.backlog.size + self._request_bytes

    @property
    def partial_bytes(self) -> int:
        """The part of `held_bytes` that `refuse_line` would free."""
        return self._reader.partial_bytes

    def refuse_line(self) -> None:
        """There is no room for the unfinished line: it is answered with an error, and not kept."""
        self._reader.refuse_line()
        self.backlog.extend([LineFault.NO_ROOM])

    @property
    def has_backlog(self) -> bool:
        """True while `next_request` has something to look at."""
        return bool(self.backlog.entries)

    @property
    def backlog_bytes(self) -> int:
        """Memory of the lines that were received and not looked at yet."""
        return self.backlog.size

    @property
    def next_bytes(self) -> int:
        """Memory of the line that `next_request` would look at; 0 for an item of a batch."""
        return self.backlog.first_bytes

    def next_request(self) -> Request | None:
        """The next request or notification, or None if a line gave none (blank, or answered with an error here)."""
        entry = self.backlog.popleft()
        if isinstance(entry, Request):  # out of a batch
            self.unanswered[entry] = None
            return entry
        if isinstance(entry, LineFault):
            self.error(self._explained(entry))
            return None
        message = decode_requests(entry, self._limits)
        if isinstance(message, Request):
            self._request_bytes += len(message.params)
            self.unanswered[message] = None
            return message
        if isinstance(message, Invalid):
            self._refuse(message.id, message.error)
        elif message is not None:
            self._open_batch(message)
        return None

    def next_cancel(self) -> Request | None:
        """An `rpc.cancel` of a call in flight, taken out of its place in the backlog; None if there is no other.

        When as many calls are in flight as may be, the lines behind them wait until one ends. The cancel that ends it
        must not wait with them.
        """
        line = self.backlog.take(self._is_urgent)
        if line is None:
            return None
        request = decode_requests(line, self._limits)
        if not isinstance(request, Request):
            return None
        self._request_bytes += len(request.params)
        self.unanswered[request] = None
        return request

    def _is_urgent(self, line: Line) -> bool:
        if len(line) > CANCEL_BYTES:
            return False
        request = decode_requests(line, self._limits)
        try:
            return isinstance(request, Request) and request.method == CANCEL and bool(self.cancelled_by(request))
        except ValueError:
            return False

    def cancelled_by(self, cancel: Request) -> list[Request]:
        """The calls in flight that an `rpc.cancel` names. Raises ValueError if its params name no call."""
        return [request for request in self.find(decode_id_param(cancel.params)) if request is not cancel]

    def _open_batch(self, messages: list[Request | Invalid]) -> None:
        batch = _Batch(sum(1 for m in messages if isinstance(m, Invalid) or m.id != NO_ID))
        self.backlog.insert([message for message in messages if isinstance(message, Request)])
        for message in messages:
            if isinstance(message, Request):
                message.batch = batch if message.id != NO_ID else None
                self._request_bytes += len(message.params)
            else:
                answer = encode_error(message.id, message.error)
                error = self._finish_item(batch, message.id, answer) or message.error
                if self.on_refusal is not None:
                    self.on_refusal(message.id, error, len(batch.answers[-1]))

    def _explained(self, fault: LineFault) -> RpcError:
        """Why a line was not kept. Nobody read its id, so that the answer cannot name it."""
        limits = self._limits
        if fault is LineFault.TOO_LONG:
            data = {"limit": limits.line_bytes, "started": False}
            return MessageTooLargeError(f"line is longer than {limits.line_bytes} bytes", data=data)
        if fault is LineFault.TOO_DEEP:
            return ParseError(f"the line is nested deeper than {limits.depth} levels", data={"limit": limits.depth})
        message = "too much is being received at the moment; the line was not kept"
        return BusyError.refusal(message, limit=limits.receive_bytes, free=RECEIVE_FREE)

    # -- calls ---------------------------------------------------------------------------------------------------------

    @property
    def in_flight(self) -> int:
        """Requests and notifications that have not ended yet."""
        return len(self.unanswered)

    def in_flight_requests(self) -> list[Request]:
        """A copy of `unanswered`."""
        return list(self.unanswered)

    def find(self, id_: bytes) -> list[Request]:
        """The unanswered requests with an id: bytes are compared, so `1`, `1.0` and `true` differ (RULES 2.31)."""
        return [request for request in self.unanswered if request.id == id_]

    def answer(self, request: Request, result: bytes) -> None:
        """Ends a request with a result. A notification is never answered (section 4.1)."""
        fault = None if len(result) <= self._surely_fits else self._misfit("result", result, len(request.id))
        if fault is None:
            self._end(request, encode_result(request.id, result))
        else:
            self.fail(request, fault)

    def fail(self, request: Request, error: RpcError) -> None:
        """Ends a request with an error."""
        answer = encode_error(request.id, error)
        fault = self._misfit("error", answer, 0)
        if fault is not None:  # the code is what callers act on: it comes through whatever the data is
            shorter = RpcError(error.message[:1000], code=error.code, data={"unsendable": fault.message})
            answer = encode_error(request.id, shorter)
        self._end(request, answer, error)

    def item(self, request: Request, notification: bytes, item: bytes) -> None:
        """Sends one item of the stream that `request` opened. Raises LocalProtocolError after its end."""
        if request.is_answered:
            raise LocalProtocolError("the stream has ended already")
        if len(item) > self._surely_fits:
            fault = self._misfit("item", item, len(request.id) + len(notification))
            if fault is not None:
                raise LocalProtocolError(fault.message)
        self.output.add(encode_item(notification, request.id, item))

    def _misfit(self, what: str, data: bytes, extra: int) -> RpcError | None:
        """Why the peer, whose limits are taken to be ours, could not read `data` on a line."""
        limits = self._limits
        if len(data) + extra + ENVELOPE_BYTES > limits.line_bytes:
            message = f"the {what} has {len(data)} bytes and does not fit a line of {limits.line_bytes}"
            return MessageTooLargeError(message, data={"limit": limits.line_bytes})
        # Each level takes two brackets, so that most answers are too short to be looked at.
        if len(data) >= 2 * limits.depth and is_deeper(data, limits.depth - 1):
            message = f"the {what} is nested deeper than a line of {limits.depth} levels can hold"
            return InternalError(message, data={"limit": limits.depth})
        return None

    def error(self, error: RpcError) -> None:
        """Tells the peer about a fault that belongs to no request."""
        self._refuse(NULL_ID, error)

    def _refuse(self, id_: bytes, error: RpcError) -> None:
        answer = encode_error(id_, error)
        self.output.add(answer + b"\n")
        if self.on_refusal is not None:
            self.on_refusal(id_, error, len(answer))

    def _end(self, request: Request, answer: bytes, error: RpcError | None = None) -> None:
        if request.is_answered:
            raise LocalProtocolError(f"request {request.id!r} is answered already")
        request.is_answered = True
        del self.unanswered[request]
        self._request_bytes -= len(request.params)
        if request.id == NO_ID:
            answer = b""
        elif request.batch is None:
            self.output.add(answer + b"\n")
        else:
            error = self._finish_item(request.batch, request.id, answer) or error
            answer = request.batch.answers[-1]
        if self.on_end is not None:
            self.on_end(request, error, len(answer))

    def _finish_item(self, batch: _Batch, id_: bytes, answer: bytes) -> RpcError | None:
        """The error that took the place of the answer, if there was no room for it."""
        batch.open_items -= 1
        error: RpcError | None = None
        limit = self._limits.line_bytes
        # Each answer fits a line; together they may not (RULES 2.35). Those still to come can always be refused.
        if batch.size + len(answer) + batch.open_items * REFUSAL_BYTES > limit:
            error = MessageTooLargeError("the batch's answers exceed a line", data={"limit": limit})
            answer = encode_error(id_, error)
        batch.answers.append(answer)
        batch.size += len(answer) + 1
        if batch.open_items == 0:
            self.output.add(b"[" + b",".join(batch.answers) + b"]\n")
        return error

    # -- output --------------------------------------------------------------------------------------------------------

    @property
    def output_bytes(self) -> int:
        """Size of what `data_to_send` would give."""
        return self.output.size

    def data_to_send(self) -> bytes:
        """Everything that waits to be written, as one piece."""
        return self.output.take()

    def part_to_send(self, most: int) -> bytes | memoryview:
        """The first `most` bytes of what waits to be written."""
        return self.output.take_part(most)
