"""Following events over lost connections and restarts of the daemon, without a gap or a repeat."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conductor_api import EndReason, EventName, JobEvent, StreamEnd
from daemonrpc import ConnectionLostError, DaemonNotRunningError, ShuttingDownError

if TYPE_CHECKING:
    from conductord.cli.session import Session

PATIENCE = 60.0
"""Seconds for which a daemon that is gone is waited for."""
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


class Following:
    """Events of one job, or of all, as they happen. Iterate over it once; afterwards `end` says why it ended.

    Goes on from the last number when the connection breaks, for as long as `PATIENCE`.
    Iterating raises DaemonNotRunningError when the daemon was not there at first or does not come back,
    CallTimeoutError when `timeout` (seconds) ran out.
    """

    def __init__(
        self,
        session: "Session",
        *,
        job_id: str | None,
        since_seq: int | None,
        events: list[EventName] | None = None,
        include_output: bool = False,
        until_job_ends: bool = False,
        timeout: float | None = None,
    ) -> None:
        self._session = session
        self._job_id = job_id
        self._events = events
        self._include_output = include_output
        self._until_job_ends = until_job_ends
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self.last_seq = since_seq
        self.end: StreamEnd | None = None

    def __iter__(self) -> Iterator[JobEvent]:
        yield from self._one_stream()
        lost_since = time.monotonic()
        pause = _FIRST_PAUSE
        while self._broke_off:
            seen = self.last_seq
            try:
                yield from self._one_stream()
            except DaemonNotRunningError:
                if time.monotonic() - lost_since > PATIENCE:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            if self.last_seq != seen:
                lost_since, pause = time.monotonic(), _FIRST_PAUSE

    @property
    def _broke_off(self) -> bool:
        return self.end is None or self.end.reason is EndReason.SHUTTING_DOWN

    def _one_stream(self) -> Iterator[JobEvent]:
        """Events until the stream ends or breaks; `end` stays None when it broke."""
        self.end = None
        with self._session.client() as client:
            stream = client.monitor(
                since_seq=self.last_seq,
                job_id=self._job_id,
                events=self._events,
                include_output=self._include_output,
                until_job_ends=self._until_job_ends,
                timeout=self._remaining(),
            )
            try:
                with stream:
                    for event in stream:
                        self.last_seq = event.seq
                        yield event
                self.end = stream.result
                self.last_seq = max(self.end.last_seq, self.last_seq or 0)
            except (ConnectionLostError, ShuttingDownError):
                pass
        if self._broke_off:
            self._session.output.say("lost the daemon; waiting for it to come back")

    def _remaining(self) -> float | None:
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.001)
