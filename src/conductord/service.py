"""The service: each method of the schema, in a few lines.

Reads are questions to the reader's thread; requests that change something go to the engine, and where processes
are touched, to the conductor. What goes out is made in `views`.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from importlib.metadata import version

import conductor_api as api
from conductord import intake
from conductord.conductor import Conductor
from conductord.config import Settings
from conductord.engine.commands import Reason, Refused, Submission, UnknownJob, check_start_sheet
from conductord.engine.lookup import find_job
from conductord.feed import MAX_STREAMS, End, Feed, Wanted
from conductord.job import ENDED_JOBS, JobState
from conductord.problems import FileProblemsError
from conductord.reader import Reader
from conductord.recovering import recover
from conductord.snapshots import INTERVAL
from conductord.store import JobRow, Store
from conductord.views import answers, machine, words
from conductord.views import attempts as attempt_views
from conductord.views import insight as insight_views
from conductord.views import jobs as job_views
from conductord.views.events import OBSERVER_EVENTS, PROCESS_EVENTS, EventViews, process_event
from conductord.views.limits import rate_limits
from daemonrpc import UNSET, Context

VERSION = version("daemonrpc")
ERRORS_SHOWN = 200
HISTORY_BYTES = 8 * 2**20
"""Outputs in one answer of job.history."""


class ConductorService:
    """Implements `conductor_api.DaemonService`."""

    def __init__(
        self,
        conductor: Conductor,
        reader: Reader,
        feed: Feed,
        settings: Settings,
        shut_down: Callable[[bool], None],
    ) -> None:
        """shut_down: end the daemon; True lets running attempts end first."""
        self._conductor = conductor
        self._commands = conductor.engine.commands
        self._store = conductor.engine.store
        self._reader = reader
        self._feed = feed
        self._settings = settings
        self._shut_down = shut_down
        self._began = time.monotonic()
        self._events = EventViews(self._store, self._job_id)

    # ------------------------------------------------------------------ jobs: requests

    async def submit_job(self, params: api.SubmitJobParams, context: Context) -> api.JobResponse:
        """A new job, or the one that the same request id made before."""
        await self._conductor.ready.wait()
        try:
            self._check_intake(params)
            definition = await intake.read_new(
                intake.JobFile(path=params.config_path, text=params.config_text, cwd=params.client_cwd),
                params.workspace,
                params.variables,
                params.job_name,
            )
            request_id = None if params.request_id is UNSET else params.request_id
            wanted = Submission(
                definition=definition, request_id=request_id, start_sheet=params.start_sheet
            )
            return self._dry_run(wanted) if params.dry_run else self._submit(wanted)
        except Refused as refused:
            return answers.submission_refused(refused)
        except FileProblemsError as error:
            return answers.file_refused(error)

    def _check_intake(self, params: api.SubmitJobParams) -> None:
        if params.self_healing:
            raise Refused(Reason.UNSUPPORTED, "self_healing: this daemon does not heal jobs")
        self._conductor.check_accepting()

    def _submit(self, wanted: Submission) -> api.JobResponse:
        self._conductor.check_accepting()  # it may have begun to go down while the file was read
        seq = self._store.events.last_seq()
        job, created = self._commands.submit(wanted, self._conductor.clock())
        self._conductor.poke()
        warnings = intake.warnings(wanted.definition.spec)
        return answers.submitted(job, created=created, warnings=warnings, seq=seq, holds=self._holds)

    def _dry_run(self, wanted: Submission) -> api.JobResponse:
        existing = self._commands.known(wanted)
        check_start_sheet(wanted)
        spec = wanted.definition.spec
        return answers.dry_run(
            spec, wanted.start_sheet, warnings=intake.warnings(spec), existing=existing
        )

    async def pause_job(self, params: api.PauseJobParams, context: Context) -> api.PauseResult:
        """Hold a job at the next boundary."""
        await self._conductor.ready.wait()
        try:
            job = self._commands.pause(self._find(params.job_id), self._conductor.clock())
        except Refused as refused:
            return answers.pause_refused(refused)
        running = [attempt.sheet for attempt in self._store.attempts.unfinished(job.id)]
        return answers.paused(job, sorted(running))

    async def resume_job(self, params: api.ResumeJobParams, context: Context) -> api.ResumeResult:
        """Let a job go on, by its file as it is now."""
        await self._conductor.ready.wait()
        try:
            job = self._find(params.job_id)
            self._commands.check_resumable(job, params.from_sheet)
        except Refused as refused:
            return answers.resume_refused(refused, self._holds)
        named = intake.JobFile(path=params.config_path, text=None, cwd=params.client_cwd)
        file = None if params.config_path is None else named
        read = None if params.no_reload and file is None else partial(intake.read_again, job, file)
        resume = partial(self._commands.resume, from_sheet=params.from_sheet)
        return await continue_job(self, job, read, resume)

    async def modify_job(self, params: api.ModifyJobParams, context: Context) -> api.ResumeResult:
        """Give a job another file."""
        await self._conductor.ready.wait()
        try:
            job = self._find(params.job_id)
            self._commands.check_modifiable(job)
        except Refused as refused:
            return answers.resume_refused(refused, self._holds)
        file = intake.JobFile(path=params.config_path, text=params.config_text, cwd=params.client_cwd)
        return await self._continue(job, partial(intake.read_again, job, file), self._commands.modify)
