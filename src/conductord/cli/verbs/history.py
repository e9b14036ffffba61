"""`conductor history JOB`: attempts of a job."""

from argparse import ArgumentParser, Namespace

from conductor_api import ExecutionRecord
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_job, add_json, positive
from conductord.cli.session import Session
from conductord.cli.table import Cell, table
from conductord.cli.times import clock, duration
from conductord.cli.words import attempt_result


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument("--sheet", type=positive, metavar="N", help="only attempts of this sheet")
    parser.add_argument("-n", "--limit", type=positive, default=50, metavar="N", help="how many attempts (default 50)")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """The newest attempts, in the order in which they started."""
    limit = min(args.limit, 1000)
    with session.client() as client:
        history = client.get_execution_history(args.job, sheet_num=args.sheet, limit=limit, output_bytes=0)
    if args.json:
        session.output.document(history)
        return ExitCode.FINE
    rows = [_row(record) for record in reversed(history.records)]
    headers = ["SHEET", "ATT", "RESULT", "EXIT", "DURATION", "CPU", "MAXRSS", "STARTED", ""]
    for line in table(session.output, headers, rows, right="ATT EXIT DURATION CPU MAXRSS") if rows else []:
        session.output.line(line)
    if history.has_more:
        session.output.say(f"there are older ones: conductor history {history.job_id} --limit {limit * 2}")
    if not history.has_history:
        session.output.say(f"{history.job_id} has no attempts yet")
    return ExitCode.FINE


def _row(record: ExecutionRecord) -> list[str | Cell]:
    return [
        f"{record.sheet_num} {record.sheet_name}",
        str(record.attempt_num),
        attempt_result(record.status, record.cause),
        _exit(record),
        duration(record.duration_seconds),
        duration(record.cpu_seconds),
        f"{record.max_rss_kb / 1024:.0f} MB" if record.max_rss_kb is not None else "-",
        clock(record.executed_at),
        record.error_message or "",
    ]


def _exit(record: ExecutionRecord) -> str:
    if record.exit_signal is not None:
        return f"sig {record.exit_signal}"
    return "-" if record.exit_code is None else str(record.exit_code)
