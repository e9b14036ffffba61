"""The server's half of a connection, without I/O.

Bytes go in by `receive_data` and `receive_eof`, come out by `data_to_send`; what they mean comes out by `next_request`.
Ids, batches and the rule that each request is answered exactly once live here; sockets, clocks and tasks do not.
"""

from collections.abc import Callable, Sequence

from daemonrpc.backlog import Backlog
from daemonrpc.errors import (
    BusyError,
    LocalProtocolError,
    MessageTooLargeError,
    ParseError,
    RpcError,
)
from daemonrpc.fit import LineFit
from daemonrpc.framing import Line, LineFault, LineReader
from daemonrpc.limits import RECEIVE_FREE, Limits
from daemonrpc.message import CANCEL, NO_ID, NULL_ID, encode_error, encode_items, encode_result
from daemonrpc.output import Output
from daemonrpc.request import Invalid, Request, decode_id_param, decode_requests, decode_run

__all__ = ["ServerConnection"]


class _Batch:
    """The answers of one batch are sent together, as one array (section 6)."""

    __slots__ = ("answers", "open_items", "size")

    def __init__(self, open_items: int) -> None:
        self.open_items = open_items
        self.answers: list[bytes] = []
        self.size = 2  # the brackets


REFUSAL_BYTES = 384
"""At least the size of an error answer that says that a result is too large."""
SHORT_BYTES = 1024
"""A shorter line may be decoded together with others."""
CANCEL_BYTES = 1024
"""A line that does nothing but cancel is not longer: it holds an id of at most 128 bytes."""
_CANCEL_TEXT = b'"%b"' % CANCEL.encode()


class ServerConnection:
    """The server's half: requests come in, answers go out."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.fit = LineFit(limits)
        """Whether an answer fits a line."""
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
        """The next request or notification, or None if a line gave none (blank, or answered with an error here).

        It must be answered at once, or opened.
        """
        entry = self.backlog.popleft()
        if type(entry) is Request:  # out of a batch
            self._request_bytes -= len(entry.params)
            return entry
        if type(entry) is LineFault:
            self.error(self._explained(entry))
            return None
        message = decode_requests(entry, self._limits)
        if type(message) is Request:  # isinstance would ask the metaclass, which takes five times as long
            return message
        if isinstance(message, Invalid):
            self._refuse(message.id, message.error)
        elif message is not None:
            self._open_batch(message)
        return None

    def next_run(self, most: int, most_bytes: int) -> tuple[list[Request], list[bytes]]:
        """Requests of short lines at the head of the backlog, decoded together; and their lines. At most `most`, with
        so many bytes of memory or one line more.

        What cannot be handled now goes back: `put_back(lines[handled:])`. No request if the first line is long, or
        needs a closer look by `next_request`.
        """
        lines = self.backlog.take_run(most, most_bytes, SHORT_BYTES)
        requests = decode_run(lines, self._limits)
        if len(requests) < len(lines):
            self.backlog.put_back(lines[len(requests) :])
            del lines[len(requests) :]
        return requests, lines

    def put_back(self, lines: list[bytes]) -> None:
        """Lines of a run that were not looked at after all."""
        self.backlog.put_back(lines)

    def open(self, request: Request) -> None:
        """The request is not answered at once: it is in flight until it is."""
        request.is_open = True
        self.unanswered[request] = None
        self._request_bytes += len(request.params)

    def next_cancel(self) -> Request | None:
        """An `rpc.cancel` of a call in flight, taken out of its place in the backlog; None if there is no other.

        When as many calls are in flight as may be, the lines behind them wait until one ends. The cancel that ends it
        must not wait with them.
        """
        line = self.backlog.take(self._is_urgent)
        if line is None:
            return None
        request = decode_requests(line, self._limits)
        return request if isinstance(request, Request) else None

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
        fault = self.fit.fault("result", result, len(request.id))
        if fault is not None:
            self.fail(request, fault)
            return
        self._end(request, encode_result(request.id, result))

    def fail(self, request: Request, error: RpcError) -> None:
        """Ends a request with an error."""
        answer = encode_error(request.id, error)
        fault = self.fit.fault("error", answer, 0)
        if fault is not None:  # the code is what callers act on: it comes through whatever the data is
            shorter = RpcError(error.message[:1000], code=error.code, data={"unsendable": fault.message})
            answer = encode_error(request.id, shorter)
        self._end(request, answer, error)

    def items(self, request: Request, notification: bytes, items: Sequence[bytes]) -> None:
        """Sends items, each of which fits a line, of the stream that `request` opened. `notification` is the JSON text
        of their method's name. Raises LocalProtocolError after the stream's end.
        """
        if request.is_answered:
            raise LocalProtocolError("the stream has ended already")
        self.output.add(encode_items(notification, request.id, items))

    def error(self, error: RpcError) -> None:
        """Tells the peer about a fault that belongs to no request."""
        self._refuse(NULL_ID, error)

    def _refuse(self, id_: bytes, error: RpcError) -> None:
        answer = encode_error(id_, error)
        self.output.add(answer)
        if self.on_refusal is not None:
            self.on_refusal(id_, error, len(answer) - 1)

    def _end(self, request: Request, line: bytes, error: RpcError | None = None) -> None:
        if request.is_answered:
            raise LocalProtocolError(f"request {request.id!r} is answered already")
        request.is_answered = True
        if request.is_open:
            del self.unanswered[request]
            self._request_bytes -= len(request.params)
        if not request.id:  # a notification is never answered (section 4.1)
            line = b"\n"
        elif request.batch is None:
            self.output.add(line)
        else:
            error = self._finish_item(request.batch, request.id, line) or error
            line = request.batch.answers[-1] + b"\n"
        if self.on_end is not None:
            self.on_end(request, error, len(line) - 1)

    def _finish_item(self, batch: _Batch, id_: bytes, line: bytes) -> RpcError | None:
        """The error that took the place of the answer, if there was no room for it."""
        batch.open_items -= 1
        answer = line[:-1]
        error: RpcError | None = None
        limit = self._limits.line_bytes
        # Each answer fits a line; together they may not (RULES 2.35). Those still to come can always be refused.
        if batch.size + len(answer) + batch.open_items * REFUSAL_BYTES > limit:
            error = MessageTooLargeError("the batch's answers exceed a line", data={"limit": limit})
            answer = encode_error(id_, error)[:-1]
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
