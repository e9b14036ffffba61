import pytest

from daemonrpc.limits import MIB, Limits


def test_defaults_are_those_of_the_design() -> None:
    limits = Limits()
    assert (limits.line_bytes, limits.depth, limits.id_bytes, limits.method_bytes) == (16 * MIB, 64, 128, 256)
    assert (limits.batch_items, limits.connections, limits.concurrent_requests) == (100, 500, 50)
    assert (limits.in_flight, limits.line_seconds) == (64, 10.0)


def test_limits_cannot_be_changed_under_a_running_server() -> None:
    with pytest.raises(AttributeError):
        Limits().depth = 1000  # type: ignore[misc]  # that is the point
