"""Following jobs: run --follow, watch, logs --follow, events --follow; Ctrl-C, and restarts of the daemon."""

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

COUNTING = "  - {name: count, command: 'for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.3; done'}\n"


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_follow_prints_one_line_an_event_and_ends_with_the_result(conductor: Any) -> None:
    path = conductor.file("good.yaml", "name: good\nsheets:\n  - {name: a, command: [echo, hello]}\n")
    done = conductor("run", path, "--follow")
    assert done.returncode == 0
    lines = [re.sub(r"^\d\d:\d\d:\d\d  ", "", line) for line in done.stdout.splitlines()]
    assert lines[0] == "submitted, 1 sheet"
    assert "1 a  attempt 1 started" in lines
    assert re.fullmatch(r"completed in [0-9.]+m?s", lines[-1])
    assert "hello" not in done.stdout


def test_follow_of_a_failing_job_ends_with_1_and_the_next_step(conductor: Any) -> None:
    path = conductor.file("bad.yaml", "name: bad\nsheets:\n  - {name: a, command: 'exit 3'}\n")
    done = conductor("run", path, "--follow")
    assert done.returncode == 1
    assert re.search(r"next: conductor diagnose bad#\d+\n$", done.stderr)


def test_follow_with_output_shows_what_the_sheets_write(conductor: Any) -> None:
    path = conductor.file("loud.yaml", "name: loud\nsheets:\n  - {name: a, command: 'echo hello; echo oops >&2'}\n")
    out = conductor("run", path, "--follow", "--output").stdout
    assert "  1 a  | hello\n" in out
    assert "  1 a  | oops\n" in out


def test_follow_as_json_is_one_object_a_line(conductor: Any) -> None:
    path = conductor.file("json.yaml", "name: json\nsheets:\n  - {name: a, command: [echo, hello]}\n")
    done = conductor("run", path, "--follow", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events][-1] == "job.completed"
    numbers = [event["seq"] for event in events]
    assert numbers == sorted(set(numbers))


def test_watch_from_the_start_shows_the_same_life_again(conductor: Any) -> None:
    job = conductor.submit("past", "  - {name: a, command: [echo, hello]}\n")
    conductor.ok("wait", job)
    ended = conductor("watch", job)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", f"{job} has ended: completed\n")
    assert "attempt 1 started" in conductor.ok("watch", job, "--from-start")


def test_ctrl_c_leaves_the_job_alone(conductor: Any) -> None:
    job = conductor.submit("free", COUNTING)
    process = conductor.spawn("watch", job, "--from-start")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f"job {job} goes on; follow again: conductor watch {job}" in stderr
    assert conductor("wait", job, "--timeout", "20").returncode == 0


def test_logs_follow_waits_for_the_first_line_and_ends_with_the_job(conductor: Any) -> None:
    job = conductor.submit("later", "  - {name: a, command: 'sleep 0.5; echo at last'}\n")
    done = conductor("logs", job, "a", "--follow")
    assert (done.returncode, done.stdout) == (0, "at last\n")
    assert done.stderr == f"{job} completed\n"


def test_logs_follow_of_all_sheets_names_the_sheet(conductor: Any) -> None:
    sheets = "  - {name: a, command: [echo, one]}\n  - {name: b, command: [printf, 'two, no end']}\n"
    job = conductor.submit("named", sheets)
    assert conductor("logs", job, "--follow").stdout == "a | one\nb | two, no end\n"


def test_logs_follow_with_a_count_begins_near_the_end(conductor: Any) -> None:
    job = conductor.submit("tail", "  - {name: a, command: 'seq 1 100'}\n")
    conductor.ok("wait", job)
    assert conductor("logs", job, "a", "--follow", "-n", "2").stdout == "99\n100\n"


def test_following_goes_on_over_a_killed_daemon_without_gap_or_repeat(conductor: Any) -> None:
    job = conductor.submit("steady", COUNTING)
    process = conductor.spawn("logs", job, "count", "--follow")
    assert process.stdout is not None
    first = process.stdout.readline()
    os.kill(conductor.json("health")["pid"], signal.SIGKILL)
    conductor.ok("start")
    rest, stderr = process.communicate(timeout=40)
    assert process.returncode == 0, stderr
    lines = (first + rest).splitlines()
    assert "lost the daemon; waiting for it to come back\n" in stderr
    attempts = conductor.json("show", job)["sheets"]["1"]["attempts"]
    wanted = [f"line {i}" for i in range(1, 9)]
    if len(attempts) == 1:
        assert lines == wanted
    else:
        assert lines[-8:] == wanted


def test_events_are_replayed_by_number(conductor: Any) -> None:
    job = conductor.submit("replayed", "  - {name: a, command: [echo, hello]}\n")
    conductor.ok("wait", job)
    events = [json.loads(line) for line in conductor.ok("events", "--job", job, "--json").splitlines()]
    assert events[0]["event"] == "job.submitted"
    since = str(events[0]["seq"])
    later = [json.loads(line) for line in conductor.ok("events", "--job", job, "--since", since, "--json").splitlines()]
    assert later == events[1:]
    only = conductor.ok("events", "--job", job, "--only", "job.completed", "--json").splitlines()
    assert [json.loads(line)["event"] for line in only] == ["job.completed"]
    assert f"{job}  completed in" in conductor.ok("events", "--job", job, "-n", "1")
    # The one that is asked for lies behind others, further back than one event.
    (first,) = conductor.ok("events", "--only", "job.submitted", "-n", "1", "--json").splitlines()
    assert json.loads(first)["job_id"] == job


def test_events_follow_until_ctrl_c(conductor: Any, tmp_path: Path) -> None:
    process = conductor.spawn("events", "--follow", "--only", "job.completed", "--json")
    job = conductor.submit("heard", "  - {name: a, command: [echo, hello]}\n")
    assert process.stdout is not None
    line = ""
    while f'"job_id":"{job}"' not in line:
        line = process.stdout.readline()
        assert line
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "conductor events --follow --since" in stderr
