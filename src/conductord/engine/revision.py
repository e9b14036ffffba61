"""What becomes of each sheet when a job goes on, perhaps with a changed file. Pure.

Sheets are known by their names. Like make: what is done and unchanged stays; what changed runs again, and with it all
that needs it.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from conductord.job import (
    BUSY_SHEETS,
    WAITING_SHEETS,
    SheetMove,
    SheetState,
    dependents,
    next_sheet_state,
)
from conductord.spec import JobSpec, SheetSpec
from conductord.store import SheetRow

_ENDED = frozenset({SheetState.COMPLETED, SheetState.FAILED, SheetState.SKIPPED, SheetState.CANCELLED})


class Action(StrEnum):
    """What is done with a sheet. The words are those of the wire."""

    RUN = "run"
    KEEP = "keep"
    FINISH = "finish"
    SKIP = "skip"


class Fate(msgspec.Struct, frozen=True):
    """What becomes of one sheet of the new definition."""

    sheet: SheetSpec
    old: SheetRow | None
    action: Action
    why: str
    anew: bool = False
    """It runs as if it never had: outputs of earlier attempts do not count as fresh."""

    @property
    def reopens(self) -> bool:
        """Whether the sheet would not run without a change of its row."""
        return self.action is Action.RUN and (self.anew or self.old is None or self.old.state in _ENDED)


def revise(old: Sequence[SheetRow], new: JobSpec, from_sheet: int | None = None) -> list[Fate]:
    """The fate of each sheet of `new`, given how far the job is.

    from_sheet: this sheet and all with a higher number run again, even those that are done.
    """
    known = {row.name: row for row in old}
    fates = [_fate(sheet, known.get(sheet.name), from_sheet) for sheet in new.sheets]
    again = {fate.sheet.number for fate in fates if fate.action is Action.RUN}
    reached = dependents(again, {sheet.number: sheet.needs for sheet in new.sheets})
    return [_after(fate, new, reached) for fate in fates]


def _fate(sheet: SheetSpec, old: SheetRow | None, from_sheet: int | None) -> Fate:
    if old is None:
        return Fate(sheet, None, Action.RUN, "new", anew=True)
    if old.state in BUSY_SHEETS:
        changed = "; it runs again afterwards, since its definition changed" if old.hash != sheet.hash else ""
        return Fate(sheet, old, Action.FINISH, f"running{changed}")
    if from_sheet is not None and sheet.number >= from_sheet:
        return Fate(sheet, old, Action.RUN, f"sheet {from_sheet} and all later ones were asked for", anew=True)
    if old.state is SheetState.SKIPPED:
        return Fate(sheet, old, Action.SKIP, "skipped when it was submitted")
    if old.state is SheetState.COMPLETED and old.hash == sheet.hash:
        return Fate(sheet, old, Action.KEEP, "recovered" if old.recovered else "completed")
    if old.hash != sheet.hash:
        return Fate(sheet, old, Action.RUN, "its definition changed", anew=True)
    return Fate(sheet, old, Action.RUN, _unfinished(old.state))


def _unfinished(state: SheetState) -> str:
    if state is SheetState.FAILED:
        return "failed before"
    if state is SheetState.CANCELLED:
        return "cancelled before"
    return "waits for its next attempt" if state in WAITING_SHEETS else "has not run yet"


def _after(fate: Fate, new: JobSpec, reached: set[int]) -> Fate:
    """The same, but a sheet that is done runs again if one that it needs does."""
    if fate.action is not Action.KEEP or fate.sheet.number not in reached:
        return fate
    cause = next(new.sheet(need).name for need in fate.sheet.needs if need in reached)
    return Fate(fate.sheet, fate.old, Action.RUN, f"needs {cause}, which runs", anew=True)


def revised_rows(job: int, fates: Sequence[Fate], attempts: dict[str, int]) -> list[SheetRow]:
    """The rows of the sheets after the change. No sheet may be running.

    attempts: name of a sheet -> number of its newest attempt, also for names that the job had once before.
    """
    return [_row(job, fate, attempts.get(fate.sheet.name, 0)) for fate in fates]


def _row(job: int, fate: Fate, attempts: int) -> SheetRow:
    if fate.old is None:
        return new_row(job, fate.sheet, attempts)
    row = msgspec.structs.replace(
        fate.old,
        n=fate.sheet.number,
        instrument=fate.sheet.instrument,
        hash=fate.sheet.hash,
        needs=msgspec.json.encode(fate.sheet.needs).decode(),
    )
    if fate.action is not Action.RUN:
        return row
    starts_over = fate.anew or row.state in _ENDED
    return msgspec.structs.replace(
        row,
        state=next_sheet_state(row.state, SheetMove.REOPEN),
        recovered=False,
        tries=0 if starts_over else row.tries,
        lost=0,
        due=None,
        limited_since=None,
        fresh_since=None if fate.anew else row.fresh_since,
        ended=None,
        cause=None,
        error=None,
        checks=None,
    )


def new_row(job: int, sheet: SheetSpec, attempts: int = 0, state: SheetState = SheetState.PENDING) -> SheetRow:
    """The row of a sheet that the job did not have before."""
    return SheetRow(
        job=job,
        n=sheet.number,
        name=sheet.name,
        instrument=sheet.instrument,
        hash=sheet.hash,
        needs=msgspec.json.encode(sheet.needs).decode(),
        state=state,
        recovered=False,
        attempts=attempts,
        counted=0,
        tries=0,
        lost=0,
        spent=0.0,
        due=None,
        limited_since=None,
        fresh_since=None,
        started=None,
        ended=None,
        cause=None,
        error=None,
        checks=None,
    )
