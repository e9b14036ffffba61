"""One connection of a server: turns, admission, handlers as tasks, and the end of each call."""

import asyncio
import logging
import select
import socket
from collections.abc import Awaitable
from typing import Any

from daemonrpc.admission import Slots
from daemonrpc.connection import ServerConnection
from daemonrpc.context import Peer
from daemonrpc.dispatch import BoundCall, Dispatcher
from daemonrpc.errors import (
    BusyError,
    CallCancelledError,
    DaemonError,
    DeadlineExceededError,
    InternalError,
    InvalidRequestError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.limits import Limits
from daemonrpc.line_protocol import LineProtocol, ReadBuffer
from daemonrpc.message import CANCEL, NO_ID, Request, decode_id_param
from daemonrpc.stream_sender import StreamSender

__all__ = ["ServerProtocol", "ServerState"]

logger = logging.getLogger("daemonrpc.server")

RETRY_AFTER_MS = 100
"""What a refused caller is told to wait."""
HANGUP_CHECK_SECONDS = 0.25


class ServerState:
    """What the connections of one server share."""

    def __init__(self, dispatcher: Dispatcher, slots: Slots, limits: Limits) -> None:
        self.dispatcher = dispatcher
        self.slots = slots
        self.limits = limits
        self.connections: set[ServerProtocol] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        """Strong references: the event loop holds tasks weakly (RULES 2.23)."""
        self.is_stopping = False


class _Running:
    """A call whose handler runs as a task."""

    __slots__ = ("call", "reason", "task")

    def __init__(self, call: BoundCall, task: "asyncio.Task[bytes]") -> None:
        self.call = call
        self.task = task
        self.reason: RpcError | None = None  # why we cancelled it


class ServerProtocol(LineProtocol):
    """The asyncio shell of one ServerConnection."""

    def __init__(self, state: ServerState, peer: Peer, buffer: ReadBuffer, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(buffer, loop)
        self._state = state
        self._limits = state.limits
        self._peer = peer
        self._connection = ServerConnection(state.limits)
        self._running: dict[Request, _Running] = {}
        self._senders: dict[Request, StreamSender] = {}
        self._reads_writable = asyncio.Event()
        self._turn_scheduled = False
        self._is_reading = True
        self._input_ended = False
        self._line_timer: asyncio.TimerHandle | None = None
        self._line_started = 0.0

    # -- bytes ---------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._state.connections.add(self)

    def bytes_received(self, data: bytes) -> None:
        self._connection.receive_data(data)
        if self._connection.has_partial_line:
            self._watch_line(is_new=b"\n" in data)
        if self._connection.must_close:
            self._close_with(InvalidRequestError("the line is far over the limit; the connection is closed"))
        elif not self._turn_scheduled:
            self._turn()

    def output_bytes(self) -> int:
        return self._connection.output_bytes

    def data_to_send(self) -> bytes:
        return self._connection.data_to_send()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reads_writable.clear()

    def writable_again(self) -> None:
        for sender in self._senders.values():
            sender.flush_kept()
        self._reads_writable.set()
        self._turn_soon()

    # -- turns ---------------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        """Handles a bounded number of lines, so that no connection starves another (RULES 2.20)."""
        self._turn_scheduled = False
        connection = self._connection
        for _ in range(self._limits.turn_lines):
            if not connection.has_backlog or self._is_stalled():
                break
            request = connection.next_request()
            if request is not None:
                self._handle(request)
        if connection.has_backlog and not self._is_stalled():
            self._turn_soon()
        self.flush()
        self._check_output()
        self._adjust_reading()
        if self._input_ended:
            self._close_when_done()

    def _turn_soon(self) -> None:
        if not self._turn_scheduled and self.transport is not None:
            self._turn_scheduled = True
            self.loop.call_soon(self._turn)

    def _is_stalled(self) -> bool:
        """No further line is looked at while the peer does not read or its calls in flight are at the limit."""
        return not self.is_writable or self._connection.in_flight >= self._limits.in_flight

    def _adjust_reading(self) -> None:
        """Reading stops when enough is read ahead: the kernel's buffer then slows the peer down (RULES 2.18)."""
        if self.transport is None or self._input_ended or self.transport.is_closing():
            return
        wants_more = self._connection.backlog_bytes <= self._limits.backlog_bytes and self.is_writable
        if wants_more and not self._is_reading:
            self.transport.resume_reading()
        elif not wants_more and self._is_reading:
            self.transport.pause_reading()
        self._is_reading = wants_more

    def _check_output(self) -> None:
        if self._connection.output_bytes > self._limits.output_bytes and self.transport is not None:
            logger.warning("peer %s does not read its answers: connection closed", self._peer.pid)
            self.transport.abort()

    # -- calls ---------------------------------------------------------------------------------------------------------

    def _handle(self, request: Request) -> None:
        if request.method == CANCEL:
            self._handle_cancel(request)
            return
        try:
            call = self._state.dispatcher.bind(request, self._peer)
            if call.entry.method.admission == "always" and call.entry.kind != "stream":
                self._admit(call)
            elif self._state.is_stopping:
                raise ShuttingDownError("the daemon is shutting down", data={"started": False})
            else:
                self._admit(call)
        except RpcError as error:
            self._connection.fail(request, error)

    def _admit(self, call: BoundCall) -> None:
        """Plain handlers run here and now; streams have connections of their own and take no slot."""
        kind = call.entry.kind
        if kind == "sync":
            result = self._state.dispatcher.call_inline(call)
            if isinstance(result, bytes):
                self._connection.answer(call.request, result)
            else:
                self._start(call, result, has_slot=False)
        elif kind == "stream" or call.entry.method.admission == "always":
            self._start(call, None, has_slot=False)
        elif not self._state.slots.enter(lambda: self._start_in_slot(call)):
            data = {"started": False, "retry_after_ms": RETRY_AFTER_MS}
            raise BusyError("too many requests are running and waiting", data=data)

    def _start_in_slot(self, call: BoundCall) -> bool:
        """Called by the slots when the call's turn has come; it may have been cancelled in the queue."""
        if call.request.is_answered or (self.transport is None and not call.entry.method.detached):
            return False
        remaining = call.context.remaining
        if remaining is not None and remaining <= 0:
            error = DeadlineExceededError("the deadline passed before the call started", data={"started": False})
            self._end(call.request, error)
            return False
        self._start(call, None, has_slot=True)
        return True

    def _start(self, call: BoundCall, work: Awaitable[bytes] | None, *, has_slot: bool) -> None:
        task = self.loop.create_task(self._run(call, work))
        self._state.tasks.add(task)
        self._running[call.request] = _Running(call, task)
        # A task that is cancelled before its first step runs no `finally`: the end of a call belongs to the callback.
        task.add_done_callback(lambda done: self._finished(call.request, done, has_slot=has_slot))

    async def _run(self, call: BoundCall, work: Awaitable[bytes] | None) -> bytes:
        deadline = None if call.entry.method.detached else call.context.deadline
        async with asyncio.timeout_at(deadline):
            if work is not None:
                return await work
            if call.entry.kind == "stream":
                return await self._run_stream(call)
            return await self._state.dispatcher.call(call)

    async def _run_stream(self, call: BoundCall) -> bytes:
        method = call.entry.stream
        sender = StreamSender(self, call.request, method.wire_notification, method.slow_consumer, self._limits)
        self._senders[call.request] = sender
        result = await self._state.dispatcher.call_stream(call, sender.send)
        await sender.drain()
        return result

    def _finished(self, request: Request, task: "asyncio.Task[bytes]", *, has_slot: bool) -> None:
        self._state.tasks.discard(task)
        running = self._running.pop(request)
        self._senders.pop(request, None)
        if has_slot:
            self._state.slots.leave()
        self._end(request, _outcome(task, running.reason))

    def _end(self, request: Request, outcome: bytes | RpcError) -> None:
        """The one place where a call that did not run inline is answered."""
        if request.is_answered or self.transport is None:
            return
        if isinstance(outcome, bytes):
            self._connection.answer(request, outcome)
        else:
            self._connection.fail(request, outcome)
        self.flush_soon()
        if self._connection.has_backlog or self._input_ended:
            self._turn_soon()

    # -- cancel, stop, loss --------------------------------------------------------------------------------------------

    def _handle_cancel(self, request: Request) -> None:
        try:
            id_ = decode_id_param(request.params)
        except ValueError as error:
            if request.id != NO_ID:
                self._connection.fail(request, InvalidRequestError(str(error)))
            return
        for target in self._connection.find(id_):
            if target is not request:
                self._cancel(target, CallCancelledError("the call was cancelled"))
        if request.id != NO_ID:
            self._connection.answer(request, b"null")

    def _cancel(self, request: Request, reason: RpcError) -> None:
        running = self._running.get(request)
        if running is None:
            reason.data = {"started": False}
            self._end(request, reason)
            return
        running.call.context.cancelled = True
        if not running.call.entry.method.detached:
            running.reason = reason
            running.task.cancel()

    def cancel_calls(self, *, streams_only: bool) -> None:
        """The daemon stops: streams end at once, waiting calls as not started, the rest after the grace."""
        for request in list(self._connection.in_flight_requests()):
            running = self._running.get(request)
            if running is None:
                self._end(request, ShuttingDownError("the daemon is shutting down", data={"started": False}))
            elif not streams_only or running.call.entry.kind == "stream":
                running.call.context.cancelled = True
                running.reason = ShuttingDownError("the daemon is shutting down", data={"started": True})
                running.task.cancel()

    def close(self) -> None:
        """Writes what waits, then closes."""
        if self.transport is not None:
            self.flush()
            self.transport.close()

    def abort(self) -> None:
        """Closes without writing."""
        if self.transport is not None:
            self.transport.abort()

    def eof_received(self) -> bool:
        """Half-close: the peer still reads (`... | nc -U`), so running calls are answered first (RULES 2.14)."""
        self._input_ended = True
        self._stop_watching_line()
        self._connection.receive_eof()
        if self._peer_hung_up():
            return False
        self._turn()
        self.loop.call_later(HANGUP_CHECK_SECONDS, self._watch_hangup)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._state.connections.discard(self)
        self._stop_watching_line()
        self._reads_writable.set()
        for running in list(self._running.values()):
            running.call.context.cancelled = True
            if not running.call.entry.method.detached:
                running.task.cancel()

    def _close_when_done(self) -> None:
        if not self._connection.has_backlog and not self._connection.in_flight:
            self.close()

    def _watch_hangup(self) -> None:
        """After a half-close the event loop no longer sees the peer go away."""
        if self.transport is None:
            return
        if self._peer_hung_up():
            self.transport.abort()
        else:
            self.loop.call_later(HANGUP_CHECK_SECONDS, self._watch_hangup)

    def _peer_hung_up(self) -> bool:
        sock: socket.socket | None = self.transport.get_extra_info("socket") if self.transport else None
        if sock is None or sock.fileno() < 0:
            return True
        poller = select.poll()
        poller.register(sock.fileno(), 0)  # hang-up is always reported
        return bool(poller.poll(0))

    def _close_with(self, error: DaemonError) -> None:
        if isinstance(error, RpcError):
            self._connection.error(error)
        self.close()

    # -- slow lines ----------------------------------------------------------------------------------------------------

    def _watch_line(self, *, is_new: bool) -> None:
        """From its first byte to its end a line may take `line_seconds` (RULES 2.34)."""
        if self._line_timer is None or is_new:
            self._line_started = self.loop.time()
        if self._line_timer is None:
            self._line_timer = self.loop.call_later(self._limits.line_seconds, self._line_timed_out)

    def _line_timed_out(self) -> None:
        self._line_timer = None
        if not self._connection.has_partial_line or self.transport is None:
            return
        left = self._line_started + self._limits.line_seconds - self.loop.time()
        if left > 0 or not self._is_reading:
            self._line_timer = self.loop.call_later(max(left, 0.1), self._line_timed_out)
            return
        seconds = self._limits.line_seconds
        self._close_with(InvalidRequestError(f"the line did not end within {seconds:g} s; the connection is closed"))

    def _stop_watching_line(self) -> None:
        if self._line_timer is not None:
            self._line_timer.cancel()
            self._line_timer = None

    # -- ItemOutput ----------------------------------------------------------------------------------------------------

    def put_item(self, request: Request, notification: bytes, item: bytes) -> int:
        self._connection.item(request, notification, item)
        self.flush_soon()
        return self._connection.output_bytes

    async def wait_writable(self) -> None:
        await self._reads_writable.wait()


def _outcome(task: "asyncio.Task[bytes]", reason: RpcError | None) -> bytes | RpcError:
    if task.cancelled():
        return reason or CallCancelledError("the call was cancelled")
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, RpcError):
        return error
    if isinstance(error, TimeoutError):  # ours: a handler's own became an InternalError in dispatch
        return DeadlineExceededError("the deadline passed while the call ran", data={"started": True})
    logger.error("a call ended unexpectedly", exc_info=error)
    return InternalError(f"internal error: {type(error).__name__}")
