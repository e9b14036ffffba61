"""`conductor patterns`: what past attempts tell."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from conductor_api import Pattern, PatternType
from conductord.cli.exits import ExitCode
from conductord.cli.options import add_json, positive
from conductord.cli.session import Session
from conductord.cli.table import Cell, table
from conductord.cli.times import duration

_STYLES = {PatternType.RELIABLE: "good", PatternType.FLAKY: "warn", PatternType.FAILING: "bad"}
_BLOCKS = "▁▂▃▄▅▆▇█"


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("-n", "--limit", type=positive, default=20, metavar="N", help="how many patterns (default 20)")
    add_json(parser)


def run(session: Session, args: Namespace) -> int:
    """One line a sheet, the one that costs most time first."""
    with session.client() as client:
        result = client.learning_patterns(limit=min(args.limit, 1000))
    if args.json:
        session.output.document(result)
        return ExitCode.FINE
    headers = ["SHEET", "IS", "RUNS", "OK", "P50", "P90", "DURATIONS", ""]
    rows = [_row(pattern) for pattern in result.patterns]
    for line in table(session.output, headers, rows, right="RUNS OK P50 P90") if rows else []:
        session.output.line(line)
    if not rows:
        session.output.say("no attempts yet")
    return ExitCode.FINE


def _row(pattern: Pattern) -> list[str | Cell]:
    return [
        pattern.pattern_name,
        Cell(str(pattern.pattern_type), _STYLES.get(pattern.pattern_type)),
        str(pattern.runs),
        f"{pattern.success_rate:.0%}",
        duration(pattern.p50),
        duration(pattern.p90),
        sparkline(pattern.durations),
        pattern.suggestion or pattern.top_error or "",
    ]


def sparkline(values: Sequence[float]) -> str:
    """Values as a row of blocks, the greatest as a full one."""
    top = max(values, default=0.0)
    if top <= 0:
        return _BLOCKS[0] * len(values)
    return "".join(_BLOCKS[round(value / top * (len(_BLOCKS) - 1))] for value in values)
