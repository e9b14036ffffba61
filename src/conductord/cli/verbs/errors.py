"""`conductor errors JOB`: failed attempts of a job."""

from argparse import ArgumentParser, Namespace

from conductor_api import ErrorRecord
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_job, add_json
from conductord.cli.output import Output
from conductord.cli.session import Session
from conductord.cli.times import relative


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """One block an attempt: what happened, and the last lines that it wrote."""
    with session.client() as client:
        result = client.get_errors(args.job)
    if args.json:
        session.output.document(result)
        return ExitCode.FINE
    for number, error in enumerate(result.errors):
        if number:
            session.output.line()
        _print(session.output, error)
    if not result.errors:
        session.output.say(f"{result.state.job_id} has no failed attempts")
    return ExitCode.FINE


def _print(output: Output, error: ErrorRecord) -> None:
    again = "may succeed when tried again" if error.retriable else "will fail again"
    output.line(
        f"{output.style(f'{error.sheet_num} {error.sheet_name}', 'bold')} attempt {error.attempt_num}, "
        f"{relative(error.timestamp)}: {output.style(error.code, 'bad')} {error.message} ({again})"
    )
    for validation in error.failed_validations:
        output.line(f"  not so: {validation}")
    for line in error.last_lines:
        output.line(f"  | {line}")
    output.detail(f"  {error.stdout_path}\n  {error.stderr_path}")
