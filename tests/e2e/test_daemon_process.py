"""A real conductord process: how it starts, ends and refuses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from daemonrpc import DaemonNotRunningError
from support.process import DaemonProcess, daemon_process


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    with daemon_process() as found:
        yield found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_with_exit_code_0(daemon: DaemonProcess, number: int) -> None:
    daemon.start()
    job = daemon.submit("  - {name: a, command: sleep 60}\n")
    daemon.wait_event(job, "sheet.started")
    began = time.monotonic()
    assert daemon.stop(number) == 0
    assert time.monotonic() - began < 3
    assert daemon.steps(), "its steps go on"
    assert not (daemon.place / "s").exists()
    with pytest.raises(DaemonNotRunningError):
        daemon.client.health()


def test_the_next_daemon_cancels_what_the_last_one_started(daemon: DaemonProcess) -> None:
    daemon.start()
    job = daemon.submit("  - {name: a, command: sleep 60}\n")
    daemon.wait_event(job, "sheet.started")
    daemon.stop()
    daemon.start()
    assert daemon.client.cancel_job(job, 1.0).state == "cancelled"
    assert daemon.steps() == []


def test_a_second_daemon_refuses_and_the_first_goes_on(daemon: DaemonProcess) -> None:
    daemon.start()
    flags = [
        "--socket",
        str(daemon.place / "s2"),
        "--state-dir",
        str(daemon.place / "state"),
        "--config",
        str(daemon.config()),
    ]
    second = subprocess.run(
        [sys.executable, "-m", "conductord", *flags], capture_output=True, text=True, timeout=20, check=False
    )
    assert second.returncode == 1
    assert "another conductord uses the state directory" in second.stderr
    flags[1], flags[3] = str(daemon.place / "s"), str(daemon.place / "state2")
    third = subprocess.run(
        [sys.executable, "-m", "conductord", *flags], capture_output=True, text=True, timeout=20, check=False
    )
    assert third.returncode == 1
    assert "Traceback" not in third.stderr
    assert daemon.client.health().pid == daemon.process.pid if daemon.process else 0


def test_a_wrong_setting_is_told_with_exit_code_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "conductord", "--max-concurrent-jobs", "many"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "max_concurrent_jobs" in done.stderr.replace("-", "_")
    assert "Traceback" not in done.stderr


def test_no_process_of_a_step_is_a_zombie_for_long(daemon: DaemonProcess) -> None:
    daemon.start()
    for _ in range(5):
        daemon.ended(daemon.submit("  - {name: a, command: 'true'}\n"))
    assert (daemon.client.top().zombie_count, daemon.client.top().zombie_pids) == (0, [])


def test_a_long_queue_survives_and_everything_runs_once(daemon: DaemonProcess) -> None:
    daemon.start(max_concurrent_jobs=4)
    jobs = [daemon.submit("  - {name: a, command: echo x >> log}\n", name=f"n{n}") for n in range(40)]
    daemon.kill()
    daemon.start(max_concurrent_jobs=4)
    assert {daemon.ended(job).status for job in jobs} == {"completed"}
    assert (daemon.work / "log").read_text() == "x\n" * 40


def test_nothing_is_left_open(daemon: DaemonProcess) -> None:
    daemon.start()
    assert daemon.process is not None
    count = lambda: len(os.listdir(f"/proc/{daemon.process.pid}/fd"))  # noqa: E731
    daemon.ended(daemon.submit("  - {name: a, command: 'true', validate: [{command: 'true'}]}\n"))
    before = count()
    for _ in range(10):
        daemon.ended(daemon.submit("  - {name: a, command: 'true', validate: [{command: 'true'}]}\n"))
    assert count() <= before
