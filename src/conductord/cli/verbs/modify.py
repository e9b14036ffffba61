"""`conductor modify JOB FILE`: give a job another job file and let it go on."""

from argparse import ArgumentParser, Namespace

from conductord.cli.changes import report_changes
from conductord.cli.job_file import JobFile
from conductord.cli.options import add_job, add_json
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument("file", metavar="FILE", help="the new job file; - reads it from standard input")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Finished sheets whose definition is the same keep their result."""
    file = JobFile.named(args.file)
    with session.client() as client:
        result = client.modify_job(args.job, config_path=file.path, client_cwd=file.directory, config_text=file.text)
    return report_changes(session, result, as_json=args.json)
