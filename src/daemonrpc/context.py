"""What a handler may know about the call that it serves."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

__all__ = ["Access", "Context", "Peer"]

Access = Literal["owner", "group", "any"]


class Peer(Struct, frozen=True):
    """Who is calling, as the kernel proves it. Authorise by uid and gid only: a pid can be recycled (RULES 2.38)."""

    uid: int
    gid: int
    pid: int
    access: frozenset[Access] = frozenset(("any",))
    """The access levels of a schema that this peer satisfies on this daemon."""


class Context(Struct, eq=False):
    """One call, as its handler sees it."""

    peer: Peer
    """The caller."""
    method: str
    """Wire name of the method."""
    _clock: Callable[[], float]
    _deadline: float | None = None
    trace: str | None = None
    """The caller's `traceparent` (W3C trace context); None without one, or if it was malformed. Clients that the
    handler calls are told it without being asked to.
    """
    key: str | None = None
    """The caller's `meta.key`, if any."""
    _is_cancelled: bool = False

    @property
    def cancelled(self) -> bool:
        """True once the caller cancelled, its deadline passed or its connection broke.

        A `detached` handler looks here to learn that nobody waits any more: all others are cancelled.
        """
        return self._is_cancelled or self.remaining == 0.0

    def cancel(self) -> None:
        """Called by the server when the caller no longer waits."""
        self._is_cancelled = True

    @property
    def deadline(self) -> float | None:
        """When the call must be answered, on the clock of the server's event loop; None without a deadline."""
        return self._deadline

    @property
    def remaining(self) -> float | None:
        """Seconds that are left, never below zero; None without a deadline."""
        return None if self._deadline is None else max(0.0, self._deadline - self._clock())
