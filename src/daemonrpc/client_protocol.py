"""One connection of an asynchronous client: calls as futures, streams as receivers."""

import asyncio
import os
from collections.abc import Callable
from math import inf
from typing import Protocol, TypeGuard

from msgspec import Raw

from daemonrpc.busy_poll import BusyPoll
from daemonrpc.calling import BadAnswerError, NotSentError
from daemonrpc.client_connection import ClientCall, ClientConnection
from daemonrpc.connect import HangupWatch
from daemonrpc.errors import (
    BusyError,
    ConnectionLostError,
    DaemonError,
    MessageTooLargeError,
    RemoteProtocolError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import LineProtocol, ReadBuffer
from daemonrpc.message import Answer, rpc_error

__all__ = ["EARLY_BYTES", "ClientProtocol", "StreamReader"]

LAST_WORDS_BYTES = 64 * 1024
EARLY_BYTES = 2048
"""So much is written before the turn of the event loop ends: the server works on it while other calls are encoded. The
first call on an idle connection is written at once."""
CANCEL_BYTES = 128
"""No cancel is as long as this."""


class StreamReader(Protocol):
    """Who reads a stream."""

    def items_received(self, items: list[Raw]) -> None:
        """The next items."""
        ...

    def answered(self, answer: Answer) -> None:
        """The answer; nothing comes after it."""
        ...

    def failed(self, error: DaemonError) -> None:
        """No answer will come."""
        ...


class ClientProtocol(LineProtocol):
    """The asyncio shell of one ClientConnection.

    `on_change` is called whenever the connection may take another call, and when it is lost; `on_shutdown` once, when
    the server says that it is shutting down.
    """

    def __init__(
        self,
        limits: Limits,
        buffer: ReadBuffer,
        loop: asyncio.AbstractEventLoop,
        busy_poll: BusyPoll,
        on_change: Callable[[], None] = lambda: None,
        on_shutdown: Callable[[], None] = lambda: None,
    ) -> None:
        connection = self._connection = ClientConnection(limits)
        super().__init__(buffer, connection.output, loop)
        self._pending = connection.pending
        self._busy_poll = busy_poll
        self._last_sent = 0  # number of the last call that was handed to the kernel
        self._on_change = on_change
        self._on_shutdown = on_shutdown
        self._is_retired = False
        self._has_cancelled = False
        self._lost_by: DaemonError | None = None
        self._hangup: HangupWatch | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            self._hangup = HangupWatch(sock.fileno())

    @property
    def in_flight(self) -> int:
        """Calls that the server has not answered, given-up ones included."""
        return self._connection.in_flight

    def waiting_calls(self) -> list[ClientCall]:
        """The calls that wait for an answer; streams are not among them."""
        return [call for call in self._connection.pending_calls() if not call.is_stream]

    def load(self) -> int | None:
        """How many calls are in flight; None if no other may be made here: it is lost, or about to be."""
        transport = self.transport
        if self._lost_by is not None or transport is None or transport.is_closing():
            return None
        in_flight = len(self._pending)
        return None if not in_flight and self.is_stale() else in_flight

    @property
    def is_open(self) -> bool:
        """False once the connection is lost or closing."""
        return self._lost_by is None and self.transport is not None and not self.transport.is_closing()

    def is_stale(self) -> bool:
        """Whether the server closed an idle connection and the event loop has not noticed yet."""
        return self._hangup is not None and not self._pending and self._hangup.has_hung_up()

    def call(
        self, method: bytes, params: bytes, meta: bytes, answer: "asyncio.Future[Answer]", deadline: float = inf
    ) -> ClientCall:
        """Sends a request, at the latest at the end of this turn of the loop; `answer` hears what becomes of it.

        A future of asyncio itself: awaiting one of a subclass takes a third of a microsecond longer.
        Raises NotSentError, or what the server said, if the connection is lost already.
        """
        if self._lost_by is not None:
            raise self._lost_by
        call = self._connection.call(method, params, meta, answer, deadline)
        if len(self._pending) == 1:
            self.flush()
            self._busy_poll.begin(self.loop)
        elif self._output.size >= EARLY_BYTES:
            self.flush()
        elif not self._flush_scheduled:
            self.flush_soon()
        return call

    def open_stream(self, method: bytes, params: bytes, meta: bytes, reader: StreamReader) -> None:
        """Sends a request whose items and answer `reader` hears. Raises as `call` does."""
        if self._lost_by is not None:
            raise self._lost_by
        self._connection.call(method, params, meta, reader, is_stream=True)
        self.flush()

    def cancel(self, call: ClientCall) -> None:
        """Gives a call up and tells the server."""
        if self.is_open:
            self._has_cancelled = True
            self._connection.cancel(call)
            self.flush_soon()
        call.owner = None

    def retire(self) -> None:
        """Waits for the answers of the calls that are open, then closes. The pool gives it no further call."""
        self._is_retired = True
        self._close_if_done()

    def close(self) -> None:
        """Sends what waits, then closes; calls that wait fail with ConnectionLostError."""
        self.flush()
        self._fail(ConnectionLostError("the channel was closed"))

    def abort(self) -> None:
        """Closes at once."""
        if self.transport is not None:
            self.transport.abort()

    # -- LineProtocol --------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        self._flush_scheduled = False
        transport, output = self.transport, self._output
        if not output.size or transport is None or not self.is_writable or transport.is_closing():
            return
        transport.write(output.take())
        # A transport that closes during a write tried the kernel and was refused: not one byte left this process.
        if not transport.is_closing():
            self._last_sent = self._connection.last_number

    def bytes_received(self, data: bytes) -> None:
        was_idle = not self._pending
        items, reader = list[Raw](), None  # of a stream whose items come
        try:
            for call, answer in self._connection.receive_data(data):
                if answer.method is not None and call is not None:
                    if call.owner is not reader:
                        if reader is not None:
                            reader.items_received(items)
                        items, reader = list[Raw](), call.owner
                    items.append(answer.params)
                    continue
                if reader is not None:
                    reader.items_received(items)
                    reader = None
                if answer.error is not None and answer.error.code == ShuttingDownError.code:
                    self._hear_of_shutdown()
                if call is None:
                    self._unmatched_error(answer)
                    continue
                owner = call.owner
                if owner is None:
                    continue
                if not call.is_stream:
                    if not owner.done():
                        owner.set_result(answer)
                else:
                    owner.answered(answer)
        except RemoteProtocolError as error:
            self._fail(BadAnswerError(str(error)))
        if reader is not None:
            reader.items_received(items)
        if not self._pending:
            self._busy_poll.end()
        is_amiss = not self._pending and not data.endswith(b"\n")
        if is_amiss or (was_idle and data.strip()):  # who may speak unasked could do so for ever
            self._fail(BadAnswerError("the server sent what nobody had asked for"))
        self._close_if_done()
        self._on_change()

    def _hear_of_shutdown(self) -> None:
        if not self._is_retired:
            self._is_retired = True
            self._on_shutdown()

    def _close_if_done(self) -> None:
        if self._is_retired and not self._connection.in_flight:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._lost_by is None:
            self._read_last_words()
        self._fail(ConnectionLostError("the connection was lost"))
        self.transport = None
        self._hangup = None
        self._on_change()

    # -- failures ------------------------------------------------------------------------------------------------------

    def _read_last_words(self) -> None:
        """A write failed, so the transport reads no more. What the server said before it closed is still there."""
        sock = self.transport.get_extra_info("socket") if self.transport else None
        if sock is None or sock.fileno() < 0:
            return
        try:
            while data := os.read(sock.fileno(), LAST_WORDS_BYTES):
                self.bytes_received(data)
        except OSError:
            return

    def _unmatched_error(self, answer: Answer) -> None:
        """An error without an id: the server refuses the connection, or one line of ours that it did not keep.

        The second proves nothing about any call unless only one can be meant: a refused line is never answered
        otherwise, so it is a cancel or one of the calls that are open.
        """
        assert answer.error is not None
        error = rpc_error(answer.error)
        calls = [call for call in self._connection.pending_calls() if call.number <= self._last_sent]
        least = _least_bytes(error)
        suspects = [call for call in calls if call.size > least]
        if _is_refusal(error) and (error.detail("refused") == "connection" or not calls):
            self._fail(error)
        elif len(suspects) == 1 and (least >= CANCEL_BYTES or not self._has_cancelled):
            self._end(suspects[0], error)
        else:
            lost = ConnectionLostError(f"the server did not take a request on this connection: {error}")
            lost.__cause__ = error
            self._fail(lost)

    def _end(self, call: ClientCall, error: DaemonError) -> None:
        """Ends one call; the connection goes on."""
        self._connection.forget(call)
        _tell(call, error)

    def _fail(self, error: DaemonError) -> None:
        """Ends every call and the connection."""
        if self._lost_by is not None:
            return
        self._lost_by = error if _is_refusal(error) else NotSentError("the connection is lost")
        for call in self._connection.pending_calls():
            _tell(call, error if call.number <= self._last_sent else self._lost_by)
        self.abort()


def _tell(call: ClientCall, error: DaemonError) -> None:
    """No answer will come."""
    owner, call.owner = call.owner, None
    if call.is_stream and owner is not None:
        owner.failed(error)
    elif owner is not None and not owner.done():
        owner.set_exception(error)
        owner.exception()  # a caller that is cancelled right now never asks: no reason to complain in the log


def _is_refusal(error: DaemonError) -> TypeGuard[RpcError]:
    """Whether the server says that it is too busy or too near its end, and that nothing was started."""
    return isinstance(error, BusyError | ShuttingDownError) and error.not_started


def _least_bytes(error: RpcError) -> int:
    """No line up to so many bytes can be meant by an error without an id; 0 if it does not say."""
    least = error.detail("limit" if isinstance(error, MessageTooLargeError) else "free")
    return least if isinstance(least, int) else 0
