"""Methods of the LogTailer service, as client and server both see them.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import Method, ServiceInfo, StreamMethod

from .errors import LogUnknown, LogUnreadable
from .types import FollowEnd, FollowParams, ListLogsParams, LogEvent, LogList, Tail, TailParams

LOG_LIST: Method[ListLogsParams, LogList] = Method(
    "log.list",
    python_name="list_logs",
    params=ListLogsParams,
    result=LogList,
    safety="safe",
    access="group",
)
"""Tell which logs there are."""

LOG_TAIL: Method[TailParams, Tail] = Method(
    "log.tail",
    python_name="tail",
    params=TailParams,
    result=Tail,
    errors=(LogUnknown, LogUnreadable),
    safety="safe",
    access="group",
)
"""Read the last lines: at most 4 MiB of them, and what stands behind the last newline."""

LOG_FOLLOW: StreamMethod[FollowParams, LogEvent, FollowEnd] = StreamMethod(
    "log.follow",
    python_name="follow",
    params=FollowParams,
    item=LogEvent,
    result=FollowEnd,
    notification="log.event",
    slow_consumer="block",
    errors=(LogUnknown, LogUnreadable),
    safety="safe",
    access="group",
)
"""Send lines as they are written, over rotation and truncation. A log that is not there yet is waited for."""

SERVICE = ServiceInfo(
    name="LogTailer",
    version="1.0.0",
    fingerprint="faee7182219dc208",
    package=__package__ or "",
    methods=(LOG_LIST, LOG_TAIL, LOG_FOLLOW),
)
"""The service: its version, its fingerprint and all its methods."""
