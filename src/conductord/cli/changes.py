"""What `resume` and `modify` say about the sheets of the job."""

from conductor_api import ResumeResult, SubmitStatus
from conductord.cli.exits import ExitCode
from conductord.cli.failures import refusal
from conductord.cli.session import Session
from conductord.cli.table import table


def report_changes(session: Session, result: ResumeResult, *, as_json: bool) -> int:
    """Print the answer. Raises CommandError when the daemon turned it down."""
    output = session.output
    if as_json:
        output.document(result)
    if result.status is not SubmitStatus.ACCEPTED:
        raise refusal(result.message, result.reason)
    if as_json:
        return ExitCode.FINE
    later = "" if result.applied else " when the sheets that run have ended"
    output.line(f"{result.job_id} goes on{later}")
    rows = [[str(change.sheet_num), change.name, str(change.action), change.why] for change in result.changes]
    for line in table(output, ["", "SHEET", "WILL", "WHY"], rows) if rows else []:
        output.say(line)
    return ExitCode.FINE
