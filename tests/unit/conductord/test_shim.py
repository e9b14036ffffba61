"""The shim, run as the program that it is."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conductord import shim

SCRIPT = Path(shim.__file__)
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "attempt"
    path.mkdir()
    for name in ("stdin", "stdout", "stderr", "exit.json.part"):
        (path / name).touch()
    return path


@pytest.fixture
def run(directory: Path, tmp_path: Path) -> Run:
    def run(*command: str, workspace: Path = tmp_path, code: int = 0) -> dict[str, Any]:
        done = shim_process(directory, workspace, *command)
        assert done.wait(timeout=20) == code
        return json.loads((directory / "exit.json").read_text()) if code == 0 else {}

    return run


def shim_process(directory: Path, workspace: Path, *command: str) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-I", "-S", str(SCRIPT), str(directory), str(workspace), *command]
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL)


def test_records_exit_code_duration_and_resources(run: Run) -> None:
    ended = run("sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 3")

    assert (ended["exit"], ended["signal"], ended["error"]) == (3, None, None)
    assert 0 < ended["utime"] <= ended["duration"] + 0.1
    assert ended["maxrss_kb"] > 500
    assert ended["ended"] - ended["started"] == pytest.approx(ended["duration"], abs=0.5)


def test_records_the_signal_that_ended_the_step(run: Run) -> None:
    ended = run("sh", "-c", "kill -KILL $$")

    assert (ended["exit"], ended["signal"]) == (None, signal.SIGKILL)


def test_streams_go_to_the_files_of_the_attempt(run: Run, directory: Path) -> None:
    (directory / "stdin").write_text("from stdin")

    run("sh", "-c", "cat; echo to stderr >&2")

    assert (directory / "stdout").read_text() == "from stdin"
    assert (directory / "stderr").read_text() == "to stderr\n"


def test_a_command_that_does_not_exist_is_exit_127_with_the_reason(run: Run) -> None:
    ended = run("no-such-command")

    assert ended["exit"] == 127
    assert ended["error"] == "command 'no-such-command': No such file or directory"


def test_a_file_that_is_not_executable_is_exit_126(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("echo hi")

    ended = run(str(script))

    assert (ended["exit"], ended["error"]) == (126, f"command '{script}': Permission denied")


def test_a_workspace_that_does_not_exist_is_exit_126_and_not_blamed_on_the_command(run: Run, tmp_path: Path) -> None:
    ended = run("true", workspace=tmp_path / "gone")

    assert (ended["exit"], ended["error"]) == (126, f"workspace '{tmp_path / 'gone'}': No such file or directory")


def test_the_step_runs_in_the_workspace_and_finds_commands_relative_to_it(
    run: Run, directory: Path, tmp_path: Path
) -> None:
    (tmp_path / "here").write_text("#!/bin/sh\npwd\n")
    (tmp_path / "here").chmod(0o755)

    assert run("./here")["exit"] == 0
    assert (directory / "stdout").read_text().strip() == str(tmp_path)


def test_a_claimed_directory_runs_nothing(run: Run, directory: Path) -> None:
    (directory / "claim").touch()

    run("sh", "-c", "echo ran", code=1)

    assert (directory / "stdout").read_text() == ""
    assert not (directory / "exit.json").exists()


def test_the_step_leads_its_own_group_in_the_session_of_the_shim(run: Run, directory: Path) -> None:
    # Fields of proc_pid_stat(5): 4 parent, 5 group, 6 session.
    run("sh", "-c", "cut -d' ' -f1,4,5,6 /proc/$$/stat")

    pid, parent, group, session = (directory / "stdout").read_text().split()
    assert (group, session) == (pid, parent)
    assert int(parent) not in (os.getpid(), os.getsid(0))


def test_a_signal_to_the_group_of_the_step_does_not_reach_the_shim(run: Run) -> None:
    ended = run("sh", "-c", "kill -TERM 0; sleep 30")

    assert ended["signal"] == signal.SIGTERM


def test_the_step_gets_back_the_signals_that_python_ignores(run: Run, directory: Path) -> None:
    run("grep", "^SigIgn", "/proc/self/status")

    match = re.search(r"SigIgn:\s*([0-9a-f]+)", (directory / "stdout").read_text())
    assert match is not None
    assert int(match[1], 16) & (1 << (shim.SIGPIPE - 1) | 1 << (shim.SIGXFSZ - 1)) == 0


def test_orphans_become_children_of_the_shim_and_it_waits_for_them(run: Run, directory: Path) -> None:
    # The middle shell ends at once, so that its child is an orphan, in a session of its own.
    run("sh", "-c", 'sh -c \'setsid sh -c "sleep 0.3; cut -d\\" \\" -f4 /proc/\\$\\$/stat; echo done" &\'; echo $PPID')

    shim_pid, parent_of_orphan, last = (directory / "stdout").read_text().split()
    assert parent_of_orphan == shim_pid
    assert last == "done"


def test_the_result_is_there_before_the_orphans_have_ended(directory: Path, tmp_path: Path) -> None:
    process = shim_process(directory, tmp_path, "sh", "-c", "sleep 30 & echo $! ; exit 4")
    try:
        while not (directory / "exit.json").exists():
            assert process.poll() is None
        assert json.loads((directory / "exit.json").read_text())["exit"] == 4
        assert process.poll() is None
    finally:
        os.kill(int((directory / "stdout").read_text()), signal.SIGKILL)
    assert process.wait(timeout=10) == 0


def test_an_error_text_with_quotes_is_still_json(run: Run) -> None:
    assert run('no "such" \\ command')["error"].startswith('command \'no "such"')
