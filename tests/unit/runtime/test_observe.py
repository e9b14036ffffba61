"""Reasons and records, and observers that fail."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from daemonrpc.context import Peer
from daemonrpc.errors import RUNTIME_ERRORS
from daemonrpc.observe import CallRecord, ConnectionRecord, Observers, Reason, reason_of
from support.recorder import Recorder

PEER = Peer(uid=1, gid=2, pid=3)
RECORD = CallRecord(
    method="m",
    asked="m",
    kind="call",
    reason=Reason.OK,
    code=None,
    seconds=0.1,
    queue_seconds=None,
    peer=PEER,
    id="1",
    traceparent=None,
    params_bytes=0,
    answer_bytes=2,
    items=0,
    dropped=0,
)
CHANGE = ConnectionRecord(change="opened", peer=PEER, code=None, open=1)


class Broken:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def call_ended(self, record: CallRecord) -> None:
        raise self.error

    def connection_changed(self, record: ConnectionRecord) -> None:
        raise self.error


def test_every_code_of_the_runtime_has_a_reason_of_its_own_meaning() -> None:
    assert Reason.ERROR not in {reason_of(code) for code in RUNTIME_ERRORS}
    assert Reason.OK not in {reason_of(code) for code in RUNTIME_ERRORS}
    assert reason_of(None) is Reason.OK


@pytest.mark.parametrize("code", [0, 1, -1, 4711, -32000, -32099, 10**30])
def test_a_code_that_the_runtime_does_not_know_is_an_error_of_the_handler(code: int) -> None:
    assert reason_of(code) is Reason.ERROR


@pytest.mark.parametrize("error", [ValueError("x"), asyncio.CancelledError(), RecursionError()])
def test_observer_that_raises_is_logged_and_the_others_are_told(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    observers = Observers([Broken(error), recorder])
    observers.call_ended(RECORD)
    observers.connection_changed(CHANGE)
    assert (recorder.calls, recorder.connections) == ([RECORD], [CHANGE])
    assert "observer Broken failed" in caplog.text


def test_observer_that_always_fails_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    observers = Observers([Broken(ValueError("x"))])
    for _ in range(1000):
        observers.call_ended(RECORD)
    assert len(caplog.records) == 10
    assert "(512 failures" in caplog.records[-1].getMessage()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit()])
def test_end_of_the_process_is_not_held_up(error: BaseException) -> None:
    observers = Observers([Broken(error)])
    with pytest.raises(type(error)):
        observers.call_ended(RECORD)
    with pytest.raises(type(error)):
        observers.connection_changed(CHANGE)


def test_page_has_each_reason_with_its_codes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "observability.md").read_text(encoding="utf-8")
    rows: dict[str, Any] = {
        row[0]: {int(code) for code in re.findall(r"-32\d{3}", row[1])}
        for row in re.findall(r"^\| `(\w+)` \|([^|]*)\|", page, re.MULTILINE)
    }
    for reason in Reason:
        assert rows[reason.value] == {code for code in RUNTIME_ERRORS if reason_of(code) is reason}, reason
