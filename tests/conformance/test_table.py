"""Each case of the table: without I/O, in whole and in pieces, and over a socket."""

import logging
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from conformance.case import Case
from conformance.peers import PONG, answers_in_memory, answers_on_socket
from conformance.table import TABLE

KNOWN_FAILURES = Path(__file__).with_name("known_failures.txt")
BYTEWISE = 4096
"""Lines up to this size are also received one byte at a time."""


def known_failures() -> list[str]:
    lines = KNOWN_FAILURES.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def rows(*, of_core: bool) -> list[ParameterSet]:
    """A case that is listed as failing and passes is a failure too. The core has nothing that it could close."""
    failing = set(known_failures())
    known = pytest.mark.xfail(strict=True, reason="listed in known_failures.txt")
    cases = [case for case in TABLE if not (of_core and case.closes)]
    return [pytest.param(case, id=case.id, marks=known if case.id in failing else ()) for case in cases]


every_case = pytest.mark.parametrize("case", rows(of_core=False))
every_case_of_core = pytest.mark.parametrize("case", rows(of_core=True))


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> None:
    """Handlers fail on purpose here, one with a text that no report of a test can hold."""
    caplog.set_level(logging.CRITICAL, "daemonrpc.server")


def check(case: Case, lines: list[bytes]) -> None:
    """The answers, and the ping's, which may come before those of calls that take their time."""
    if not (case.half_close or case.closes):
        assert lines.count(PONG) == 1, f"the connection does not live on: {_shown(lines)}"
        lines.remove(PONG)
    assert len(lines) == len(case.answers), f"{case.rule}: {_shown(lines)}"
    for answer, line in zip(case.answers, lines, strict=True):
        assert answer.matches(line), f"{case.rule}: {_shown([line])} is not {str(answer)[:500]}"


def _shown(lines: list[bytes]) -> list[bytes]:
    return [line[:500] for line in lines[:10]]


@every_case_of_core
async def test_without_io(case: Case) -> None:
    check(case, await answers_in_memory(case, len(case.sent) or 1))


@every_case_of_core
async def test_in_pieces(case: Case) -> None:
    check(case, await answers_in_memory(case, 1 if len(case.sent) <= BYTEWISE else BYTEWISE))


@every_case
async def test_on_a_socket(case: Case, socket_path: Path) -> None:
    check(case, await answers_on_socket(case, socket_path))


def test_table_is_whole() -> None:
    ids = [case.id for case in TABLE]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 72


def test_nothing_is_known_to_fail() -> None:
    assert known_failures() == []
