"""`conductor watch JOB`: follow a job until it ends."""

from argparse import ArgumentParser, Namespace

from conductord.cli.follow_job import follow_to_end, output_option, result_of
from conductord.cli.options import add_job, add_json
from conductord.cli.session import Session
from conductord.cli.words import ENDED


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    output_option(parser)
    parser.add_argument("--from-start", action="store_true", help="begin with what has happened already")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """A live view on a terminal, one line an event elsewhere. The exit code is the job's result."""
    with session.client() as client:
        job = client.get_job_status(args.job)
    if job.status in ENDED and not args.from_start:
        session.output.say(f"{job.job_id} has ended: {job.status}")
        return result_of(session, job.job_id, job.status)
    return follow_to_end(session, job.job_id, 0 if args.from_start else job.seq, args)
