"""Server side of the LogTailer service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from daemonrpc import Context, RequestHandler

from .methods import LOG_FOLLOW, LOG_LIST, LOG_TAIL, SERVICE
from .types import FollowEnd, FollowParams, ListLogsParams, LogEvent, LogList, Tail, TailParams


class LogTailerService(Protocol):
    """What a daemon that offers the LogTailer service implements; there is nothing to inherit from."""

    async def list_logs(self, params: ListLogsParams, context: Context) -> LogList:
        """Tell which logs there are."""
        ...

    async def tail(self, params: TailParams, context: Context) -> Tail:
        """Read the last lines: at most 4 MiB of them, and what stands behind the last newline.

        Raises LogUnknown, LogUnreadable.
        """
        ...

    def follow(self, params: FollowParams, context: Context) -> AsyncIterator[LogEvent | FollowEnd]:
        """Send lines as they are written, over rotation and truncation. A log that is not there yet is
        waited for.

        An async generator: yields the items, and may yield the result as the last.

        Raises LogUnknown, LogUnreadable.
        """
        ...


def request_handler(service: LogTailerService) -> RequestHandler:
    """The dispatch table of `service`. Raises TypeError naming every method that it lacks."""
    handler = RequestHandler(SERVICE)
    handler.require(service)
    handler.register(LOG_LIST, service.list_logs)
    handler.register(LOG_TAIL, service.tail)
    handler.register(LOG_FOLLOW, service.follow)
    return handler
