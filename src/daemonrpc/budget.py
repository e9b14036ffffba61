"""What all connections of a server may hold together, and what each of them holds of it (RULES 2.34)."""

__all__ = ["Budget", "Share"]


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
