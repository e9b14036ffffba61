"""The table of jobs that `list` and `status` show."""

import time
from collections.abc import Sequence

from conductor_api import JobEntry
from conductord.cli.output import Output
from conductord.cli.table import Cell, table
from conductord.cli.times import relative
from conductord.cli.words import job_status, waiting


def job_table(output: Output, jobs: Sequence[JobEntry]) -> list[str]:
    """Lines of the table, in the order of `jobs`."""
    now = time.time()
    rows: list[list[str | Cell]] = [
        [
            Cell(job.job_id, "bold"),
            job_status(job),
            f"{job.progress_completed}/{job.progress_total}",
            relative(job.submitted_at, now),
            _note(job, now),
        ]
        for job in jobs
    ]
    return table(output, ["JOB", "STATUS", "SHEETS", "SUBMITTED", ""], rows, right="SHEETS")


def _note(job: JobEntry, now: float) -> str:
    return waiting(job.waiting_for, now) or job.error_message or ""
