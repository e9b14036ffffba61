"""What a start does with what it finds: real steps that outlive the conductor which started them."""

import asyncio
import os
import signal
from pathlib import Path

import psutil

from conductor_api import Cause, JobStatus
from conductord import runner
from conductord.job import JobState
from conductord.recovery import put_in_order, remove_orphans
from conductord.runner import LaunchRequest
from conductord.tree import MARK
from support.engine import World, job_text
from support.office import office
from support.waiting import until

STEP = (
    "  - {name: a, command: 'echo begun; echo x >> runs; while [ ! -e go ]; do sleep 0.02; done; echo done; exit 3'"
    "%s}\n"
)
PATIENT = STEP % ", validate: [{exit_code: [3]}]"


def end_everything(place: Path, number: int = signal.SIGKILL) -> None:
    """Kill every process of every step below `place`, shims first, as a machine that goes down does."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK, "").startswith(str(place)):
                process.send_signal(number)
        except (psutil.Error, OSError):
            continue


async def test_a_running_step_is_adopted_and_its_exit_code_read(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit(PATIENT)
        await at.seen(job, "sheet.started")
        pid = (await at.client.get_job_status(job)).sheets["1"].attempts[0].pid
    async with office(tmp_path) as at:
        state = await at.client.get_job_status(job)
        assert (state.status, state.sheets["1"].attempts[0].pid) == (JobStatus.RUNNING, pid)
        (at.work / "go").touch()
        state = await at.ended(job)
        assert (state.status, state.sheets["1"].attempt_count, state.sheets["1"].exit_code) == ("completed", 1, 3)
        assert state.sheets["1"].stdout_tail == "begun\ndone\n"
        assert (at.work / "runs").read_text() == "x\n"
        assert "job.interrupted" in await at.events(job)


async def test_a_step_that_ended_without_a_daemon_is_judged_by_its_result(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit(PATIENT)
        await at.seen(job, "sheet.started")
        directory = Path((await at.client.get_job_status(job)).sheets["1"].attempts[0].directory)
    (tmp_path / "work" / "go").touch()
    await until(lambda: runner.read_exit(directory))
    async with office(tmp_path) as at:
        state = await at.ended(job)
        assert (state.status, state.sheets["1"].attempt_count) == ("completed", 1)


async def test_a_step_that_left_neither_process_nor_result_is_interrupted_and_runs_again(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit(PATIENT)
        await at.seen(job, "sheet.started")
        await until((at.work / "runs").exists)
    end_everything(tmp_path)
    (tmp_path / "work" / "go").touch()
    async with office(tmp_path) as at:
        state = await at.ended(job)
        sheet = state.sheets["1"]
        assert (state.status, sheet.attempt_count, sheet.normal_attempts) == ("completed", 2, 1)
        assert [(a.cause, a.counted) for a in sheet.attempts] == [(Cause.INTERRUPTED, False), (None, True)]


async def test_follow_over_a_restart_has_no_line_missing_and_none_twice(tmp_path: Path) -> None:
    text = ""
    since = 0
    async with office(tmp_path) as at:
        job = await at.submit("  - {name: a, command: 'for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.1; done'}\n")
    for _ in range(4):
        async with (
            office(tmp_path) as at,
            at.client.monitor(since, job, include_output=True, until_job_ends=True) as events,
        ):
            async for event in events:
                since = event.seq
                if event.event == "sheet.output" and event.data is not None:
                    text += str(event.data.text)
                    break
    async with (
        office(tmp_path) as at,
        at.client.monitor(since, job, include_output=True, until_job_ends=True) as events,
    ):
        async for event in events:
            if event.event == "sheet.output" and event.data is not None:
                text += str(event.data.text)
    assert text == "".join(f"line {n}\n" for n in range(1, 9))


async def test_an_attempt_that_was_only_written_down_is_interrupted_and_runs_again(tmp_path: Path) -> None:
    """The daemon died between the row and the process."""
    async with office(tmp_path, start=False) as at:
        at.desk.conductor.ready.set()
        (at.place / "work").mkdir()
        (at.work / "go").touch()
        job = await at.submit(PATIENT)
        assert len(at.desk.conductor.engine.scheduler.plan(at.desk.now)) == 1
    async with office(tmp_path) as at:
        state = await at.ended(job)
        assert [attempt.cause for attempt in state.sheets["1"].attempts] == [Cause.INTERRUPTED, None]
        assert (at.work / "runs").read_text() == "x\n", "it ran once"


async def test_a_process_that_was_not_written_down_is_found(tmp_path: Path) -> None:
    """The daemon died between the process and its pid."""
    async with office(tmp_path, start=False) as at:
        at.desk.conductor.ready.set()
        job = await at.submit(PATIENT)
        (attempt,) = at.desk.conductor.engine.scheduler.plan(at.desk.now)
        spec = at.desk.conductor.engine.plans.of(at.desk.find(job)).sheet(1)
        await runner.start(
            LaunchRequest(
                directory=Path(attempt.dir), argv=spec.argv, workspace=at.work, env={"PATH": os.environ["PATH"]}
            )
        )
        await until((at.work / "runs").exists)
    async with office(tmp_path) as at:
        await at.seen(job, "sheet.started")
        (at.work / "go").touch()
        state = await at.ended(job)
        assert (state.status, state.sheets["1"].attempt_count) == ("completed", 1)
        assert (at.work / "runs").read_text() == "x\n"


async def test_a_cancellation_that_was_under_way_is_finished(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit(PATIENT)
        await at.seen(job, "sheet.started")
        at.desk.commands.cancel(at.desk.find(job), at.desk.now)
    async with office(tmp_path) as at:
        state = await at.ended(job)
        assert state.status is JobStatus.CANCELLED
        assert (await at.client.top()).processes[1:] == []


async def test_a_timeout_counts_the_time_without_a_daemon(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit(STEP % ", timeout: 600ms")
        await at.seen(job, "sheet.started")
    await asyncio.sleep(0.7)
    async with office(tmp_path) as at:
        state = await at.ended(job)
        assert (state.status, state.cause) == ("failed", Cause.TIMEOUT)


async def test_a_job_list_keeps_its_progress_over_a_restart(tmp_path: Path) -> None:
    """In the reference it was lost."""
    async with office(tmp_path) as at:
        job = await at.submit("  - {name: z, command: 'true'}\n" + PATIENT)
        await at.seen(job, "sheet.started", 2)
    async with office(tmp_path) as at:
        (entry,) = await at.client.list_jobs()
        assert (entry.progress_completed, entry.progress_total, entry.current_sheet) == (1, 2, 2)
        await at.client.cancel_job(job, 0)


async def test_a_retry_is_still_due_after_a_restart(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit("  - {name: a, command: test -e go, retry: {max: 1, backoff: 400ms, jitter: false}}\n")
        await at.seen(job, "sheet.retry_scheduled")
    (tmp_path / "work" / "go").touch()
    async with office(tmp_path) as at:
        assert (await at.ended(job)).status is JobStatus.COMPLETED


def test_a_hook_that_ran_when_the_daemon_died_is_not_run_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a", rest="on_event: {finished: echo once}"))
    world.run()
    (hook,) = world.store.hooks.in_state("pending")
    with world.store.transaction():
        world.store.hooks.started(hook.id)
    world.store.close()
    world.open()
    found = put_in_order(world.engine, world.now)
    assert found.attempts == []
    (hook,) = world.store.hooks.of_job(job.id)
    assert (hook.state, str(hook.result).split(":")[0]) == ("ended", "interrupted")


def test_a_cancelled_job_of_which_nothing_runs_ends_at_the_start(tmp_path: Path) -> None:
    world = World(tmp_path)
    job = world.submit(job_text("a"))
    (attempt,) = world.start()
    world.commands.cancel(world.job(job), world.now)
    found = put_in_order(world.engine, world.now)
    assert [row.id for row in found.attempts] == [attempt.id]
    assert found.cancelling == {job.id}
    world.end(attempt)
    assert world.job(job).state is JobState.CANCELLED


def test_directories_that_belong_to_no_job_are_removed(tmp_path: Path) -> None:
    for name in ("1/1/1", "2/1/1", "keep"):
        (tmp_path / name).mkdir(parents=True)
    assert remove_orphans(tmp_path, {2}) == 1
    assert sorted(os.listdir(tmp_path)) == ["2", "keep"]
    assert remove_orphans(tmp_path / "none", {2}) == 0
