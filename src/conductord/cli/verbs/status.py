"""`conductor status`: what the daemon is doing."""

from argparse import ArgumentParser, Namespace

from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json
from conductord.cli.session import Session
from conductord.quantities import format_duration


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """The daemon in two lines, and the jobs that have not ended."""
    with session.client() as client:
        status = client.status()
        jobs = [] if args.json else client.list_jobs(limit=0)
    output = session.output
    if args.json:
        output.document(status)
        return ExitCode.FINE
    output.line(
        f"conductor {status.version}, pid {status.pid}, up {format_duration(status.uptime_seconds)}, "
        f"{status.memory_usage_mb:.0f} MB"
    )
    output.line(f"jobs: {status.running_jobs} running, {status.queued_jobs} queued, {status.paused_jobs} paused")
    output.detail(f"socket {status.socket_path}\nstate {status.state_dir}")
    if jobs:
        from conductord.cli.job_table import job_table  # which an answer as JSON does not need

        for line in ["", *job_table(output, jobs)]:
            output.line(line)
    return ExitCode.FINE
