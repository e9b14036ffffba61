"""What is piped is plain; what is on a terminal may be coloured; what is quiet is quiet."""

import os
import pty
import select
import subprocess
import time
from typing import Any

import pytest

ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def job(conductor: Any) -> str:
    name: str = conductor.submit("plain", "  - {name: a, command: 'echo hello; exit 3'}\n")
    conductor("wait", name)
    return name


READ_VERBS = [
    ["status"],
    ["list"],
    ["show", "plain"],
    ["logs", "plain"],
    ["watch", "plain", "--from-start"],
    ["errors", "plain"],
    ["diagnose", "plain"],
    ["history", "plain"],
    ["timeline", "plain"],
    ["patterns"],
    ["events"],
    ["top"],
    ["config"],
    ["doctor"],
    ["describe"],
    ["describe", "job.submit"],
    ["limits"],
]


@pytest.mark.parametrize("verb", READ_VERBS, ids=" ".join)
def test_piped_output_is_free_of_escape_codes(conductor: Any, job: str, verb: list[str]) -> None:
    done = conductor(*verb)
    assert ESCAPE not in done.stdout + done.stderr
    assert "…" not in done.stdout


@pytest.mark.parametrize("verb", [["list"], ["show", "plain"], ["history", "plain"]], ids=" ".join)
def test_colour_can_be_forced_and_forbidden(conductor: Any, job: str, verb: list[str]) -> None:
    assert ESCAPE in conductor(*verb, "--color", "always").stdout
    assert ESCAPE in conductor(*verb, env={"FORCE_COLOR": "1"}).stdout
    assert ESCAPE not in conductor(*verb, "--color", "never", env={"FORCE_COLOR": "1"}).stdout
    assert ESCAPE not in conductor(*verb, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout


def on_a_terminal(conductor: Any, *args: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and everything that a terminal of 80 columns was sent."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        conductor.command(*args),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=conductor.env | {"TERM": "xterm", "COLUMNS": "80"} | (env or {}),
        cwd=conductor.place,
    )
    os.close(theirs)
    text = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        readable, _, _ = select.select([ours], [], [], 1.0)
        if not readable:
            continue
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not chunk:
            break
        text += chunk
    os.close(ours)
    return process.wait(timeout=10), text.decode()


def test_a_terminal_gets_colour_unless_told_otherwise(conductor: Any, job: str) -> None:
    assert ESCAPE in on_a_terminal(conductor, "list")[1]
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert ESCAPE not in on_a_terminal(conductor, "list", env=env)[1]


def test_a_terminal_gets_a_view_that_redraws_itself(conductor: Any) -> None:
    path = conductor.file("live.yaml", "name: live\nsheets:\n  - {name: first, command: 'sleep 0.6'}\n")
    code, text = on_a_terminal(conductor, "run", path, "--follow")
    assert code == 0
    assert "first" in text
    assert "✓" in text
    assert "1/1" in text


def test_quiet_leaves_only_the_answer(conductor: Any, job: str) -> None:
    path = conductor.file("quiet.yaml", "name: quiet\nsheets:\n  - {name: a, command: [echo, hi]}\n")
    done = conductor("-q", "run", path)
    assert done.stderr == ""
    assert done.stdout.startswith("quiet#")
    assert conductor("wait", "quiet", "-q").stderr == ""
    assert conductor("-q", "show", "nobody").stderr.startswith("error: ")


def test_a_reader_that_goes_away_is_no_mishap(conductor: Any, job: str) -> None:
    process = conductor.spawn("events", "--follow")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    conductor.submit("noise", "  - {name: a, command: [echo, hi]}\n")
    assert process.wait(timeout=20) == 141
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
