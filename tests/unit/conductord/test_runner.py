"""Starting steps, waiting for them, finding them again."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from conductord import runner
from conductord.runner import LaunchRequest, ProcessRef, StartError
from conductord.tree import MARK

Launch = Callable[..., LaunchRequest]
Eventually = Callable[[Callable[[], object]], Awaitable[None]]


async def test_a_step_runs_and_its_end_is_reported(launch: Launch) -> None:
    request = launch("sh", "-c", "cat; exit 5", stdin="hé")

    ended = await runner.wait(await runner.start(request), request.directory)

    assert ended is not None
    assert ended.exit == 5
    assert runner.read_output(request.directory, "stdout") == "hé".encode()


async def test_a_command_that_does_not_exist_is_a_result_and_not_an_exception(launch: Launch) -> None:
    request = launch("no-such-command")

    ended = await runner.wait(await runner.start(request), request.directory)

    assert ended is not None
    assert ended.exit == 127
    assert "no-such-command" in (ended.error or "")


async def test_the_environment_is_what_was_asked_for_and_the_mark(launch: Launch) -> None:
    request = launch("env", env={"GREETING": "hello"})

    await runner.wait(await runner.start(request), request.directory)

    lines = runner.read_output(request.directory, "stdout").decode().splitlines()
    assert sorted(lines) == sorted([f"PATH={os.environ['PATH']}", "GREETING=hello", f"{MARK}={request.directory}"])


async def test_the_environment_is_nowhere_on_disk(launch: Launch) -> None:
    request = launch("true", env={"TOKEN": "s3cret"})

    await runner.wait(await runner.start(request), request.directory)

    assert not any(b"s3cret" in path.read_bytes() for path in request.directory.iterdir())


async def test_files_are_private(launch: Launch) -> None:
    request = launch("true")

    await runner.wait(await runner.start(request), request.directory)

    assert request.directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in request.directory.iterdir()} == {0}


async def test_a_directory_is_never_used_twice(launch: Launch) -> None:
    request = launch("true")
    await runner.wait(await runner.start(request), request.directory)

    with pytest.raises(StartError, match="File exists"):
        await runner.start(request)


async def test_an_argument_that_is_too_long_is_a_start_error_with_advice(launch: Launch) -> None:
    with pytest.raises(StartError, match="give a long prompt on stdin"):
        await runner.start(launch("echo", "x" * 200_000))


async def test_a_step_takes_no_signal_that_the_daemon_ignores(launch: Launch) -> None:
    previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        request = launch("sh", "-c", "kill -HUP $$; echo survived")
        ended = await runner.wait(await runner.start(request), request.directory)
    finally:
        signal.signal(signal.SIGHUP, previous)

    assert ended is not None
    assert ended.signal == signal.SIGHUP


async def test_term_to_the_shim_from_its_first_moment_changes_nothing(launch: Launch) -> None:
    request = launch("sh", "-c", "exit 7")
    ref = await runner.start(request)

    os.kill(ref.pid, signal.SIGTERM)  # the interpreter of the shim has hardly begun to load

    ended = await runner.wait(ref, request.directory)
    assert ended is not None
    assert ended.exit == 7


async def test_a_shim_that_was_killed_leaves_no_result(launch: Launch, eventually: Eventually) -> None:
    request = launch("sleep", "30")
    ref = await runner.start(request)
    await eventually(lambda: (request.directory / "claim").exists())

    os.kill(ref.pid, signal.SIGKILL)

    assert await runner.wait(ref, request.directory) is None


async def test_waiting_for_a_process_that_is_gone_answers_at_once(launch: Launch) -> None:
    request = launch("sh", "-c", "exit 3")
    ref = await runner.start(request)
    await runner.wait(ref, request.directory)

    ended = await asyncio.wait_for(runner.wait(ref, request.directory), 5)

    assert ended is not None
    assert ended.exit == 3


DAEMON = """
import asyncio, sys
from pathlib import Path
from conductord.runner import LaunchRequest, start

async def main():
    request = LaunchRequest(directory=Path(sys.argv[1]), workspace=Path(sys.argv[2]), env={"PATH": sys.argv[3]},
        argv=("sh", "-c", "echo one; read line < go; echo two; exit 3"))
    ref = await start(request)
    print(ref.pid, ref.start_time, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""
"""A process that starts a step and waits, as a daemon does."""


async def test_a_step_outlives_the_daemon_that_started_it_and_is_adopted(launch: Launch, tmp_path: Path) -> None:
    request = launch("unused")
    request.workspace.mkdir()
    os.mkfifo(request.workspace / "go")
    daemon = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DAEMON, str(request.directory), str(request.workspace), os.environ["PATH"]),
        stdout=asyncio.subprocess.PIPE,
    )
    assert daemon.stdout is not None
    pid, start_time = (await asyncio.wait_for(daemon.stdout.readline(), 20)).decode().split()
    ref = ProcessRef(int(pid), start_time)

    daemon.kill()
    await daemon.wait()
    assert runner.is_alive(ref)
    adopted = asyncio.create_task(runner.wait(ref, request.directory))
    await asyncio.to_thread((request.workspace / "go").write_text, "go\n")
    ended = await asyncio.wait_for(adopted, 20)

    assert ended is not None
    assert ended.exit == 3
    assert runner.read_output(request.directory, "stdout") == b"one\ntwo\n"


async def test_a_running_shim_is_found_by_its_directory(launch: Launch, eventually: Eventually) -> None:
    request = launch("sleep", "30")
    ref = await runner.start(request)
    await eventually(lambda: (request.directory / "claim").exists())

    assert runner.find_shim(request.directory) == ref
    await runner.kill_tree(ref, request.directory, 0)
    assert runner.find_shim(request.directory) is None


async def test_once_no_shim_was_found_none_can_start(launch: Launch) -> None:
    request = launch("sh", "-c", "echo ran")
    request.directory.mkdir(parents=True)

    assert runner.find_shim(request.directory) is None
    ended = await runner.wait(await runner.start(request), request.directory)

    assert ended is None
    assert runner.read_output(request.directory, "stdout") == b""


def test_a_directory_that_was_never_made_has_no_shim(tmp_path: Path) -> None:
    assert runner.find_shim(tmp_path / "never") is None


async def test_output_can_be_read_in_pieces_and_from_its_end(launch: Launch) -> None:
    request = launch("sh", "-c", "printf 0123456789; printf err >&2")
    await runner.wait(await runner.start(request), request.directory)

    assert runner.output_size(request.directory) == (10, 3)
    assert runner.read_output(request.directory, "stdout", offset=4, size=3) == b"456"
    assert runner.read_output(request.directory, "stdout", offset=10) == b""
    assert runner.read_tail(request.directory, "stdout", size=4) == b"6789"
    assert runner.read_tail(request.directory, "stderr") == b"err"


def test_output_that_does_not_exist_yet_is_empty(tmp_path: Path) -> None:
    assert runner.output_size(tmp_path) == (0, 0)
    assert runner.read_output(tmp_path, "stdout") == b""


def test_a_result_that_the_disk_broke_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "exit.json").write_text('{"exit": 0, "sig')

    assert runner.read_exit(tmp_path) is None


def test_the_step_is_told_what_it_is_part_of() -> None:
    told = runner.step_identity(job_id="hello#7", sheet=2, attempt=3, workspace=Path("/w"))

    assert told == {
        "CONDUCTOR_JOB_ID": "hello#7",
        "CONDUCTOR_SHEET": "2",
        "CONDUCTOR_ATTEMPT": "3",
        "CONDUCTOR_WORKSPACE": "/w",
    }
