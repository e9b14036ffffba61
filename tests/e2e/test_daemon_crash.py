"""kill -9 of a real conductord at every point of an attempt's life: no job is lost, and none runs twice."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deaths import run_through_deaths
from support.process import DaemonProcess, daemon_process

DIES = str(Path(__file__).with_name("daemon_that_dies.py"))
SHEETS = "".join(
    f"  - {{name: s{n}, command: 'sleep 0.1; echo run >> count{n}; echo done',"
    f" validate: [{{file: count{n}, fresh: true}}, {{contains: done}}]}}\n"
    for n in (1, 2)
)
LONG = (
    "  - {name: a, command: 'echo begun; while [ ! -e go ]; do sleep 0.02; done; echo x >> runs; exit 3',"
    " validate: [{exit_code: [3]}]}\n"
)
POINTS = {
    "before-spawn": 2,
    "before-pid": 1,
    "after-pid": 1,
    "after-exit": 1,
    "after-checks": 1,
    "inside-the-last-transaction": 1,
    "after-the-last-transaction": 1,
}
"""Point of death -> attempts of the first sheet: only before there is a process is it lost."""


@pytest.fixture
def daemon() -> Iterator[DaemonProcess]:
    with daemon_process() as found:
        yield found


@pytest.mark.parametrize("point", POINTS)
def test_a_daemon_that_dies_loses_no_job_and_runs_none_twice(daemon: DaemonProcess, point: str) -> None:
    daemon.start(DIES, point, wait=False)
    daemon.wait_ready()
    job = daemon.submit(SHEETS, request_id="r")
    assert daemon.wait_dead() == -signal.SIGKILL
    daemon.start()
    assert daemon.submit(SHEETS, request_id="r") == job, "a client that is not sure sends it again"
    state = daemon.ended(job)
    assert state.status == "completed"
    assert [sheet.attempt_count for sheet in state.sheets.values()] == [POINTS[point], 1]
    assert [(daemon.work / f"count{n}").read_text() for n in (1, 2)] == ["run\n", "run\n"]
    assert [sheet.normal_attempts for sheet in state.sheets.values()] == [1, 1], "it used up no retry"


def test_many_deaths_in_a_row(daemon: DaemonProcess) -> None:
    """Killed at times that nobody chose, and as often as it takes; `tests/soak` does it for longer."""
    run_through_deaths(daemon, (0.0, 0.03, 0.07, 0.11, 0.02, 0.05, 0.09, 0.13))


def test_a_step_goes_on_without_the_daemon_and_its_exit_code_is_read(daemon: DaemonProcess) -> None:
    daemon.start()
    job = daemon.submit(LONG)
    daemon.wait_event(job, "sheet.started")
    before = {process.pid for process in daemon.steps()}
    daemon.kill()
    assert {process.pid for process in daemon.steps()} >= before, "a restart must not kill work"
    (daemon.work / "go").touch()
    daemon.start()
    state = daemon.ended(job)
    assert (state.status, state.sheets["1"].exit_code, state.sheets["1"].attempt_count) == ("completed", 3, 1)
    assert (daemon.work / "runs").read_text() == "x\n"


def test_a_daemon_that_is_killed_with_its_steps_runs_them_again(daemon: DaemonProcess) -> None:
    daemon.start()
    job = daemon.submit(LONG)
    daemon.wait_event(job, "sheet.started")
    daemon.kill()
    for process in daemon.steps():
        os.kill(process.pid, signal.SIGKILL)
    (daemon.work / "go").touch()
    daemon.start()
    state = daemon.ended(job)
    assert (state.status, state.sheets["1"].attempt_count, state.sheets["1"].normal_attempts) == ("completed", 2, 1)
    assert [attempt.cause for attempt in state.sheets["1"].attempts] == ["interrupted", None]


def test_a_user_paused_job_stays_paused_after_kill_9(daemon: DaemonProcess) -> None:
    """In the reference it was resumed by itself."""
    daemon.start()
    job = daemon.submit(LONG + "  - {name: b, command: touch b}\n")
    daemon.wait_event(job, "sheet.started")
    daemon.client.pause_job(job)
    daemon.kill()
    (daemon.work / "go").touch()
    daemon.start()
    daemon.wait_event(job, "job.paused")
    state = daemon.client.get_job_status(job)
    assert (state.status, state.holds, state.last_completed_sheet) == ("paused", ["user"], 1)
    assert not (daemon.work / "b").exists()
    daemon.client.resume_job(job)
    assert daemon.ended(job).status == "completed"


def test_a_limit_is_waited_out_over_kill_9(daemon: DaemonProcess) -> None:
    agent = "instruments: {agent: {command: [sh, -c, '{prompt}'], limit: {patterns: [Rate limit]}}}"
    prompt = "test -e out && exit; touch out; echo Rate limit reached, retry-after: 2"
    job_sheets = f"  - {{name: a, prompt: '{prompt}', instrument: agent, validate: [{{command: 'test -e ok'}}]}}\n"
    daemon.start()
    job = daemon.submit(job_sheets, rest=agent)
    daemon.wait_event(job, "sheet.waiting")
    until = daemon.client.rate_limits().backends["agent"].until
    (daemon.work / "ok").touch()
    daemon.kill()
    daemon.start()
    assert daemon.client.rate_limits().backends["agent"].until == until
    state = daemon.ended(job)
    assert (state.status, state.rate_limit_waits, state.sheets["1"].normal_attempts) == ("completed", 1, 1)
    started = [attempt.started_at for attempt in state.sheets["1"].attempts]
    assert started[1] >= until


def test_a_follower_reconnects_without_a_gap_or_a_repeat(daemon: DaemonProcess) -> None:
    daemon.start()
    job = daemon.submit("  - {name: a, command: 'for i in $(seq 1 20); do echo line $i; sleep 0.05; done'}\n")
    text, since, ended = "", 0, False
    for deaths in range(5):
        with daemon.client.monitor(since, job, include_output=True, until_job_ends=True, timeout=30.0) as events:
            for event in events:
                since = event.seq
                if event.event == "sheet.output" and event.data is not None:
                    text += str(event.data.text)
                    if deaths < 4:
                        break
            else:
                ended = True
        if deaths < 4:
            daemon.kill()
            daemon.start()
    assert ended
    assert text == "".join(f"line {n}\n" for n in range(1, 21))
