"""Hypothesis strategies for the types of the LogTailer service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from daemonrpc import UNSET
from daemonrpc.testing.schemas import ServiceValues
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .errors import LogUnknownData, LogUnreadableData
from .methods import SERVICE
from .types import (
    Ending,
    EndReason,
    FollowEnd,
    FollowParams,
    Gap,
    Line,
    ListLogsParams,
    Log,
    LogEvent,
    LogList,
    LogName,
    LogState,
    Position,
    Rotated,
    Tail,
    TailParams,
    Truncated,
)

_INVALID = ServiceValues(SERVICE)


def log_name() -> SearchStrategy[LogName]:
    """Values of LogName."""
    return st.from_regex("[A-Za-z0-9][A-Za-z0-9._-]*", fullmatch=True).filter(lambda text: len(text) <= 64)


def position() -> SearchStrategy[Position]:
    """Values of Position."""
    return st.builds(
        Position,
        file=st.text(max_size=40),
        offset=st.integers(0, 2**63 - 1),
        check=st.integers(0, 2**63 - 1),
    )


def log_state() -> SearchStrategy[LogState]:
    """Values of LogState."""
    return st.sampled_from(LogState)


def log() -> SearchStrategy[Log]:
    """Values of Log."""
    return st.builds(
        Log,
        name=log_name(),
        path=st.text(),
        state=log_state(),
        size=st.just(UNSET) | st.integers(0, 2**63 - 1),
        modified=st.just(UNSET) | st.datetimes(timezones=st.just(UTC)),
    )


def log_list() -> SearchStrategy[LogList]:
    """Values of LogList."""
    return st.builds(LogList, logs=st.lists(log(), max_size=5))


def ending() -> SearchStrategy[Ending]:
    """Values of Ending."""
    return st.sampled_from(Ending)


def log_event() -> SearchStrategy[LogEvent]:
    """Values of LogEvent."""
    return st.one_of(line(), rotated(), truncated(), gap())


def line() -> SearchStrategy[Line]:
    """Values of Line."""
    return st.builds(Line, position=position(), text=st.text(), raw=st.just(UNSET) | st.binary(), ending=ending())


def rotated() -> SearchStrategy[Rotated]:
    """Values of Rotated."""
    return st.builds(Rotated, position=position())


def truncated() -> SearchStrategy[Truncated]:
    """Values of Truncated."""
    return st.builds(Truncated, position=position())


def gap() -> SearchStrategy[Gap]:
    """Values of Gap."""
    return st.builds(Gap, position=position())


def end_reason() -> SearchStrategy[EndReason]:
    """Values of EndReason."""
    return st.sampled_from(EndReason)


def follow_end() -> SearchStrategy[FollowEnd]:
    """Values of FollowEnd."""
    return st.builds(FollowEnd, reason=end_reason(), position=st.none() | position())


def tail() -> SearchStrategy[Tail]:
    """Values of Tail."""
    return st.builds(Tail, lines=st.lists(line(), max_size=5), position=position())


def list_logs_params() -> SearchStrategy[ListLogsParams]:
    """Values of ListLogsParams."""
    return st.builds(ListLogsParams)


def tail_params() -> SearchStrategy[TailParams]:
    """Values of TailParams."""
    return st.builds(TailParams, log=log_name(), lines=st.integers(0, 1000))


def follow_params() -> SearchStrategy[FollowParams]:
    """Values of FollowParams."""
    return st.builds(
        FollowParams,
        log=log_name(),
        since=st.just(UNSET) | position(),
        lines=st.integers(0, 1000),
        follow=st.booleans(),
    )


def log_unknown_data() -> SearchStrategy[LogUnknownData]:
    """Values of LogUnknownData."""
    return st.builds(LogUnknownData, log=log_name(), known=st.lists(st.text(), max_size=5))


def log_unreadable_data() -> SearchStrategy[LogUnreadableData]:
    """Values of LogUnreadableData."""
    return st.builds(LogUnreadableData, log=log_name(), state=log_state())


def invalid_log_name() -> SearchStrategy[Any]:
    """JSON that no reader takes as LogName: one thing in it is wrong."""
    return _INVALID.invalid_type("LogName")


def invalid_position() -> SearchStrategy[Any]:
    """JSON that no reader takes as Position: one thing in it is wrong."""
    return _INVALID.invalid_type("Position")


def invalid_log_state() -> SearchStrategy[Any]:
    """JSON that no reader takes as LogState: one thing in it is wrong."""
    return _INVALID.invalid_type("LogState")


def invalid_log() -> SearchStrategy[Any]:
    """JSON that no reader takes as Log: one thing in it is wrong."""
    return _INVALID.invalid_type("Log")


def invalid_log_list() -> SearchStrategy[Any]:
    """JSON that no reader takes as LogList: one thing in it is wrong."""
    return _INVALID.invalid_type("LogList")


def invalid_ending() -> SearchStrategy[Any]:
    """JSON that no reader takes as Ending: one thing in it is wrong."""
    return _INVALID.invalid_type("Ending")


def invalid_log_event() -> SearchStrategy[Any]:
    """JSON that no reader takes as LogEvent: one thing in it is wrong."""
    return _INVALID.invalid_type("LogEvent")


def invalid_line() -> SearchStrategy[Any]:
    """JSON that no reader takes as Line: one thing in it is wrong."""
    return _INVALID.invalid_type("Line")


def invalid_rotated() -> SearchStrategy[Any]:
    """JSON that no reader takes as Rotated: one thing in it is wrong."""
    return _INVALID.invalid_type("Rotated")


def invalid_truncated() -> SearchStrategy[Any]:
    """JSON that no reader takes as Truncated: one thing in it is wrong."""
    return _INVALID.invalid_type("Truncated")


def invalid_gap() -> SearchStrategy[Any]:
    """JSON that no reader takes as Gap: one thing in it is wrong."""
    return _INVALID.invalid_type("Gap")


def invalid_end_reason() -> SearchStrategy[Any]:
    """JSON that no reader takes as EndReason: one thing in it is wrong."""
    return _INVALID.invalid_type("EndReason")


def invalid_follow_end() -> SearchStrategy[Any]:
    """JSON that no reader takes as FollowEnd: one thing in it is wrong."""
    return _INVALID.invalid_type("FollowEnd")


def invalid_tail() -> SearchStrategy[Any]:
    """JSON that no reader takes as Tail: one thing in it is wrong."""
    return _INVALID.invalid_type("Tail")


def invalid_list_logs_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as ListLogsParams: one thing in it is wrong."""
    return _INVALID.invalid_params("log.list")


def invalid_tail_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as TailParams: one thing in it is wrong."""
    return _INVALID.invalid_params("log.tail")


def invalid_follow_params() -> SearchStrategy[dict[str, Any]]:
    """JSON that the server refuses as FollowParams: one thing in it is wrong."""
    return _INVALID.invalid_params("log.follow")


def invalid_log_unknown_data() -> SearchStrategy[Any]:
    """JSON that no client takes as LogUnknownData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("LogUnknown")


def invalid_log_unreadable_data() -> SearchStrategy[Any]:
    """JSON that no client takes as LogUnreadableData: one thing in it is wrong."""
    return _INVALID.invalid_error_data("LogUnreadable")


RESULTS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "log.list": log_list,
    "log.tail": tail,
    "log.follow": follow_end,
}
"""For each method what makes its results."""

ITEMS: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "log.follow": log_event,
}
"""For each stream what makes its items."""
