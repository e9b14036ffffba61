from conductord.cli.output import Output
from conductord.cli.table import Cell, cut, table


def test_columns_are_as_wide_as_their_content(plain: Output) -> None:
    lines = table(plain, ["JOB", "N", ""], [["fix-tests#7", "3", "note"], ["a#1", "12", ""]], right="N")
    assert lines == ["JOB           N", "fix-tests#7   3  note", "a#1          12"]


def test_what_is_piped_is_never_cut(plain: Output) -> None:
    long = "x" * 500
    assert table(plain, ["A"], [[long]])[1] == long


def test_colour_does_not_move_a_column() -> None:
    lines = table(Output({}, color="always"), ["A", "B"], [[Cell("x", "bad"), "y"], ["long", "z"]])
    assert lines[1] == "\x1b[31mx   \x1b[0m  y"
    assert lines[2] == "long  z"


def test_a_line_is_cut_at_the_edge_of_a_terminal() -> None:
    assert cut("abcdefghij", 16, used=8) == "abcdefg…"
    assert cut("abc", 16, used=8) == "abc"
    assert cut("abcdefghij", None, used=8) == "abcdefghij"
