"""What all connections of a server hold together, and who gives way when it is too much (RULES 2.18, 2.34)."""

from typing import Protocol

from daemonrpc.limits import RECEIVE_FREE, Limits

__all__ = ["Holder", "ServerMemory"]


class Holder(Protocol):
    """A connection, as the memory sees it."""

    @property
    def held_bytes(self) -> int:
        """What was received and is not done with."""
        ...

    @property
    def partial_bytes(self) -> int:
        """The part of it that is a line without its end."""
        ...

    def refuse_line(self) -> None:
        """Gives up the line without its end."""
        ...

    @property
    def unread_bytes(self) -> int:
        """What was answered and not read by the peer."""
        ...

    def close_unread(self) -> None:
        """Gives up what the peer does not read, and the connection with it."""
        ...


class ServerMemory:
    """Counts the connections that hold much. The first RECEIVE_FREE bytes of each count for nothing."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._received: dict[Holder, int] = {}
        self._unread: dict[Holder, int] = {}
        self.received_bytes = 0
        """What was received and is not done with, over all connections."""
        self.unread_bytes = 0
        """What was answered and not read, over all connections."""

    def weigh_received(self, holder: Holder) -> bool:
        """Counts what a connection holds now. False if nothing more should be read from it for now.

        When there is too much of it, the long line that has come least far is refused, so that others come to their
        end. Only where there is none must reading stop.
        """
        growth = self._count_received(holder)
        return growth <= 0 or self.received_bytes <= self._limits.receive_bytes or self._refuse_shortest()

    def weigh_unread(self, holder: Holder) -> None:
        """Counts what a peer has not read yet. When it is too much, the connection with the most of it is closed."""
        growth = self._count_unread(holder, holder.unread_bytes)
        if growth > 0 and self.unread_bytes > self._limits.send_bytes:
            self._close_slowest()

    def holds(self, holder: Holder) -> bool:
        """Whether something of what the connection has received counts."""
        return holder in self._received

    def forget(self, holder: Holder) -> None:
        """The connection is lost."""
        self.received_bytes -= self._received.pop(holder, 0)
        self.all_read(holder)

    def all_read(self, holder: Holder) -> None:
        """The peer has read everything."""
        self.unread_bytes -= self._unread.pop(holder, 0)

    def _count_received(self, holder: Holder) -> int:
        held = holder.held_bytes - RECEIVE_FREE
        growth = max(0, held) - self._received.pop(holder, 0)
        if held > 0:
            self._received[holder] = held
        self.received_bytes += growth
        return growth

    def _count_unread(self, holder: Holder, unread: int) -> int:
        growth = unread - self._unread.get(holder, 0)
        self._unread[holder] = unread
        self.unread_bytes += growth
        return growth

    def _refuse_shortest(self) -> bool:
        waiting = [holder for holder in self._received if holder.partial_bytes > RECEIVE_FREE]
        if not waiting:
            return False
        shortest = min(waiting, key=lambda holder: holder.partial_bytes)
        shortest.refuse_line()
        self._count_received(shortest)
        return True

    def _close_slowest(self) -> None:
        for holder in self._unread:  # some may have read a part of it meanwhile
            self._count_unread(holder, holder.unread_bytes)
        slowest = max(self._unread, key=self._unread.__getitem__)
        if self.unread_bytes > self._limits.send_bytes:
            self.all_read(slowest)
            slowest.close_unread()
