"""Calls on a live connection: every id must be answered, once, with what the schema says."""

import time

import msgspec

from daemonrpc.testing.fuzz.judge import judge_answer, judge_item
from daemonrpc.testing.fuzz.options import Options
from daemonrpc.testing.fuzz.oracle import Answered, answers_in
from daemonrpc.testing.fuzz.plan import Call
from daemonrpc.testing.fuzz.report import Report
from daemonrpc.testing.fuzz.wire import ConnectionEndedError, Wire
from daemonrpc.testing.schemas import DocumentValues

__all__ = ["DaemonGoneError", "Session"]

WINDOW = 8
"""Calls in flight."""
STREAM_SECONDS = 0.3
"""After which an open stream is cancelled."""
QUIET_SECONDS = 0.2
"""How long to listen for answers that come too often."""
GRACE_SECONDS = 2.0
"""What a daemon gets beyond the deadline that its call carries."""
REMEMBERED = 5000


class DaemonGoneError(Exception):
    """The daemon took no new connection any more."""


class Session:
    """Sends calls and judges what comes back."""

    def __init__(self, options: Options, report: Report, values: DocumentValues) -> None:
        """Raises OSError if nobody listens."""
        self._options = options
        self._report = report
        self._values = values
        self._wire = Wire(options.socket)
        self._pending: dict[bytes, Call] = {}
        self._judged: dict[bytes, Call] = {}
        self._abandoned: set[bytes] = set()
        """Streams that were found wrong and cancelled: what still comes of them says nothing new."""

    def close(self) -> None:
        """Listens a moment for what comes too often, and ends the connection."""
        self._listen(QUIET_SECONDS)
        self._wire.close()

    def call(self, call: Call) -> None:
        """Sends a call. Its answer is judged when it comes, in this call or in a later one."""
        while len(self._pending) >= WINDOW:
            self._wait_for_one()
        self._report.of(call.method).sent += 1
        self._pending[call.id] = call
        try:
            self._wire.send(call.line + b"\n")
        except ConnectionEndedError as error:
            self._lost(str(error))
        if call.is_stream and call.is_valid:
            self._listen(STREAM_SECONDS, call)
            if call.id in self._pending:
                self._cancel(call)
            self.settle()

    def settle(self) -> None:
        """Waits until every call is answered, or was given up."""
        while self._pending:
            self._wait_for_one()

    def _wait_for_one(self) -> None:
        count, end = len(self._pending), time.monotonic() + self._options.timeout + GRACE_SECONDS
        while len(self._pending) == count:
            seconds = end - time.monotonic()
            if seconds <= 0 or not self._read(seconds):
                self._give_up()

    def _listen(self, seconds: float, call: Call | None = None) -> None:
        """Reads for so long, or until the call is answered."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and (call is None or call.id in self._pending):
            if not self._read(left):
                return

    def _read(self, seconds: float) -> bool:
        """Takes one line. False if none came."""
        try:
            line = self._wire.line(seconds)
        except ConnectionEndedError as error:
            self._lost(str(error))
            return False
        if line is None:
            return False
        try:
            answers = list(answers_in(line))
        except ValueError as error:
            self._report.wrong("(lines)", "sends a line that is no answer", str(error), b"", line)
            return True
        for answer in answers:
            self._take(answer, line)
        return True

    def _take(self, answer: Answered, line: bytes) -> None:
        call = self._pending.get(answer.id)
        if call is None:
            self._unexpected(answer, line)
        elif answer.is_item:
            what = judge_item(call, answer, self._values)
            if what:
                self._report.wrong(call.method, what, call.why or "valid params", call.line, line)
                self._end(call)
                self._abandoned.add(call.id)
                self._cancel(call)
        else:
            self._end(call)
            found = judge_answer(call, answer, self._values)
            if found.outcome == "wrong":
                self._report.wrong(call.method, found.what, call.why or "valid params", call.line, line)
            else:
                self._report.of(call.method).add(found.outcome)

    def _unexpected(self, answer: Answered, line: bytes) -> None:
        call = self._judged.get(answer.id)
        if call is None:
            detail = f"no call has the id {answer.id.decode()}"
            self._report.wrong("(lines)", "answers what nobody asked", detail, b"", line)
        elif call.id not in self._abandoned:
            what = "sends an item after the end" if answer.is_item else "answers one call twice"
            self._report.wrong(call.method, what, call.why or "valid params", call.line, line)
        elif not answer.is_item:
            self._abandoned.remove(call.id)

    def _end(self, call: Call) -> None:
        del self._pending[call.id]
        self._judged[call.id] = call
        if len(self._judged) > REMEMBERED:
            del self._judged[next(iter(self._judged))]

    def _cancel(self, call: Call) -> None:
        message = {"jsonrpc": "2.0", "method": "rpc.cancel", "params": {"id": msgspec.Raw(call.id)}}
        try:
            self._wire.send(msgspec.json.encode(message) + b"\n")
        except ConnectionEndedError as error:
            self._lost(str(error))

    def _give_up(self) -> None:
        """The calls in flight have no answer: they are found wrong, and a new connection forgets them."""
        for call in self._pending.values():
            self._report.wrong(call.method, "does not answer", call.why or "valid params", call.line)
        self._reconnect()

    def _lost(self, reason: str) -> None:
        """The connection ended; the call that is longest in flight is suspected, the others are counted as errors."""
        suspects = list(self._pending.values())
        for call in suspects[1:]:
            self._report.of(call.method).add("errors")
        if suspects:
            detail = f"{reason}; {len(suspects) - 1} later calls were in flight"
            self._report.wrong(suspects[0].method, "ends the connection", detail, suspects[0].line)
        else:
            self._report.wrong("(lines)", "ends the connection", f"{reason}; no call was in flight", b"")
        self._reconnect()

    def _reconnect(self) -> None:
        self._pending.clear()
        self._abandoned.clear()
        self._wire.close()
        try:
            self._wire = Wire(self._options.socket)
        except OSError as error:
            raise DaemonGoneError(f"the daemon is gone: {error}") from None
