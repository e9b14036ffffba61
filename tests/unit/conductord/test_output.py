"""Output as events: chunks never cut a character, and the text comes out of the file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductord import output
from conductord.output import CHUNK_BYTES, chunks, read_chunk, tail_text


@given(text=st.text(max_size=60), cuts=st.lists(st.integers(0, 240), max_size=8))
def test_any_growth_of_the_file_gives_the_same_text(
    text: str, cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("attempt", numbered=True)
    content = text.encode()
    seen, begin = "", 0
    for cut in [*sorted(cut for cut in cuts if cut < len(content)), len(content)]:
        (directory / "stdout").write_bytes(content[:cut])
        for chunk in chunks(directory, "stdout", begin, cut, final=cut == len(content)):
            assert chunk.offset == begin
            seen += read_chunk(directory, chunk) or ""
            begin += chunk.size
    assert seen == text


def test_a_long_output_is_cut_into_pieces(tmp_path: Path) -> None:
    content = "ä".encode() * CHUNK_BYTES
    (tmp_path / "stdout").write_bytes(b"x" + content)
    found = chunks(tmp_path, "stdout", 0, 1 + len(content))
    assert max(chunk.size for chunk in found) <= CHUNK_BYTES
    assert "".join(read_chunk(tmp_path, chunk) or "" for chunk in found) == "x" + content.decode()


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "stdout").write_bytes(b"a\xff\xfeb\xc3")
    found = chunks(tmp_path, "stdout", 0, 5, final=True)
    assert "".join(read_chunk(tmp_path, chunk) or "" for chunk in found) == "a\ufffd\ufffdb\ufffd"


def test_output_that_is_gone_has_no_text(tmp_path: Path) -> None:
    assert read_chunk(tmp_path, output.Chunk("stdout", 0, 5)) is None
    assert tail_text(str(tmp_path), "stdout", 100) is None
    assert tail_text("", "stdout", 100) is None


def test_a_tail_begins_with_a_whole_character(tmp_path: Path) -> None:
    (tmp_path / "stdout").write_text("äöü")
    assert tail_text(str(tmp_path), "stdout", 3) == "ü"
