"""The verbs for jobs: run validate list show logs wait pause resume modify cancel clear, and their exit codes."""

import time
from typing import Any

import pytest

QUICK = "  - {name: greet, command: [echo, hello]}\n"
SLOW = "  - {name: nap, command: [sleep, '30']}\n"
FAILING = "  - {name: break, command: 'echo wrong >&2; exit 3'}\n"


def wait_for(conductor: Any, job: str, status: str) -> dict[str, Any]:
    """The job, once its first sheet has that status."""
    deadline = time.monotonic() + 20
    while True:
        state: dict[str, Any] = conductor.json("show", job)
        if state["sheets"]["1"]["status"] == status:
            return state
        assert time.monotonic() < deadline, state
        time.sleep(0.05)


def test_run_prints_the_identifier_and_nothing_else(conductor: Any) -> None:
    done = conductor("run", conductor.file("a.yaml", f"name: only\nsheets:\n{QUICK}"))
    assert done.returncode == 0
    name, _, number = done.stdout.strip().partition("#")
    assert name == "only"
    assert number.isdecimal()
    assert done.stderr == f"follow it: conductor watch {done.stdout}"


def test_a_job_that_ends_well_is_waited_for_with_0(conductor: Any) -> None:
    job = conductor.submit("well", QUICK)
    done = conductor("wait", job, "--timeout", "30")
    assert (done.returncode, done.stderr) == (0, f"{job} completed\n")
    state = conductor.json("show", job)
    assert state["status"] == "completed"
    assert state["sheets"]["1"]["exit_code"] == 0
    assert state["sheets"]["1"]["stdout_tail"] == "hello\n"


def test_a_job_that_fails_is_waited_for_with_1_and_the_next_step(conductor: Any) -> None:
    job = conductor.submit("ill", FAILING)
    done = conductor("wait", job, "--timeout", "30")
    assert done.returncode == 1
    assert done.stderr == f"{job} failed\nnext: conductor diagnose {job}\n"


def test_several_jobs_are_waited_for_together(conductor: Any) -> None:
    good, bad = conductor.submit("good", QUICK), conductor.submit("bad", FAILING)
    assert conductor("wait", good, bad, "--timeout", "30").returncode == 1
    assert conductor("wait", good, good, "--timeout", "30").returncode == 0


def test_a_wait_that_runs_out_of_time_ends_with_124(conductor: Any) -> None:
    job = conductor.submit("long", SLOW)
    started = time.monotonic()
    done = conductor("wait", job, "--timeout", "1")
    assert done.returncode == 124
    assert 0.9 < time.monotonic() - started < 10
    conductor.ok("cancel", job)


@pytest.mark.parametrize(
    "verb",
    [
        *("show", "logs", "watch", "wait", "pause", "resume", "cancel"),
        *("errors", "diagnose", "history", "timeline", "recover", "events"),
    ],
)
def test_an_unknown_job_ends_with_4(conductor: Any, verb: str) -> None:
    done = conductor(verb, *(["--job"] if verb == "events" else []), "nobody")
    assert done.returncode == 4, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "nobody" in done.stderr


def test_a_job_is_found_by_number_name_and_prefix(conductor: Any) -> None:
    first, second = conductor.submit("twin", QUICK), conductor.submit("twin", QUICK)
    number = second.partition("#")[2]
    for name in (second, number, f"#{number}", "twin", "twi"):
        assert conductor.json("show", name)["job_id"] == second
    assert conductor.json("show", first)["job_id"] == first


def test_a_beginning_that_several_names_have_lists_them(conductor: Any) -> None:
    jobs = [conductor.submit("beta-a", QUICK), conductor.submit("beta-b", QUICK)]
    done = conductor("show", "beta")
    assert done.returncode == 4
    assert all(job in done.stderr for job in jobs)


def test_pause_holds_and_resume_lets_go(conductor: Any) -> None:
    sheets = "  - {name: one, command: 'sleep 1'}\n  - {name: two, command: [echo, two]}\n"
    job = conductor.submit("held", sheets)
    wait_for(conductor, job, "in_progress")
    paused = conductor.json("pause", job)
    assert paused["paused"]
    assert paused["sheets_in_progress"] == [1]
    done = conductor("wait", job, "--timeout", "20")
    assert done.returncode == 75, done.stderr
    assert done.stderr == f"{job} paused\nlet it go on: conductor resume {job}\n"
    state = conductor.json("show", job)
    assert state["status"] == "paused"
    assert state["holds"] == ["user"]
    assert state["sheets"]["1"]["status"] == "completed"
    assert state["sheets"]["2"]["attempt_count"] == 0
    conductor.ok("pause", job)
    conductor.ok("resume", job)
    assert conductor("wait", job, "--timeout", "20").returncode == 0


def test_what_the_state_of_a_job_forbids_ends_with_5(conductor: Any) -> None:
    job = conductor.submit("over", QUICK)
    conductor.ok("wait", job)
    for verb in ("pause", "cancel", "resume"):
        done = conductor(verb, job)
        assert done.returncode == 5, (verb, done.stderr)
        assert job in done.stderr


def test_cancel_ends_the_processes(conductor: Any) -> None:
    job = conductor.submit("doomed", SLOW)
    pid = wait_for(conductor, job, "in_progress")["sheets"]["1"]["attempts"][0]["pid"]
    assert conductor.ok("cancel", job, "--grace", "2s") == f"{job} is cancelled\n"
    assert conductor.json("show", job)["status"] == "cancelled"
    assert not _is_alive(pid)
    assert conductor("wait", job).returncode == 1


def _is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_failed_job_goes_on_at_the_failed_sheet(conductor: Any) -> None:
    sheets = "  - {name: first, command: 'echo run >> runs'}\n  - {name: second, command: 'test -e allowed'}\n"
    job = conductor.submit("again", sheets)
    assert conductor("wait", job).returncode == 1
    (conductor.work / "allowed").touch()
    result = conductor.json("resume", job)
    assert [change["action"] for change in result["changes"]] == ["keep", "run"]
    assert conductor("wait", job).returncode == 0
    assert (conductor.work / "runs").read_text() == "run\n"


def test_modify_gives_a_failed_job_another_file(conductor: Any) -> None:
    job = conductor.submit("changed", FAILING)
    assert conductor("wait", job).returncode == 1
    better = conductor.file("better.yaml", f"name: changed\nsheets:\n{QUICK}")
    assert conductor.ok("modify", job, better).startswith(f"{job} goes on")
    assert conductor("wait", job).returncode == 0


def test_a_wrong_job_file_ends_with_2_and_names_the_place(conductor: Any) -> None:
    path = conductor.file("wrong.yaml", "name: wrong\nsheets:\n  - {name: a, command: [true], timeout: soon}\n")
    for verb in (("run", path), ("validate", path), ("run", "--dry-run", path)):
        done = conductor(*verb)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        assert f"{path}:4:" in done.stderr
        assert "soon" in done.stderr


def test_a_missing_job_file_ends_with_2(conductor: Any) -> None:
    done = conductor("run", "nowhere.yaml")
    assert (done.returncode, done.stderr) == (2, "error: nowhere.yaml does not exist\n")


def test_validate_needs_no_daemon(conductor: Any) -> None:
    path = conductor.file("fine.yaml", f"name: fine\nsheets:\n{QUICK}")
    done = conductor("--socket", str(conductor.place / "none.sock"), "validate", path)
    assert (done.returncode, done.stdout) == (0, "ok: fine, 1 sheet\n")


def test_a_dry_run_prints_the_plan_and_makes_no_job(conductor: Any) -> None:
    path = conductor.file("plan.yaml", f"name: planned\nsheets:\n{QUICK}")
    out = conductor.ok("run", "--dry-run", path)
    assert "greet" in out
    assert "planned" not in [job["job_name"] for job in conductor.json("list", "--all")]


def test_a_job_file_from_standard_input(conductor: Any) -> None:
    job = conductor.ok("run", "-", text=f"name: piped\nworkspace: {conductor.work}\nsheets:\n{QUICK}").strip()
    assert conductor("wait", job).returncode == 0
    assert conductor.json("show", job)["config_path"] is None


def test_names_variables_and_workspace_from_the_command_line(conductor: Any) -> None:
    path = conductor.file("vars.yaml", "name: vars\nsheets:\n  - {name: a, command: [echo, '{greeting}']}\n")
    other = conductor.place / "other"
    job = conductor.ok(
        "run", path, "--id", "renamed", "--set", "greeting=good morning", "--workspace", str(other)
    ).strip()
    assert job.startswith("renamed#")
    assert conductor("wait", job).returncode == 0
    assert conductor.ok("logs", job, "a") == "good morning\n"
    assert conductor.json("show", job)["workspace"] == str(other)


def test_the_same_request_gives_the_same_job(conductor: Any) -> None:
    path = conductor.file("once.yaml", f"name: once\nsheets:\n{QUICK}")
    first = conductor.ok("run", path, "--request-id", "r-1")
    second = conductor("run", path, "--request-id", "r-1")
    assert (second.returncode, second.stdout) == (0, first)
    assert second.stderr.startswith("the same request made this job before")
    other = conductor.file("other.yaml", f"name: other\nsheets:\n{FAILING}")
    conflict = conductor("run", other, "--request-id", "r-1")
    assert conflict.returncode == 5
    assert conflict.stdout == ""


def test_a_job_may_begin_with_a_later_sheet(conductor: Any) -> None:
    sheets = FAILING + "  - {name: second, command: [echo, second]}\n"
    path = conductor.file("late.yaml", f"name: late\nsheets:\n{sheets}")
    job = conductor.ok("run", path, "--start-sheet", "2").strip()
    assert conductor("wait", job).returncode == 0
    assert conductor.json("show", job)["sheets"]["1"]["status"] == "skipped"


def test_list_filters_and_counts(conductor: Any) -> None:
    job = conductor.submit("listed", QUICK)
    conductor.ok("wait", job)
    assert job in [entry["job_id"] for entry in conductor.json("list", "--status", "completed")]
    assert job not in [entry["job_id"] for entry in conductor.json("list", "--status", "failed")]
    assert len(conductor.json("list", "--status", "completed", "--limit", "1")) == 1
    lines = conductor.ok("list", "--all").splitlines()
    assert lines[0].split()[:3] == ["JOB", "STATUS", "SHEETS"]
    assert any(line.split()[:3] == [job, "completed", "1/1"] for line in lines)


def test_logs_of_one_sheet_are_raw_and_of_several_have_headings(conductor: Any) -> None:
    sheets = (
        "  - {name: one, command: 'for i in 1 2 3; do echo line $i; done; echo bad >&2'}\n"
        "  - {name: two, command: [printf, 'no end of line']}\n"
    )
    job = conductor.submit("wordy", sheets)
    conductor.ok("wait", job)
    assert conductor.ok("logs", job, "one") == "line 1\nline 2\nline 3\nbad\n"
    assert conductor.ok("logs", job, "1", "-n", "1") == "line 3\nbad\n"
    assert conductor.ok("logs", job) == (
        "==> 1 one, attempt 1 <==\nline 1\nline 2\nline 3\nbad\n==> 2 two, attempt 1 <==\nno end of line\n"
    )
    assert [record["sheet_name"] for record in conductor.json("logs", job)] == ["one", "two"]
    done = conductor("logs", job, "three")
    assert done.returncode == 2
    assert done.stderr == f"error: {job} has no sheet 'three'\nits sheets: one, two\n"


def test_logs_of_an_earlier_attempt(conductor: Any) -> None:
    command = "'test -e tried && echo second && exit 0; touch tried; echo first; exit 1'"
    job = conductor.submit(
        "tries", f"  - {{name: a, command: {command}, retry: {{max: 1, backoff: 100ms, jitter: false}}}}\n"
    )
    conductor.ok("wait", job)
    assert conductor.ok("logs", job, "a") == "second\n"
    assert conductor.ok("logs", job, "a", "--attempt", "1") == "first\n"
    assert "2nd attempt" in conductor.ok("show", job)


def test_clear_deletes_only_what_is_named(conductor: Any) -> None:
    job, other = conductor.submit("gone", QUICK), conductor.submit("kept", QUICK)
    conductor.ok("wait", job, other)
    directory = conductor.json("show", job)["directory"]
    assert conductor.json("clear", job, "--dry-run") == {"deleted": 1, "job_ids": [job], "dry_run": True}
    assert conductor.ok("clear", job) == f"{job}\n"
    assert conductor("show", job).returncode == 4
    assert conductor("show", other).returncode == 0
    from pathlib import Path

    assert not Path(directory).exists()


def test_clear_never_touches_what_has_not_ended(conductor: Any) -> None:
    job = conductor.submit("busy", SLOW)
    assert conductor.json("clear", job)["deleted"] == 0
    assert conductor("show", job).returncode == 0
    conductor.ok("cancel", job)


def test_clear_wants_to_know_what(conductor: Any) -> None:
    done = conductor("clear")
    assert done.returncode == 2
    assert "--older-than" in done.stderr


def test_old_jobs_are_cleared_by_age(conductor: Any) -> None:
    job = conductor.submit("aged", QUICK)
    conductor.ok("wait", job)
    assert conductor.json("clear", job, "--older-than", "1h")["deleted"] == 0
    assert conductor.json("clear", job, "--older-than", "0", "--status", "failed")["deleted"] == 0
    assert conductor.json("clear", job, "--older-than", "0", "--status", "completed")["deleted"] == 1
