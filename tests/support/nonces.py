"""Callers that give each call a nonce and see whose answer they get (RULES part 5, property 2)."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from daemonrpc import CallTimeoutError, Channel, DaemonError, RequestHandler, SyncChannel
from support.waiting import SECONDS

__all__ = ["Nonces"]

DELAYS = (0, 0, 0, 0.001, 0.004)
TIMEOUTS = (1e-9, 0.002, SECONDS, SECONDS, None)
CANCELS = (0, 0.001, 0.003)


class Nonces:
    """So many calls in all, shared by any number of callers on any number of channels."""

    def __init__(self, calls: int, seed: int, *, may_break: bool = False) -> None:
        self.calls = calls
        self.seen: Counter[str] = Counter()
        """How the calls ended."""
        self.wrong: list[Any] = []
        """Nonce and answer of each call that got another one's."""
        self._seed = seed
        self._timeouts = (*TIMEOUTS[:-1], SECONDS) if may_break else TIMEOUTS
        self._left: Iterator[int] = iter(range(calls))
        self._lock = threading.Lock()

    @staticmethod
    def register(handler: RequestHandler) -> None:
        """The method that answers a nonce after some time."""

        async def delayed(params: Any, _context: Any) -> Any:
            nonce, seconds = params
            if seconds:
                await asyncio.sleep(seconds)
            return nonce

        handler.register("delayed", delayed)

    def _next(self) -> int | None:
        with self._lock:
            return next(self._left, None)

    def _got(self, nonce: int, answer: Any) -> None:
        self.seen["answered"] += 1
        if answer != nonce:
            self.wrong.append((nonce, answer))

    async def call(self, channel: Channel, caller: int) -> None:
        """One caller in the event loop: some calls it cancels, some run out of time."""
        chance = random.Random(f"{self._seed} {caller}")
        loop = asyncio.get_running_loop()
        while (nonce := self._next()) is not None:
            timeout = chance.choice(self._timeouts)
            call = asyncio.ensure_future(channel.call("delayed", [nonce, chance.choice(DELAYS)], timeout=timeout))
            if chance.random() < 0.3:
                loop.call_later(chance.choice(CANCELS), call.cancel)
            try:
                self._got(nonce, await call)
            except CallTimeoutError:
                self.seen["late"] += 1
            except asyncio.CancelledError:
                if not call.cancelled():
                    raise
                self.seen["cancelled"] += 1
            except DaemonError as error:
                self.seen[type(error).__name__] += 1

    def call_sync(self, channel: SyncChannel, caller: int) -> None:
        """One caller in a thread."""
        chance = random.Random(f"{self._seed} {caller}")
        while (nonce := self._next()) is not None:
            try:
                timeout = chance.choice(self._timeouts)
                self._got(nonce, channel.call("delayed", [nonce, chance.choice(DELAYS)], timeout=timeout))
            except CallTimeoutError:
                self.seen["late"] += 1
            except DaemonError as error:
                self.seen[type(error).__name__] += 1

    async def call_in_threads(self, channel: SyncChannel, callers: int) -> None:
        """Callers in threads of their own, which share a channel."""
        loop = asyncio.get_running_loop()
        threads = [threading.Thread(target=self.call_sync, args=(channel, caller)) for caller in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await loop.run_in_executor(None, thread.join)

    def check(self, *outcomes: str, least: int) -> None:
        """Raises AssertionError if anybody got what is not theirs, or if too few calls ended in one of these ways."""
        assert not self.wrong, self.wrong[:10]
        assert self.seen.total() == self.calls, self.seen
        assert min(self.seen[outcome] for outcome in outcomes) >= least, self.seen
