import tracemalloc

import pytest

from daemonrpc.framing import LineFault, LineReader
from daemonrpc.limits import Limits


def reader(line_bytes: int = 10, drain_bytes: int = 30) -> LineReader:
    return LineReader(Limits(line_bytes=line_bytes, drain_bytes=drain_bytes))


def test_lines_come_without_their_newline() -> None:
    assert reader().receive(b"one\ntwo\n") == [b"one", b"two"]


def test_line_in_pieces_is_put_together() -> None:
    lines = reader()
    assert lines.receive(b"on") == []
    assert lines.has_partial_line
    assert lines.receive(b"e\ntw") == [b"one"]
    assert lines.receive(b"o\n") == [b"two"]
    assert not lines.has_partial_line


def test_blank_lines_are_given_as_they_came() -> None:
    assert reader().receive(b"\n\r\n \n") == [b"", b"\r", b" "]


def test_nothing_received_is_nothing() -> None:
    assert reader().receive(b"") == []


def test_longest_line_is_as_long_as_the_limit() -> None:
    assert reader(line_bytes=3).receive(b"abc\nabcd\nab\n") == [b"abc", LineFault.TOO_LONG, b"ab"]


@pytest.mark.parametrize("size", range(1, 12))
def test_over_long_line_is_reported_once_and_the_next_one_is_read(size: int) -> None:
    data = b"a" * 25 + b"\nnext\n"
    lines = reader()
    found = [line for i in range(0, len(data), size) for line in lines.receive(data[i : i + size])]
    assert found == [LineFault.TOO_LONG, b"next"]


def test_over_long_line_in_the_middle_of_a_read_hides_no_other() -> None:
    lines = reader()
    assert lines.receive(b"a\n" + b"b" * 11 + b"\nc\nd") == [b"a", LineFault.TOO_LONG, b"c"]
    assert lines.receive(b"\n") == [b"d"]


def test_line_that_is_not_worth_draining_exhausts_the_reader() -> None:
    lines = reader()
    lines.receive(b"a" * 30)
    assert not lines.is_exhausted
    lines.receive(b"a")
    assert lines.is_exhausted


def test_drain_counts_each_line_for_itself() -> None:
    lines = reader()
    for _ in range(10):
        lines.receive(b"a" * 25 + b"\n")
    assert not lines.is_exhausted


def test_last_line_without_newline_counts_at_the_end() -> None:
    lines = reader()
    lines.receive(b"one\ntwo")
    assert lines.receive_eof() == b"two"
    assert lines.receive_eof() is None
    assert not lines.has_partial_line


def test_over_long_last_line_is_no_line() -> None:
    lines = reader()
    assert lines.receive(b"a" * 11) == [LineFault.TOO_LONG]
    assert lines.receive_eof() is None


def test_line_in_tiny_pieces_costs_no_more_than_its_bytes() -> None:
    lines = LineReader(Limits())
    parts = [bytes([65 + i % 26, 66]) for i in range(100_000)]  # distinct objects, as reads are
    tracemalloc.start()
    try:
        for part in parts:
            lines.receive(part)
        assert tracemalloc.get_traced_memory()[0] < 2 * 200_000
    finally:
        tracemalloc.stop()


TOWER = b"[" * 65 + b"]" * 65


@pytest.mark.parametrize("piece", [1, 50, 1000])
def test_line_that_is_too_deep_is_reported_once_and_the_next_is_read(piece: int) -> None:
    lines = LineReader(Limits())
    data = b"a\n" + TOWER + b"\nb\n"
    found = [line for at in range(0, len(data), piece) for line in lines.receive(data[at : at + piece])]
    assert found == [b"a", LineFault.TOO_DEEP, b"b"]


def test_long_line_that_gets_too_deep_is_reported_before_its_end() -> None:
    lines = LineReader(Limits())
    assert lines.receive(b"[" + b"1," * 50_000) == []
    assert lines.receive(TOWER) == [LineFault.TOO_DEEP]
    assert lines.partial_bytes == 0
    assert lines.receive(b"1]\nnext\n") == [b"next"]


def test_brackets_within_a_string_that_comes_in_pieces_do_not_count() -> None:
    lines = LineReader(Limits())
    line = b'["' + b"x" * 100_000 + b'\\"' + b"[" * 100 + b'"]'
    found = [got for at in range(0, len(line), 997) for got in lines.receive(line[at : at + 997])]
    assert found == []
    assert lines.receive(b"\n") == [line]


def test_refused_line_is_thrown_away_up_to_its_end() -> None:
    lines = LineReader(Limits())
    lines.receive(b"x" * 100)
    lines.refuse_line()
    assert lines.partial_bytes == 0
    assert lines.has_partial_line
    assert lines.receive(b"yyy\nnext\n") == [b"next"]


def test_last_line_that_is_too_deep_is_reported() -> None:
    lines = LineReader(Limits())
    lines.receive(TOWER)
    assert lines.receive_eof() is LineFault.TOO_DEEP
