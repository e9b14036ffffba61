"""What the systems without a generator of their own say: the same values that ours gets from `bench/api.yaml`."""

from msgspec import Struct

__all__ = ["EchoParams", "EchoResult", "Item", "item"]


class EchoParams(Struct):
    job_id: str
    limit: int


class EchoResult(Struct):
    job_id: str
    status: str
    limit: int


class Item(Struct):
    """An event of about 200 bytes on the wire."""

    seq: int
    job_id: str
    event: str
    timestamp: float
    text: str


def item(seq: int) -> Item:
    """One event."""
    return Item(seq=seq, job_id="fix-tests#7", event="sheet.output", timestamp=1790000000.25, text="x" * 60)
