"""The service that the table is run against: the methods of the specification's examples, and some that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from msgspec import Raw, Struct

from daemonrpc import Constraint, Context, Limits, Method, RequestHandler, RpcError, ServiceInfo, StreamMethod

__all__ = ["LIMITS", "SERVICE", "service"]

LIMITS = Limits(line_bytes=2**20, drain_bytes=2**21)
"""Smaller than the defaults, so that a line over them is made quickly; all others as they are."""

SERVICE = ServiceInfo(
    name="Conformance", version="1.2.3", fingerprint="0123456789abcdef", package=__package__, methods=()
)


class Subtract(Struct):
    minuend: int
    subtrahend: int


class Inner(Struct):
    name: Annotated[str, Constraint(max_length=5)]


class Typed(Struct):
    count: int = 0
    inner: Inner | None = None
    jobIds: list[str] | None = None


class Empty(Struct):
    """No params."""


SUBTRACT: Method[Subtract, int] = Method(
    "subtract", python_name="subtract", params=Subtract, result=int, handler="sync"
)
TYPED: Method[Typed, Typed] = Method("typed", python_name="typed", params=Typed, result=Typed, handler="sync")
WRONG_RESULT: Method[Empty, int] = Method("wrong_result", python_name="wrong_result", params=Empty, result=int)
COUNT: StreamMethod[Subtract, int, None] = StreamMethod(
    "count.from", python_name="count", params=Subtract, item=int, result=None, notification="count"
)


def service() -> RequestHandler:
    """A fresh service: what its `mark` and `open` remember belongs to one connection of a test."""
    handler = RequestHandler(SERVICE)
    register = handler.register
    register(SUBTRACT, lambda params, _context: params.minuend - params.subtrahend)
    register(TYPED, lambda params, _context: params)
    register(WRONG_RESULT, _wrong_result)
    register(COUNT, _count)
    register("sum", lambda params, _context: sum(params))
    register("get_data", lambda _params, _context: ["hello", 5])
    for name in ("update", "notify_hello", "notify_sum"):
        register(name, lambda _params, _context: None)
    register("ping", lambda _params, _context: "pong")
    register("echo", lambda params, _context: params)
    register("echo.async", _echo)
    register("meta", lambda _params, context: [context.key, context.trace, context.deadline is not None])
    for name, value in ODD_RESULTS.items():
        register(f"result.{name}", lambda _params, _context, value=value: value)
    for name, error in ERRORS.items():
        register(f"raise.{name}", _raiser(error))
    register("raise.async", _raise_later)
    register("count.broken", _count_broken)
    register("count.wrong", _count_nan)
    Memory(handler)
    return handler


class Memory:
    """Methods that remember, so that a case can show whether something ran."""

    def __init__(self, handler: RequestHandler) -> None:
        self.marks: list[Any] = []
        self.opened = asyncio.Event()
        handler.register("mark", lambda params, _context: self.marks.append(params))
        handler.register("marks", lambda _params, _context: self.marks)
        handler.register("hold", self._hold)
        handler.register("open", lambda _params, _context: self.opened.set())

    async def _hold(self, _params: Any, _context: Context) -> str:
        """Waits for `open`, or for its cancellation."""
        await self.opened.wait()
        return "held"


async def _echo(params: Any, _context: Context) -> Any:
    await asyncio.sleep(0)
    return params


async def _wrong_result(_params: Empty, _context: Context) -> Any:
    return "no int"


async def _count(params: Subtract, _context: Context) -> AsyncIterator[int]:
    for number in range(params.minuend, params.subtrahend):
        yield number


async def _count_broken(_params: Any, _context: Context) -> AsyncIterator[int]:
    yield 0
    raise KeyError("on the way")


async def _count_nan(_params: Any, _context: Context) -> AsyncIterator[float]:
    yield 0.5
    yield float("nan")


async def _raise_later(_params: Any, _context: Context) -> None:
    await asyncio.sleep(0)
    raise KeyError("later")


def _raiser(error: BaseException) -> Any:
    def raise_error(_params: Any, _context: Context) -> None:
        raise error

    return raise_error


ODD_RESULTS: dict[str, Any] = {
    "none": None,
    "false": False,
    "zero": 0,
    "text": "",
    "list": [],
    "dict": {},
    "object": object(),
    "nan": float("nan"),
    "infinity": [{"deep": float("-inf")}],
    "surrogate": "\ud800",
    "long": "x" * 2**20,
    "raw_newline": Raw(b"[1,\n2]"),
}
ODD_RESULTS["recursive"] = [ODD_RESULTS["list"]]
ODD_RESULTS["recursive"].append(ODD_RESULTS["recursive"])
ODD_RESULTS["deep"] = [1]
for _ in range(100):
    ODD_RESULTS["deep"] = [ODD_RESULTS["deep"]]

ERRORS: dict[str, BaseException] = {
    "key": KeyError("business_key"),
    "value": ValueError("no"),
    "type": TypeError("no"),
    "timeout": TimeoutError("no"),
    "cancelled": asyncio.CancelledError("out of a plain handler"),
    "stop_iteration": StopIteration(1),
    "recursion": RecursionError("too deep"),
    "surrogate": ValueError("\ud800"),
    "application": RpcError("job 'x' not found", code=-32000, data={"job_id": "x"}),
    "unsendable_data": RpcError("broken", code=-32001, data={"value": object()}),
    "unsendable_text": RpcError("broken \ud800", code=-32002),
}
