"""Broken lines: each message in them is answered as the protocol says, and the connection lives."""

import random
import time
from collections import Counter

from daemonrpc.limits import Limits
from daemonrpc.testing.fuzz.line_mutation import mutated_line
from daemonrpc.testing.fuzz.options import Options
from daemonrpc.testing.fuzz.oracle import Answered, Verdict, answers_in, judge
from daemonrpc.testing.fuzz.report import Report
from daemonrpc.testing.fuzz.session import DaemonGoneError
from daemonrpc.testing.fuzz.wire import ConnectionEndedError, Wire

__all__ = ["LINES", "LineFuzzer"]

LINES = "(lines)"
"""What stands for a method in the report."""
METHOD = b'"fuzz.no-such-method"'
"""No mutant of a line is the call of a real method: nothing is done, whatever comes of it."""
PIECE_SECONDS = 0.002


class LineFuzzer:
    """Sends one line after the other, each followed by a sound request, whose answer tells that all was read."""

    def __init__(self, options: Options, report: Report) -> None:
        """Raises OSError if nobody listens."""
        self._options = options
        self._report = report
        self._wire = Wire(options.socket)
        self._limits = Limits()
        self._number = 0

    def close(self) -> None:
        """The end of it."""
        self._wire.close()

    def send(self, chance: random.Random) -> None:
        """One mutant. What is wrong with its answers is reported."""
        self._number += 1
        bases = [template.replace(b"ID", b"%d" % self._number) for template in _TEMPLATES]
        mutant = mutated_line(chance.choice(bases), chance, bases)
        tally = self._report.of(LINES)
        tally.sent += 1
        fence = b'"fence-%d"' % self._number
        expected = _Expected(mutant, fence, self._limits)
        try:
            self._write(mutant, fence, chance)
            problem = self._answers(expected)
        except ConnectionEndedError as error:
            problem = f"ends the connection: {error}"
        if problem:
            self._report.wrong(LINES, problem, "a broken line", mutant, expected.last)
            self._reconnect()
        else:
            tally.add("refused" if expected.is_refused else "accepted")

    def _write(self, mutant: bytes, fence: bytes, chance: random.Random) -> None:
        if chance.random() < 0.1 and len(mutant) > 1:
            at = chance.randrange(1, len(mutant))
            self._wire.send(mutant[:at])
            time.sleep(PIECE_SECONDS)
            mutant = mutant[at:]
        self._wire.send(mutant + b'\n{"jsonrpc":"2.0","id":' + fence + b',"method":' + METHOD + b"}\n")

    def _answers(self, expected: "_Expected") -> str:
        """What is wrong with the answers; empty if nothing is."""
        end = time.monotonic() + self._options.timeout
        while expected.missing:
            line = self._wire.line(end - time.monotonic())
            if line is None:
                ids = ", ".join(id_.decode() for id_ in expected.missing)
                return f"does not answer: {ids}"
            try:
                problem = expected.take(line)
            except ValueError as error:
                return f"sends a line that is no answer: {error}"
            if problem:
                return problem
        return ""

    def _reconnect(self) -> None:
        self._wire.close()
        try:
            self._wire = Wire(self._options.socket)
        except OSError as error:
            raise DaemonGoneError(f"the daemon is gone: {error}") from None


class _Expected:
    """How often each id must be answered, and how often it may be."""

    def __init__(self, mutant: bytes, fence: bytes, limits: Limits) -> None:
        self.missing: Counter[bytes] = Counter([fence])
        self.last = b""
        """The last line that came."""
        self.is_refused = False
        self._may: Counter[bytes] = Counter()
        for part in mutant.split(b"\n"):
            verdict = judge(part, limits)
            for one in verdict if isinstance(verdict, list) else [verdict] if verdict else []:
                self._add(one)

    def _add(self, verdict: Verdict) -> None:
        if verdict.kind == "open":
            self._may.update({verdict.id, b"null"})
        elif verdict.kind != "notification":
            self.is_refused = self.is_refused or verdict.kind == "refused"
            self.missing[verdict.id] += 1

    def take(self, line: bytes) -> str:
        """Counts the answers of a line. What is wrong with them. Raises ValueError for what is no answer."""
        self.last = line
        return next((problem for answer in answers_in(line) if (problem := self._take_one(answer))), "")

    def _take_one(self, answer: Answered) -> str:
        for counts in (self.missing, self._may):
            if counts[answer.id] > 0:
                counts[answer.id] -= 1
                self.missing = +self.missing
                return ""
        return f"answers {answer.id.decode()} more often than it was asked"


_TEMPLATES = [
    b'{"jsonrpc":"2.0","id":ID,"method":' + METHOD + b',"params":{"a":[1,"x",null]}}',
    b'{"jsonrpc":"2.0","id":"ID","method":' + METHOD + b',"params":["a",1.5]}',
    b'{"jsonrpc":"2.0","id":ID,"method":' + METHOD + b',"meta":{"timeout_ms":5000,"key":"k"}}',
    b'{"jsonrpc":"2.0","method":' + METHOD + b',"params":{}}',
    b'[{"jsonrpc":"2.0","id":ID,"method":' + METHOD + b'},{"jsonrpc":"2.0","method":' + METHOD + b"}]",
]
