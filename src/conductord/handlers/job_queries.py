"""Looks at jobs: answered by the reader's thread, each from one state of the store."""

from functools import partial

import msgspec

import conductor_api as api
from conductord.handlers.desk import VERSION, Desk
from conductord.job import ENDED_JOBS, JobState
from conductord.store import JobRow, Store
from conductord.views import attempts as attempt_views
from conductord.views import insight, words
from conductord.views.jobs import Outside, job_entry, job_state
from conductord.views.waiting import Waits
from daemonrpc import Context

ERRORS_SHOWN = 200
"""Newest failed attempts in one answer."""
HISTORY_BYTES = 8 * 2**20
"""Outputs in one answer of job.history."""


class JobQueries:
    """status, list, errors, diagnose, history."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get_job_status(self, params: api.GetJobStatusParams, context: Context) -> api.JobState:
        """Everything about one job."""
        view = partial(job_state, outside=self._desk.outside(), output_bytes=params.output_bytes)
        return await self._desk.look_at(params.job_id, view)

    async def list_jobs(self, params: api.ListJobsParams, context: Context) -> list[api.JobEntry]:
        """Jobs that have not ended, and the newest that have."""
        return await self._desk.reader.ask(partial(_entries, self._desk.outside(), params))

    async def get_errors(self, params: api.GetErrorsParams, context: Context) -> api.JobErrors:
        """Failed attempts of a job."""
        return await self._desk.look_at(params.job_id, partial(_errors, self._desk.outside()))

    async def diagnose(self, params: api.DiagnoseParams, context: Context) -> api.Diagnosis:
        """What stands in a job's way."""
        view = partial(_diagnosis, self._desk.outside(), self._desk)
        return await self._desk.look_at(params.job_id, view)

    async def get_execution_history(self, params: api.GetExecutionHistoryParams, context: Context) -> api.History:
        """Attempts of a job."""
        return await self._desk.look_at(params.job_id, partial(_history, params))


def _entries(outside: Outside, params: api.ListJobsParams, store: Store) -> list[api.JobEntry]:
    """Only the wire's words tell who is paused, so jobs that have not ended are chosen by them."""
    wanted = set(params.statuses or ())
    ended = ENDED_JOBS & {state for state in ENDED_JOBS if not wanted or state.value in wanted}
    waits = Waits(store, outside.holds)
    active = store.jobs.listed(set(JobState) - ENDED_JOBS)
    chosen = [job for job in active if not wanted or words.job_status(job, outside.holds) in wanted]
    return [job_entry(job, waits, outside) for job in chosen + store.jobs.listed(ended, params.limit)]


def _errors(outside: Outside, store: Store, job: JobRow) -> api.JobErrors:
    records = [attempt_views.error_record(a) for a in store.attempts.failed(job.id, ERRORS_SHOWN)]
    return api.JobErrors(
        state=job_state(store, job, outside), errors=[record for record in records if record is not None]
    )


def _diagnosis(outside: Outside, desk: Desk, store: Store, job: JobRow) -> api.Diagnosis:
    surroundings = insight.environment(store, job, version=VERSION, state_dir=desk.settings.state_dir)
    return insight.diagnosis(store, job, outside, surroundings)


def _history(params: api.GetExecutionHistoryParams, store: Store, job: JobRow) -> api.History:
    """A page of attempts; it ends early when the outputs in it grow too large."""
    asked = (params.sheet_num, params.attempt_num, params.before_id)
    attempts = store.attempts.page(job.id, *asked, params.limit + 1)
    records: list[api.ExecutionRecord] = []
    left = HISTORY_BYTES
    for attempt in attempts[: params.limit]:
        record = attempt_views.record(store, attempt, params.output_bytes)
        left -= len(msgspec.json.encode(record))
        if left < 0 and records:
            break
        records.append(record)
    return api.History(
        job_id=job.job_id,
        records=records,
        has_history=bool(records) or bool(store.attempts.of_job(job.id, 1)),
        has_more=len(records) < len(attempts),
    )
