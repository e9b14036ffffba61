"""Lines that would break a parser that recurses as deep as it is told to (RULES 2.27)."""

from collections.abc import Iterator

__all__ = ["deep_lines"]

LEVELS = (63, 64, 65, 1_000, 5_000, 20_000)


def deep_lines() -> Iterator[bytes]:
    """Arrays, objects and both, closed and open, in every place of a request and of an answer."""
    for levels in LEVELS:
        for value in (
            b"[" * levels + b"]" * levels,
            b'{"a":' * levels + b"1" + b"}" * levels,
            b'[{"a":' * levels + b"1" + b"}]" * levels,
            b"[" * levels,
            b'{"a":' * levels,
        ):
            yield value
            for name in (b"id", b"params", b"meta", b"x"):
                yield b'{"jsonrpc":"2.0","method":"echo","id":1,"%b":%b}' % (name, value)
            for name in (b"result", b"error", b"stream"):
                yield b'{"jsonrpc":"2.0","id":1,"%b":%b}' % (name, value)
