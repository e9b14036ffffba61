"""Watches over a server's connection: a line that does not end, a peer that does not read, one that left unseen."""

import asyncio
import select
from collections.abc import Callable

__all__ = ["LineWatch", "OutputWatch", "PeerWatch", "peer_hung_up"]

HANGUP_CHECK_SECONDS = 0.25
STALL_SECONDS = 0.5


class LineWatch:
    """From its first byte to its end a line may take so many seconds (RULES 2.34). One timer serves all lines."""

    __slots__ = ("_expired", "_loop", "_seconds", "_since", "_timer", "is_on")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, expired: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._expired = expired
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.is_on = False
        """True while a line is incomplete."""

    def begin(self) -> None:
        """The first bytes of a line have come."""
        self.is_on = True
        self._since = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._check)

    def end(self) -> None:
        """No line is incomplete, or it is not the peer who delays it. The timer finds out by itself."""
        self.is_on = False

    def stop(self) -> None:
        """The connection is lost."""
        self.is_on = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        self._timer = None
        if not self.is_on:
            return
        left = self._since + self._seconds - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._check)
        else:
            self._expired()


class OutputWatch:
    """A peer that lets more than `limit` bytes of answers wait has time to read some of them, again and again.

    Calls that end together may fill more than the limit before the peer could read any of it.
    """

    __slots__ = ("_before", "_gone", "_limit", "_loop", "_timer", "_unread")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, unread: Callable[[], int], limit: int, gone: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._unread = unread
        self._limit = limit
        self._gone = gone
        self._before = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        """True while a peer is over the limit."""
        return self._timer is not None

    def begin(self, unread: int) -> None:
        """So much waits; by the next look it must be less."""
        self._before = unread
        self._timer = self._loop.call_later(STALL_SECONDS, self._check)

    def stop(self) -> None:
        """The connection is lost."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        self._timer = None
        unread = self._unread()
        if unread <= self._limit:
            return
        if unread < self._before:
            self.begin(unread)
        else:
            self._gone()


class PeerWatch:
    """Looks from time to time whether the peer has gone, while the event loop does not read and so would not see it."""

    __slots__ = ("_gone", "_is_needed", "_loop", "_timer")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, is_needed: Callable[[], bool], gone: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._is_needed = is_needed
        self._gone = gone
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport) -> None:
        """Watches for as long as `is_needed`."""
        if self._timer is None:
            self._timer = self._loop.call_later(HANGUP_CHECK_SECONDS, self._check, transport)

    def stop(self) -> None:
        """The connection is lost."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self, transport: asyncio.Transport) -> None:
        self._timer = None
        if not self._is_needed():
            return
        if peer_hung_up(transport):
            self._gone()
        else:
            self.begin(transport)


def peer_hung_up(transport: asyncio.Transport) -> bool:
    """Whether the peer has closed both directions: a half-closed one still reads."""
    sock = transport.get_extra_info("socket")
    if sock is None or sock.fileno() < 0:
        return True
    poller = select.poll()
    poller.register(sock.fileno(), 0)  # hang-up is always reported
    return bool(poller.poll(0))
