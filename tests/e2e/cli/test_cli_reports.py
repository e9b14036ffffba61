"""What happened and why: errors diagnose history timeline recover limits patterns events call describe."""

import json
from pathlib import Path
from typing import Any

import pytest

INVALID = "  - {name: liar, command: [echo, done], validate: [{file: report.md}]}\n"


@pytest.fixture(scope="module")
def failed(conductor: Any) -> str:
    """A job whose only sheet exits 0 without its output."""
    job: str = conductor.submit("liar", INVALID)
    assert conductor("wait", job).returncode == 1
    return job


def test_errors_name_the_cause_and_the_rule(conductor: Any, failed: str) -> None:
    errors = conductor.json("errors", failed)["errors"]
    assert [(error["cause"], error["code"]) for error in errors] == [("invalid", "E_INVALID")]
    out = conductor.ok("errors", failed)
    assert "1 liar attempt 1" in out
    assert "E_INVALID" in out
    assert "report.md" in out


def test_diagnose_says_what_to_do(conductor: Any, failed: str) -> None:
    diagnosis = conductor.json("diagnose", failed)
    assert diagnosis["findings"]
    assert all(finding["hint"] for finding in diagnosis["findings"])
    out = conductor.ok("diagnose", failed)
    assert "error: " in out
    assert "report.md" in out


def test_history_shows_that_exit_0_was_not_enough(conductor: Any, failed: str) -> None:
    lines = conductor.ok("history", failed).splitlines()
    assert lines[0].split() == ["SHEET", "ATT", "RESULT", "EXIT", "DURATION", "CPU", "MAXRSS", "STARTED"]
    assert lines[1].split()[:5] == ["1", "liar", "1", "invalid", "0"]
    record = conductor.json("history", failed)["records"][0]
    assert record["max_rss_kb"] > 0
    assert Path(record["stdout_path"]).read_text() == "done\n"


def test_history_by_sheet_and_in_pages(conductor: Any) -> None:
    sheets = "".join(f"  - {{name: s{i}, command: [echo, hi]}}\n" for i in (1, 2, 3))
    job = conductor.submit("paged", sheets)
    conductor.ok("wait", job)
    assert [record["sheet_num"] for record in conductor.json("history", job, "--sheet", "2")["records"]] == [2]
    page = conductor("history", job, "--limit", "2")
    assert len(page.stdout.splitlines()) == 3
    assert page.stderr == f"there are older ones: conductor history {job} --limit 4\n"


def test_the_timeline_is_text_or_a_page(conductor: Any, failed: str) -> None:
    assert conductor.ok("timeline", failed).startswith("1 liar #1 |")
    assert conductor.json("timeline", failed)[0]["cause"] == "invalid"
    page = conductor.place / "timeline.html"
    conductor.ok("timeline", failed, "--html", str(page))
    html = page.read_text()
    assert html.startswith("<!doctype html>")
    assert "1 liar #1" in html
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")


def test_recover_checks_outputs_again(conductor: Any) -> None:
    job = conductor.submit("saved", INVALID.replace("report.md", "saved.md"))
    assert conductor("wait", job).returncode == 1
    assert conductor("recover", job).returncode == 1
    (conductor.work / "saved.md").write_text("made by hand")
    dry = conductor("recover", job, "--dry-run")
    assert dry.returncode == 0
    assert dry.stdout.startswith("✓ 1 liar")
    assert conductor.json("show", job)["status"] == "failed"
    conductor.ok("recover", job)
    state = conductor.json("show", job)
    assert (state["status"], state["recovered"]) == ("completed", True)


def test_limits_are_none_at_first_and_clearing_is_harmless(conductor: Any) -> None:
    assert conductor.json("limits") == {"backends": {}, "active_limits": 0, "recent_events_count": 0}
    assert conductor("limits").stderr == "no limits\n"
    assert conductor.ok("limits", "clear") == "0 limits lifted\n"


def test_a_limit_is_seen_waited_for_and_lifted(conductor: Any) -> None:
    path = conductor.file(
        "limited.yaml",
        "name: limited\n"
        "instruments:\n"
        "  agent:\n"
        "    command: [sh, -c, 'test -e lifted && exit 0; echo Rate limit reached, try again in 2h; exit 1']\n"
        "    stdin: '{prompt}'\n"
        "    limit: {patterns: ['rate limit reached']}\n"
        "sheets:\n"
        "  - {name: ask, instrument: agent, prompt: hello}\n",
    )
    job = conductor.ok("run", path).strip()
    done = conductor("wait", job, "--timeout", "3")
    assert done.returncode == 75, done.stderr
    assert "limit of agent" in done.stderr
    limits = conductor.json("limits")
    assert limits["backends"]["agent"]["waiting_jobs"] == [job]
    assert "agent" in conductor.ok("limits")
    assert any(line.split()[:2] == [job, "waiting"] for line in conductor.ok("list").splitlines())
    (conductor.work / "lifted").touch()
    assert conductor.ok("limits", "clear", "agent") == "1 limit lifted\n"
    assert conductor("wait", job, "--timeout", "20").returncode == 0


def test_patterns_come_from_past_attempts(conductor: Any, failed: str) -> None:
    patterns = {pattern["pattern_name"]: pattern for pattern in conductor.json("patterns")["patterns"]}
    assert patterns["liar/liar"]["success_rate"] == 0.0
    assert any(line.startswith("liar/liar") for line in conductor.ok("patterns").splitlines())


def test_processes_that_started_and_ended(conductor: Any, failed: str) -> None:
    events = conductor.json("events", "--processes")["events"]
    mine = [event["event_type"] for event in events if event["job_id"] == failed]
    assert sorted(mine) == ["exit", "spawn"]
    assert "spawn" in conductor.ok("events", "--processes")


def test_what_was_observed_of_running_jobs(conductor: Any) -> None:
    job = conductor.submit("seen", "  - {name: a, command: 'echo x > made; sleep 30'}\n")
    while not (events := conductor.json("events", "--observed", "--job", job)["events"]):
        pass
    assert events[-1]["event"] == "observer.process_started"
    conductor.ok("cancel", job)


def test_call_speaks_the_protocol(conductor: Any, failed: str) -> None:
    status = json.loads(conductor.ok("call", "job.status", json.dumps({"job_id": failed})))
    assert status["job_id"] == failed
    assert json.loads(conductor.ok("call", "daemon.health"))["status"] == "ok"
    wrong = conductor("call", "job.status", '{"job": "x"}')
    assert wrong.returncode == 2
    assert "job_id" in wrong.stderr
    assert conductor("call", "job.status", "{").returncode == 2
    unknown = conductor("call", "job.fly")
    assert unknown.returncode == 5
    lines = conductor.ok("call", "daemon.monitor.stream", '{"since_seq": 0, "follow": false}').splitlines()
    assert json.loads(lines[-1])["reason"] == "caught_up"
    assert json.loads(lines[0])["seq"] >= 1


def test_describe_tells_the_schema(conductor: Any) -> None:
    out = conductor.ok("describe")
    assert "job.submit" in out
    assert len([line for line in out.splitlines() if line.startswith(("job.", "daemon."))]) == 25
    one = conductor.ok("describe", "job.pause")
    assert "paused: bool" in one
    assert "job_id: JobRef" in one
    assert conductor.json("describe", "--running") == conductor.json("describe")
    wrong = conductor("describe", "job.statsu")
    assert wrong.returncode == 2
    assert "job.status" in wrong.stderr
