"""`conductor wait JOB...`: wait until jobs have ended; the exit code is their result."""

import time
from argparse import ArgumentParser, Namespace

from conductor_api import EventName, JobState, JobStatus, WaitKind
from conductord.cli.exits import ExitCode
from conductord.cli.follow_job import result_of
from conductord.cli.following import Following
from conductord.cli.options import add_json, duration
from conductord.cli.session import Session
from conductord.cli.words import ENDED, job_status, waiting
from daemonrpc import CallTimeoutError, DeadlineExceededError

_TURNS = [EventName.JOB_PAUSED, EventName.JOB_COMPLETED, EventName.JOB_FAILED, EventName.JOB_CANCELLED]


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("jobs", nargs="+", metavar="JOB", help="the jobs; all of them are waited for")
    parser.add_argument("--timeout", type=duration, metavar="TIME", help="for how long, such as 2h")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """0: all completed; 1: one did not; 75: one is held, or waits for a limit when time is up; 124: time is up."""
    deadline = None if args.timeout is None else time.monotonic() + args.timeout
    codes = [_wait(session, name, deadline) for name in args.jobs]
    if args.json:
        with session.client() as client:
            session.output.document([client.get_job_status(name) for name in args.jobs])
    return next((code for code in codes if code != ExitCode.FINE), ExitCode.FINE)


def _wait(session: Session, name: str, deadline: float | None) -> int:
    job = _state(session, name)
    if job.status not in ENDED and job.status is not JobStatus.PAUSED:
        try:
            _follow(session, job, deadline)
        except (CallTimeoutError, DeadlineExceededError):
            return _time_is_up(session, job.job_id)
        except KeyboardInterrupt:
            session.output.say(f"\njob {job.job_id} goes on; wait again: conductor wait {job.job_id}")
            return ExitCode.INTERRUPTED
        job = _state(session, job.job_id)
    return _report(session, job)


def _follow(session: Session, job: JobState, deadline: float | None) -> None:
    """Until the job has ended or is held: a held job does not go on by itself, so waiting longer would be in vain."""
    left = None if deadline is None else max(deadline - time.monotonic(), 0.001)
    following = Following(
        session, job_id=job.job_id, since_seq=job.seq, events=_TURNS, until_job_ends=True, timeout=left
    )
    for event in following:
        if event.event is EventName.JOB_PAUSED:
            return


def _report(session: Session, job: JobState) -> int:
    session.output.say(f"{job.job_id} {job_status(job).text}")
    if job.status is JobStatus.PAUSED:
        session.output.say(f"let it go on: conductor resume {job.job_id}")
        return ExitCode.STILL_WAITING
    return result_of(session, job.job_id, job.status)


def _time_is_up(session: Session, job_id: str) -> int:
    job = _state(session, job_id)
    wait = job.waiting_for
    session.output.say(f"{job.job_id} still {waiting(wait) or job_status(job).text}")
    return ExitCode.STILL_WAITING if wait is not None and wait.kind is WaitKind.LIMIT else ExitCode.TIMED_OUT


def _state(session: Session, name: str) -> JobState:
    with session.client() as client:
        return client.get_job_status(name, output_bytes=0)
