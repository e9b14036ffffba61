"""Every limit of the runtime with its default, in one place, but for the two that DaemonServer takes by name."""

from msgspec import Struct

__all__ = ["RECEIVE_FREE", "Limits"]

KIB = 1024
MIB = 1024 * KIB

RECEIVE_FREE = 64 * KIB
"""What each connection may hold of unfinished and waiting lines before it counts for `receive_bytes`."""


class Limits(Struct, frozen=True, kw_only=True):
    """What a peer may ask for. The defaults bound memory; `docs/guarantees.md` has the formula.

    Raises ValueError for a limit under which nothing could be served.
    """

    line_bytes: int = 16 * MIB
    """Longest line in either direction, without its newline."""
    drain_bytes: int = 256 * MIB
    """How much of one over-long line is read and thrown away before its connection is closed."""
    depth: int = 64
    """Deepest nesting of arrays and objects in a line."""
    id_bytes: int = 128
    """Longest request id, as its JSON text."""
    method_bytes: int = 256
    """Longest method name, UTF-8."""
    batch_items: int = 100
    """Most items of a batch; each counts as a request."""
    in_flight: int = 64
    """Calls of one connection that run or wait for a slot; later ones wait unread."""
    queued_requests: int = 1000
    """Requests that wait for a slot, over all connections; a further one is answered -32090."""
    streams: int = 500
    """Open streams, over all connections; a further one is answered -32090."""
    connections_per_uid: int = 100
    """Open connections of one uid other than the daemon's own and root; a further one is answered -32090 and closed."""
    backlog: int = 1024
    """Connections that the kernel queues before they are accepted (listen(2)); a further caller tries again."""
    line_seconds: float = 10.0
    """From the first byte of a line to its end."""
    output_bytes: int = 64 * MIB
    """Answers that wait for a peer that does not read; beyond, its connection is closed."""
    receive_bytes: int = 128 * MIB
    """Lines that are incomplete, wait or are being handled, over all connections, besides 64 KiB of each; a line for
    which nothing is left is answered -32090."""
    send_bytes: int = 256 * MIB
    """Answers that wait for peers that do not read, over all connections; beyond, the one with the most is closed."""
    backlog_bytes: int = 256 * KIB
    """Lines read ahead of the calls in flight; beyond, the connection is not read."""
    turn_lines: int = 64
    """Lines of one connection handled before another has its turn; each 256 bytes of a line count as one more."""
    pass_lines: int = 256
    """Lines of all connections, counted likewise, handled before new input is looked for."""
    stream_items: int = 1000
    """Items kept for a slow reader of a `drop_oldest` stream."""
    busy_poll_seconds: float = 100e-6
    """How long who expects bytes any moment waits awake before going to sleep (busy_poll.py); 0 for never."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            least = 0 if name in MAY_BE_NONE else MIN_LINE_SECONDS if name == "line_seconds" else 1
            if getattr(self, name) < least:
                raise ValueError(f"the limit {name} is {getattr(self, name)}, and must be at least {least}")

    def memory_bytes(self, connections: int) -> int:
        """The most that `connections` clients can make a server keep, whatever they send and do not read.

        What the process needs without clients comes on top, and what handlers have in hand: the params of a call as
        Python objects, which the schema bounds, and a result or an item that is not handed over yet.
        """
        each = 2 * RECEIVE_FREE + CONNECTION_BYTES  # free, the last read that exceeds the budget, objects
        streams = min(self.streams, connections * self.in_flight)
        shared = self.receive_bytes * 9 // 8 + self.send_bytes  # an unfinished line grows by eighths
        return connections * each + streams * STREAM_BYTES + shared + WORK_LINES * self.line_bytes


MAY_BE_NONE = frozenset(
    (
        "busy_poll_seconds",
        "drain_bytes",
        "batch_items",
        "queued_requests",
        "streams",
        "connections_per_uid",
        "backlog",
        "stream_items",
    )
)
"""Limits that may be 0: there is none of it then."""
MIN_LINE_SECONDS = 0.001
CONNECTION_BYTES = 16 * KIB
"""The Python objects of an open connection, with room to spare."""
STREAM_BYTES = 8 * KIB
"""The Python objects of an open stream, with room to spare."""
WORK_LINES = 6
"""While one line of the longest kind is taken apart and answered there are copies of it; one line at a time is."""
