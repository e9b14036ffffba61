"""The small API that all systems of the benchmarks serve: what generated code would print for it."""

from msgspec import Struct

from daemonrpc import Method, StreamMethod


class EchoParams(Struct, kw_only=True, omit_defaults=True):
    """Params of bench.echo."""

    job_id: str
    limit: int


class EchoResult(Struct, kw_only=True):
    """Result of bench.echo."""

    job_id: str
    status: str
    limit: int


class ItemsParams(Struct, kw_only=True, omit_defaults=True):
    """Params of bench.items."""

    count: int


class Item(Struct, kw_only=True):
    """An event of about 200 bytes on the wire."""

    seq: int
    job_id: str
    event: str
    timestamp: float
    text: str


class ItemsEnd(Struct, kw_only=True):
    """How bench.items ends."""

    sent: int = 0


ECHO: Method[EchoParams, EchoResult] = Method(
    "bench.echo", python_name="echo", params=EchoParams, result=EchoResult, safety="safe", handler="sync"
)
ITEMS: StreamMethod[ItemsParams, Item, ItemsEnd] = StreamMethod(
    "bench.items",
    python_name="items",
    params=ItemsParams,
    item=Item,
    result=ItemsEnd,
    notification="bench.item",
)


def item(seq: int) -> Item:
    """One event."""
    return Item(seq=seq, job_id="fix-tests#7", event="sheet.output", timestamp=1790000000.25, text="x" * 60)
