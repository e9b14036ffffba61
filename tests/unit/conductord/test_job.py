"""The two tables of states, and the pure questions about them."""

import itertools

import pytest

from conductord.job import (
    ENDED_JOBS,
    JOB_MOVES,
    SHEET_MOVES,
    Hold,
    IllegalMove,
    JobMove,
    JobState,
    SheetMove,
    SheetState,
    can_move,
    dependents,
    next_job_state,
    next_sheet_state,
    outcome,
    shown_as_paused,
    startable,
)

S, J = SheetState, JobState


def test_each_move_leads_where_its_table_says_and_from_nowhere_else() -> None:
    for move, state in itertools.product(JobMove, JobState):
        way = JOB_MOVES[move]
        if state in way.sources:
            assert next_job_state(state, move) is way.target
        else:
            with pytest.raises(IllegalMove):
                next_job_state(state, move)
    for move, sheet_state in itertools.product(SheetMove, SheetState):
        sheet_way = SHEET_MOVES[move]
        assert can_move(sheet_state, move) == (sheet_state in sheet_way.sources)
        if not can_move(sheet_state, move):
            with pytest.raises(IllegalMove, match=move.value):
                next_sheet_state(sheet_state, move)


def test_every_state_is_reached_and_left() -> None:
    begin = {J.QUEUED, S.PENDING}
    for table, states in ((JOB_MOVES, JobState), (SHEET_MOVES, SheetState)):
        reached = {way.target for way in table.values()}
        left = {source for way in table.values() for source in way.sources}
        assert set(states) - reached <= begin
        assert set(states) <= left


def test_an_ended_job_goes_on_only_by_a_command() -> None:
    for state in ENDED_JOBS:
        moves = {move for move, way in JOB_MOVES.items() if state in way.sources}
        assert moves <= {JobMove.REOPEN, JobMove.RECOVER}


def test_a_sheet_starts_when_all_that_it_needs_is_done() -> None:
    needs = {1: [], 2: [1], 3: [1], 4: [2, 3]}
    assert startable(dict.fromkeys(needs, S.PENDING), needs) == [1]
    assert startable({1: S.COMPLETED, 2: S.PENDING, 3: S.SKIPPED, 4: S.PENDING}, needs) == [2]
    assert startable({1: S.COMPLETED, 2: S.COMPLETED, 3: S.SKIPPED, 4: S.PENDING}, needs) == [4]
    assert startable({1: S.COMPLETED, 2: S.FAILED, 3: S.COMPLETED, 4: S.PENDING}, needs) == []


def test_dependents_are_found_through_others() -> None:
    needs = {1: [], 2: [1], 3: [2], 4: [], 5: [4, 3]}
    assert dependents([1], needs) == {1, 2, 3, 5}
    assert dependents([4], needs) == {4, 5}
    assert dependents([], needs) == set()


@pytest.mark.parametrize(
    ("states", "end"),
    [
        ([S.COMPLETED, S.SKIPPED], JobMove.COMPLETE),
        ([S.COMPLETED, S.PENDING], None),
        ([S.FAILED, S.IN_PROGRESS], None),
        ([S.FAILED, S.DISPATCHED], None),
        ([S.FAILED, S.PENDING, S.WAITING], JobMove.FAIL),
        ([S.WAITING], None),
    ],
)
def test_a_job_ends_when_nothing_of_it_runs_and_nothing_is_to_come(
    states: list[SheetState], end: JobMove | None
) -> None:
    assert outcome(states) is end


def test_a_job_shows_as_paused_once_the_sheet_that_ran_is_through() -> None:
    assert not shown_as_paused(J.RUNNING, {Hold.USER}, busy=True)
    assert shown_as_paused(J.RUNNING, {Hold.USER}, busy=False)
    assert shown_as_paused(J.QUEUED, {Hold.RESOURCE}, busy=False)
    assert not shown_as_paused(J.RUNNING, set(), busy=False)
    assert not shown_as_paused(J.FAILED, {Hold.FAILURE}, busy=False)
