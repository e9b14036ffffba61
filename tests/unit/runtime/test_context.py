from daemonrpc.context import Context, Peer

PEER = Peer(uid=1, gid=2, pid=3)


def context(now: list[float], deadline: float | None) -> Context:
    return Context(PEER, "m", lambda: now[0], deadline, "00-1-2-01", "k")


def test_remaining_time_falls_and_never_below_zero() -> None:
    now = [10.0]
    call = context(now, 12.0)
    assert (call.remaining, call.cancelled, call.deadline) == (2.0, False, 12.0)
    now[0] = 15.0
    assert (call.remaining, call.cancelled) == (0.0, True)


def test_call_without_deadline_has_all_the_time() -> None:
    call = context([10.0], None)
    assert (call.remaining, call.deadline, call.cancelled) == (None, None, False)


def test_cancelled_is_seen() -> None:
    call = context([10.0], None)
    call.cancel()
    assert call.cancelled


def test_context_carries_peer_method_trace_and_key() -> None:
    call = context([0.0], None)
    assert (call.peer, call.method, call.trace, call.key) == (PEER, "m", "00-1-2-01", "k")
    assert PEER.access == {"any"}
