"""Constraints: what the detector says of two of them, and what values say."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from daemonrpc_codegen.breaking.limits import loosened, tightened
from daemonrpc_codegen.model import Constraints

SMALL = st.none() | st.integers(0, 4)
NUMBERS = st.builds(Constraints, minimum=SMALL, maximum=SMALL)
LENGTHS = st.builds(Constraints, min_length=SMALL, max_length=SMALL)


def passes(value: int, limits: Constraints) -> bool:
    """Whether a number, or a length, keeps within limits."""
    low = limits.minimum if limits.minimum is not None else limits.min_length
    high = limits.maximum if limits.maximum is not None else limits.max_length
    return (low is None or value >= low) and (high is None or value <= high)


def test_values_agree() -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=300, derandomize=True, database=None)
    @given(st.tuples(NUMBERS, NUMBERS, st.integers(-2, 6)) | st.tuples(LENGTHS, LENGTHS, st.integers(0, 6)))
    def agree(case: tuple[Constraints, Constraints, int]) -> None:
        old, new, value = case
        if passes(value, old) and not passes(value, new):
            assert tightened(old, new)
            counts["newly refused"] += 1
        if passes(value, new) and not passes(value, old):
            assert loosened(old, new)
            counts["newly accepted"] += 1
        assert tightened(old, new) == [] or tightened(new, old) != tightened(old, new)

    agree()
    assert min(counts["newly refused"], counts["newly accepted"]) >= 20, counts


def test_the_same_limits_are_neither() -> None:
    for limits in (Constraints(), Constraints(minimum=1, maximum=5), Constraints(pattern="a+", max_length=3)):
        assert tightened(limits, limits) == loosened(limits, limits) == []


def test_no_least_length_is_a_least_length_of_zero() -> None:
    assert tightened(Constraints(), Constraints(min_length=0)) == []
    assert loosened(Constraints(min_length=0), Constraints()) == []


def test_two_patterns_may_each_refuse_what_the_other_takes() -> None:
    old, new = Constraints(pattern="[a-z]+"), Constraints(pattern="[a-y]+")
    assert tightened(old, new) == ["pattern went from [a-z]+ to [a-y]+"]
    assert loosened(old, new) == ["pattern went from [a-z]+ to [a-y]+"]


def test_words_say_what_came_and_what_went() -> None:
    assert tightened(Constraints(), Constraints(maximum=5)) == ["maximum 5 is new"]
    assert loosened(Constraints(maximum=5), Constraints()) == ["maximum 5 is gone"]
    assert tightened(Constraints(minimum=1), Constraints(minimum=2)) == ["minimum went from 1 to 2"]
