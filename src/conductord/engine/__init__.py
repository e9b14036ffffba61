"""The decisions of the conductor, over the store. No clock, no process, no socket: time is an argument.

`Engine` holds the parts: `commands` (what people ask), `scheduler` (what starts now), `attempts` (how a step comes
to its end), over the `ledger` that enters every change together with its event.
"""

import random
from collections.abc import Callable
from pathlib import Path

from conductord.engine.attempts import AttemptBook
from conductord.engine.commands import Commands
from conductord.engine.ledger import Ledger
from conductord.engine.scheduling import Bounds, Scheduler
from conductord.store import Store

__all__ = ["Bounds", "Engine"]


class Engine:
    """Everything that decides."""

    def __init__(
        self,
        store: Store,
        bounds: Bounds,
        attempt_dir: Callable[[int, int, int], Path],
        spread: Callable[[], float] = random.random,
    ) -> None:
        """attempt_dir: directory of attempt n of a sheet of a job. spread: chance for the jitter of retries."""
        self.store = store
        self.ledger = Ledger(store, attempt_dir)
        self.plans = self.ledger.plans
        self.attempts = AttemptBook(self.ledger, spread)
        self.scheduler = Scheduler(self.ledger, self.attempts, bounds)
        self.commands = Commands(self.ledger, self.scheduler)
