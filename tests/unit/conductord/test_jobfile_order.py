"""Circles among the needs of sheets."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from conductord.jobfile.order import find_cycle


def test_no_circle() -> None:
    assert find_cycle({1: (), 2: (1,), 3: (1, 2), 4: (2, 3)}) is None


def test_a_circle_is_named_from_start_to_start() -> None:
    assert find_cycle({1: (), 2: (4,), 3: (2,), 4: (3, 1)}) == [2, 4, 3, 2]


def test_a_sheet_that_needs_itself() -> None:
    assert find_cycle({1: (1,)}) == [1, 1]


def test_a_long_chain_is_no_deep_recursion() -> None:
    assert find_cycle({n: (n + 1,) for n in range(1, 50_000)}) is None


@given(st.dictionaries(st.integers(1, 8), st.lists(st.integers(1, 8), max_size=4), max_size=8))
def test_a_circle_is_found_exactly_if_no_order_exists(needs: dict[int, list[int]]) -> None:
    cycle = find_cycle(needs)

    assert (cycle is None) == can_be_ordered(needs)
    if cycle is not None:
        assert cycle[0] == cycle[-1]
        assert all(after in needs[before] for before, after in itertools.pairwise(cycle))


def can_be_ordered(needs: dict[int, list[int]]) -> bool:
    left = {sheet: set(needed) & set(needs) for sheet, needed in needs.items()}
    while ready := {sheet for sheet, needed in left.items() if not needed}:
        left = {sheet: needed - ready for sheet, needed in left.items() if sheet not in ready}
    return not left
