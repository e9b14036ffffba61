"""One line a call, to the logger `daemonrpc.access`.

    DaemonServer(path, handler, observers=[AccessLog()])

    method=job.status asked=- kind=call reason=ok code=- ms=0.412 queue_ms=- uid=1000 pid=4711 id=7 trace=- ...

Key and value in a fixed order, `-` for what there is not. Params, results and messages of errors are never logged. What
a stranger wrote (method, id) is quoted and escaped to printable ASCII, so that it can neither begin a line nor a field,
nor speak to a terminal.
"""

import json
import logging
from typing import Final

from daemonrpc.observe import CallRecord, ConnectionRecord, Reason

__all__ = ["AccessLog", "access_line", "connection_line"]

_SAFE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/+@()-")
_OF_THE_OPERATOR: Final = frozenset(
    (Reason.INTERNAL, Reason.SHED, Reason.DEADLINE, Reason.DENIED, Reason.TOO_LARGE, Reason.LAGGED)
)
"""What somebody may have to look after: a fault, a limit, an attempt. Logged as a warning, the rest as information."""


class AccessLog:
    """An observer that logs. Connections are logged too: a refused one as a warning, the others for debugging."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or logging.getLogger("daemonrpc.access")

    def call_ended(self, record: CallRecord) -> None:
        """Logs a call."""
        level = logging.WARNING if record.reason in _OF_THE_OPERATOR else logging.INFO
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", access_line(record))

    def connection_changed(self, record: ConnectionRecord) -> None:
        """Logs a connection."""
        level = logging.WARNING if record.change == "refused" else logging.DEBUG
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", connection_line(record))


def access_line(record: CallRecord) -> str:
    """The line of a call."""
    asked = "-" if record.asked in ("", record.method) else _quoted(record.asked)
    code = "-" if record.code is None else record.code
    queue = "-" if record.queue_seconds is None else f"{record.queue_seconds * 1000:.3f}"
    id_ = "-" if record.id is None else _quoted(record.id)
    return (
        f"method={_quoted(record.method)} asked={asked} kind={record.kind} reason={record.reason} code={code} "
        f"ms={record.seconds * 1000:.3f} queue_ms={queue} uid={record.peer.uid} pid={record.peer.pid} id={id_} "
        f"trace={record.traceparent or '-'} params_bytes={record.params_bytes} answer_bytes={record.answer_bytes} "
        f"items={record.items} dropped={record.dropped}"
    )


def connection_line(record: ConnectionRecord) -> str:
    """The line of a change of a connection."""
    code = "-" if record.code is None else record.code
    uid, pid = ("-", "-") if record.peer is None else (record.peer.uid, record.peer.pid)
    return f"connection={record.change} code={code} uid={uid} pid={pid} open={record.open}"


def _quoted(text: str) -> str:
    """As it is if it is plain and not `-`, else as a JSON string of printable ASCII."""
    if text and text != "-" and _SAFE.issuperset(text):
        return text
    return json.dumps(text).replace("\x7f", "\\u007f")  # the one control character that JSON lets through
