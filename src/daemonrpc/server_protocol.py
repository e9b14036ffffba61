"""One connection of a server: its bytes, its turns, and how it closes."""

import asyncio
import logging
from collections.abc import Sequence

from daemonrpc.context import Peer
from daemonrpc.errors import InvalidRequestError, RpcError
from daemonrpc.limits import RECEIVE_FREE
from daemonrpc.line_protocol import LineProtocol, ReadBuffer
from daemonrpc.request import Request
from daemonrpc.server_calls import ServerCalls, ServerState
from daemonrpc.server_connection import ServerConnection
from daemonrpc.stream_sender import JOIN_BYTES
from daemonrpc.watch import LineWatch, OutputWatch, PeerWatch, peer_hung_up

__all__ = ["ServerProtocol"]

logger = logging.getLogger("daemonrpc.server")

COST_SHIFT = 8
"""Each 256 bytes of a line cost as much of a turn as one more line: JSON that is all structure takes so long."""
SHORT_BYTES = 1024
"""A line of at most so many bytes that comes alone is handled at once, however busy the pass is."""
RUN_LINES = 16
"""So many lines are taken at a time to be decoded together; those behind one that is amiss go back, for nothing."""
CLOSE_SECONDS = 2.0
"""How long a connection that is closed waits for its peer to read the last answers."""


class ServerProtocol(LineProtocol):
    """The asyncio shell of one ServerConnection."""

    def __init__(self, state: ServerState, peer: Peer, buffer: ReadBuffer, loop: asyncio.AbstractEventLoop) -> None:
        connection = self._connection = ServerConnection(state.limits)
        super().__init__(buffer, connection.output, loop)
        self._state = state
        self._limits = state.limits
        self.peer = peer
        """Who is at the other end."""
        self._calls = ServerCalls(state, peer, connection, self, self._call_ended, loop)
        self._reads_writable = asyncio.Event()
        self._turn_scheduled = False
        self._is_reading = True
        self._last_read = 0.0
        self._input_ended = False
        self._memory = state.memory
        self._has_no_room = False
        self._line_watch = LineWatch(loop, state.limits.line_seconds, self._line_timed_out)
        self._output_watch = OutputWatch(loop, self._bytes_to_read, state.limits.output_bytes, self.close_unread)
        self._peer_watch = PeerWatch(loop, self._reads_no_more, self.abort)
        self._closing: asyncio.TimerHandle | None = None

    # -- bytes ---------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._state.connections.add(self)

    def bytes_received(self, data: bytes) -> None:
        connection = self._connection
        connection.receive_data(data)
        if connection.has_partial_line or self._line_watch.is_on:
            self._watch_line(data)
        if not self._turn_scheduled:
            self._turn()
        if connection.held_bytes > RECEIVE_FREE or self._memory.holds(self):
            self._weigh_received()
        now = self.loop.time()
        if now - self._last_read < self._limits.busy_poll_seconds:
            self._state.busy_poll.begin(self.loop)  # a peer that comes back so soon will do so again
        self._last_read = now

    def _weigh_received(self) -> None:
        fits = self._memory.weigh_received(self)
        has_no_room = self._memory.holds(self) and (self._has_no_room or not fits)
        if has_no_room != self._has_no_room:
            self._has_no_room = has_no_room
            self._turn_soon()

    def _watch_line(self, data: bytes) -> None:
        if not self._connection.has_partial_line:
            self._line_watch.end()
        elif not self._line_watch.is_on or b"\n" in data:
            self._line_watch.begin()
        if self._connection.must_close:
            self.finish()  # the line is answered like every one over the limit, and that was the last

    def _line_timed_out(self) -> None:
        seconds = self._limits.line_seconds
        self._close_with(InvalidRequestError(f"the line did not end within {seconds:g} s; the connection is closed"))

    def not_written(self) -> None:
        unread = self._bytes_to_read()
        if not self._output_watch.is_on and unread > self._limits.output_bytes:
            self._output_watch.begin(unread)
        self._memory.weigh_unread(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reads_writable.clear()

    def writable_again(self) -> None:
        self._memory.all_read(self)
        self._calls.writable_again()
        if self.is_writable:  # or what streams had kept was too much again
            self._reads_writable.set()
        self._turn_soon()

    # -- turns ---------------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        """Handles a bounded number of lines, so that no connection starves another (RULES 2.20)."""
        self._turn_scheduled = False
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        connection, turns = self._connection, self._state.turns
        room = min(self._limits.turn_lines, turns.left)
        if room <= 0 and connection.next_bytes <= SHORT_BYTES:
            room = 1  # it may be one small call beside a flood of others
        spent = 0
        backlog, output, unanswered = connection.backlog, connection.output, connection.unanswered
        most = self._limits.in_flight
        while spent < room and backlog.entries and self.is_writable and len(unanswered) < most:
            waiting = backlog.size
            handled = self._handle_run(room - spent) if len(backlog.entries) > 1 else 0
            if handled:
                spent += max(handled, waiting - backlog.size >> COST_SHIFT)
                continue
            request = connection.next_request()
            spent += 1 + (waiting - backlog.size >> COST_SHIFT)
            if request is not None:
                self._calls.handle(request)
            if output.size > JOIN_BYTES:
                self.flush()  # so that a peer that does not read is noticed before the next call is looked at
        if spent > 1:
            turns.spend(spent, self.loop.call_soon)
        if backlog.entries:
            self._look_further()
        self.flush()
        if backlog.entries or self._has_no_room or not (self._is_reading and self.is_writable):
            self._adjust_reading(transport)
        if self._input_ended:
            self._close_when_done()

    def _handle_run(self, room: int) -> int:
        """Handles short lines that came together, and says how many; 0 if the first one needs a closer look."""
        connection = self._connection
        output, unanswered, most = connection.output, connection.unanswered, self._limits.in_flight
        handle, handled = self._calls.handle, 0
        requests, lines = connection.next_run(min(room, RUN_LINES), room << COST_SHIFT)
        for request in requests:
            handle(request)
            handled += 1
            if output.size > JOIN_BYTES:
                self.flush()
            if not self.is_writable or len(unanswered) >= most:
                break
        if handled < len(lines) and self.transport is not None:
            connection.put_back(lines[handled:])
        return handled

    def _look_further(self) -> None:
        """Lines wait. Those behind a full connection do so until a call ends, all but the cancels that end one."""
        if not self._is_stalled():
            self._turn_soon()
            return
        for _ in range(self._limits.turn_lines):
            cancel: Request | None = self._connection.next_cancel()
            if cancel is None:
                break
            self._calls.handle(cancel)

    def _turn_soon(self) -> None:
        if not self._turn_scheduled and self.transport is not None:
            self._turn_scheduled = True
            self._state.turns.wait(self._turn, self.loop.call_soon)

    def _call_ended(self) -> None:
        """An answer waits to be written; lines that waited for the end of a call can go on."""
        self.flush_soon()
        if self._memory.holds(self):
            self._weigh_received()
        if self._connection.has_backlog or self._input_ended:
            self._turn_soon()

    def _bytes_to_read(self) -> int:
        """What waits for the peer: here, in the transport, which takes all that one turn produced, and in streams."""
        if self.transport is None or self.transport.is_closing():
            return 0
        return self._connection.output_bytes + self.transport.get_write_buffer_size() + self._calls.kept_bytes

    def _is_stalled(self) -> bool:
        """No further line is looked at while the peer does not read or its calls in flight are at the limit."""
        return not self.is_writable or len(self._connection.unanswered) >= self._limits.in_flight

    def _adjust_reading(self, transport: asyncio.Transport) -> None:
        """Reading stops when enough is read ahead: the kernel's buffer then slows the peer down (RULES 2.18)."""
        if self._input_ended or transport.is_closing():
            return
        has_room = self._connection.backlog_bytes <= self._limits.backlog_bytes and not self._has_no_room
        wants_more = has_room and self.is_writable
        if wants_more == self._is_reading:
            return
        self._is_reading = wants_more
        if wants_more:
            transport.resume_reading()
            if self._connection.has_partial_line:
                self._line_watch.begin()
        else:
            transport.pause_reading()
            self._line_watch.end()  # it is not the peer who delays the line
            self._peer_watch.begin(transport)

    # -- the end -------------------------------------------------------------------------------------------------------

    def stop_calls(self, *, streams_only: bool) -> None:
        """The daemon stops: streams end at once, waiting calls as not started, the rest after the grace."""
        self._calls.stop(streams_only=streams_only)

    def finish(self) -> None:
        """Reads no more; closes once all that was received is answered and written."""
        if self.transport is not None and not self._input_ended:
            self._input_ended = True
            self.transport.pause_reading()
            self._line_watch.stop()
            self._peer_watch.begin(self.transport)
            self._turn_soon()

    def close(self) -> None:
        """Writes what waits, then closes. A peer that does not read it has `CLOSE_SECONDS`."""
        if self.transport is None or self.transport.is_closing():
            return
        if self._connection.output_bytes:
            self.transport.write(self._connection.data_to_send())
        self.transport.close()
        self._closing = self.loop.call_later(CLOSE_SECONDS, self.abort)

    def abort(self) -> None:
        """Closes without writing."""
        if self.transport is not None:
            self._connection.lose()
            self.transport.abort()

    def eof_received(self) -> bool:
        """Half-close: the peer still reads (`... | nc -U`), so running calls are answered first (RULES 2.14)."""
        self._input_ended = True
        self._line_watch.stop()
        self._connection.receive_eof()
        if self.transport is None or peer_hung_up(self.transport):
            return False
        self._peer_watch.begin(self.transport)
        self._turn()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._connection.lose()  # nobody knows when the garbage collector comes
        self._memory.forget(self)
        self._state.connections.discard(self)
        self._line_watch.stop()
        self._peer_watch.stop()
        self._output_watch.stop()
        if self._closing is not None:
            self._closing.cancel()
        # Nobody is slow any more: what a handler that goes on still sends is dropped.
        self.is_writable = True
        self._reads_writable.set()
        self._calls.lose()

    def _reads_no_more(self) -> bool:
        return self.transport is not None and (self._input_ended or not self._is_reading)

    def _close_when_done(self) -> None:
        connection = self._connection
        if not connection.has_backlog and not connection.in_flight and not connection.output_bytes:
            self.close()

    def _close_with(self, error: RpcError) -> None:
        self._connection.error(error)
        self.close()

    # -- Holder --------------------------------------------------------------------------------------------------------

    @property
    def held_bytes(self) -> int:
        return self._connection.held_bytes

    @property
    def partial_bytes(self) -> int:
        return self._connection.partial_bytes

    def refuse_line(self) -> None:
        self._connection.refuse_line()
        self._turn_soon()

    @property
    def unread_bytes(self) -> int:
        return self._bytes_to_read() + self._connection.output.kept_bytes

    def close_unread(self) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        logger.warning("peer %s does not read its answers: connection closed", self.peer.pid)
        self.abort()

    # -- ItemOutput ----------------------------------------------------------------------------------------------------

    def put_items(self, request: Request, notification: bytes, items: Sequence[bytes]) -> bool:
        if self.transport is None:
            return False
        self._connection.items(request, notification, items)
        self.flush()
        return True

    async def wait_writable(self) -> None:
        await self._reads_writable.wait()
