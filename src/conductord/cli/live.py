"""The view of a running job that redraws itself; for terminals only, hence the only user of rich."""

import time

from rich.console import Console, ConsoleRenderable, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from conductor_api import EventName, JobEvent, JobState, SheetState, SheetStatus
from conductord.cli.event_text import known
from conductord.cli.following import Following
from conductord.cli.session import Session
from conductord.cli.times import duration, relative
from conductord.cli.words import job_status, ordinal_attempt, plural, sheet_mark, sheet_note, waiting
from conductord.quantities import format_duration

_STYLES = {
    "good": "green",
    "bad": "red",
    "warn": "yellow",
    "busy": "cyan",
    "dim": "dim",
    "bold": "bold",
    None: "",
}
_RUNNING = frozenset({SheetStatus.DISPATCHED, SheetStatus.IN_PROGRESS})


def show_live(session: Session, job_id: str, following: Following) -> None:
    """Draw the job until it ends; the last picture stays on the screen."""
    with session.client() as client:
        view = JobView(client.get_job_status(job_id, output_bytes=0))
    # Ctrl-C must reach the caller, so the view draws in a thread of rich's own and the events are read here.
    with Live(get_renderable=view.draw, refresh_per_second=4, console=Console(highlight=False)) as live:
        for event in following:
            if event.event is EventName.SHEET_OUTPUT:
                view.heard(event)
                continue
            with session.client() as client:
                view.job = client.get_job_status(job_id, output_bytes=0)
        live.refresh()


class JobView:
    """What is drawn: always the newest state of the job."""

    def __init__(self, job: JobState) -> None:
        self.job = job
        self._heard: dict[int, tuple[float, str]] = {}

    def heard(self, event: JobEvent) -> None:
        """Something was written: its last line is shown beside the sheet."""
        text = known(event.data.text) if event.data else None
        lines = (text or "").rstrip().splitlines()
        if lines:
            self._heard[event.sheet_num] = (event.timestamp, lines[-1])

    def draw(self) -> Group:
        """The picture at this moment."""
        now = time.time()
        sheets = sorted(self.job.sheets.values(), key=lambda sheet: sheet.sheet_num)
        parts: list[ConsoleRenderable] = [self._head(now), *(self._sheet_line(sheet, now) for sheet in sheets)]
        if wait := waiting(self.job.waiting_for, now):
            parts.append(Text(f"  {wait}", style="yellow"))
        return Group(*parts)

    def _head(self, now: float) -> Table:
        job = self.job
        status = job_status(job)
        head = Table.grid(padding=(0, 2))
        head.add_row(
            Text(job.job_id, style="bold"),
            Text(status.text, style=_STYLES[status.style]),
            ProgressBar(total=job.total_sheets, completed=job.last_completed_sheet, width=30, finished_style="green"),
            f"{job.last_completed_sheet}/{job.total_sheets}",
            _elapsed(job, now),
            _left(job),
        )
        return head

    def _sheet_line(self, sheet: SheetState, now: float) -> Text:
        mark = sheet_mark(sheet.status)
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"  {mark.text} ", style=_STYLES[mark.style])
        line.append(f"{sheet.sheet_num} {sheet.name:<16} ")
        if sheet.status in _RUNNING:
            line.append(self._running(sheet, now))
        elif sheet.attempt_count:
            line.append(f"{duration(sheet.total_duration_seconds)}  ")
            line.append(sheet_note(sheet, now), style="dim")
        return line

    def _running(self, sheet: SheetState, now: float) -> str:
        begun = sheet.attempts[-1].started_at.timestamp() if sheet.attempts else now
        parts = [duration(now - begun), ordinal_attempt(sheet.attempt_count)]
        if sheet.sheet_num in self._heard and self._heard[sheet.sheet_num][0] >= begun:
            moment, line = self._heard[sheet.sheet_num]
            parts.append(f"last output {relative(moment, now)}: {line}")
        return "  ".join(part for part in parts if part)


def _elapsed(job: JobState, now: float) -> str:
    if job.started_at is None:
        return ""
    end = job.completed_at.timestamp() if job.completed_at else now
    return duration(end - job.started_at.timestamp())


def _left(job: JobState) -> str:
    if job.eta_seconds is None:
        return ""
    return f"about {format_duration(job.eta_seconds.p50)} left (p50 of {plural(job.eta_seconds.runs, 'run')})"
