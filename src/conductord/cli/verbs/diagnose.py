"""`conductor diagnose JOB`: what stands in a job's way, and what to do."""

from argparse import ArgumentParser, Namespace

from conductor_api import Diagnosis, Finding, FindingSeverity
from conductord.cli.bars import timeline_lines
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_job, add_json
from conductord.cli.output import Output
from conductord.cli.session import Session
from conductord.cli.words import job_status

_STYLES = {FindingSeverity.ERROR: "bad", FindingSeverity.WARNING: "warn", FindingSeverity.INFO: "dim"}


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    add_job(parser)
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """Findings first, then the timeline and what the job runs in."""
    with session.client() as client:
        diagnosis = client.diagnose(args.job)
    if args.json:
        session.output.document(diagnosis)
    else:
        _print(session.output, diagnosis)
    return ExitCode.FINE


def _print(output: Output, diagnosis: Diagnosis) -> None:
    state = diagnosis.state
    output.line(f"{output.style(state.job_id, 'bold')}  {output.style(*job_status(state))}  in {diagnosis.workspace}")
    for finding in diagnosis.findings:
        output.line()
        _print_finding(output, finding)
    if not diagnosis.findings:
        output.line("nothing stands in its way")
    if diagnosis.timeline:
        output.line()
        for line in timeline_lines(output, diagnosis.timeline):
            output.line(line)
    output.line()
    _print_environment(output, diagnosis)


def _print_finding(output: Output, finding: Finding) -> None:
    where = f"sheet {finding.sheet_num}: " if finding.sheet_num is not None else ""
    severity = output.style(f"{finding.severity}:", _STYLES.get(finding.severity))
    output.line(f"{severity} {where}{finding.message}")
    for line in finding.evidence:
        output.line(f"  | {line}")
    output.line(f"  {finding.hint}")
    if finding.command:
        output.line(f"  {output.style(finding.command, 'bold')}")


def _print_environment(output: Output, diagnosis: Diagnosis) -> None:
    around = diagnosis.environment
    output.line(f"conductor {around.daemon_version}, Python {around.python_version}, {around.platform}")
    output.line(f"{around.disk_free_mb:.0f} MB of disk and {around.memory_available_mb:.0f} MB of memory are free")
    for program, path in around.programs.items():
        output.line(f"{program}: {path or output.style('not found', 'bad')}")
    if not around.workspace_exists:
        output.line(output.style(f"{around.workspace} does not exist", "bad"))
