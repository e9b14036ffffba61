import functools
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import Struct

from daemonrpc.context import Context, Peer
from daemonrpc.handler import RequestHandler
from daemonrpc.method import Method, ServiceInfo, StreamMethod


class Empty(Struct):
    pass


PING: Method[Empty, str] = Method("ping", python_name="ping", params=Empty, result=str, handler="sync")
SLOW: Method[Empty, str] = Method("job.slow", python_name="slow", params=Empty, result=str)
WATCH: StreamMethod[Empty, int, None] = StreamMethod(
    "watch", python_name="watch", params=Empty, item=int, result=None, notification="tick"
)
SERVICE = ServiceInfo(name="S", version="1.0.0", fingerprint="f", package="nowhere", methods=(PING, SLOW, WATCH))


def plain(_params: Any, _context: Context) -> str:
    return "plain"


async def coroutine(_params: Any, _context: Context) -> str:
    return "async"


async def generator(_params: Any, _context: Context) -> AsyncIterator[int]:
    yield 1


class Callable:
    async def __call__(self, _params: Any, _context: Context) -> str:
        return "object"


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (plain, "sync"),
        (lambda _params, _context: 1, "sync"),
        (coroutine, "async"),
        (Callable(), "async"),
        (functools.partial(coroutine), "async"),
        (generator, "stream"),
    ],
)
def test_function_registered_by_hand_is_run_as_what_it_is(function: Any, kind: str) -> None:
    handler = RequestHandler()
    handler.register("m", function)
    entry = handler.lookup("m")
    assert entry is not None
    assert entry.kind == kind


def test_generated_methods_are_run_as_the_schema_says() -> None:
    handler = RequestHandler(SERVICE)
    handler.register(PING, plain)
    handler.register(SLOW, coroutine)
    handler.register(WATCH, generator)
    kinds = [(name, entry.kind) for name in handler.method_names if (entry := handler.lookup(name))]
    assert kinds == [("ping", "sync"), ("job.slow", "async"), ("watch", "stream")]


@pytest.mark.parametrize(
    ("method", "function", "what"),
    [
        (PING, coroutine, "write `def`, not `async def`"),
        (WATCH, coroutine, "yields items, this one returns one value"),
        (SLOW, generator, "returns one value, this one yields"),
        ("m", 7, "cannot be called"),
    ],
)
def test_handler_of_the_wrong_kind_is_refused_at_once(method: Any, function: Any, what: str) -> None:
    with pytest.raises(TypeError, match=what):
        RequestHandler().register(method, function)


def test_reserved_and_taken_names_are_refused() -> None:
    handler = RequestHandler()
    with pytest.raises(ValueError, match="reserved"):
        handler.register("rpc.mine", plain)
    handler.register("m", plain)
    with pytest.raises(ValueError, match="registered already"):
        handler.register("m", plain)


def test_service_object_must_have_every_method_and_all_missing_ones_are_named() -> None:
    class Half:
        slow = None

        def ping(self) -> None: ...

    with pytest.raises(TypeError, match=r"Half does not implement 2 .*: slow \(job.slow\), watch \(watch\)"):
        RequestHandler(SERVICE).require(Half())


def test_names_are_case_sensitive() -> None:
    handler = RequestHandler()
    handler.register("m", plain)
    assert handler.lookup("M") is None


def test_discover_lists_what_was_registered_by_hand() -> None:
    handler = RequestHandler()
    handler.register("m", plain)
    entry = handler.lookup("rpc.discover")
    assert entry is not None
    document = entry.function(None, Context(Peer(uid=0, gid=0, pid=0), "", float))
    assert [method["name"] for method in document["methods"]] == ["m"]
