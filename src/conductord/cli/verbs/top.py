"""`conductor top`: the machine, and the processes of the jobs."""

from argparse import ArgumentParser, Namespace

from conductor_api import ProcessMetric
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json
from conductord.cli.session import Session
from conductord.cli.table import table
from conductord.quantities import format_duration


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "--file", action="store_true", help="name the file to which the daemon writes snapshots instead"
    )
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """One snapshot; `watch -n1 conductor top` makes a series of it."""
    if args.file:
        return _file(session, args)
    with session.client() as client:
        snapshot = client.top()
    output = session.output
    if args.json:
        output.document(snapshot)
        return ExitCode.FINE
    loads = f"{snapshot.load_avg_1:.2f} {snapshot.load_avg_5:.2f} {snapshot.load_avg_15:.2f}"
    output.line(f"load {loads}  pressure {snapshot.pressure_level}  sheets {snapshot.active_sheets}")
    output.line(
        f"memory {snapshot.system_memory_used_mb:.0f} of {snapshot.system_memory_total_mb:.0f} MB used, "
        f"{snapshot.system_memory_available_mb:.0f} MB available; daemon {snapshot.daemon_rss_mb:.0f} MB"
    )
    for gpu in snapshot.gpus:
        output.line(
            f"gpu {gpu.index}: {gpu.utilization_pct:.0f} %, {gpu.memory_used_mb:.0f} of {gpu.memory_total_mb:.0f} MB"
        )
    rows = [_row(process) for process in snapshot.processes]
    for line in table(output, ["PID", "S", "CPU%", "RSS", "AGE", "JOB", "COMMAND"], rows, right="PID CPU% RSS AGE"):
        output.line(line)
    return ExitCode.FINE


def _file(session: Session, args: Namespace) -> int:
    with session.client() as client:
        file = client.top_stream()
    if args.json:
        session.output.document(file)
    else:
        session.output.line(file.jsonl_path)
    return ExitCode.FINE


def _row(process: ProcessMetric) -> list[str]:
    job = f"{process.job_id}/{process.sheet_num}" if process.job_id else "-"
    return [
        str(process.pid),
        process.state,
        f"{process.cpu_percent:.0f}",
        f"{process.rss_mb:.0f} MB",
        format_duration(process.age_seconds),
        job,
        process.command,
    ]
