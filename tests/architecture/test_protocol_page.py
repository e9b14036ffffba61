"""The page about the wire: each limit that it tells is that of the code, and so is each code of an error."""

import inspect
import re
from pathlib import Path
from typing import Any

from daemonrpc import DaemonServer, Limits
from daemonrpc.errors import RUNTIME_ERRORS
from daemonrpc.limits import RECEIVE_FREE
from daemonrpc.server_protocol import COST_SHIFT, SHORT_BYTES

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
KIB, MIB = 1024, 1024**2


def argument(name: str) -> int:
    """The default of an argument of DaemonServer."""
    value: int = inspect.signature(DaemonServer).parameters[name].default
    return value


LIMITS = Limits()
TOLD: dict[str, list[float]] = {
    "line, either way": [LIMITS.line_bytes, LIMITS.drain_bytes],
    "a line's time from first byte to end": [LIMITS.line_seconds],
    "nesting": [LIMITS.depth],
    "id, method name": [LIMITS.id_bytes, LIMITS.method_bytes],
    "items of a batch": [LIMITS.batch_items],
    "calls in flight of one connection": [LIMITS.in_flight],
    "asynchronous handlers at once": [argument("max_concurrent_requests"), LIMITS.queued_requests],
    "open streams, over all connections": [LIMITS.streams],
    "connections": [argument("max_connections"), LIMITS.connections_per_uid],
    "lines that are incomplete, wait or are handled, over all connections": [LIMITS.receive_bytes, RECEIVE_FREE],
    "answers that a peer does not read": [LIMITS.output_bytes],
    "answers that peers do not read, over all connections": [LIMITS.send_bytes],
    "lines of one connection, of all connections, in one pass of the event loop": [
        LIMITS.turn_lines,
        LIMITS.pass_lines,
        1 << COST_SHIFT,
        SHORT_BYTES,
    ],
}
"""What each row of the table tells, in its order."""


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    _, _, text = PAGE.partition(f"\n## {heading}\n")
    text = text.partition("\n## ")[0]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return table[2:]


def numbers(text: str) -> list[float]:
    """`16 MiB`, `-32093` and `10 s` -> 16777216 and 10: codes of errors are no limits."""
    units = {"KiB": KIB, "MiB": MIB}
    found = re.findall(r"(?<![-\d])(\d+)(?: (KiB|MiB))?", text)
    return [int(number) * units.get(unit, 1) for number, unit in found]


def test_each_limit_is_that_of_the_code() -> None:
    told: dict[str, Any] = {first: numbers(" ".join(rest)) for first, *rest in rows("Limits")}
    assert told == TOLD


def test_each_code_of_the_runtime_is_told_once() -> None:
    told = [int(first) for first, *_ in rows("Errors of the runtime")]
    assert sorted(told) == sorted(code for code in RUNTIME_ERRORS if code not in range(-32768, -32599))
