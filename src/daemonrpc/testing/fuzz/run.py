"""A run of `daemonrpc fuzz`: rounds of calls and of lines until the examples are used up or the time is over."""

import random
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis.configuration import set_hypothesis_home_dir

from daemonrpc.cli.document import Json, fetch_document
from daemonrpc.cli.outcome import EXIT_ERROR, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, answered, fail
from daemonrpc.client_sync import SyncChannel
from daemonrpc.errors import MethodNotFoundError
from daemonrpc.testing.fuzz.lines import LINES, LineFuzzer
from daemonrpc.testing.fuzz.options import Options, read_options
from daemonrpc.testing.fuzz.plan import BATCH, Planner
from daemonrpc.testing.fuzz.report import Report
from daemonrpc.testing.fuzz.session import DaemonGoneError, Session
from daemonrpc.testing.schemas import DocumentValues

__all__ = ["run"]

T = TypeVar("T")


def run(arguments: list[str]) -> int:
    """Runs the command. Returns the exit code."""
    options = read_options(arguments)
    return answered(lambda: _fuzz(options))


def _fuzz(options: Options) -> int:
    try:
        values = DocumentValues(_document(options))
        planner = Planner(values, options)
        notes = {target.name: target.note for target in planner.targets()}
    except MethodNotFoundError:
        return fail(EXIT_USAGE, "the daemon has no rpc.discover, so nobody knows what it must accept")
    except LookupError as error:
        return fail(EXIT_USAGE, str(error))
    report = Report(options.socket, options.seed)
    for name, note in notes.items():
        report.of(name).note = note
    code = _run_in_its_own_home(_Run(options, report, values, planner))
    _show(report, options)
    return EXIT_ERROR if report.found and code == EXIT_OK else code


def _run_in_its_own_home(rounds: "_Run") -> int:
    with TemporaryDirectory(prefix="drpc-fuzz-") as folder:
        set_hypothesis_home_dir(folder)  # or it would leave `.hypothesis` where the user stands
        try:
            rounds.go()
        except DaemonGoneError as error:
            return fail(EXIT_ERROR, str(error))
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED
    return EXIT_OK


class _Run:
    """The rounds, as long as there is time."""

    def __init__(self, options: Options, report: Report, values: DocumentValues, planner: Planner) -> None:
        self._options = options
        self._report = report
        self._values = values
        self._planner = planner
        self._targets = planner.targets()
        self._end = None if options.seconds is None else time.monotonic() + options.seconds

    def go(self) -> None:
        """Raises DaemonGoneError when the daemon takes no connection any more."""
        number = 0
        while not self._is_over(number):
            if self._targets:
                self._call_all(number)
            if not self._options.methods:
                self._send_lines(number)
            number += 1

    def _is_over(self, number: int) -> bool:
        if self._end is not None:
            return time.monotonic() >= self._end
        return number * BATCH >= self._options.examples

    def _call_all(self, number: int) -> None:
        session = _connected(lambda: Session(self._options, self._report, self._values))
        for target in self._targets:
            for call in self._planner.calls(target, number):
                session.call(call)
            session.settle()
            if self._is_over(number):
                break
        session.close()

    def _send_lines(self, number: int) -> None:
        fuzzer = _connected(lambda: LineFuzzer(self._options, self._report))
        chance = random.Random(f"{self._options.seed}/{LINES}/{number}")
        for _ in range(min(BATCH, self._options.examples - number * BATCH) if self._end is None else BATCH):
            fuzzer.send(chance)
        fuzzer.close()


def _connected(connect: Callable[[], T]) -> T:
    try:
        return connect()
    except OSError as error:
        raise DaemonGoneError(f"the daemon is gone: {error}") from None


def _document(options: Options) -> Json:
    with SyncChannel(options.socket, timeout=options.timeout) as channel:
        return fetch_document(channel)


def _show(report: Report, options: Options) -> None:
    print(report.as_json().decode() if options.as_json else "\n".join(report.lines()))
