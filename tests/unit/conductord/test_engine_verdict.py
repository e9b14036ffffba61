"""What the end of an attempt means."""

from pathlib import Path

import msgspec
import pytest

from conductord.engine.verdict import Facts, judge
from conductord.job import Cause
from conductord.runner import Exit
from conductord.spec import JobSpec, parse_job
from conductord.supervise import Cause as EndCause
from conductord.supervise import Outcome
from conductord.validate import Check

NOW = 1_000_000.0
GOOD = Check(rule_type="file", description="x exists", passed=True, message="has 3 bytes")
BAD = Check(rule_type="file", description="y exists", passed=False, message="there is no such file")
LIMIT = "limit: {patterns: ['Rate limit reached'], max_wait: 1h}"


def job(limit: str = LIMIT, sheet: str = "") -> JobSpec:
    text = f"""
name: demo
instruments: {{agent: {{command: [agent, '{{prompt}}'], {limit}}}}}
sheets: [{{prompt: do, instrument: agent{sheet}}}]
"""
    return parse_job(text, source="job.yaml", base_dir=Path("/"))


def facts(
    code: int | None = 0,
    *,
    signal: int | None = None,
    cause: EndCause = EndCause.EXIT,
    checks: list[Check] | None = None,
    stdout: str = "",
    stderr: str = "",
    error: str | None = None,
    lost: bool = False,
    limited_since: float | None = None,
) -> Facts:
    ended = Exit(
        exit=code, signal=signal, duration=1, utime=0, stime=0, maxrss_kb=1, started=NOW - 1, ended=NOW, error=error
    )
    outcome = Outcome(
        cause=EndCause.INTERRUPTED if lost else cause,
        exit=None if lost else ended,
        stdout_bytes=len(stdout),
        stderr_bytes=len(stderr),
        message="as it was told",
    )
    return Facts(
        outcome=outcome, checks=checks, stdout_tail=stdout, stderr_tail=stderr, limited_since=limited_since, now=NOW
    )


def verdict(found: Facts, spec: JobSpec | None = None) -> tuple[Cause | None, bool, bool]:
    spec = spec or job()
    judged = judge(found, spec.sheet(1), spec.instruments["agent"])
    return judged.cause, judged.counted, judged.retriable


@pytest.mark.parametrize(
    ("found", "cause", "retriable"),
    [
        (facts(3), Cause.EXIT, True),
        (facts(None, signal=9), Cause.SIGNAL, True),
        (facts(0, checks=[GOOD, BAD]), Cause.INVALID, True),
        (facts(None, signal=15, cause=EndCause.TIMEOUT), Cause.TIMEOUT, True),
        (facts(None, signal=15, cause=EndCause.IDLE), Cause.IDLE, True),
        (facts(0, cause=EndCause.OUTPUT_LIMIT), Cause.OUTPUT_LIMIT, True),
        (facts(127, error="command 'x': No such file"), Cause.SPAWN, False),
    ],
)
def test_each_way_to_fail_is_its_own_cause(found: Facts, cause: Cause, retriable: bool) -> None:
    assert verdict(found) == (cause, True, retriable)


def test_exit_0_and_good_outputs_are_success() -> None:
    assert verdict(facts(0, checks=[GOOD])) == (None, True, False)
    assert verdict(facts(0, checks=[])) == (None, True, False)


def test_a_success_that_prints_a_limit_is_a_success() -> None:
    """The reference learnt this the hard way."""
    assert verdict(facts(0, checks=[GOOD], stdout="Rate limit reached, will retry ... done"))[0] is None


def test_exit_0_with_a_limit_and_no_output_waits_for_the_limit() -> None:
    """Agents print a limit and exit 0; the missing output tells."""
    spec = job()
    found = facts(0, checks=[BAD], stdout="Rate limit reached. Try again in 5m")
    judged = judge(found, spec.sheet(1), spec.instruments["agent"])
    assert (judged.cause, judged.counted) == (Cause.LIMIT, False)
    assert judged.limit is not None
    assert judged.limit.until == pytest.approx(NOW + 300, abs=5)


def test_a_limit_that_the_job_file_does_not_wait_for_is_an_ordinary_failure() -> None:
    found = facts(1, stderr="Rate limit reached")
    assert verdict(found, job("limit: {patterns: [Rate limit], on_limit: fail}")) == (Cause.LIMIT, True, True)


def test_max_wait_counts_from_the_first_wait() -> None:
    text = "Rate limit reached. Try again in 50m"
    assert verdict(facts(1, stderr=text)) == (Cause.LIMIT, False, True)
    assert verdict(facts(1, stderr=text, limited_since=NOW - 1200)) == (Cause.LIMIT, True, False)


def test_an_interruption_is_not_counted() -> None:
    assert verdict(facts(lost=True)) == (Cause.INTERRUPTED, False, True)


def test_exit_codes_of_the_sheet_decide() -> None:
    spec = job(sheet=", validate: [{exit_code: [0, 3]}], retry: {max: 2, on_exit: [75]}")
    assert verdict(facts(3), spec)[0] is None
    assert verdict(facts(75), spec) == (Cause.EXIT, True, True)
    assert verdict(facts(1), spec) == (Cause.EXIT, True, False)


def test_failures_of_the_same_kind_have_the_same_signature() -> None:
    spec = job()
    signatures = {
        judge(
            facts(2, stderr=f"line\nat 12:0{n}: port {8000 + n} is taken\n"), spec.sheet(1), spec.instruments["agent"]
        ).signature
        for n in range(5)
    }
    assert signatures == {"exit 2: at N:N: port N is taken"}


def test_judgements_can_be_stored() -> None:
    spec = job()
    judged = judge(facts(1), spec.sheet(1), spec.instruments["agent"])
    assert msgspec.json.encode(judged)
