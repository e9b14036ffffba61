"""`conductor run FILE`: submit a job file."""

import secrets
from argparse import ArgumentParser, Namespace

from conductor_api import ConfigProblem, JobResponse, Refusal, SubmitStatus
from conductord.cli.exits import CommandError, ExitCode
from conductord.cli.failures import refusal
from conductord.cli.follow_job import follow_options, follow_to_end
from conductord.cli.job_file import JobFile
from conductord.cli.options import add_json, assignment, positive
from conductord.cli.session import Session
from conductord.cli.table import table


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("file", metavar="FILE", help="the job file; - reads it from standard input")
    parser.add_argument("--dry-run", action="store_true", help="check everything and print the plan, but make no job")
    parser.add_argument("--id", dest="job_name", metavar="NAME", help="name of the job, instead of the one in the file")
    parser.add_argument(
        "--set",
        dest="variables",
        type=assignment,
        action="append",
        metavar="NAME=VALUE",
        help="value of a variable; may be repeated",
    )
    parser.add_argument("--workspace", metavar="DIR", help="directory to run in, instead of the one in the file")
    parser.add_argument(
        "--start-sheet", type=positive, metavar="N", help="begin with sheet N; the earlier ones are skipped"
    )
    parser.add_argument(
        "--request-id",
        metavar="ID",
        help="name of this submission: sent again with the same file, it gives the same job",
    )
    follow_options(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Prints the identifier of the job; with --follow, the exit code is the job's result."""
    response = _submit(session, args)
    if args.json and not (args.follow and response.status is SubmitStatus.ACCEPTED):
        session.output.document(response)
    if response.status is not SubmitStatus.ACCEPTED:
        raise _rejection(response)
    for warning in response.warnings:
        session.output.say(f"warning: {warning}")
    if args.dry_run:
        return _print_plan(session, response, args)
    if args.follow:
        session.output.say(f"{response.job_id} submitted")
        return follow_to_end(session, response.job_id, response.seq, args)
    if not args.json:
        session.output.line(response.job_id)
        again = "" if response.created else "the same request made this job before; "
        session.output.say(f"{again}follow it: conductor watch {response.job_id}")
    return ExitCode.FINE


def _submit(session: Session, args: Namespace) -> JobResponse:
    file = JobFile.named(args.file)
    with session.client() as client:
        return client.submit_job(
            config_path=file.path,
            config_text=file.text,
            client_cwd=file.directory,
            workspace=args.workspace,
            start_sheet=args.start_sheet,
            dry_run=args.dry_run,
            # With an id of its own, a submission whose answer was lost can be sent again and makes one job.
            request_id=args.request_id or secrets.token_hex(8),
            variables=dict(args.variables) if args.variables else None,
            job_name=args.job_name,
        )


def _rejection(response: JobResponse) -> CommandError:
    if response.problems:
        return CommandError("\n".join(map(problem_text, response.problems)), code=ExitCode.USAGE)
    if response.reason is Refusal.CONFLICT:
        return CommandError(
            response.message or "the request id was used before",
            code=ExitCode.NOT_POSSIBLE,
            hint="give this submission an id of its own: --request-id ID",
        )
    return refusal(response.message, response.reason)


def problem_text(problem: ConfigProblem) -> str:
    """A mistake in a job file: place, path, message, hint."""
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    where = f"{problem.where}: " if problem.where else ""
    hint = f"\n  hint: {problem.hint}" if problem.hint else ""
    return f"{place}: {where}{problem.message}{hint}"


def _print_plan(session: Session, response: JobResponse, args: Namespace) -> int:
    if args.json:
        return ExitCode.FINE
    rows = [
        [
            str(sheet.sheet_num),
            sheet.name,
            "skipped" if sheet.skipped else sheet.instrument,
            ",".join(map(str, sheet.needs)) or "-",
            "; ".join(sheet.validations) or "exit code",
        ]
        for sheet in response.plan
    ]
    for line in table(session.output, ["", "SHEET", "BY", "NEEDS", "CHECKED BY"], rows):
        session.output.line(line)
    session.output.say("a dry run: no job was made")
    return ExitCode.FINE
