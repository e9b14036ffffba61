from collections import deque
from collections.abc import Callable

import pytest

from daemonrpc.turns import Turns


class Loop:
    """What an event loop does with `call_soon`."""

    def __init__(self) -> None:
        self._soon: deque[Callable[[], None]] = deque()

    def call_soon(self, callback: Callable[[], None]) -> None:
        self._soon.append(callback)

    def run_pass(self) -> bool:
        """Whether there was anything to do."""
        for _ in range(count := len(self._soon)):
            self._soon.popleft()()
        return bool(count)


class Connection:
    """Wants `lines` lines handled, `most` of them a turn."""

    def __init__(self, name: str, lines: int, turns: Turns, loop: Loop, log: list[str], most: int = 2) -> None:
        self._name, self.lines, self._turns, self._loop, self._log, self._most = name, lines, turns, loop, log, most

    def turn(self) -> None:
        count = min(self.lines, self._most, self._turns.left)
        self.lines -= count
        self._log += [self._name] * count
        self._turns.spend(count, self._loop.call_soon)
        if self.lines:
            self._turns.wait(self.turn, self._loop.call_soon)


@pytest.fixture
def loop() -> Loop:
    return Loop()


def test_who_waits_is_served_in_order_of_arrival_each_once_a_pass(loop: Loop) -> None:
    turns, log = Turns(10), list[str]()
    for name in "abc":
        turns.wait(Connection(name, 4, turns, loop, log).turn, loop.call_soon)
    loop.run_pass()
    assert "".join(log) == "aabbcc"
    loop.run_pass()
    assert "".join(log) == "aabbccaabbcc"


def test_pass_without_room_goes_on_with_those_who_had_no_turn(loop: Loop) -> None:
    turns, log = Turns(3), list[str]()
    for name in "abc":
        turns.wait(Connection(name, 4, turns, loop, log).turn, loop.call_soon)
    while loop.run_pass():
        pass
    assert sorted(log) == list("aaaabbbbcccc")
    assert log[:3] == ["a", "a", "b"]
    assert log[3:5] == ["c", "c"], "who had no turn comes before who had one"


def test_room_is_whole_again_in_the_next_pass(loop: Loop) -> None:
    turns = Turns(5)
    turns.spend(7, loop.call_soon)
    assert turns.left < 0
    loop.run_pass()
    assert turns.left == 5
    assert not loop.run_pass(), "an idle server does nothing"


def test_between_two_long_lines_there_is_a_pass_for_short_calls(loop: Loop) -> None:
    turns, log = Turns(5), list[int]()

    def long_line() -> None:
        log.append(turns.left)
        turns.spend(700, loop.call_soon)

    for _ in range(3):
        turns.wait(long_line, loop.call_soon)
    rooms = []
    while loop.run_pass():
        rooms.append(turns.left)
    assert log == [5, 5, 5]
    assert rooms == [-695, 0, -695, 0, -695, 0]
    turns.spend(1, loop.call_soon)
    loop.run_pass()
    assert turns.left == 5
