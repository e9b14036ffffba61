import pytest

from daemonrpc.output import Output


def test_all_bytes_are_given_once() -> None:
    output = Output()
    output.add(b"one\n")
    output.add(b"two\n")
    assert output.size == 8
    assert output.take() == b"one\ntwo\n"
    assert output.size == 0
    assert output.take() == b""


@pytest.mark.parametrize("most", range(1, 14))
def test_parts_are_the_whole(most: int) -> None:
    output, data = Output(), b""
    for line in (b"a\n", b"long line\n", b"b\n"):
        output.add(line)
    while output.size:
        size = output.size
        part = output.take_part(most)
        assert len(part) == min(most, size)
        assert output.size == size - len(part)
        data += part
    assert data == b"a\nlong line\nb\n"


def test_long_line_is_not_copied() -> None:
    output, line = Output(), b"x" * 1000
    output.add(line)
    parts = [output.take_part(300) for _ in range(3)]
    assert all(isinstance(part, memoryview) and part.obj is line for part in parts)


def test_what_is_left_of_a_line_goes_before_what_is_added() -> None:
    output = Output()
    output.add(b"abcdef")
    assert bytes(output.take_part(2)) == b"ab"
    output.add(b"gh")
    assert output.take() == b"cdefgh"
    output.add(b"ij")
    output.clear()
    assert output.take() == b""


def test_line_that_is_taken_in_parts_is_kept_whole_until_its_last_part() -> None:
    output = Output()
    output.add(b"x" * 1000)
    output.add(b"y" * 10)
    kept: list[int] = []
    while output.size:
        kept.append(output.kept_bytes)
        output.take_part(300)
    assert kept == [0, 300, 600, 900]
    assert output.kept_bytes == 0
