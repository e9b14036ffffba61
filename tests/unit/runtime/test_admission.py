from collections.abc import Callable

from daemonrpc.admission import Slots


class Calls:
    """Starts calls and remembers in which order."""

    def __init__(self, limit: int, queue_limit: int) -> None:
        self.slots = Slots(limit, queue_limit)
        self.started: list[str] = []

    def enter(self, name: str, *, is_over: bool = False) -> bool:
        return self.slots.enter(name, self._start(name, is_over=is_over))

    def _start(self, name: str, *, is_over: bool) -> Callable[[], bool]:
        def start() -> bool:
            if not is_over:
                self.started.append(name)
            return not is_over

        return start


def test_calls_start_at_once_while_slots_are_free() -> None:
    calls = Calls(2, 10)
    assert [calls.enter(name) for name in "abc"] == [True, True, True]
    assert (calls.started, calls.slots.running, calls.slots.waiting) == (["a", "b"], 2, 1)


def test_waiting_calls_start_in_order_of_arrival() -> None:
    calls = Calls(1, 10)
    for name in "abcd":
        calls.enter(name)
    for _ in range(3):
        calls.slots.leave()
    assert calls.started == ["a", "b", "c", "d"]
    calls.slots.leave()
    assert calls.slots.running == 0


def test_full_queue_refuses() -> None:
    calls = Calls(1, 2)
    assert [calls.enter(name) for name in "abcd"] == [True, True, True, False]


def test_no_queue_at_all_refuses_what_cannot_start() -> None:
    calls = Calls(1, 0)
    assert [calls.enter(name) for name in "ab"] == [True, False]


def test_slot_goes_past_calls_that_are_over() -> None:
    calls = Calls(1, 10)
    calls.enter("a")
    calls.enter("b", is_over=True)
    calls.enter("c")
    calls.slots.leave()
    assert (calls.started, calls.slots.running, calls.slots.waiting) == (["a", "c"], 1, 0)


def test_call_that_is_over_when_it_enters_leaves_its_slot() -> None:
    calls = Calls(1, 10)
    assert calls.enter("a", is_over=True)
    assert calls.slots.running == 0


def test_discarded_call_makes_room_in_the_queue_and_never_starts() -> None:
    calls = Calls(1, 1)
    calls.enter("a")
    calls.enter("b")
    calls.slots.discard("b")
    calls.slots.discard("unknown")
    assert calls.enter("c")
    calls.slots.leave()
    assert calls.started == ["a", "c"]


def test_only_a_call_in_the_queue_is_waiting() -> None:
    calls = Calls(1, 10)
    for name in "abc":
        calls.enter(name)
    assert [calls.slots.is_waiting(name) for name in "abcd"] == [False, True, True, False]
    calls.slots.discard("c")
    calls.slots.leave()
    assert [calls.slots.is_waiting(name) for name in "abc"] == [False, False, False]
