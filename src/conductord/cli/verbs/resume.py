"""`conductor resume JOB`: let a paused or failed job go on."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conductord.cli.changes import report_changes
from conductord.cli.follow_job import follow_options, follow_to_end
from conductord.cli.options import add_job, add_json, positive
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument(
        "--from", dest="from_sheet", type=positive, metavar="N", help="run sheet N and all later ones again"
    )
    reading = parser.add_mutually_exclusive_group()
    reading.add_argument("--file", metavar="FILE", help="read this job file instead of the one the job was made from")
    reading.add_argument("--no-reload", action="store_true", help="go on with the definition as it was last read")
    follow_options(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Sheets that ended well keep their result, unless their definition has changed."""
    with session.client() as client:
        result = client.resume_job(
            args.job,
            config_path=args.file,
            no_reload=args.no_reload,
            client_cwd=str(Path.cwd()) if args.file else None,
            from_sheet=args.from_sheet,
        )
    code = report_changes(session, result, as_json=args.json and not args.follow)
    return follow_to_end(session, result.job_id, result.seq, args) if args.follow else code
