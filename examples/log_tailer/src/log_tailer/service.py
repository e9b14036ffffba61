"""The service: one method for each method of schema/methods.yaml."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from daemonrpc import UNSET, Context

from log_tailer.follower import Follower
from log_tailer.logfile import NotReadable, OpenFile
from log_tailer_api.errors import LogUnknown, LogUnreadable
from log_tailer_api.types import (
    EndReason,
    FollowEnd,
    FollowParams,
    Line,
    ListLogsParams,
    Log,
    LogEvent,
    LogList,
    LogState,
    Tail,
    TailParams,
)

__all__ = ["LogService"]


class LogService:
    """Reads logs. It satisfies `LogTailerService`, a Protocol.

    Files are read in threads, since a disk may be slow: nobody else waits for it.

    Args:
        logs: the files that may be asked for, by name.
        poll_seconds: how often a follower looks at a file that has nothing new.
    """

    def __init__(self, logs: Mapping[str, Path], poll_seconds: float = 0.2) -> None:
        self._logs = dict(sorted(logs.items()))
        self._poll_seconds = poll_seconds
        self._closing = asyncio.Event()

    async def list_logs(self, params: ListLogsParams, context: Context) -> LogList:
        return LogList(logs=await asyncio.to_thread(lambda: [_log(*named) for named in self._logs.items()]))

    async def tail(self, params: TailParams, context: Context) -> Tail:
        path = self._path(params.log)
        try:
            found = await asyncio.to_thread(_tail, path, params.lines)
        except NotReadable:
            raise LogUnreadable(log=params.log, state=LogState.UNREADABLE) from None
        if found is None:
            raise LogUnreadable(log=params.log, state=LogState.MISSING)
        return found

    async def follow(self, params: FollowParams, context: Context) -> AsyncIterator[LogEvent | FollowEnd]:
        """Waits at a `yield` for a slow reader, and is cancelled there, or at an `await`, when its caller goes away."""
        since = None if params.since is UNSET else params.since
        follower = Follower(self._path(params.log), since, params.lines)
        try:
            is_over = False
            while not is_over:
                is_closing = self._closing.is_set()
                news = await asyncio.to_thread(follower.poll)
                for event in news:
                    yield event
                is_over = is_closing or not (news or params.follow or follower.is_behind)
                if not news and not is_over:
                    await self._pause()
            for event in follower.unfinished() if not params.follow else ():
                yield event
            reason = EndReason.SHUTTING_DOWN if self._closing.is_set() else EndReason.CAUGHT_UP
            yield FollowEnd(reason=reason, position=follower.position)
        except NotReadable:
            raise LogUnreadable(log=params.log, state=LogState.UNREADABLE) from None
        finally:
            follower.close()

    def close(self) -> None:
        """Ends the streams, each with a result that says where to go on: the daemon is going down."""
        self._closing.set()

    def _path(self, log: str) -> Path:
        path = self._logs.get(log)
        if path is None:
            raise LogUnknown(log=log, known=list(self._logs))
        return path

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_seconds):
                await self._closing.wait()


def _log(name: str, path: Path) -> Log:
    try:
        status = path.stat()
        OpenFile(path).close()
    except FileNotFoundError:
        return Log(name=name, path=str(path), state=LogState.MISSING)
    except (NotReadable, OSError):
        return Log(name=name, path=str(path), state=LogState.UNREADABLE)
    modified = datetime.fromtimestamp(status.st_mtime, UTC)
    return Log(name=name, path=str(path), state=LogState.READABLE, size=status.st_size, modified=modified)


def _tail(path: Path, lines: int) -> Tail | None:
    """The last lines, perhaps with some that are written meanwhile; None if there is no such file."""
    follower = Follower(path, None, lines)
    try:
        news = found = follower.poll()
        while news and len(found) < lines:
            news = follower.poll()
            found += news
        whole = [event for event in found if isinstance(event, Line)]
        rest = [event for event in follower.unfinished() if isinstance(event, Line)]
        position = follower.position
        return None if position is None else Tail(lines=whole[max(0, len(whole) - lines) :] + rest, position=position)
    finally:
        follower.close()
