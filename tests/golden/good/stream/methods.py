"""Methods of the Log service, as client and server both see them.

Made by `daemonrpc generate` from stream.yaml. Do not edit.
"""

from daemonrpc import Method, ServiceInfo, StreamMethod

from .types import End, FollowParams, Line, LogAliveParams, LogRotateParams

LOG_FOLLOW: StreamMethod[FollowParams, Line, End] = StreamMethod(
    "log.follow",
    python_name="follow",
    params=FollowParams,
    item=Line,
    result=End,
    notification="log.line",
    slow_consumer="disconnect",
)
"""Send lines as they are written."""

LOG_ROTATE: Method[LogRotateParams, End] = Method(
    "log.rotate",
    python_name="log_rotate",
    params=LogRotateParams,
    result=End,
    safety="keyed",
    key="request_id",
    access="owner",
    detached=True,
)
"""Start a new file."""

LOG_ALIVE: Method[LogAliveParams, End] = Method(
    "log.alive",
    python_name="log_alive",
    params=LogAliveParams,
    result=End,
    safety="safe",
    handler="sync",
    admission="always",
)
"""Answers at once."""

SERVICE = ServiceInfo(
    name="Log",
    version="1.2.0",
    fingerprint="30a3fd84ffb37e0b",
    package=__package__ or "",
    methods=(LOG_FOLLOW, LOG_ROTATE, LOG_ALIVE),
)
"""The service: its version, its fingerprint and all its methods."""
