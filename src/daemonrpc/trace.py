"""W3C trace context: the `traceparent` that belongs to the work in hand (https://www.w3.org/TR/trace-context/).

A server sets it for the time of a handler, clients put it into `meta` of the calls they make. This is no tracer: no
span is made, so what is passed on is what came in, parent id included. Who makes spans enters `traceparent(...)` with
the header of the span.
"""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

__all__ = ["current_traceparent", "parse_traceparent", "set_traceparent", "traceparent"]

_current: ContextVar[str | None] = ContextVar("daemonrpc_traceparent", default=None)

current_traceparent = _current.get
"""The `traceparent` of the call that is being served here, or that `traceparent(...)` has set; None without one."""

HEADER_LENGTH = 55
_HEX_DIGITS = "0123456789abcdef"
_KNOWN_FLAGS = 0x03
"""`sampled` and `random`: the other bits have no meaning yet and must not be passed on in a header of version 00."""


def parse_traceparent(text: str) -> str | None:
    """The header if it is one by section 3.2, else None: one that is malformed is ignored, and the trace starts anew.

    A header of a later version may be longer. Its known part is read, and becomes a header of version 00.
    """
    version, trace_id, parent_id, flags = fields = text[:2], text[3:35], text[36:52], text[53:HEADER_LENGTH]
    if len(text) < HEADER_LENGTH or text[2] + text[35] + text[52] != "---" or "".join(fields).strip(_HEX_DIGITS):
        return None
    if version == "ff" or not trace_id.strip("0") or not parent_id.strip("0"):
        return None
    if version == "00":
        return text if len(text) == HEADER_LENGTH else None
    if text[HEADER_LENGTH : HEADER_LENGTH + 1] not in ("", "-"):
        return None
    return f"00-{trace_id}-{parent_id}-{int(flags, 16) & _KNOWN_FLAGS:02x}"


def set_traceparent(header: str | None) -> None:
    """For the rest of this task, whose context is its own: the parsed header of the call that it serves."""
    if _current.get() is not header:
        _current.set(header)


class traceparent:  # noqa: N801  # read as a verb: `with traceparent("00-..."):`
    """Calls made inside the block carry this header: `with traceparent("00-..."): await client.health()`.

    None starts a block whose calls carry none. Raises ValueError for what is no header.
    """

    __slots__ = ("_header", "_token")

    def __init__(self, header: str | None) -> None:
        parsed = None if header is None else parse_traceparent(header)
        if header is not None and parsed is None:
            raise ValueError(f"{header!r} is no traceparent (W3C trace context, section 3.2)")
        self._header = parsed

    @classmethod
    def parsed(cls, header: str | None) -> Self:
        """Of a header that `parse_traceparent` gave."""
        block = cls.__new__(cls)
        block._header = header
        return block

    def __enter__(self) -> Self:
        self._token: Token[str | None] = _current.set(self._header)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._token)
