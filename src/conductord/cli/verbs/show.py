"""`conductor show JOB`: everything about one job."""

import time
from argparse import ArgumentParser, Namespace

from conductor_api import JobState, JobStatus, SheetState
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_job, add_json
from conductord.cli.output import Output
from conductord.cli.session import Session
from conductord.cli.table import Cell, table
from conductord.cli.times import duration, relative
from conductord.cli.words import job_status, plural, sheet_mark, sheet_note, waiting


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """The job in a few lines, its sheets in a table."""
    with session.client() as client:
        job = client.get_job_status(args.job)
    if args.json:
        session.output.document(job)
        return ExitCode.FINE
    for line in [*_head(session.output, job), "", *_sheets(session.output, job)]:
        session.output.line(line)
    if job.status is JobStatus.FAILED:
        session.output.say(f"next: conductor diagnose {job.job_id}")
    return ExitCode.FINE


def _head(output: Output, job: JobState) -> list[str]:
    status = job_status(job)
    done = f"{job.last_completed_sheet}/{job.total_sheets} sheets"
    lines = [f"{output.style(job.job_id, 'bold')}  {output.style(*status)}  {done}  {_when(job)}"]
    facts = {
        "waits": waiting(job.waiting_for).removeprefix("waits "),
        "held by": ", ".join(job.holds),
        "left": _estimate(job),
        "error": job.error_message or "",
        "file": job.config_path or "",
        "workspace": job.workspace,
        "output": job.directory,
    }
    return lines + [f"  {name + ':':<10} {fact}" for name, fact in facts.items() if fact]


def _when(job: JobState) -> str:
    if job.completed_at is not None and job.started_at is not None:
        took = (job.completed_at - job.started_at).total_seconds()
        return f"took {duration(took)}, ended {relative(job.completed_at)}"
    if job.started_at is not None:
        return f"started {relative(job.started_at)}"
    return f"submitted {relative(job.created_at)}"


def _estimate(job: JobState) -> str:
    eta = job.eta_seconds
    if eta is None:
        return ""
    likely, sure = duration(eta.p50), duration(eta.p90)
    return f"about {likely}, in 9 of 10 cases at most {sure} (from {plural(eta.runs, 'run')})"


def _sheets(output: Output, job: JobState) -> list[str]:
    now = time.time()
    ordered = sorted(job.sheets.values(), key=lambda sheet: sheet.sheet_num)
    return table(
        output,
        ["", "", "SHEET", "STATUS", "ATTEMPTS", "TIME", ""],
        [_row(sheet, now) for sheet in ordered],
        right="ATTEMPTS TIME",
    )


def _row(sheet: SheetState, now: float) -> list[str | Cell]:
    mark = sheet_mark(sheet.status)
    return [
        mark,
        str(sheet.sheet_num),
        sheet.name,
        Cell(str(sheet.status), mark.style),
        str(sheet.attempt_count),
        duration(sheet.total_duration_seconds) if sheet.attempt_count else "-",
        sheet_note(sheet, now),
    ]
