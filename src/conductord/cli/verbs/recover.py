"""`conductor recover JOB`: check the outputs of failed sheets again."""

from argparse import ArgumentParser, Namespace

from conductor_api import RecoveredSheet
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_job, add_json, positive
from conductord.cli.output import Output
from conductord.cli.session import Session

_CHECKING_TIMEOUT = 600.0


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument("--sheet", type=positive, metavar="N", help="only this sheet")
    parser.add_argument("--dry-run", action="store_true", help="only say what the validations find")
    parser.add_argument(
        "--resume", action="store_true", help="let the job go on afterwards with the sheets that are left"
    )
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Exit code 0: every sheet that was looked at checks out; 1: one does not."""
    with session.client() as client:
        result = client.recover_job(
            args.job,
            sheet_num=args.sheet,
            dry_run=args.dry_run,
            resume=args.resume,
            timeout=_CHECKING_TIMEOUT,
        )
    if args.json:
        session.output.document(result)
    else:
        for sheet in result.sheets:
            _print(session.output, sheet)
        if not result.sheets:
            session.output.say(f"{result.state.job_id} has no failed or interrupted sheet")
        else:
            unchanged = ", nothing was changed" if result.dry_run else ""
            session.output.say(f"{result.state.job_id} is {result.state.status}{unchanged}")
    return ExitCode.FINE if all(sheet.recovered for sheet in result.sheets) else ExitCode.FAILED


def _print(output: Output, sheet: RecoveredSheet) -> None:
    mark = output.style("✓", "good") if sheet.recovered else output.style("✗", "bad")
    output.line(f"{mark} {sheet.sheet_num} {sheet.name}: {sheet.message}")
    for check in sheet.validations:
        output.line(f"    {'✓' if check.passed else '✗'} {check.description}: {check.message}")
