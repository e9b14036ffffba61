"""How deep arrays and objects nest in JSON text, without parsing it.

Parsers recurse, and each Python has another limit, on small stacks a crash (RULES 2.27); so depth is checked before. A
line that comes in many pieces is scanned piece by piece, so that no single one holds the event loop for long.
"""

from itertools import accumulate

__all__ = ["SLICE_BYTES", "DepthScanner", "is_deeper"]

SLICE_BYTES = 64 * 1024
"""Text is scanned in slices of this size: what a slice holds may need twenty times its size for a moment."""

SHALLOW_LEVELS = 4
"""So many levels are taken away whole, which is fast for flat text; what is left is walked: fast for deep text."""

_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_STEPS = bytes.maketrans(b"[]", b"\x01\xff")  # +1 and -1 as signed bytes
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NOT_BRACKETS_OR_QUOTES = bytes(set(_NOT_BRACKETS) - set(b'"'))


class DepthScanner:
    """Follows one JSON text through its pieces. What is no JSON gets some depth; its parser will refuse it anyway."""

    __slots__ = ("_depth", "_ends_in_backslash", "_is_in_string", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._depth = 0
        self._is_in_string = False
        self._ends_in_backslash = False

    def is_deeper(self, text: bytes) -> bool:
        """Takes the next piece. Whether the text so far nests deeper than the limit; linear in the piece."""
        if len(text) <= SLICE_BYTES:
            return self._scan(text)
        view = memoryview(text)
        return any(self._scan(bytes(view[at : at + SLICE_BYTES])) for at in range(0, len(text), SLICE_BYTES))

    def _scan(self, text: bytes) -> bool:
        brackets = self._without_strings(text).translate(_ONE_KIND, _NOT_BRACKETS)
        before, opened = self._depth, brackets.count(b"[")
        self._depth += 2 * opened - len(brackets)
        left, removed = brackets, 0
        while before + opened + removed > self._limit:  # all that opens, one in the other, would be too deep
            if removed == SHALLOW_LEVELS:
                steps = memoryview(brackets.translate(_STEPS)).cast("b")
                return max(accumulate(steps, initial=before)) > self._limit
            left = left.replace(b"[]", b"")  # takes the innermost level away, and most of a usual text with it
            opened, removed = left.count(b"["), removed + 1
        return False

    def _without_strings(self, text: bytes) -> bytes:
        """The text outside of strings. Quotes alternate, once escaped ones are gone."""
        if self._ends_in_backslash and text:
            text = text[1:]
            self._ends_in_backslash = False
        if b"\\" in text:
            text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
            if text.endswith(b"\\"):
                self._ends_in_backslash = True
        # Without pairs of quotes that stand together every bracket is as much in a string as before, and few are left.
        parts = text.translate(None, _NOT_BRACKETS_OR_QUOTES).replace(b'""', b"").split(b'"')
        outside = b"".join(parts[self._is_in_string :: 2])
        self._is_in_string ^= len(parts) % 2 == 0
        return outside


def is_deeper(text: bytes, depth: int) -> bool:
    """Whether the arrays and objects of one whole JSON text nest deeper than `depth`."""
    return text.count(b"[") + text.count(b"{") > depth and DepthScanner(depth).is_deeper(text)
