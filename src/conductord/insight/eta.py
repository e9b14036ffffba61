"""How long a job will still take, from earlier runs of sheets with the same names. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from conductord.job import BUSY_SHEETS, DONE_SHEETS
from conductord.store import SheetRow
from conductord.store.statistics import Quantiles


class Estimate(msgspec.Struct, frozen=True):
    """Seconds that are enough in half and in nine of ten cases; `runs` earlier attempts say so."""

    p50: float
    p90: float
    runs: int


def estimate(
    sheets: Sequence[SheetRow],
    history: Mapping[str, Quantiles],
    running: Mapping[int, float],
    now: float,
) -> Estimate | None:
    """Time until the last sheet is done, along the longest chain of needs; None if a sheet has no history.

    running: sheet number -> seconds its attempt has run. Bounds on how much runs at a time are left out of account,
    and the p90 of a chain is the sum of the p90s of its sheets, which is on the careful side.
    """
    left = [sheet for sheet in sheets if sheet.state not in DONE_SHEETS]
    if not left or any(sheet.name not in history for sheet in left):
        return None
    p50 = {sheet.n: _remaining(sheet, history[sheet.name].p50, running, now) for sheet in left}
    p90 = {sheet.n: _remaining(sheet, history[sheet.name].p90, running, now) for sheet in left}
    runs = min(history[sheet.name].runs for sheet in left)
    return Estimate(_longest_chain(left, p50), _longest_chain(left, p90), runs)


def _remaining(sheet: SheetRow, typical: float, running: Mapping[int, float], now: float) -> float:
    if sheet.state in BUSY_SHEETS:
        return max(0.0, typical - running.get(sheet.n, 0.0))
    wait = 0.0 if sheet.due is None else max(0.0, sheet.due - now)
    return wait + typical


def _longest_chain(left: Sequence[SheetRow], remaining: Mapping[int, float]) -> float:
    """The needs of a sheet may have any numbers, so sheets are taken when all that they need is known."""
    done_at: dict[int, float] = {}
    open_sheets = {sheet.n: [need for need in sheet.need_list if need in remaining] for sheet in left}
    while open_sheets:
        known = [n for n, wanted in open_sheets.items() if all(need in done_at for need in wanted)]
        for number in known:
            begin = max((done_at[need] for need in open_sheets.pop(number)), default=0.0)
            done_at[number] = begin + remaining[number]
    return max(done_at.values())
