from dataclasses import dataclass, field

from daemonrpc.limits import RECEIVE_FREE, Limits
from daemonrpc.server_memory import ServerMemory

LIMITS = Limits(receive_bytes=1000, send_bytes=1000)


@dataclass(eq=False)
class Connection:
    name: str
    held_bytes: int = 0
    partial_bytes: int = 0
    unread_bytes: int = 0
    log: list[str] = field(default_factory=list)

    def refuse_line(self) -> None:
        self.log.append("refused")
        self.held_bytes -= self.partial_bytes
        self.partial_bytes = 0

    def close_unread(self) -> None:
        self.log.append("closed")
        self.unread_bytes = 0

    def receives(self, size: int, *, is_line: bool) -> None:
        self.held_bytes += size
        self.partial_bytes += size if is_line else 0


def test_what_every_connection_may_hold_counts_for_nothing() -> None:
    memory = ServerMemory(LIMITS)
    for number in range(10):
        connection = Connection(str(number), held_bytes=RECEIVE_FREE)
        assert memory.weigh_received(connection)
        assert not memory.holds(connection)
    assert memory.received_bytes == 0


def test_line_that_has_come_least_far_gives_way() -> None:
    memory = ServerMemory(LIMITS)
    far, near = Connection("far"), Connection("near")
    far.receives(RECEIVE_FREE + 700, is_line=True)
    assert memory.weigh_received(far)
    near.receives(RECEIVE_FREE + 200, is_line=True)
    assert memory.weigh_received(near)
    far.receives(200, is_line=True)
    assert memory.weigh_received(far)
    assert (near.log, far.log) == (["refused"], [])
    assert memory.received_bytes == 900


def test_without_a_long_line_that_is_incomplete_reading_stops() -> None:
    memory = ServerMemory(LIMITS)
    one, two = Connection("one"), Connection("two")
    one.receives(RECEIVE_FREE + 900, is_line=False)
    assert memory.weigh_received(one)
    two.receives(RECEIVE_FREE + 200, is_line=False)
    assert not memory.weigh_received(two)
    one.held_bytes = 0
    assert memory.weigh_received(one)
    two.receives(1, is_line=False)
    assert memory.weigh_received(two)
    assert one.log == two.log == []


def test_peer_that_has_read_least_is_closed() -> None:
    memory = ServerMemory(LIMITS)
    one, two, three = Connection("one", unread_bytes=500), Connection("two", unread_bytes=400), Connection("three")
    memory.weigh_unread(one)
    memory.weigh_unread(two)
    three.unread_bytes = 200
    memory.weigh_unread(three)
    assert (one.log, two.log, three.log) == (["closed"], [], [])
    assert memory.unread_bytes == 600


def test_peer_that_has_read_meanwhile_is_not_closed() -> None:
    memory = ServerMemory(LIMITS)
    one, two = Connection("one", unread_bytes=900), Connection("two", unread_bytes=200)
    memory.weigh_unread(one)
    one.unread_bytes = 100
    memory.weigh_unread(two)
    assert one.log == two.log == []
    assert memory.unread_bytes == 300


def test_nothing_is_counted_of_lost_connections() -> None:
    memory = ServerMemory(LIMITS)
    connection = Connection("one", held_bytes=RECEIVE_FREE + 500, unread_bytes=500)
    memory.weigh_received(connection)
    memory.weigh_unread(connection)
    memory.forget(connection)
    memory.forget(connection)
    assert (memory.received_bytes, memory.unread_bytes) == (0, 0)
