"""One attempt while it lives: from its row to its verdict.

It drives the order of CONDUCTOR part 2 and decides nothing: the process is the runner's, the judgement that of
`engine.verdict`, the books are `engine.attempts`. A step of an earlier daemon goes through the same lines, from the
wait on.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from conductord import observe, output, runner
from conductord.config import Settings, step_environment
from conductord.engine import Engine
from conductord.engine.attempts import Ending
from conductord.engine.verdict import Facts, Judgement, exited_well, judge
from conductord.job import Cause
from conductord.runner import LaunchRequest, ProcessRef, StartError, step_identity
from conductord.spec import Instrument, SheetSpec
from conductord.store import AttemptRow, JobRow, StoreError
from conductord.supervise import Bounds, Outcome, Supervision
from conductord.supervise import Cause as EndCause
from conductord.usage import find_usage
from conductord.validate import Check, Evidence, run_checks

T = TypeVar("T")
logger = logging.getLogger(__name__)

PERSIST_AGAIN = 1.0
"""Seconds between two tries to write down what happened, on a full disk."""
_NOBODY = ProcessRef(os.getpid(), "never")
"""A process that does not exist: no process has this start time."""
TAIL_BYTES = 256 * 1024
"""End of the output in which a limit and the usage are looked for."""


class Step:
    """One attempt. Await `run()` for a new one, `adopt()` for one of an earlier daemon; each once."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        attempt: AttemptRow,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.attempt = attempt
        self._engine = engine
        self._settings = settings
        self._clock = clock
        self._directory = Path(attempt.dir)
        self._process = _known_process(attempt)
        self._checking: asyncio.Task[list[Check]] | None = None
        self._announced = (attempt.out_bytes, attempt.err_bytes)
        self._before: observe.Snapshot | None = None
        self._kill_grace: float | None = None

    # What the job file says. Read when it is first needed: in `run` or `adopt`, whose failure ends this attempt alone.

    @cached_property
    def _job(self) -> JobRow:
        return self._engine.store.jobs.get(self.attempt.job)

    @cached_property
    def _sheet(self) -> SheetSpec:
        return self._engine.plans.of(self._job).sheet(self.attempt.sheet)

    @cached_property
    def _instrument(self) -> Instrument:
        return self._engine.plans.of(self._job).instrument_of(self._sheet)

    @cached_property
    def _workspace(self) -> Path:
        return Path(self._job.workspace)

    @cached_property
    def _env(self) -> dict[str, str]:
        return step_variables(self._job, self._sheet, self.attempt)

    # ------------------------------------------------------------------ from the beginning to the end

    async def run(self) -> None:
        """Start the process and see it through. Cancelling this leaves the step running, to be adopted later."""
        try:
            self._before = await asyncio.to_thread(observe.keep_snapshot, self._directory, *self._looked_at)
        except OSError as error:
            await self._close_unstarted(str(error))
            return
        if self._kill_grace is not None:
            await self._close_unstarted("cancelled before it was started")
            return
        try:
            process = await runner.start(self._request())
        except (StartError, OSError) as error:
            await self._close_unstarted(str(error))
            return
        await self._see_through(process)

    async def adopt(self) -> None:
        """Find the process that an earlier daemon started and see it through; or what is left of it."""
        self._before = await asyncio.to_thread(observe.kept_snapshot, self._directory)
        process = self._process or await asyncio.to_thread(runner.find_shim, self._directory)
        if process is not None:
            await self._see_through(process)
        else:
            await self._watch(_NOBODY)

    async def kill(self, grace: float) -> None:
        """End its processes, or the commands of its validations. `run` or `adopt` then comes to its end."""
        self._kill_grace = grace
        if self._checking is not None:
            self._checking.cancel()
        if self._process is not None:
            await runner.kill_tree(self._process, self._directory, grace)

    # ------------------------------------------------------------------ the process

    def _request(self) -> LaunchRequest:
        return LaunchRequest(
            directory=self._directory,
            argv=self._sheet.argv,
            workspace=self._workspace,
            env=self._env,
            stdin=self._sheet.stdin,
        )

    async def _see_through(self, process: ProcessRef) -> None:
        self._process = process
        if self.attempt.pid is None:
            self.attempt = await persist(lambda: self._engine.attempts.begun(self.attempt.id, process, self._clock()))
        if self._kill_grace is not None:  # cancelled while the process was being started
            await runner.kill_tree(process, self._directory, self._kill_grace)
        await self._watch(process)

    async def _watch(self, process: ProcessRef) -> None:
        supervision = Supervision(
            process,
            self._directory,
            self._bounds(),
            elapsed=max(0.0, self._clock() - self.attempt.started),
            on_output=self._announce,
        )
        await self._judge(await supervision.outcome())

    def _bounds(self) -> Bounds:
        return Bounds(
            timeout=self._sheet.timeout,
            idle_timeout=self._sheet.idle_timeout,
            output_limit=self._sheet.output_limit,
            grace=self._settings.grace,
        )

    # ------------------------------------------------------------------ its output

    def _announce(self, stdout: int, stderr: int) -> None:
        """Make events of what was written. If that fails now, the next time makes them."""
        try:
            self._make_events(stdout, stderr)
        except StoreError as problem:
            logger.error("output of %s is not announced yet: %s", self._directory, problem)

    def _make_events(self, stdout: int, stderr: int, *, final: bool = False) -> None:
        found = output.chunks(self._directory, "stdout", self._announced[0], stdout, final=final)
        found += output.chunks(self._directory, "stderr", self._announced[1], stderr, final=final)
        if not found:
            return
        now, attempt = self._clock(), self.attempt
        ends = {chunk.stream: chunk.offset + chunk.size for chunk in found}
        announced = (ends.get("stdout", self._announced[0]), ends.get("stderr", self._announced[1]))
        with self._engine.store.transaction(durable=False):
            for chunk in found:
                self._engine.store.events.append(
                    "sheet.output",
                    now,
                    attempt.job,
                    attempt.sheet,
                    attempt=attempt.id,
                    attempt_num=attempt.n,
                    stream=chunk.stream,
                    offset=chunk.offset,
                    size=chunk.size,
                )
            self._engine.store.attempts.announced(attempt.id, *announced, now)
        self._announced = announced

    # ------------------------------------------------------------------ its verdict

    async def _judge(self, outcome: Outcome) -> None:
        await persist(lambda: self._make_events(outcome.stdout_bytes, outcome.stderr_bytes, final=True))
        await self._observe()
        checks = await self._check(outcome)
        sheet = self._engine.store.sheets.get(self.attempt.job, self.attempt.sheet)
        stdout = output.tail_text(str(self._directory), "stdout", TAIL_BYTES) or ""
        stderr = output.tail_text(str(self._directory), "stderr", TAIL_BYTES) or ""
        facts = Facts(
            outcome=outcome,
            checks=checks,
            stdout_tail=stdout,
            stderr_tail=stderr,
            limited_since=sheet.limited_since,
            now=self._clock(),
        )
        judgement = judge(facts, self._sheet, self._instrument)
        await self._close(Ending(judgement=judgement, outcome=outcome, checks=checks, usage=find_usage(stdout)))

    async def _check(self, outcome: Outcome) -> list[Check] | None:
        """Results of the validations; None when it did not get so far, or was cancelled meanwhile."""
        if (
            self._kill_grace is not None
            or outcome.cause is not EndCause.EXIT
            or not exited_well(outcome.exit, self._sheet)
        ):
            return None
        evidence = Evidence(
            directory=self._directory,
            workspace=self._workspace,
            first_start=self._first_start(),
            exit=outcome.exit,
            env=self._env,
        )
        self._checking = asyncio.create_task(run_checks(self._sheet.validations, evidence))
        try:
            return await self._checking
        except asyncio.CancelledError:
            if self._kill_grace is None:
                raise  # the daemon stops; the next one checks again
            return None
        finally:
            self._checking.cancel()
            self._checking = None

    def _first_start(self) -> float:
        sheet = self._engine.store.sheets.get(self.attempt.job, self.attempt.sheet)
        return self.attempt.started if sheet.fresh_since is None else sheet.fresh_since

    @property
    def _looked_at(self) -> tuple[Path, Path]:
        """The directory whose files are observed, and one in it that is left out."""
        return self._workspace, self._settings.state_dir

    async def _observe(self) -> None:
        """Make events of the files that it touched."""
        if self._before is None:
            return
        after = await asyncio.to_thread(observe.take_snapshot, *self._looked_at)
        found = observe.changes(self._before, after)
        self._before = None
        if found:
            await persist(lambda: self._note_files(found))

    def _note_files(self, found: list[observe.FileChange]) -> None:
        with self._engine.store.transaction(durable=False):
            for number, change in enumerate(found[: observe.MAX_EVENTS], start=1):
                rest = len(found) - observe.MAX_EVENTS if number == observe.MAX_EVENTS else 0
                self._engine.store.events.append(
                    change.event,
                    self._clock(),
                    self.attempt.job,
                    self.attempt.sheet,
                    path=change.path,
                    attempt_num=self.attempt.n,
                    message=f"and {rest} more files" if rest > 0 else None,
                )

    async def close_broken(self) -> None:
        """Write down that the conductor itself failed over this attempt. It is not tried again by itself."""
        message = "internal error of the conductor; its log says more"
        await self._close(Ending(judgement=Judgement(cause=Cause.INTERRUPTED, message=message), outcome=None))

    async def _close_unstarted(self, message: str) -> None:
        judgement = Judgement(cause=Cause.SPAWN, message=message, retriable=True, signature=f"spawn: {message}")
        await self._close(Ending(judgement=judgement, outcome=None))

    async def _close(self, ending: Ending) -> None:
        await persist(lambda: self._engine.attempts.ended(self.attempt.id, ending, self._clock()))
        done = self._engine.store.attempts.get(self.attempt.id)
        result = "success" if done.cause is None else f"{done.cause}: {done.error}"
        logger.info("%s sheet %d attempt %d: %s", done.job_id, done.sheet, done.n, result)


def _known_process(attempt: AttemptRow) -> ProcessRef | None:
    """The process that an earlier daemon wrote down."""
    if attempt.pid is None or attempt.pid_start is None:
        return None
    return ProcessRef(attempt.pid, attempt.pid_start)


def step_variables(job: JobRow, sheet: SheetSpec, attempt: AttemptRow) -> dict[str, str]:
    """The whole environment of a step. It is made anew each time and never written down."""
    identity = step_identity(job_id=job.job_id, sheet=attempt.sheet, attempt=attempt.n, workspace=Path(job.workspace))
    return {**step_environment(sheet.pass_env), **sheet.env, **identity}


async def persist(action: Callable[[], T]) -> T:
    """The result of `action`, once the store could be written: what happened must not be forgotten."""
    while True:
        try:
            return action()
        except StoreError as problem:
            logger.error("%s; trying again in %g s", problem, PERSIST_AGAIN)
            await asyncio.sleep(PERSIST_AGAIN)
