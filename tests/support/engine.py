"""The engine over a real store, with the test as clock and as runner: steps end when and how the test says."""

import weakref
from pathlib import Path

from conductord.definition import Definition, Source, read_definition
from conductord.engine import Bounds, Engine
from conductord.engine.attempts import Ending
from conductord.engine.commands import Submission
from conductord.engine.verdict import Judgement
from conductord.job import Cause, SheetState
from conductord.limits import LimitHit
from conductord.runner import Exit, ProcessRef
from conductord.store import AttemptRow, JobRow, SheetRow, Store
from conductord.supervise import Cause as EndCause
from conductord.supervise import Outcome

__all__ = ["World", "job_text"]


def job_text(*names: str, rest: str = "", **lines: str) -> str:
    """A job file of sheets that run `true`. lines: further lines (in YAML flow style) of the sheet of that name."""
    sheets = [f"  - {{name: {name}, command: [echo, {name}]{lines.get(name, '')}}}" for name in names]
    return "\n".join(["name: demo", rest, "sheets:", *sheets])


class World:
    """A store, an engine, a clock."""

    def __init__(self, place: Path, jobs: int = 5, sheets: int = 10) -> None:
        self.place = place
        self.now = 1_000_000.0
        self.bounds = Bounds(jobs=jobs, sheets=sheets)
        self.open()

    def open(self) -> None:
        """A new daemon over the same files."""
        self.store = Store.open(self.place / "state")
        weakref.finalize(self, self.store.close)
        jobs = self.place / "state" / "jobs"

        def attempt_dir(job: int, sheet: int, attempt: int) -> Path:
            return jobs / str(job) / str(sheet) / str(attempt)

        # No bound method: the engine must not keep the world alive, or the store would be closed too late.
        self.engine = Engine(self.store, self.bounds, attempt_dir, spread=lambda: 1.0)
        self.commands = self.engine.commands

    def definition(self, text: str, path: str | None = None) -> Definition:
        source = Source(config_path=path, base_dir=str(self.place), workspace=str(self.place / "work"))
        return read_definition(source, text)

    def submit(self, text: str, *, request_id: str | None = None, start_sheet: int | None = None) -> JobRow:
        wanted = Submission(definition=self.definition(text), request_id=request_id, start_sheet=start_sheet)
        job, _ = self.commands.submit(wanted, self.now)
        return job

    def plan(self, *, blocked: bool = False) -> list[AttemptRow]:
        """Write down what starts now."""
        return self.engine.scheduler.plan(self.now, blocked=blocked)

    def start(self) -> list[AttemptRow]:
        """Start what starts now."""
        return [
            self.engine.attempts.begun(attempt.id, ProcessRef(attempt.id, "test"), self.now) for attempt in self.plan()
        ]

    def end(
        self,
        attempt: AttemptRow,
        cause: Cause | None = None,
        *,
        counted: bool | None = None,
        retriable: bool = True,
        until: float | None = None,
        seconds: float = 1.0,
    ) -> JobRow:
        """Let an attempt end. until: when the limit ends that it ran into."""
        self.now += seconds
        code = 0 if cause in {None, Cause.INVALID, Cause.LIMIT} else 1
        exit = Exit(
            exit=code,
            signal=None,
            duration=seconds,
            utime=0.1,
            stime=0.1,
            maxrss_kb=1000,
            started=self.now - seconds,
            ended=self.now,
        )
        lost = cause is Cause.INTERRUPTED
        outcome = Outcome(
            cause=EndCause.INTERRUPTED if lost else EndCause.EXIT,
            exit=None if lost else exit,
            stdout_bytes=0,
            stderr_bytes=0,
        )
        judgement = Judgement(
            cause=cause,
            message="" if cause is None else f"it was {cause}",
            counted=cause not in {Cause.INTERRUPTED, Cause.LIMIT} if counted is None else counted,
            retriable=retriable,
            limit=None if until is None else LimitHit(until=until, reason="said so", evidence="limit reached"),
            signature=None if cause is None else cause.value,
        )
        return self.engine.attempts.ended(attempt.id, Ending(judgement=judgement, outcome=outcome), self.now)

    def run(self, turns: int = 50) -> None:
        """Let everything that starts succeed, until nothing starts any more."""
        for _ in range(turns):
            started = self.start()
            if not started:
                return
            for attempt in started:
                self.end(attempt)
        raise AssertionError("it never comes to an end")

    def job(self, job: JobRow) -> JobRow:
        return self.store.jobs.get(job.id)

    def sheet(self, job: JobRow, number: int) -> SheetRow:
        return self.store.sheets.get(job.id, number)

    def states(self, job: JobRow) -> list[SheetState]:
        return [sheet.state for sheet in self.store.sheets.of_job(job.id)]

    def events(self, job: JobRow) -> list[str]:
        """Names of the events of a job, oldest first."""
        return [event.event for event in self.store.events.after(0, 1000, job.id)]
