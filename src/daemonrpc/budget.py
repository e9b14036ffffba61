"""What all connections of a server may hold together, and what each of them holds of it (RULES 2.34)."""

from collections.abc import Callable

__all__ = ["Budget", "LongLines", "Share"]


class Budget:
    """A number of bytes that many share."""

    __slots__ = ("limit", "used")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    @property
    def is_exceeded(self) -> bool:
        """True while more is held than there is."""
        return self.used > self.limit


class Share:
    """What one connection holds of a budget. The first `free` bytes of each count for nothing."""

    __slots__ = ("_budget", "_free", "held")

    def __init__(self, budget: Budget, free: int = 0) -> None:
        self._budget = budget
        self._free = free
        self.held = 0
        """Bytes that count."""

    def hold(self, amount: int) -> bool:
        """Says how much is held from now on. False if it became more and the budget is exceeded."""
        held = max(0, amount - self._free)
        growth = held - self.held
        self._budget.used += growth
        self.held = held
        return growth <= 0 or not self._budget.is_exceeded


class LongLines:
    """A long line takes milliseconds to read: all connections together have one a turn of the event loop, so that short
    calls of others are answered in between (RULES 2.20).
    """

    __slots__ = ("_is_taken",)

    def __init__(self) -> None:
        self._is_taken = False

    def take(self, call_soon: Callable[[Callable[[], None]], object]) -> bool:
        """Whether this turn has not had its long line yet. `call_soon` is the event loop's."""
        if self._is_taken:
            return False
        self._is_taken = True
        call_soon(self._free)
        return True

    def _free(self) -> None:
        self._is_taken = False
