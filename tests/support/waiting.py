"""Waiting with a bound, for the few things that no event announces."""

import asyncio
from collections.abc import Callable

__all__ = ["SECONDS", "until"]

SECONDS = 5.0
"""How long a test waits for what should come at once."""


async def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    """Returns when `condition` holds. Raises AssertionError when it does not within `seconds`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        assert loop.time() < end, f"not within {seconds} s: {condition}"
        await asyncio.sleep(0.001)
