"""Blocking client of the Log service.

Made by `daemonrpc generate` from stream.yaml. Do not edit.
"""

from daemonrpc import UNSET, SyncChannel, SyncStream, UnsetType

from .methods import LOG_ALIVE, LOG_FOLLOW, LOG_ROTATE
from .types import LOG_FOLLOW_SINCE_DEFAULT, End, FollowParams, Line, LogAliveParams, LogRotateParams


class LogClientSync(SyncChannel):
    """Follows log files."""

    def follow(
        self,
        path: str,
        since: float = LOG_FOLLOW_SINCE_DEFAULT,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> SyncStream[Line, End]:
        """Send lines as they are written.

        Args:
            path: The file.
            since: From when on.
        """
        return self.stream(LOG_FOLLOW, FollowParams(path=path, since=since), timeout=timeout)

    def log_rotate(
        self,
        path: str,
        request_id: str | UnsetType = UNSET,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> End:
        """Start a new file.

        Args:
            path: The file.
            request_id: The key.
        """
        return self.call(LOG_ROTATE, LogRotateParams(path=path, request_id=request_id), timeout=timeout)

    def log_alive(self, *, timeout: float | UnsetType | None = UNSET) -> End:
        """Answers at once."""
        return self.call(LOG_ALIVE, LogAliveParams(), timeout=timeout)
