"""The conductor's API with a service that gives back what it was asked, whenever the harness lets it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any

from conductor_api import SERVICE
from daemonrpc import Context, RequestHandler

__all__ = ["handler"]

ITEMS = 2


class Pause(Awaitable[None]):
    """Gives control back once: whoever drives the coroutine decides when it goes on."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def handler(pause: Callable[[], Awaitable[Any]] = Pause) -> RequestHandler:
    """The dispatch table; each asynchronous handler waits for `pause()` before it answers."""

    def at_once(params: Any, _context: Context) -> Any:
        return params

    async def later(params: Any, _context: Context) -> Any:
        await pause()
        return params

    async def items(params: Any, _context: Context) -> AsyncIterator[Any]:
        for _ in range(ITEMS):
            yield params
            await pause()

    def fail(_params: Any, _context: Context) -> Any:
        raise KeyError("a fault of the handler")

    made = RequestHandler(SERVICE)
    for method in SERVICE.methods:
        made.register(method, items if method.is_stream else at_once if method.handler == "sync" else later)
    for name, function in {"echo": at_once, "later": later, "items": items, "fail": fail}.items():
        made.register(name, function)
    return made
