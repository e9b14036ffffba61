"""Requests that change something of a job. A refusal is part of the result, not an error (WIRE part B.3)."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import conductor_api as api
from conductord import intake
from conductord.definition import Definition
from conductord.engine.commands import Continuation, Submission, check_start_sheet
from conductord.engine.refusal import Reason, Refused
from conductord.handlers.desk import Desk, must_find
from conductord.job import ENDED_JOBS, JobState
from conductord.problems import FileProblemsError
from conductord.recheck import recheck_all
from conductord.store import JobRow
from conductord.views import answers, words
from conductord.views.jobs import job_state
from daemonrpc import UNSET, Context

D = TypeVar("D", Definition, Definition | None)


class JobRequests:
    """submit, pause, resume, modify, cancel, clear, recover."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # ------------------------------------------------------------------ submit

    async def submit_job(self, params: api.SubmitJobParams, context: Context) -> api.JobResponse:
        """A new job, or the one that the same request id made before."""
        await self._desk.conductor.ready.wait()
        try:
            self._check(params)
            wanted = await _submission(params)
            return self._dry_run(wanted) if params.dry_run else self._submit(wanted)
        except Refused as refused:
            return answers.submission_refused(refused)
        except FileProblemsError as error:
            return answers.file_refused(error)

    def _check(self, params: api.SubmitJobParams) -> None:
        if params.self_healing:
            raise Refused(Reason.UNSUPPORTED, "self_healing: this daemon does not heal jobs")
        self._desk.conductor.check_accepting()

    def _submit(self, wanted: Submission) -> api.JobResponse:
        desk = self._desk
        desk.conductor.check_accepting()  # the daemon may have begun to go down while the file was read
        seq = desk.store.events.last_seq()
        job, created = desk.commands.submit(wanted, desk.now)
        desk.conductor.poke()
        warnings = intake.warnings(wanted.definition.spec)
        return answers.submitted(job, created=created, warnings=warnings, seq=seq, holds=desk.holds)

    def _dry_run(self, wanted: Submission) -> api.JobResponse:
        existing = self._desk.commands.known(wanted)
        check_start_sheet(wanted)
        spec = wanted.definition.spec
        warnings = intake.warnings(spec)
        return answers.dry_run(spec, wanted.start_sheet, warnings=warnings, existing=existing)

    # ------------------------------------------------------------------ pause, resume, modify

    async def pause_job(self, params: api.PauseJobParams, context: Context) -> api.PauseResult:
        """Hold a job at the next boundary between sheets."""
        desk = self._desk
        await desk.conductor.ready.wait()
        try:
            job = desk.commands.pause(desk.find(params.job_id), desk.now)
        except Refused as refused:
            return answers.pause_refused(refused)
        return answers.paused(job, sorted(a.sheet for a in desk.store.attempts.unfinished(job.id)))

    async def resume_job(self, params: api.ResumeJobParams, context: Context) -> api.ResumeResult:
        """Let a job go on, by its file as it is now."""
        named = intake.JobFile(path=params.config_path, text=None, cwd=params.client_cwd)
        file = named if params.config_path is not None else None
        commands = self._desk.commands

        async def read(job: JobRow) -> Definition | None:
            commands.check_resumable(job, params.from_sheet)
            if file is not None:
                return await intake.read_other(job, file)
            return None if params.no_reload else await intake.read_again(job)

        def go_on(job: JobRow, definition: Definition | None, now: float) -> Continuation:
            return commands.resume(job, definition, params.from_sheet, now)

        return await self._continue(params.job_id, read, go_on)

    async def modify_job(self, params: api.ModifyJobParams, context: Context) -> api.ResumeResult:
        """Give a job another file and let it go on."""
        file = intake.JobFile(path=params.config_path, text=params.config_text, cwd=params.client_cwd)
        commands = self._desk.commands

        async def read(job: JobRow) -> Definition:
            commands.check_modifiable(job)
            return await intake.read_other(job, file)

        return await self._continue(params.job_id, read, commands.modify)

    async def _continue(
        self,
        reference: str,
        read: Callable[[JobRow], Awaitable[D]],
        go_on: Callable[[JobRow, D, float], Continuation],
    ) -> api.ResumeResult:
        """Read what the job is to go on with, and let it."""
        desk = self._desk
        await desk.conductor.ready.wait()
        try:
            job = desk.find(reference)
        except Refused as refused:
            return answers.resume_refused(refused, desk.holds)
        try:
            definition = await read(job)
            desk.conductor.check_running()
            seq = desk.store.events.last_seq()
            # Read the job again: it may have moved while its file was read.
            continued = go_on(desk.find(job.job_id), definition, desk.now)
        except Refused as refused:
            return answers.resume_refused(refused, desk.holds)
        except FileProblemsError as error:
            return answers.resume_file_refused(job, error, desk.holds)
        desk.conductor.poke()
        return answers.resumed(continued, seq=seq, holds=desk.holds)

    # ------------------------------------------------------------------ cancel, clear

    async def cancel_job(self, params: api.CancelJobParams, context: Context) -> api.CancelResult:
        """End a job with all its processes."""
        desk = self._desk
        await desk.conductor.ready.wait()
        try:
            job = await desk.conductor.cancel(desk.find(params.job_id), params.grace_seconds)
        except Refused as refused:
            return answers.cancel_refused(refused, desk.holds)
        return answers.cancelled(job, desk.holds)

    async def clear_jobs(self, params: api.ClearJobsParams, context: Context) -> api.ClearResult:
        """Forget ended jobs, and remove what they left."""
        desk = self._desk
        await desk.conductor.ready.wait()
        jobs = desk.commands.to_clear(
            None if params.statuses is None else _ended_states(params.statuses),
            None if params.older_than_seconds is None else desk.now - params.older_than_seconds,
            None if params.job_ids is None else self._find_all(params.job_ids),
        )
        if not params.dry_run:
            await desk.conductor.clear(jobs)
        identifiers = [job.job_id for job in jobs]
        return api.ClearResult(deleted=len(jobs), job_ids=identifiers, dry_run=params.dry_run)

    def _find_all(self, references: list[str]) -> list[JobRow]:
        """The jobs that are meant; what means no job deletes none."""
        found: list[JobRow] = []
        for reference in references:
            try:
                found.append(self._desk.find(reference))
            except Refused:
                continue
        return found

    # ------------------------------------------------------------------ recover

    async def recover_job(self, params: api.RecoverJobParams, context: Context) -> api.RecoverResult:
        """Count sheets as done whose outputs check out after all."""
        desk = self._desk
        await desk.conductor.ready.wait()
        job = must_find(desk.store, params.job_id)
        try:
            sheets = desk.commands.to_recover(job, params.sheet_num)
        except Refused as refused:
            status = words.job_status(job, desk.holds)
            raise api.JobNotResumable(str(refused), job_id=job.job_id, status=status) from refused
        if not await asyncio.to_thread(Path(job.workspace).is_dir):
            message = f"the workspace {job.workspace} is gone"
            raise api.WorkspaceNotFound(message, job_id=job.job_id, workspace=job.workspace)
        found = await recheck_all(desk.conductor.engine, job, sheets, leave_no_trace=params.dry_run)
        resumed = False
        if not params.dry_run:
            results = {sheet.n: checks for sheet, checks in found}
            job = desk.commands.recover(desk.store.jobs.get(job.id), results, desk.now, resume=params.resume)
            resumed = params.resume and job.state not in ENDED_JOBS
            desk.conductor.poke()
        state = await desk.look_at(job.job_id, partial(job_state, outside=desk.outside()))
        return api.RecoverResult(
            state=state,
            workspace=job.workspace,
            dry_run=params.dry_run,
            sheet_num=params.sheet_num,
            sheets=[answers.recovered_sheet(sheet, checks) for sheet, checks in found],
            resumed=resumed,
        )


async def _submission(params: api.SubmitJobParams) -> Submission:
    """What is submitted. Raises Refused and FileProblemsError."""
    file = intake.JobFile(path=params.config_path, text=params.config_text, cwd=params.client_cwd)
    return Submission(
        definition=await intake.read_new(file, params.workspace, params.variables, params.job_name),
        request_id=None if params.request_id is UNSET else params.request_id,
        start_sheet=params.start_sheet,
    )


def _ended_states(statuses: list[api.JobStatus]) -> list[JobState]:
    """The states that are meant; those of jobs that have not ended mean none that may be deleted."""
    return [JobState(status.value) for status in statuses if status.value in ENDED_JOBS]
