"""One connection of an asynchronous client: calls as futures, streams as receivers."""

import asyncio
import os
from collections.abc import Callable
from typing import Protocol

from daemonrpc.calling import NotSentError
from daemonrpc.connect import HangupWatch
from daemonrpc.connection import ClientCall, ClientConnection
from daemonrpc.errors import BusyError, ConnectionLostError, DaemonError, RemoteProtocolError, ShuttingDownError
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import LineProtocol, ReadBuffer
from daemonrpc.message import Answer, rpc_error

__all__ = ["CallOwner", "ClientProtocol", "FutureOwner"]

LAST_WORDS_BYTES = 64 * 1024


class CallOwner(Protocol):
    """Who waits for a call."""

    def item_received(self, answer: Answer) -> None:
        """An item of the call's stream."""
        ...

    def answered(self, answer: Answer) -> None:
        """The answer; nothing comes after it."""
        ...

    def failed(self, error: DaemonError) -> None:
        """No answer will come."""
        ...


class FutureOwner:
    """Waits for one answer."""

    __slots__ = ("future",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[Answer] = loop.create_future()

    def item_received(self, answer: Answer) -> None:
        """Servers may send notifications that nobody asked for."""

    def answered(self, answer: Answer) -> None:
        if not self.future.done():
            self.future.set_result(answer)

    def failed(self, error: DaemonError) -> None:
        if not self.future.done():
            self.future.set_exception(error)
            self.future.exception()  # a caller that is cancelled right now never asks: no reason to complain in the log


class ClientProtocol(LineProtocol):
    """The asyncio shell of one ClientConnection.

    `on_change` is called whenever the connection may take another call, and when it is lost.
    """

    def __init__(
        self,
        limits: Limits,
        buffer: ReadBuffer,
        loop: asyncio.AbstractEventLoop,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(buffer, loop)
        self._connection = ClientConnection(limits)
        self._unsent: list[ClientCall] = []
        self._on_change = on_change
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

    @property
    def is_open(self) -> bool:
        """False once the connection is lost or closing."""
        return self._lost_by is None and self.transport is not None and not self.transport.is_closing()

    def is_stale(self) -> bool:
        """Whether the server closed an idle connection and the event loop has not noticed yet."""
        return self._hangup is not None and not self._connection.in_flight and self._hangup.has_hung_up()

    def call(
        self, method: bytes, params: bytes, meta: bytes, owner: CallOwner, *, is_stream: bool = False
    ) -> ClientCall:
        """Sends a request at the end of this turn of the loop; `owner` hears what becomes of it.

        Raises NotSentError, or what the server said, if the connection is lost already.
        """
        if self._lost_by is not None:
            raise self._lost_by
        call = self._connection.call(method, params, meta, is_stream=is_stream, owner=owner)
        self._unsent.append(call)
        self.flush_soon()
        return call

    def cancel(self, call: ClientCall) -> None:
        """Gives a call up and tells the server."""
        if self.is_open:
            self._connection.cancel(call)
            self.flush_soon()
        call.owner = None

    def close(self) -> None:
        """Sends what waits, then closes; calls that wait fail with ConnectionLostError."""
        self.flush()
        self._fail(ConnectionLostError("the channel was closed"))

    def abort(self) -> None:
        """Closes at once."""
        if self.transport is not None:
            self.transport.abort()

    # -- LineProtocol --------------------------------------------------------------------------------------------------

    def output_bytes(self) -> int:
        return self._connection.output_bytes

    def data_to_send(self) -> bytes:
        return self._connection.data_to_send()

    def flush(self) -> None:
        self._flush_scheduled = False
        transport = self.transport
        if transport is None or not self.is_writable or transport.is_closing() or not self._connection.output_bytes:
            return
        transport.write(self._connection.data_to_send())
        # A transport that closes during a write tried the kernel and was refused: not one byte left this process.
        if not transport.is_closing():
            self._unsent.clear()

    def bytes_received(self, data: bytes) -> None:
        try:
            for call, answer in self._connection.receive_data(data):
                if call is None:
                    self._unmatched_error(answer)
                elif call.owner is not None:
                    owner: CallOwner = call.owner
                    if answer.method is not None:
                        owner.item_received(answer)
                    else:
                        owner.answered(answer)
        except RemoteProtocolError as error:
            self._fail(error)
        self._on_change()

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
        """An error without an id: the server refuses the connection, or could not read a line of ours."""
        assert answer.error is not None
        error = rpc_error(answer.error)
        is_refusal = isinstance(error, BusyError | ShuttingDownError) and error.not_started
        if is_refusal or self._connection.in_flight == 1:
            self._fail(error)
        else:
            self._fail(RemoteProtocolError(f"the server could not read a request: {error}"))

    def _fail(self, error: DaemonError) -> None:
        """Ends every call and the connection."""
        if self._lost_by is not None:
            return
        is_refusal = isinstance(error, BusyError | ShuttingDownError)
        self._lost_by = error if is_refusal else NotSentError("the connection is lost")
        unsent = {call.id for call in self._unsent}
        self._unsent.clear()
        for call in self._connection.pending_calls():
            owner: CallOwner | None = call.owner
            call.owner = None
            if owner is not None:
                owner.failed(self._lost_by if call.id in unsent else error)
        self.abort()
