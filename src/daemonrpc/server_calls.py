"""The calls of one connection of a server: admission, handlers as tasks, and how each call ends.

A call can be ended from outside by its caller (cancel), by time (deadline), by the connection (lost) and by the daemon
(stop). Whoever comes first gives the reason and cancels the handler, once: what the handler does to clean up is not
cancelled again by the next one. The call ends when the handler has, with one answer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal

from daemonrpc.accounting import CallAccounts
from daemonrpc.admission import Slots
from daemonrpc.busy_poll import BusyPoll
from daemonrpc.connections import Connections
from daemonrpc.context import Peer
from daemonrpc.dispatch import BoundCall, Dispatcher
from daemonrpc.errors import (
    BusyError,
    CallCancelledError,
    DeadlineExceededError,
    InternalError,
    InvalidParamsError,
    LocalProtocolError,
    RpcError,
    ShuttingDownError,
    StreamLaggedError,
)
from daemonrpc.limits import Limits
from daemonrpc.message import CANCEL, NO_ID
from daemonrpc.observe import ConnectionRecord, Observers
from daemonrpc.request import Request
from daemonrpc.server_connection import ServerConnection
from daemonrpc.server_memory import ServerMemory
from daemonrpc.stream_sender import ItemOutput, StreamSender
from daemonrpc.trace import current_traceparent, set_traceparent, traceparent
from daemonrpc.turns import Turns

__all__ = ["ServerCalls", "ServerState"]

logger = logging.getLogger("daemonrpc.server")


class ServerState:
    """What the connections of one server share."""

    def __init__(
        self, dispatcher: Dispatcher, slots: Slots, limits: Limits, observers: Observers | None = None
    ) -> None:
        self.dispatcher = dispatcher
        self.slots = slots
        self.limits = limits
        self.observers = observers
        """None for a server that nobody observes: nothing is measured then."""
        self.connections = Connections(None if observers is None else self._connection_changed)
        self.tasks: set[asyncio.Task[Any]] = set()
        """Strong references: the event loop holds tasks weakly (RULES 2.23)."""
        self.open_streams = 0
        self.is_stopping = False
        self.memory = ServerMemory(limits)
        self.turns = Turns(limits.pass_lines)
        self.busy_poll = BusyPoll(limits.busy_poll_seconds)

    def refused(self, error: RpcError, peer: Peer | None) -> None:
        """A connection was refused."""
        if self.observers is not None:
            record = ConnectionRecord(change="refused", peer=peer, code=error.code, open=len(self.connections))
            self.observers.connection_changed(record)

    def _connection_changed(self, peer: Peer, is_open: bool) -> None:
        assert self.observers is not None
        change: Literal["opened", "closed"] = "opened" if is_open else "closed"
        record = ConnectionRecord(change=change, peer=peer, code=None, open=len(self.connections))
        self.observers.connection_changed(record)


class _Running:
    """A call whose handler runs as a task."""

    __slots__ = ("call", "is_interrupted", "reason", "task", "timer")

    def __init__(self, call: BoundCall, task: "asyncio.Task[bytes]", timer: asyncio.TimerHandle | None) -> None:
        self.call = call
        self.task = task
        self.timer = timer
        self.is_interrupted = False
        self.reason: RpcError | None = None  # why we cancelled it; None if nobody is there to be told

    def interrupt(self, reason: RpcError | None) -> None:
        """Cancels the handler, unless that was done before."""
        self.call.context.cancel()
        if not self.is_interrupted:
            self.is_interrupted = True
            self.reason = reason
            self.task.cancel()


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
        self._dispatcher = state.dispatcher
        self._connection = connection
        self._output = output
        self._ended = ended
        self._loop = loop
        self._running: dict[Request, _Running] = {}
        self._senders: dict[Request, StreamSender] = {}
        self._waiting_timers: dict[Request, asyncio.TimerHandle] = {}
        """The deadlines of calls that wait for a slot."""
        self._is_lost = False
        self._accounts: CallAccounts | None = None
        if state.observers is not None:
            self._accounts = CallAccounts(state.observers, peer, loop.time, state.dispatcher.lookup)
            connection.on_end = self._accounts.end
            connection.on_refusal = self._accounts.refuse

    # -- beginning -----------------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> None:
        """Answers a request, or starts what will. Whatever goes wrong becomes its answer."""
        if self._accounts is not None:
            self._accounts.begin(request)
        try:
            if request.method == CANCEL:
                self._handle_cancel(request)
                return
            call = self._dispatcher.bind(request, self._peer)
            if call.entry.kind == "sync":
                self._call_inline(call)
            else:
                self._open(call)
        except RpcError as error:
            self._connection.fail(request, error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a fault of ours, or a CancelledError out of a plain handler (RULES 2.22)
            logger.exception("%r failed unexpectedly", request.method)
            if not request.is_answered:
                self._connection.fail(request, InternalError(f"internal error: {type(error).__name__}"))

    def _open(self, call: BoundCall) -> None:
        """Starts a call that runs as a task, or lets it wait for a slot."""
        kind, is_always_admitted = call.entry.kind, call.entry.method.admission == "always"
        if self._state.is_stopping and (kind == "stream" or not is_always_admitted):
            raise _shutting_down(started=False)
        if kind == "stream":
            self._open_stream(call)
        elif is_always_admitted:
            self._start(call, None, has_slot=False)
        elif not self._state.slots.enter(call.request, lambda: self._start_in_slot(call)):
            raise BusyError.refusal("too many requests are running and waiting")
        elif self._state.slots.is_waiting(call.request):
            self._wait(call)

    def _call_inline(self, call: BoundCall) -> None:
        """Plain handlers run here and now."""
        if self._state.is_stopping and call.entry.method.admission != "always":
            raise _shutting_down(started=False)
        if call.context.trace is current_traceparent():  # mostly there is none
            result = self._dispatcher.call_inline(call)
        else:
            result = self._call_traced(call)
        if isinstance(result, bytes):
            self._connection.answer(call.request, result)
        else:
            self._start(call, result, has_slot=False)

    def _open_stream(self, call: BoundCall) -> None:
        """Streams take no slot, since they may last for ever; their number has a limit of its own."""
        state = self._state
        if state.open_streams >= state.limits.streams:
            raise BusyError.refusal(f"the server has its {state.limits.streams} open streams")
        state.open_streams += 1
        self._start(call, None, has_slot=False)

    def _call_traced(self, call: BoundCall) -> bytes | Awaitable[Any]:
        """All inline calls of a connection run in one context, so the trace is taken out of it again."""
        with traceparent.parsed(call.context.trace):
            return self._dispatcher.call_inline(call)

    def _wait(self, call: BoundCall) -> None:
        """The call is in the queue. Its caller learns that its time is over when it is, not when a slot gets free."""
        self._connection.open(call.request)
        if self._accounts is not None:
            self._accounts.wait(call.request)
        if call.context.deadline is not None:
            timer = self._loop.call_at(call.context.deadline, self._end_waiting, call.request, _late(started=False))
            self._waiting_timers[call.request] = timer

    def _start_in_slot(self, call: BoundCall) -> bool:
        """Called by the slots when the call's turn has come."""
        self._forget_waiting(call.request)
        if self._state.is_stopping:  # the last calls of lost connections: nobody else is in the queue by now
            self._end(call.request, _shutting_down(started=False))
            return False
        if call.context.remaining == 0.0:
            self._end(call.request, _late(started=False))
            return False
        if self._accounts is not None:
            self._accounts.start(call.request)
        self._start(call, None, has_slot=True)
        return True

    def _start(self, call: BoundCall, work: Awaitable[Any] | None, *, has_slot: bool) -> None:
        if self._is_lost:
            call.context.cancel()  # a detached call out of the queue: it runs, and may know that nobody waits
        if not call.request.is_open:  # it did not wait for a slot
            self._connection.open(call.request)
        task = self._loop.create_task(self._run(call, work))
        self._state.tasks.add(task)
        timer, deadline = None, call.context.deadline
        if deadline is not None and not call.entry.method.detached:
            timer = self._loop.call_at(deadline, self._expire, call.request)
        self._running[call.request] = _Running(call, task, timer)

        # A task that is cancelled before its first step runs no `finally`: the end of a call belongs to the callback.
        def finished(done: "asyncio.Task[bytes]") -> None:
            if work is not None:
                _abandon(work)
            self._finished(call.request, done, has_slot=has_slot)

        task.add_done_callback(finished)

    # -- running -------------------------------------------------------------------------------------------------------

    async def _run(self, call: BoundCall, work: Awaitable[Any] | None) -> bytes:
        set_traceparent(call.context.trace)
        if work is not None:
            return await self._dispatcher.finish(call, work)
        if call.entry.kind == "stream":
            return await self._run_stream(call)
        return await self._dispatcher.call(call)

    async def _run_stream(self, call: BoundCall) -> bytes:
        method = call.entry.stream
        sender = StreamSender(
            self._output,
            call.request,
            method.wire_notification,
            method.slow_consumer,
            self._state.limits,
            self._state.turns,
            self._loop,
        )
        self._senders[call.request] = sender
        if self._accounts is not None:
            self._accounts.stream(call.request, sender)
        try:
            result = await self._dispatcher.call_stream(call, sender.send)
        except StreamLaggedError:
            raise
        except RpcError:
            await sender.drain()  # the reader gets what was sent before the error
            raise
        await sender.drain()
        return result

    @property
    def kept_bytes(self) -> int:
        """Size of the items that streams keep for a peer that does not read."""
        return sum(sender.kept_bytes for sender in self._senders.values())

    def writable_again(self) -> None:
        """The peer reads again: streams go on."""
        for request, sender in list(self._senders.items()):
            try:
                sender.flush_kept()
            except LocalProtocolError as error:  # an item that fits no line: the stream ends, the others go on
                logger.error("the stream %s failed: %s", request.method, error)
                message = f"an item of {request.method!r} cannot be sent: {error}"
                self._running[request].interrupt(InternalError(message))

    # -- ending --------------------------------------------------------------------------------------------------------

    def _finished(self, request: Request, task: "asyncio.Task[bytes]", *, has_slot: bool) -> None:
        self._state.tasks.discard(task)
        running = self._running.pop(request)
        if running.timer is not None:
            running.timer.cancel()
        sender = self._senders.pop(request, None)
        if sender is not None:
            sender.put_joined()
        if running.call.entry.kind == "stream":
            self._state.open_streams -= 1
        if has_slot:
            self._state.slots.leave()
        self._end(request, self._outcome(running))

    def _outcome(self, running: _Running) -> bytes | RpcError:
        """What the handler came to."""
        task, method = running.task, running.call.entry.method.name
        if task.cancelled():
            if running.is_interrupted or self._state.is_stopping:
                return running.reason or _shutting_down(started=True)
            logger.error("the handler of %s was cancelled, though not by its caller", method)
            return InternalError("the handler was cancelled, though not by its caller")
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, RpcError):
            return error
        logger.error("a call of %s ended unexpectedly", method, exc_info=error)
        return InternalError(f"internal error: {type(error).__name__}")

    def _end(self, request: Request, outcome: bytes | RpcError) -> None:
        """The one place where a call that did not run inline is answered."""
        if self._is_lost:
            self._end_unheard(request, outcome)
            return
        if isinstance(outcome, bytes):
            self._connection.answer(request, outcome)
        else:
            self._connection.fail(request, outcome)
        self._ended()

    def _end_unheard(self, request: Request, outcome: bytes | RpcError) -> None:
        """The connection is gone. What was to go on without it has an outcome still; the others are lost."""
        if self._accounts is None:
            return
        if self._outlives_connection(request):
            self._accounts.end(request, outcome if isinstance(outcome, RpcError) else None, 0)
        else:
            self._accounts.lose(request)

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
        elif running.call.entry.method.detached:
            running.call.context.cancel()
        else:
            running.interrupt(reason)

    def _expire(self, request: Request) -> None:
        """The deadline of a call that runs has passed."""
        self._running[request].interrupt(_late(started=True))

    def _end_waiting(self, request: Request, reason: RpcError) -> None:
        """Ends a call that waits for a slot."""
        self._forget_waiting(request)
        self._state.slots.discard(request)
        self._end(request, reason)

    def _forget_waiting(self, request: Request) -> None:
        timer = self._waiting_timers.pop(request, None)
        if timer is not None:
            timer.cancel()

    def stop(self, *, streams_only: bool) -> None:
        """The daemon stops: streams end at once, waiting calls as not started, the rest after the grace."""
        for request in self._connection.in_flight_requests():
            running = self._running.get(request)
            if running is None:
                self._end_waiting(request, _shutting_down(started=False))
            elif not streams_only or running.call.entry.kind == "stream":
                running.interrupt(_shutting_down(started=True))

    def lose(self) -> None:
        """The connection is lost: calls are cancelled, all but notifications and the detached ones."""
        self._is_lost = True
        for request in self._connection.in_flight_requests():
            running = self._running.get(request)
            if self._outlives_connection(request):
                if running is not None and request.id != NO_ID:
                    running.call.context.cancel()
            elif running is not None:
                running.interrupt(None)
            else:
                self._end_waiting(request, _shutting_down(started=False))

    def _outlives_connection(self, request: Request) -> bool:
        """A notification never had anybody who waits for it, so nobody is lost."""
        return request.id == NO_ID or self._dispatcher.is_detached(request.method)


def _shutting_down(*, started: bool) -> ShuttingDownError:
    return ShuttingDownError("the daemon is shutting down", data={"started": started})


def _late(*, started: bool) -> DeadlineExceededError:
    when = "while the call ran" if started else "before the call started"
    return DeadlineExceededError(f"the deadline passed {when}", data={"started": started})


def _abandon(work: Awaitable[Any]) -> None:
    """Ends what a plain handler returned and nobody awaited, since its call was cancelled before. Else does nothing."""
    if isinstance(work, Coroutine):
        work.close()
    elif isinstance(work, asyncio.Future):
        work.cancel()
