"""The calls of one connection of a server: admission, handlers as tasks, and how each call ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from daemonrpc.admission import Slots
from daemonrpc.connection import ServerConnection
from daemonrpc.context import Peer
from daemonrpc.dispatch import BoundCall, Dispatcher
from daemonrpc.errors import (
    BusyError,
    CallCancelledError,
    DeadlineExceededError,
    InternalError,
    InvalidParamsError,
    RpcError,
    ShuttingDownError,
)
from daemonrpc.limits import Limits
from daemonrpc.message import CANCEL, NO_ID, Request
from daemonrpc.stream_sender import ItemOutput, StreamSender

if TYPE_CHECKING:
    from daemonrpc.server_protocol import ServerProtocol

__all__ = ["RETRY_AFTER_MS", "ServerCalls", "ServerState"]

logger = logging.getLogger("daemonrpc.server")

RETRY_AFTER_MS = 100
"""What a refused caller is told to wait."""


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


class ServerCalls:
    """Handles the requests of a connection. `ended` is called after each answer that was not given at once."""

    def __init__(
        self,
        state: ServerState,
        peer: Peer,
        connection: ServerConnection,
        output: ItemOutput,
        ended: Callable[[], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._state = state
        self._peer = peer
        self._connection = connection
        self._output = output
        self._ended = ended
        self._loop = loop
        self._running: dict[Request, _Running] = {}
        self._senders: dict[Request, StreamSender] = {}
        self._is_lost = False

    # -- beginning -----------------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> None:
        """Answers a request, or starts what will. Whatever goes wrong becomes its answer."""
        try:
            if request.method == CANCEL:
                self._handle_cancel(request)
            else:
                self._open(request)
        except RpcError as error:
            self._connection.fail(request, error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a fault of ours, or a CancelledError out of a plain handler (RULES 2.22)
            logger.exception("%s failed unexpectedly", request.method)
            self._connection.fail(request, InternalError(f"internal error: {type(error).__name__}"))

    def _open(self, request: Request) -> None:
        call = self._state.dispatcher.bind(request, self._peer)
        is_health = call.entry.method.admission == "always" and call.entry.kind != "stream"
        if self._state.is_stopping and not is_health:
            raise _shutting_down(started=False)
        self._admit(call)

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
        elif not self._state.slots.enter(call.request, lambda: self._start_in_slot(call)):
            data = {"started": False, "retry_after_ms": RETRY_AFTER_MS}
            raise BusyError("too many requests are running and waiting", data=data)

    def _start_in_slot(self, call: BoundCall) -> bool:
        """Called by the slots when the call's turn has come."""
        remaining = call.context.remaining
        if remaining is not None and remaining <= 0:
            error = DeadlineExceededError("the deadline passed before the call started", data={"started": False})
            self._end(call.request, error)
            return False
        self._start(call, None, has_slot=True)
        return True

    def _start(self, call: BoundCall, work: Awaitable[Any] | None, *, has_slot: bool) -> None:
        task = self._loop.create_task(self._run(call, work))
        self._state.tasks.add(task)
        self._running[call.request] = _Running(call, task)

        # A task that is cancelled before its first step runs no `finally`: the end of a call belongs to the callback.
        def finished(done: "asyncio.Task[bytes]") -> None:
            if work is not None:
                _abandon(work)
            self._finished(call.request, done, has_slot=has_slot)

        task.add_done_callback(finished)

    # -- running -------------------------------------------------------------------------------------------------------

    async def _run(self, call: BoundCall, work: Awaitable[Any] | None) -> bytes:
        deadline = None if call.entry.method.detached else call.context.deadline
        if deadline is None:
            return await self._working(call, work)
        async with asyncio.timeout_at(deadline):
            return await self._working(call, work)

    def _working(self, call: BoundCall, work: Awaitable[Any] | None) -> Coroutine[Any, Any, bytes]:
        if work is not None:
            return self._state.dispatcher.finish(call, work)
        if call.entry.kind == "stream":
            return self._run_stream(call)
        return self._state.dispatcher.call(call)

    async def _run_stream(self, call: BoundCall) -> bytes:
        method = call.entry.stream
        sender = StreamSender(
            self._output, call.request, method.wire_notification, method.slow_consumer, self._state.limits
        )
        self._senders[call.request] = sender
        result = await self._state.dispatcher.call_stream(call, sender.send)
        await sender.drain()
        return result

    def writable_again(self) -> None:
        """The peer reads again: streams go on."""
        for sender in self._senders.values():
            sender.flush_kept()

    # -- ending --------------------------------------------------------------------------------------------------------

    def _finished(self, request: Request, task: "asyncio.Task[bytes]", *, has_slot: bool) -> None:
        self._state.tasks.discard(task)
        running = self._running.pop(request)
        self._senders.pop(request, None)
        if has_slot:
            self._state.slots.leave()
        self._end(request, _outcome(task, running.reason))

    def _end(self, request: Request, outcome: bytes | RpcError) -> None:
        """The one place where a call that did not run inline is answered."""
        if request.is_answered or self._is_lost:
            return
        if isinstance(outcome, bytes):
            self._connection.answer(request, outcome)
        else:
            self._connection.fail(request, outcome)
        self._ended()

    def _handle_cancel(self, request: Request) -> None:
        try:
            targets = self._connection.cancelled_by(request)
        except ValueError as error:
            raise InvalidParamsError(str(error)) from None
        for target in targets:
            self._cancel(target, CallCancelledError("the call was cancelled"))
        self._connection.answer(request, b"null")

    def _cancel(self, request: Request, reason: RpcError) -> None:
        running = self._running.get(request)
        if running is None:
            reason.data = {"started": False}
            self._end_waiting(request, reason)
            return
        running.call.context.cancel()
        if not running.call.entry.method.detached:
            running.reason = reason
            running.task.cancel()

    def _end_waiting(self, request: Request, reason: RpcError) -> None:
        """Ends a call that waits for a slot."""
        self._state.slots.discard(request)
        self._end(request, reason)

    def stop(self, *, streams_only: bool) -> None:
        """The daemon stops: streams end at once, waiting calls as not started, the rest after the grace."""
        for request in self._connection.in_flight_requests():
            running = self._running.get(request)
            if running is None:
                self._end_waiting(request, _shutting_down(started=False))
            elif not streams_only or running.call.entry.kind == "stream":
                running.call.context.cancel()
                running.reason = _shutting_down(started=True)
                running.task.cancel()

    def lose(self) -> None:
        """The connection is lost: calls are cancelled, all but the detached ones."""
        self._is_lost = True
        for request in self._connection.in_flight_requests():
            # A notification never had anybody who waits for it, so nobody is lost.
            if request.id != NO_ID and not self._state.dispatcher.is_detached(request.method):
                self._lose(request)

    def _lose(self, request: Request) -> None:
        running = self._running.get(request)
        if running is None:
            self._state.slots.discard(request)
        else:
            running.call.context.cancel()
            running.task.cancel()


def _shutting_down(*, started: bool) -> ShuttingDownError:
    return ShuttingDownError("the daemon is shutting down", data={"started": started})


def _abandon(work: Awaitable[Any]) -> None:
    """Ends what a plain handler returned and nobody awaited, since its call was cancelled before. Else does nothing."""
    if isinstance(work, Coroutine):
        work.close()
    elif isinstance(work, asyncio.Future):
        work.cancel()


def _outcome(task: "asyncio.Task[bytes]", reason: RpcError | None) -> bytes | RpcError:
    if task.cancelled():
        return reason or InternalError("the handler was cancelled, though not by its caller")
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, RpcError):
        return error
    if isinstance(error, TimeoutError):  # ours: a handler's own became an InternalError in dispatch
        return DeadlineExceededError("the deadline passed while the call ran", data={"started": True})
    logger.error("a call ended unexpectedly", exc_info=error)
    return InternalError(f"internal error: {type(error).__name__}")
