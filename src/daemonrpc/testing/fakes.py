"""Fakes of a service, for tests of code that calls one: what generated `fakes.py` is made of.

    fake = FakeDaemonService()
    fake.job_count.returns(3)
    async with ChannelFor(request_handler(fake), DaemonClient) as client:
        assert await client.job_count() == 3
    assert len(fake.job_count.calls) == 1

A fake of the client is the real client on such a fake: by `ChannelFor`, or by `SocketFor` for the blocking one, so that
what a test sees has passed the codec of both sides. A method that was not scripted answers with InternalError, or, with
`FakeDaemonService(seed=1)`, with random values that the schema allows.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from daemonrpc.context import Context
from daemonrpc.encode import encode_value
from daemonrpc.errors import ApplicationError, InternalError, LocalProtocolError, RpcError
from daemonrpc.message import DECODE_ERRORS
from daemonrpc.method import Method, StreamMethod
from daemonrpc.strictness import strict
from daemonrpc.testing.random_answers import RandomAnswers
from daemonrpc.values import decode_hook

__all__ = ["FakeMethod", "FakeStream", "FakeSyncMethod"]

P = TypeVar("P")
R = TypeVar("R")
I = TypeVar("I")  # noqa: E741  # the item of a stream, as in method.py

CALLED_SECONDS = 10.0


class _Recorder(Generic[P]):
    """The calls of one method, and who waits for them. A service in another thread may add to it."""

    def __init__(self, method: Method[P, Any], answers: RandomAnswers | None = None) -> None:
        self.method = method
        self._random = answers
        self.calls: list[P] = []
        """The params of every call, in order."""
        self._lock = Lock()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def called(self, times: int = 1, *, timeout: float = CALLED_SECONDS) -> P:
        """Waits until the method was called so often. The params of that call. TimeoutError after `timeout` seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if len(self.calls) >= times:
                return self.calls[times - 1]
            self._waiting.append((times, future))
        try:
            async with asyncio.timeout(timeout):
                await future
        except TimeoutError:
            raise TimeoutError(
                f"{self.method.name!r} was called {len(self.calls)} times within {timeout} s, not {times}"
            ) from None
        return self.calls[times - 1]

    def _record(self, params: P) -> None:
        with self._lock:
            self.calls.append(params)
            ready = [future for times, future in self._waiting if times <= len(self.calls)]
            self._waiting = [pair for pair in self._waiting if pair[0] > len(self.calls)]
        for future in ready:
            loop = future.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, future)

    def _checked(self, what: str, kind: Any, value: Any) -> Any:
        """The value, if a strict reader would take it. Raises ValueError: a wrong script is a mistake of the test."""
        try:
            msgspec.json.decode(encode_value(value), type=strict(kind), dec_hook=decode_hook)
        except (LocalProtocolError, *DECODE_ERRORS) as error:
            raise ValueError(f"{self.method.name!r} cannot be scripted with this {what}: {error}") from error
        return value

    def _checked_error(self, error: RpcError) -> RpcError:
        """Raises ValueError for an error that the schema does not declare here, or whose data breaks it."""
        if isinstance(error, ApplicationError):
            if type(error) not in self.method.errors:
                declared = ", ".join(kind.__name__ for kind in self.method.errors) or "none"
                raise ValueError(
                    f"{self.method.name!r} does not declare {type(error).__name__}; the errors it declares: {declared}"
                )
            if error.data_type is not None:
                self._checked(f"{type(error).__name__}'s data", error.data_type, error.data)
        return error

    def _random_result(self, ways: str) -> Any:
        """What a method answers of which nothing was said. Raises InternalError, unless the fake has a seed."""
        if self._random is None:
            name = self.method.python_name
            raise InternalError(f"{self.method.name!r} is not scripted: say fake.{name}{ways}; or FakeService(seed=1)")
        return self._random.result(self.method.name)


class _Answering(_Recorder[P], Generic[P, R]):
    """A method that is answered once."""

    def __init__(self, method: Method[P, R], answers: RandomAnswers | None = None) -> None:
        super().__init__(method, answers)
        self._script: list[Callable[[P], R]] = []

    def returns(self, *results: R) -> None:
        """Answers with these in turn, and with the last one ever after. Raises ValueError if one breaks the schema."""
        if not results:
            raise ValueError(f"{self.method.name!r}: returns() needs a result")
        checked = [cast("R", self._checked("result", self.method.result, result)) for result in results]
        self._script = [_constant(result) for result in checked]

    def raises(self, error: RpcError) -> None:
        """Answers with this error. Raises ValueError if the method does not declare it."""
        self._script = [_raising(self._checked_error(error))]

    def answers(self, function: Callable[[P], R]) -> None:
        """Answers with what `function(params)` returns, or raises.

        It is held against the schema when it is called: what breaks it is answered with InternalError, which says why.
        """
        self._script = [function]

    def _answer(self, params: P) -> R:
        self._record(params)
        if not self._script:
            return cast("R", self._random_result(".returns(...), .raises(...) or .answers(...)"))
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        try:
            return cast("R", self._checked("result", self.method.result, self._run(step, params)))
        except ValueError as error:
            raise InternalError(str(error)) from error  # the reason reaches the test, and not only the log

    def _run(self, step: Callable[[P], R], params: P) -> R:
        try:
            return step(params)
        except ApplicationError as error:
            raise self._checked_error(error) from None


class FakeMethod(_Answering[P, R], Generic[P, R]):
    """An async method of a fake service."""

    async def __call__(self, params: P, context: Context) -> R:
        """What the server calls."""
        return self._answer(params)


class FakeSyncMethod(_Answering[P, R], Generic[P, R]):
    """A method of a fake service whose schema says `handler: sync`."""

    def __call__(self, params: P, context: Context) -> R:
        """What the server calls."""
        return self._answer(params)


class FakeStream(_Recorder[P], Generic[P, I, R]):
    """A method of a fake service that streams."""

    def __init__(self, method: StreamMethod[P, I, R], answers: RandomAnswers | None = None) -> None:
        super().__init__(method, answers)
        self._stream_method = method
        self._items: tuple[I, ...] | None = None
        self._result: R | UnsetType = UNSET
        self._error: RpcError | None = None

    def yields(self, *items: I, result: R | UnsetType = UNSET, error: RpcError | None = None) -> None:
        """Sends these items to every caller, then ends with `result`, or with `error`.

        Raises ValueError if one breaks the schema, or if neither is given and the schema wants a result.
        """
        if result is not UNSET and error is not None:
            raise ValueError(f"{self.method.name!r}: a stream ends with a result or with an error, not with both")
        for item in items:
            self._checked("item", self._stream_method.item, item)
        if error is not None:
            self._checked_error(error)
        else:
            self._checked("result", self.method.result, self._usual_end() if result is UNSET else result)
        self._items, self._result, self._error = items, result, error

    def _usual_end(self) -> Any:
        """How the server ends a stream that named no result: with the defaults of its struct, or with null."""
        kind = self.method.result
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return None
        try:
            return kind()
        except TypeError as error:
            raise ValueError(f"{self.method.name!r} ends with a {kind.__name__}: say result=... ({error})") from None

    def raises(self, error: RpcError) -> None:
        """Answers with this error before any item."""
        self.yields(error=error)

    async def __call__(self, params: P, context: Context) -> AsyncIterator[I | R]:
        """What the server calls."""
        self._record(params)
        if self._items is None:
            end = self._random_result(".yields(..., result=...) or .raises(...)")
            for item in self._random.items(self.method.name) if self._random else ():
                yield item
            yield end
            return
        for item in self._items:
            yield item
        if self._error is not None:
            raise self._error
        if not isinstance(self._result, UnsetType):
            yield self._result


def _constant(result: R) -> Callable[[object], R]:
    return lambda _params: result


def _raising(error: RpcError) -> Callable[[object], Any]:
    def fail(_params: object) -> Any:
        raise error

    return fail


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
