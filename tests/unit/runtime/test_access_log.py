"""The access line: one line whatever a stranger writes, and what it is logged as."""

import json
import logging
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemonrpc.access_log import AccessLog, access_line, connection_line
from daemonrpc.context import Peer
from daemonrpc.observe import CallRecord, ConnectionRecord, Reason

PEER = Peer(uid=1000, gid=100, pid=4711)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
RECORD = CallRecord(
    method="job.status",
    asked="job.status",
    kind="call",
    reason=Reason.OK,
    code=None,
    seconds=0.0004125,
    queue_seconds=None,
    peer=PEER,
    id="7",
    traceparent=None,
    params_bytes=14,
    answer_bytes=120,
    items=0,
    dropped=0,
)
KEYS = [
    *("method", "asked", "kind", "reason", "code", "ms", "queue_ms", "uid", "pid", "id", "trace"),
    *("params_bytes", "answer_bytes", "items", "dropped"),
]
FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^" ]+)(?: |\Z)')


def fields(line: str) -> dict[str, str]:
    """The fields of a line, read as logfmt is; fails if the line holds anything else."""
    found: dict[str, str] = {}
    end = 0
    for match in FIELD.finditer(line):
        assert match.start() == end, line
        end = match.end()
        key, value = match.groups()
        assert key not in found, "a forged field"
        found[key] = json.loads(value) if value.startswith('"') else value
    assert end == len(line), line
    return found


def changed(**changes: Any) -> CallRecord:
    return msgspec.structs.replace(RECORD, **changes)


def test_line_of_a_plain_call() -> None:
    assert access_line(RECORD) == (
        "method=job.status asked=- kind=call reason=ok code=- ms=0.412 queue_ms=- uid=1000 pid=4711 id=7 trace=- "
        "params_bytes=14 answer_bytes=120 items=0 dropped=0"
    )


def test_line_of_a_call_with_everything() -> None:
    line = access_line(
        changed(
            method="(unknown)",
            asked="no such",
            reason=Reason.INVALID,
            code=-32601,
            queue_seconds=1.5,
            id='"a b"',
            traceparent=TRACE,
            items=3,
            dropped=2,
        )
    )
    found = fields(line)
    assert list(found) == KEYS
    assert (found["asked"], found["id"], found["code"]) == ("no such", '"a b"', "-32601")
    assert (found["queue_ms"], found["trace"], found["items"], found["dropped"]) == ("1500.000", TRACE, "3", "2")


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        "x\r\nmethod=job.status kind=call reason=ok",
        "\x1b[2J\x1b[31mred",
        "x\x7f\x08\x08",
        "a b=c",
        '" reason="ok',
        "\\",
        '\\"',
        "\u2028\u2029\x85\x9b31m",
        "\u202eover",
        "\ud800",
        "\x00",
        "",
        "-",
        "=",
        "é",
    ],
)
def test_hostile_name_and_id_forge_nothing(text: str) -> None:
    line = access_line(changed(method="(unknown)", asked=text, id=text))
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.isprintable()
    found = fields(line)
    assert list(found) == KEYS
    assert found["id"] == text
    assert found["asked"] == (text or "-")


@given(st.text(), st.text())
def test_line_says_what_came_and_nothing_else(asked: str, id_: str) -> None:
    line = access_line(changed(method="(unknown)", asked=asked, id=id_))
    assert line.isprintable()
    assert line.isascii()
    found = fields(line)
    assert list(found) == KEYS
    assert (found["asked"], found["id"]) == (asked or "-", id_)


def test_line_of_a_connection() -> None:
    opened = ConnectionRecord(change="opened", peer=PEER, code=None, open=3)
    assert connection_line(opened) == "connection=opened code=- uid=1000 pid=4711 open=3"
    refused = ConnectionRecord(change="refused", peer=None, code=-32090, open=500)
    assert connection_line(refused) == "connection=refused code=-32090 uid=- pid=- open=500"


WARNINGS = {Reason.INTERNAL, Reason.SHED, Reason.DEADLINE, Reason.DENIED, Reason.TOO_LARGE, Reason.LAGGED}


@pytest.mark.parametrize("reason", Reason)
def test_level_says_whether_somebody_must_look(reason: Reason, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "daemonrpc.access")
    AccessLog().call_ended(changed(reason=reason))
    [record] = caplog.records
    assert record.name == "daemonrpc.access"
    assert record.levelno == (logging.WARNING if reason in WARNINGS else logging.INFO)
    assert record.getMessage() == access_line(changed(reason=reason))


def test_percent_signs_are_no_format(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "daemonrpc.access")
    AccessLog().call_ended(changed(asked="%s%d%n"))
    assert "%s%d%n" in caplog.records[0].getMessage()


def test_connections_are_logged_by_what_they_are(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "daemonrpc.access")
    log = AccessLog()
    log.connection_changed(ConnectionRecord(change="opened", peer=PEER, code=None, open=1))
    log.connection_changed(ConnectionRecord(change="refused", peer=PEER, code=-32090, open=1))
    assert [record.levelno for record in caplog.records] == [logging.DEBUG, logging.WARNING]


def test_what_is_not_logged_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.Logger("quiet", logging.ERROR)
    log = AccessLog(logger)

    def fail(_record: CallRecord) -> None:
        pytest.fail("made for nothing")

    monkeypatch.setattr("daemonrpc.access_log.access_line", fail)
    log.call_ended(RECORD)
    log.call_ended(changed(reason=Reason.SHED))
