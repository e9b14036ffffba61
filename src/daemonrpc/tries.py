"""Whether and when a call is sent again, and what its caller is told when it is not. Both client shells ask here.

The rule of at most once (DESIGN part 5.1): again only if the call provably never started, or may run twice. A timeout
is not among the reasons, and never will be (RULES 1.1, 2.7).
"""

from typing import Final

from daemonrpc.calling import BadAnswerError, NotSentError, Outgoing
from daemonrpc.errors import (
    BusyError,
    ConnectionLostError,
    DaemonError,
    DaemonNotRunningError,
    RemoteProtocolError,
    ShuttingDownError,
)

__all__ = ["MAX_TRIES", "RESTART_SECONDS", "Tries", "explained"]

MAX_TRIES: Final = 3
"""How often a call is sent at most, those not counted that a stopping daemon has refused."""
RESTART_SECONDS: Final = 5.0
"""How long a call that a stopping daemon refused is sent again: for so long somebody else may take over its socket."""
FIRST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.5
MAX_RETRY_AFTER_MS: Final = 5000


class Tries:
    """What became of the times that one call was sent."""

    __slots__ = ("_call", "_failures", "_lost_by", "_path", "_refusals", "_refused_by", "_refused_since")

    def __init__(self, call: Outgoing, path: str) -> None:
        self._call = call
        self._path = path
        self._failures = 0
        self._refusals = 0
        self._refused_since = 0.0
        self._lost_by: ConnectionLostError | None = None
        self._refused_by: ShuttingDownError | None = None

    def pause(self, error: DaemonError, now: float, deadline: float, jitter: float) -> float | None:
        """Seconds to wait before the call is sent again after `error`, None if it must not be sent again.

        `now` and `deadline` are seconds of one clock, `jitter` lies in 0..1.
        """
        pause = self._pause(error, now, 0.5 + jitter)
        # Rather what the server said than a wait whose end can only be that the time is over.
        return None if pause is None or now + pause >= deadline else pause

    def _pause(self, error: DaemonError, now: float, factor: float) -> float | None:
        if isinstance(error, ShuttingDownError) and error.not_started:
            if self._refused_by is None:
                self._refused_since = now
            self._refused_by = error
            self._refusals += 1
            pause = _growing(self._refusals) * factor
            return pause if now + pause < self._refused_since + RESTART_SECONDS else None
        if isinstance(error, ConnectionLostError):
            self._lost_by = error
        self._failures += 1
        if self._failures >= MAX_TRIES:
            return None
        if isinstance(error, NotSentError):
            return _growing(self._failures - 1) * factor
        if isinstance(error, BusyError):
            return _asked(error) * 2 ** (self._failures - 1) * factor if error.not_started else None
        if isinstance(error, ConnectionLostError) and self._call.may_be_repeated():
            return max(_growing(self._failures - 1), _asked(error.__cause__)) * factor
        return None

    def final(self, error: DaemonError) -> DaemonError:
        """What the caller is told when `error` was the last word: the truth about all the times it was sent."""
        is_not_sent = isinstance(error, NotSentError | DaemonNotRunningError)
        is_not_started = isinstance(error, BusyError | ShuttingDownError) and error.not_started
        if self._lost_by is None or not (is_not_sent or is_not_started):
            if self._refused_by is not None and isinstance(error, DaemonNotRunningError):
                return _because(self._refused_by, DaemonNotRunningError(f"the daemon is shutting down: {error}"))
            return explained(error, self._call, self._path)
        text = f"{self._lost_by}; when it was sent again: {error}"
        if isinstance(error, DaemonNotRunningError) and self._call.is_safe:
            return _because(error, DaemonNotRunningError(text))  # that it may have run makes no difference
        return _because(error, explained(ConnectionLostError(text), self._call, self._path))


def explained(error: DaemonError, call: Outgoing, path: str) -> DaemonError:
    """A failure of the connection in the caller's words; every other error as it is."""
    if isinstance(error, NotSentError):
        told: DaemonError = DaemonNotRunningError(f"{call.method!r} was not sent to {path}: {error}")
    elif isinstance(error, ConnectionLostError):
        told = ConnectionLostError(f"{call.method!r} was sent to {path} and may or may not have run: {error}")
    elif isinstance(error, BadAnswerError):
        told = RemoteProtocolError(f"{call.method!r} was sent to {path} and may or may not have run: {error}")
    else:
        return error
    return _because(error.__cause__, told)


def _because(cause: BaseException | None, error: DaemonError) -> DaemonError:
    error.__cause__ = cause
    return error


def _growing(number: int) -> float:
    """Seconds before the next try after so many: at once after none."""
    return min(FIRST_PAUSE * 2 ** (number - 1), LONGEST_PAUSE) if number else 0.0


def _asked(error: BaseException | None) -> float:
    """Seconds that the server asked for, within reason."""
    asked = error.detail("retry_after_ms") if isinstance(error, BusyError) else None
    return max(0, min(asked, MAX_RETRY_AFTER_MS)) / 1000 if isinstance(asked, int | float) else 0.0
