"""Validations run again, without the step: what a recovery goes by."""

import os
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from conductord import runner
from conductord.engine import Engine
from conductord.spec import SheetSpec
from conductord.step import step_variables
from conductord.store import AttemptRow, JobRow, SheetRow
from conductord.validate import Check, Evidence, run_checks


async def recheck_all(
    engine: Engine, job: JobRow, sheets: Sequence[SheetRow], *, leave_no_trace: bool
) -> list[tuple[SheetRow, list[Check]]]:
    """What the validations of some sheets of a job find now, one sheet after the other."""
    found: list[tuple[SheetRow, list[Check]]] = []
    for sheet in sheets:
        attempt = engine.store.attempts.of_sheet(job.id, sheet.n, 1)[0]
        spec = engine.plans.sheet(job, sheet)
        found.append((sheet, await recheck(job, sheet, attempt, spec, leave_no_trace=leave_no_trace)))
    return found


async def recheck(
    job: JobRow, sheet: SheetRow, attempt: AttemptRow, spec: SheetSpec, *, leave_no_trace: bool
) -> list[Check]:
    """What the validations of a sheet find now. Files must be as fresh as its first attempt demanded.

    leave_no_trace: keep nothing in the directory of the attempt, as a dry run must. What the commands of the
    validations themselves do is theirs.
    """
    async with _directory(Path(attempt.dir), leave_no_trace) as directory:
        evidence = Evidence(
            directory=directory,
            workspace=Path(job.workspace),
            first_start=attempt.started if sheet.fresh_since is None else sheet.fresh_since,
            exit=runner.read_exit(Path(attempt.dir)),
            env=step_variables(job, spec, attempt),
        )
        return await run_checks(spec.validations, evidence)


@asynccontextmanager
async def _directory(attempt: Path, leave_no_trace: bool) -> AsyncGenerator[Path]:
    """Where validations look for the outputs and keep their own: the attempt's, or a stand-in that goes away."""
    if not leave_no_trace:
        yield attempt
        return
    with tempfile.TemporaryDirectory(prefix="conductor-recheck-") as scratch:
        for stream in ("stdout", "stderr"):
            os.symlink(attempt / stream, Path(scratch) / stream)
        yield Path(scratch)
