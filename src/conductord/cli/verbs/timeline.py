"""`conductor timeline JOB`: attempts of a job as bars over time."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from conductord.cli.bars import timeline_lines
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_job, add_json
from conductord.cli.session import Session


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    parser.add_argument("--html", metavar="FILE", help="write a page for a browser instead; it needs no other file")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """The picture is text, so that it can be sent by mail."""
    with session.client() as client:
        diagnosis = client.diagnose(args.job)
    if args.json:
        session.output.document(diagnosis.timeline)
    elif args.html:
        from conductord.cli.timeline_page import timeline_page

        Path(args.html).write_text(timeline_page(diagnosis), encoding="utf-8")
        session.output.line(args.html)
    else:
        for line in timeline_lines(session.output, diagnosis.timeline):
            session.output.line(line)
        if not diagnosis.timeline:
            session.output.say(f"{diagnosis.state.job_id} has no attempts yet")
    return ExitCode.FINE
