"""The conductor at work when something goes wrong, and the hooks of jobs."""

import asyncio
from pathlib import Path

import pytest

from conductor_api import Cause
from conductord import step
from conductord.store import Store, StoreError
from support.office import office

OK = "  - {name: a, command: echo x >> runs}\n"


async def test_a_bug_on_the_way_costs_one_attempt_and_no_other_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    async with office(tmp_path) as at:
        with monkeypatch.context() as patch:
            patch.setattr(step, "judge", broken)
            first = await at.submit(OK)
            state = await at.ended(first)
        assert (state.status, state.cause) == ("failed", Cause.INTERRUPTED)
        assert "internal error" in str(state.error_message)
        second = await at.submit(OK)
        assert (await at.ended(second)).status == "completed"


async def test_a_bug_in_a_turn_does_not_stop_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conductord.conductor.LOOK_AGAIN", 0.02)
    async with office(tmp_path) as at:
        scheduler, calls = at.desk.conductor.engine.scheduler, 0
        plan = scheduler.plan

        def broken(*args: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls < 3:
                raise RuntimeError("a bug")
            return plan(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(scheduler, "plan", broken)
        assert (await at.ended(await at.submit(OK))).status == "completed"


async def test_a_step_of_a_job_that_cannot_be_read_any_more_is_ended(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit("  - {name: a, command: [sleep, '60']}\n")
        await at.seen(job, "sheet.started")
    async with office(tmp_path, start=False) as at:
        with at.desk.store.transaction():
            at.desk.store.jobs.change(at.desk.find(job).id, at.desk.now, plan_hash="of nothing")
        await at.desk.conductor.start()
        async with asyncio.timeout(10), at.client.monitor(0, job, until_job_ends=True) as events:
            names = [event.event async for event in events]
        assert names[-1] == "job.failed"
        assert (await at.client.top()).processes[1:] == []


async def test_what_happened_is_written_down_when_the_disk_has_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "PERSIST_AGAIN", 0.05)
    async with office(tmp_path) as at:
        book, tries = at.desk.conductor.engine.attempts, 0
        ended = book.ended

        def full(*args: object) -> object:
            nonlocal tries
            tries += 1
            if tries < 4:
                raise StoreError("cannot write the state: database or disk is full")
            return ended(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(book, "ended", full)
        job = await at.submit(OK)
        assert (await at.ended(job)).status == "completed"
        assert tries == 4
        assert (at.work / "runs").read_text() == "x\n"


async def test_nothing_starts_while_the_disk_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conductord.conductor.LOOK_AGAIN", 0.05)
    async with office(tmp_path) as at:
        conductor = at.desk.conductor
        low = True
        monkeypatch.setattr(type(conductor), "disk_is_low", property(lambda _: low))
        monkeypatch.setattr(conductor, "check_accepting", lambda: None)
        job = await at.submit(OK)
        state = await at.client.get_job_status(job)
        assert (state.status, state.holds) == ("paused", ["resource"])
        low = False
        assert (await at.ended(job)).status == "completed"


async def test_a_step_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        at.work.write_text("a file where the workspace should be")
        job = await at.submit("  - {name: a, command: 'true', retry: {max: 1, backoff: 1ms}}\n")
        state = await at.ended(job)
        assert (state.status, state.cause, state.sheets["1"].attempt_count) == ("failed", Cause.SPAWN, 2)


async def test_a_program_that_does_not_exist_is_not_tried_again(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit("  - {name: a, command: [no-such-program], retry: {max: 3, backoff: 1ms}}\n")
        state = await at.ended(job)
        assert (state.cause, state.sheets["1"].attempt_count) == (Cause.SPAWN, 1)
        assert "no-such-program" in str(state.error_message)


async def test_a_hook_that_fails_is_written_down_and_hurts_nobody(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        job = await at.submit(OK, rest="on_event: {finished: exit 3, completed: [no-such-program]}")
        await at.ended(job)
        hooks: list[str | None] = []
        async with asyncio.timeout(10):
            while len(hooks) < 2 or None in hooks:
                await asyncio.sleep(0.01)
                hooks = [hook.result for hook in at.desk.store.hooks.of_job(at.desk.find(job).id)]
        assert hooks[0] == "exit code 3"
        assert "no-such-program" in str(hooks[1])


async def test_steps_know_what_they_are_part_of_and_nothing_of_the_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DAEMON", "x")
    async with office(tmp_path) as at:
        job = await at.submit("  - {name: a, command: env, env: {MINE: yes-mine}}\n")
        state = await at.ended(job)
        seen = dict(line.split("=", 1) for line in str(state.sheets["1"].stdout_tail).splitlines())
        assert (seen["CONDUCTOR_JOB_ID"], seen["CONDUCTOR_SHEET"], seen["MINE"]) == (job, "1", "yes-mine")
        assert "SECRET_OF_THE_DAEMON" not in seen


async def test_bounds_of_a_sheet_are_enforced_each_with_its_own_cause(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        jobs = {
            Cause.TIMEOUT: await at.submit("  - {name: a, command: sleep 60, timeout: 200ms}\n"),
            Cause.IDLE: await at.submit("  - {name: a, command: sleep 60, idle_timeout: 200ms}\n"),
            Cause.OUTPUT_LIMIT: await at.submit("  - {name: a, command: 'yes; sleep 60', output_limit: 1KB}\n"),
        }
        for cause, job in jobs.items():
            state = await at.ended(job)
            assert (state.status, state.cause) == ("failed", cause)
            assert state.sheets["1"].error_code == f"E_{cause.value.upper()}"


async def test_commits_wake_the_readers_of_events(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        assert isinstance(at.desk.store, Store)
        assert at.desk.store.on_commit is not None
