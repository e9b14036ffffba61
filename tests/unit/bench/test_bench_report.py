"""What the benchmarks make of what they have measured."""

import pytest
from bench.report import Answer, answered, shown, table


def an_answer(**measured: list[float]) -> Answer:
    return answered("speed", "how fast", "calls per second", measured, base="floor", missing={"grpc": "not installed"})


def test_median_of_the_rounds_is_told() -> None:
    figure = an_answer(floor=[1.0, 100.0, 3.0]).figure("floor")
    assert figure is not None
    assert figure.median == 3.0


def test_ratio_is_taken_within_each_round() -> None:
    # The machine was ten times slower in the second round, for both.
    figure = an_answer(floor=[100.0, 10.0, 100.0], ours=[50.0, 5.0, 51.0]).figure("ours")
    assert figure is not None
    assert figure.ratio == 0.5


def test_question_whose_base_was_not_measured_has_no_ratios() -> None:
    answer = an_answer(ours=[1.0])
    assert answer.base is None
    assert answer.figures[0].ratio is None


def test_figure_that_was_not_measured_is_none() -> None:
    assert an_answer(floor=[1.0]).figure("ours") is None


def test_table_names_what_is_missing_and_why() -> None:
    lines = table([an_answer(floor=[4.0], ours=[2.0])], {("speed", "ours"): "MISSED"}).splitlines()
    assert lines[0] == "how fast (calls per second, ratio to floor)"
    assert [line.split() for line in lines[1:]] == [
        ["floor", "4", "1.00", "x"],
        ["ours", "2", "0.50", "x", "MISSED"],
        ["grpc", "missing", "not", "installed"],
    ]


@pytest.mark.parametrize(("value", "text"), [(123456.7, "123,457"), (99.94, "99.9"), (0.01234, "0.0123"), (100, "100")])
def test_values_are_shown_with_three_digits_or_all_before_the_point(value: float, text: str) -> None:
    assert shown(value) == text
