"""Server side of the Log service.

Made by `daemonrpc generate` from stream.yaml. Do not edit.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from daemonrpc import Context, RequestHandler

from .methods import LOG_ALIVE, LOG_FOLLOW, LOG_ROTATE, SERVICE
from .types import End, FollowParams, Line, LogAliveParams, LogRotateParams


class LogService(Protocol):
    """What a daemon that offers the Log service implements; there is nothing to inherit from."""

    def follow(self, params: FollowParams, context: Context) -> AsyncIterator[Line | End]:
        """Send lines as they are written.

        An async generator: yields the items, and may yield the result as the last.
        """
        ...

    async def log_rotate(self, params: LogRotateParams, context: Context) -> End:
        """Start a new file."""
        ...

    def log_alive(self, params: LogAliveParams, context: Context) -> End:
        """Answers at once."""
        ...


def request_handler(service: LogService) -> RequestHandler:
    """The dispatch table of `service`. Raises TypeError naming every method that it lacks."""
    handler = RequestHandler(SERVICE)
    handler.require(service)
    handler.register(LOG_FOLLOW, service.follow)
    handler.register(LOG_ROTATE, service.log_rotate)
    handler.register(LOG_ALIVE, service.log_alive)
    return handler
