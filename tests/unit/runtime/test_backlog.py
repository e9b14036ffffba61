from daemonrpc.backlog import LINE_COST, MOST_ASKED, Backlog
from daemonrpc.framing import LineFault
from daemonrpc.request import Request


def backlog(*lines: bytes) -> Backlog:
    waiting = Backlog(b"!")
    waiting.extend(lines)
    return waiting


def drained(waiting: Backlog) -> list[object]:
    return [waiting.popleft() for _ in range(len(waiting.entries))]


def test_lines_leave_in_the_order_of_arrival() -> None:
    assert drained(backlog(b"a", b"b", b"c")) == [b"a", b"b", b"c"]


def test_size_counts_every_line_blank_ones_too_and_returns_to_zero() -> None:
    waiting = backlog(b"", b"abc")
    waiting.extend([LineFault.TOO_LONG])
    assert waiting.size == 3 * LINE_COST + 3
    drained(waiting)
    assert waiting.size == 0


def test_urgent_line_is_taken_out_of_its_place() -> None:
    waiting = backlog(b"a", b"!b", b"!c", b"d")
    assert waiting.take(lambda line: line == b"!c") == b"!c"
    assert drained(waiting) == [b"a", b"!b", b"", b"d"]
    assert waiting.size == 0


def test_unmarked_line_is_never_asked_about() -> None:
    asked: list[bytes] = []
    waiting = backlog(b"a", b"!b")
    waiting.extend([LineFault.TOO_LONG])
    assert waiting.take(lambda line: bool(asked.append(line))) is None
    assert asked == [b"!b"]


def test_marked_line_becomes_urgent_later() -> None:
    waiting = backlog(b"a", b"!b", b"c")
    assert waiting.take(lambda _line: False) is None
    waiting.popleft()
    assert waiting.take(lambda _line: True) == b"!b"
    assert waiting.take(lambda _line: True) is None


def test_marked_line_that_has_left_is_forgotten() -> None:
    waiting = backlog(b"!a", b"!b")
    assert waiting.take(lambda _line: False) is None
    waiting.popleft()
    waiting.extend([b"!c"])
    assert waiting.take(lambda line: line == b"!c") == b"!c"
    assert drained(waiting) == [b"!b", b""]


def test_one_look_asks_about_a_bounded_number_of_lines() -> None:
    asked: list[bytes] = []
    waiting = backlog(*[b"!"] * 1000)
    waiting.take(lambda line: bool(asked.append(line)))
    assert len(asked) == MOST_ASKED


def test_items_of_a_batch_go_before_the_lines_that_came_after_it() -> None:
    waiting = backlog(b"batch", b"!a", b"b", b"!c")
    assert waiting.take(lambda _line: False) is None
    assert waiting.popleft() == b"batch"
    items = [Request(b"%d" % number, "m", b"[]", None) for number in range(2)]
    waiting.insert(items)
    assert waiting.size == 3 * LINE_COST + 5, "their memory is counted by who made them"
    assert waiting.first_bytes == 0
    assert waiting.take(lambda line: line == b"!c") == b"!c"
    assert drained(waiting) == [*items, b"!a", b"b", b""]
    assert waiting.size == 0


def test_nothing_is_left_of_what_was_cleared() -> None:
    waiting = backlog(b"a", b"!b")
    assert waiting.take(lambda _line: False) is None
    waiting.clear()
    waiting.extend([b"!c"])
    assert waiting.take(lambda _line: True) == b"!c"
    assert drained(waiting) == [b""]
