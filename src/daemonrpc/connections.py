"""The open connections of a server, and how many of them each uid has."""

from collections import Counter
from collections.abc import Callable, Iterator, MutableSet
from typing import TYPE_CHECKING

from daemonrpc.context import Peer

if TYPE_CHECKING:
    from daemonrpc.server_protocol import ServerProtocol

__all__ = ["Connections"]


class Connections(MutableSet["ServerProtocol"]):
    """A set that counts by uid.

    The counts change with the membership and nowhere else, so no way of failing can leave one behind (RULES 2.40).
    `on_change` is told of each connection that comes (True) and goes (False).
    """

    def __init__(self, on_change: Callable[[Peer, bool], None] | None = None) -> None:
        self._on_change = on_change
        self._protocols: set[ServerProtocol] = set()
        self._of_uid: Counter[int] = Counter()

    def of_uid(self, uid: int) -> int:
        """How many connections of a user are open."""
        return self._of_uid[uid]

    def add(self, value: "ServerProtocol") -> None:
        """Counts a connection, once however often it is added."""
        if value not in self._protocols:
            self._protocols.add(value)
            self._of_uid[value.peer.uid] += 1
            if self._on_change is not None:
                self._on_change(value.peer, True)

    def discard(self, value: "ServerProtocol") -> None:
        """Counts a connection no more; one that was not counted changes nothing."""
        if value not in self._protocols:
            return
        self._protocols.remove(value)
        uid = value.peer.uid
        self._of_uid[uid] -= 1
        if not self._of_uid[uid]:
            del self._of_uid[uid]
        if self._on_change is not None:
            self._on_change(value.peer, False)

    def __contains__(self, value: object) -> bool:
        return value in self._protocols

    def __iter__(self) -> Iterator["ServerProtocol"]:
        return iter(self._protocols)

    def __len__(self) -> int:
        return len(self._protocols)
