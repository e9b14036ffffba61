"""Target `depth`: how deep a line nests, whole and in pieces, beside a model that walks it byte by byte.

In JSON the measure is exact. In what is no JSON it may say too much, never too little: a parser would go as deep.
"""

from daemonrpc.depth import DepthScanner, is_deeper
from fuzz.script import Script
from support.oracle import depth, loads

__all__ = ["run"]

DEPTHS = (0, 3)


def run(data: bytes) -> None:
    """The payload of a script is one line."""
    script = Script(data)
    line = script.payload.replace(b"\n", b" ")
    pieces = list(script.pieces())
    deepest, is_json = depth(line), _is_json(line)
    for limit in {*DEPTHS, deepest, max(0, deepest - 1)}:
        scanner = DepthScanner(limit)
        for found in (is_deeper(line, limit), any([scanner.is_deeper(piece) for piece in pieces])):
            assert found >= (deepest > limit), (line, limit, deepest)
            assert not is_json or found == (deepest > limit), (line, limit, deepest)


def _is_json(line: bytes) -> bool:
    try:
        loads(line.decode())
    except (ValueError, RecursionError):
        return False
    return True
