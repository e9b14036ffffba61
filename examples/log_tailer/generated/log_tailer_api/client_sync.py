"""Blocking client of the LogTailer service.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import UNSET, SyncChannel, SyncStream, UnsetType

from .methods import LOG_FOLLOW, LOG_LIST, LOG_TAIL
from .types import FollowEnd, FollowParams, ListLogsParams, LogEvent, LogList, LogName, Position, Tail, TailParams


class LogTailerClientSync(SyncChannel):
    """Reads log files for who may not, or cannot: their last lines, and every line as it is written."""

    def list_logs(self, *, timeout: float | UnsetType | None = UNSET) -> LogList:
        """Tell which logs there are."""
        return self.call(LOG_LIST, ListLogsParams(), timeout=timeout)

    def tail(self, log: LogName, lines: int = 10, *, timeout: float | UnsetType | None = UNSET) -> Tail:
        """Read the last lines: at most 4 MiB of them, and what stands behind the last newline.

        Args:
            log: Which log.
            lines: How many.

        Raises:
            LogUnknown: There is no log of that name.
            LogUnreadable: The log cannot be read now.
        """
        return self.call(LOG_TAIL, TailParams(log=log, lines=lines), timeout=timeout)

    def follow(
        self,
        log: LogName,
        since: Position | UnsetType = UNSET,
        lines: int = 10,
        follow: bool = True,
        *,
        timeout: float | UnsetType | None = UNSET,
    ) -> SyncStream[LogEvent, FollowEnd]:
        """Send lines as they are written, over rotation and truncation. A log that is not there yet is
        waited for.

        Args:
            log: Which log.
            since: Lines after this place, also if the file was rotated since.
            lines: Without `since`: begin with so many of the last lines.
            follow: Whether to wait for more at the end.

        Raises:
            LogUnknown: There is no log of that name.
            LogUnreadable: The log cannot be read now.
        """
        return self.stream(LOG_FOLLOW, FollowParams(log=log, since=since, lines=lines, follow=follow), timeout=timeout)
