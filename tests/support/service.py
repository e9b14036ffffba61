"""A service registered by hand that shows what happens to its calls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from msgspec import Struct

from daemonrpc import Context, Method, RequestHandler

__all__ = ["Probe", "Service"]


class Probe:
    """What became of the calls of one service."""

    def __init__(self) -> None:
        self.started: Counter[Any] = Counter()
        self.finished: Counter[Any] = Counter()
        self.cancelled: Counter[Any] = Counter()
        self.release = asyncio.Event()
        """Lets `hold` return."""
        self.contexts: list[Context] = []


class Empty(Struct):
    """No params."""


class Tag(Struct):
    """Names a call, so that a test can find it in the probe."""

    tag: str = ""


class Service:
    """Methods that wait, fail, count and stream; `probe` shows what they did."""

    def __init__(self) -> None:
        self.probe = Probe()
        self.handler = RequestHandler()
        register = self.handler.register
        register("echo", lambda params, _context: params)
        register("nothing", lambda _params, _context: None)
        register("fail", self._fail)
        register("mark", self._mark)
        register("hold", self._hold)
        register("sleep", self._sleep)
        register("count", self._count)
        register("endless", self._endless)
        register("big", lambda params, _context: "x" * params[0])
        for method in (DETACHED, ALWAYS):
            register(method, self._hold_typed)
        register(HEALTH, lambda _params, _context: "ok")

    def _fail(self, _params: Any, _context: Context) -> None:
        raise KeyError("a fault of the handler")

    def _mark(self, params: Any, _context: Context) -> Any:
        self.probe.started[_tag(params)] += 1
        return params

    async def _hold(self, params: Any, context: Context) -> Any:
        """Runs until the probe releases it."""
        tag = _tag(params)
        self.probe.contexts.append(context)
        self.probe.started[tag] += 1
        try:
            await self.probe.release.wait()
        except asyncio.CancelledError:
            self.probe.cancelled[tag] += 1
            raise
        self.probe.finished[tag] += 1
        return params

    async def _hold_typed(self, params: Tag, context: Context) -> Any:
        return await self._hold(params.tag, context)

    async def _sleep(self, params: Any, _context: Context) -> Any:
        await asyncio.sleep(params[0])
        return params

    async def _count(self, params: Any, _context: Context) -> AsyncIterator[Any]:
        """Streams the numbers below the first param."""
        for number in range(params[0]):
            yield number

    async def _endless(self, params: Any, _context: Context) -> AsyncIterator[Any]:
        """Streams without end; a second param is the size of an item."""
        tag = _tag(params)
        self.probe.started[tag] += 1
        filler = "x" * (params[1] if len(params) > 1 else 0)
        number = 0
        try:
            while True:
                yield [number, filler]
                number += 1
                await asyncio.sleep(0)
        finally:
            self.probe.finished[tag] += 1


def _tag(params: Any) -> Any:
    return params[0] if isinstance(params, list) and params else params


DETACHED: Method[Tag, Any] = Method("detached", python_name="detached", params=Tag, result=Any, detached=True)
ALWAYS: Method[Tag, Any] = Method("always", python_name="always", params=Tag, result=Any, admission="always")
HEALTH: Method[Empty, str] = Method(
    "health", python_name="health", params=Empty, result=str, handler="sync", admission="always", safety="safe"
)
