from argparse import ArgumentTypeError

import pytest

from conductord.cli.options import assignment, duration, natural, positive, split_arguments


def test_common_options_are_taken_before_the_verb() -> None:
    before, rest = split_arguments(["--socket", "/tmp/s.sock", "-q", "run", "job.yaml", "--follow"])
    assert before.socket == "/tmp/s.sock"
    assert before.quiet
    assert rest == ["run", "job.yaml", "--follow"]


def test_options_after_the_verb_are_left_to_the_verb() -> None:
    before, rest = split_arguments(["status", "--json", "--socket", "/tmp/s.sock"])
    assert not hasattr(before, "socket")
    assert rest == ["status", "--json", "--socket", "/tmp/s.sock"]


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("5m", 300), ("2h", 7200), ("7d", 604800)])
def test_durations_as_people_write_them(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["soon", "5 parsecs", "-3", ""])
def test_a_wrong_duration_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="5m"):
        duration(text)


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", ""])
def test_a_sheet_number_counts_from_one(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        positive(text)


def test_a_count_may_be_nothing() -> None:
    assert natural("0") == 0
    with pytest.raises(ArgumentTypeError):
        natural("-1")


def test_a_variable_may_have_an_empty_value_and_signs_in_it() -> None:
    assert assignment("a=") == ("a", "")
    assert assignment("url=x?y=z") == ("url", "x?y=z")
    for wrong in ("a", "=b", ""):
        with pytest.raises(ArgumentTypeError):
            assignment(wrong)
