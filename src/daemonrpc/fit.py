"""Whether what a server is about to send fits a line of its peer, whose limits are taken to be ours."""

from daemonrpc.depth import is_deeper
from daemonrpc.errors import InternalError, MessageTooLargeError, RpcError
from daemonrpc.limits import Limits

__all__ = ["ENVELOPE_BYTES", "LineFit"]

ENVELOPE_BYTES = 64
"""At least what stands around a result or an item on its line."""


class LineFit:
    """Holds JSON texts against the limits of a line."""

    __slots__ = ("_depth", "_flat_bytes", "_line_bytes")

    def __init__(self, limits: Limits) -> None:
        self._depth = limits.depth
        self._line_bytes = limits.line_bytes
        # A shorter text has too few brackets to be nested too deep, whatever it is.
        self._flat_bytes = min(2 * limits.depth - 1, limits.line_bytes - ENVELOPE_BYTES - limits.id_bytes)

    def fault(self, what: str, data: bytes, extra: int) -> RpcError | None:
        """Why `data` does not fit, with so many bytes of names and ids around it; None if it does."""
        size = len(data)
        if size <= self._flat_bytes:
            return None
        if size + extra + ENVELOPE_BYTES > self._line_bytes:
            message = f"the {what} has {size} bytes and does not fit a line of {self._line_bytes}"
            return MessageTooLargeError(message, data={"limit": self._line_bytes})
        # Most have fewer brackets than levels are allowed, and are not looked at.
        if data.count(b"{") + data.count(b"[") >= self._depth and is_deeper(data, self._depth - 1):
            message = f"the {what} is nested deeper than a line of {self._depth} levels can hold"
            return InternalError(message, data={"limit": self._depth})
        return None
