from typing import Any

from daemonrpc.connections import Connections
from daemonrpc.context import Peer


def connection(uid: int) -> Any:
    """As much of a ServerProtocol as is counted."""

    class Protocol:
        peer = Peer(uid=uid, gid=1, pid=1)

    return Protocol()


def test_connections_are_counted_by_uid() -> None:
    connections = Connections()
    of_seven, of_eight = [connection(7) for _ in range(3)], connection(8)
    for one in [*of_seven, of_eight]:
        connections.add(one)
    assert [connections.of_uid(uid) for uid in (7, 8, 9)] == [3, 1, 0]
    assert len(connections) == 4
    assert of_eight in connections
    assert set(connections) == {*of_seven, of_eight}


def test_connection_that_is_added_twice_counts_once_and_goes_once() -> None:
    connections, one = Connections(), connection(7)
    connections.add(one)
    connections.add(one)
    assert connections.of_uid(7) == 1
    connections.discard(one)
    connections.discard(one)
    assert (connections.of_uid(7), len(connections)) == (0, 0)
    assert not connections._of_uid, "nothing is kept of users who are gone"


def test_whoever_looks_on_hears_of_each_change_once() -> None:
    changes: list[tuple[int, bool]] = []
    connections = Connections(lambda peer, is_open: changes.append((peer.uid, is_open)))
    one = connection(7)
    for change in (connections.add, connections.add, connections.discard, connections.discard):
        change(one)
    assert changes == [(7, True), (7, False)]
