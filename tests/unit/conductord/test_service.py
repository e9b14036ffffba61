"""Each of the 25 methods, through the generated client and dispatch, over real steps; answers must fit the schema."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import conductor_api as api
from conductor_api import JobStatus, SheetStatus
from conductord.views.jobs import ALL_TAILS_BYTES
from daemonrpc import InvalidParamsError
from support.office import Office, office
from support.waiting import until

OK = "  - {name: a, command: echo hello}\n"
WAITING = (
    "  - {name: a, command: 'while [ ! -e go ]; do sleep 0.02; done; echo went'}\n  - {name: b, command: echo b}\n"
)
BAD = "  - {name: a, command: 'echo oops 42 >&2; exit 3'}\n"


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as found:
        yield found
        for job in await found.client.list_jobs():
            await found.client.cancel_job(job.job_id, 0.5)


def go(at: Office) -> None:
    at.work.mkdir(exist_ok=True)
    (at.work / "go").touch()


class TestSubmit:
    async def test_a_job_runs_and_tells_what_happened(self, at: Office) -> None:
        answer = await at.client.submit_job(
            config_text=f"name: demo\nworkspace: {at.work}\nsheets:\n{OK}", request_id="r"
        )
        assert (answer.job_id, answer.created, answer.state) == ("demo#1", True, "queued")
        state = await at.ended("demo#1")
        sheet = state.sheets["1"]
        assert (state.status, state.request_id, state.last_completed_sheet) == ("completed", "r", 1)
        assert (sheet.status, sheet.attempt_count, sheet.exit_code, sheet.stdout_tail) == ("completed", 1, 0, "hello\n")
        assert sheet.started_at is not None
        assert sheet.completed_at is not None
        assert sheet.success_without_retry

    async def test_dry_run_runs_nothing(self, at: Office) -> None:
        """In the reference a dry run over the socket ran the job for real."""
        sheets = "[{command: touch made, validate: [{file: made}]}, {command: 'true'}]"
        text = f"name: demo\nworkspace: {at.work}\nsheets: {sheets}"
        answer = await at.client.submit_job(config_text=text, dry_run=True, start_sheet=2)
        assert (answer.status, answer.job_id, answer.created) == ("accepted", "", False)
        assert [(sheet.sheet_num, sheet.skipped, sheet.validations) for sheet in answer.plan] == [
            (1, True, ["made exists"]),
            (2, False, []),
        ]
        assert await at.client.list_jobs() == []
        assert not at.work.exists()

    async def test_start_sheet_is_honoured(self, at: Office) -> None:
        text = f"name: demo\nworkspace: {at.work}\nsheets: [{{command: touch one}}, {{command: touch two}}]"
        answer = await at.client.submit_job(config_text=text, start_sheet=2)
        await at.ended(answer.job_id)
        assert os.listdir(at.work) == ["two"]

    async def test_a_relative_path_is_taken_from_the_caller(self, at: Office) -> None:
        """In the reference it was taken from where the daemon was started."""
        there = at.place / "there"
        there.mkdir()
        (there / "job.yaml").write_text("name: x\nworkspace: ./out\nsheets: [{command: touch made}]")
        answer = await at.client.submit_job("job.yaml", client_cwd=str(there))
        state = await at.ended(answer.job_id)
        assert state.config_path == str(there / "job.yaml")
        assert (there / "out" / "made").exists()
        answer = await at.client.submit_job("job.yaml", client_cwd=str(there), workspace="other")
        await at.ended(answer.job_id)
        assert (there / "other" / "made").exists()

    async def test_a_wrong_file_is_rejected_with_its_place_before_anything_runs(self, at: Office) -> None:
        """An unknown instrument or variable was accepted by the reference and failed, or hung, later."""
        path = at.place / "job.yaml"
        path.write_text("name: x\nsheets:\n  - {prompt: do, instrument: nobody}\n  - {command: 'echo {nothing}'}\n")
        answer = await at.client.submit_job(str(path))
        assert (answer.status, answer.reason, answer.job_id) == ("rejected", "invalid_config", "")
        assert [problem.line for problem in answer.problems] == [3, 4]
        assert str(path) in str(answer.message)
        assert await at.client.list_jobs() == []

    @pytest.mark.parametrize(
        ("params", "reason", "words"),
        [
            ({}, "invalid_config", "exactly one of"),
            ({"config_path": "/x", "config_text": "y"}, "invalid_config", "exactly one of"),
            ({"config_path": "/does/not/exist.yaml"}, "invalid_config", "No such file"),
            ({"config_path": "x", "client_cwd": "relative"}, "invalid_config", "not an absolute path"),
            ({"config_text": "name: x\nsheets: [{command: a}]", "self_healing": True}, "unsupported", "self_healing"),
            ({"config_text": "name: x\nsheets: [{command: a}]", "start_sheet": 2}, "invalid_config", "start_sheet 2"),
            (
                {"config_text": "name: x\nsheets: [{command: a}]", "start_sheet": 2, "dry_run": True},
                "invalid_config",
                "start_sheet",
            ),
        ],
    )
    async def test_what_cannot_be_done_is_rejected_with_a_reason(
        self, at: Office, params: dict[str, object], reason: str, words: str
    ) -> None:
        answer = await at.client.submit_job(**params)  # type: ignore[arg-type]  # a table of params
        assert (answer.status, answer.reason) == ("rejected", reason)
        assert words in str(answer.message)

    async def test_200_duplicate_submissions_make_one_job(self, at: Office) -> None:
        text = f"name: demo\nworkspace: {at.work}\nsheets: [{{command: echo x >> count}}]"
        answers = await asyncio.gather(*(at.client.submit_job(config_text=text, request_id="same") for _ in range(200)))
        assert {answer.job_id for answer in answers} == {"demo#1"}
        assert sum(answer.created for answer in answers) == 1
        await at.ended("demo#1")
        assert (at.work / "count").read_text() == "x\n"

    async def test_the_same_request_for_another_file_is_rejected(self, at: Office) -> None:
        await at.client.submit_job(config_text="name: x\nsheets: [{command: a}]", request_id="r", job_name="one")
        answer = await at.client.submit_job(config_text="name: x\nsheets: [{command: b}]", request_id="r")
        assert (answer.status, answer.reason) == ("rejected", "conflict")
        assert "job 'one#1'" in str(answer.message)

    async def test_no_work_is_taken_while_going_down(self, at: Office) -> None:
        at.desk.conductor.draining = True
        answer = await at.client.submit_job(config_text="name: x\nsheets: [{command: a}]")
        assert (answer.status, answer.reason, answer.message) == (
            "rejected",
            "shutting_down",
            "Daemon is shutting down",
        )

    async def test_no_work_is_taken_when_the_disk_is_full(self, tmp_path: Path) -> None:
        async with office(tmp_path, disk_low=2**60) as at:
            answer = await at.client.submit_job(config_text="name: x\nsheets: [{command: a}]")
            assert (answer.status, answer.reason) == ("rejected", "resource_exhausted")
            ready = await at.client.readiness()
            assert (ready.status, ready.accepting_work, ready.reasons) == ("not_ready", False, ["disk_low"])

    async def test_warnings_tell_what_is_missing(self, at: Office) -> None:
        answer = await at.client.submit_job(
            config_text="name: x\nsheets: [{prompt: do, instrument: i}]\n"
            "instruments: {i: {command: [no-such-program, '{prompt}'], pass_env: [NOT_SET]}}",
            dry_run=True,
        )
        assert any("NOT_SET" in warning for warning in answer.warnings)
        assert any("no-such-program" in warning for warning in answer.warnings)


class TestStatus:
    async def test_a_failed_sheet_says_how_it_failed(self, at: Office) -> None:
        """In the reference it had only a message and the code E999."""
        job = await at.submit(
            "  - {name: a, command: 'echo out; echo oops >&2; exit 3', retry: {max: 1, backoff: 10ms}}\n"
        )
        state = await at.ended(job)
        sheet = state.sheets["1"]
        assert (state.status, state.cause, state.total_retry_count) == ("failed", "exit", 1)
        assert (sheet.status, sheet.exit_code, sheet.exit_reason) == (SheetStatus.FAILED, 3, "completed")
        assert (sheet.error_code, sheet.error_category, sheet.error_message) == ("E_EXIT", "transient", "exit code 3")
        assert (sheet.attempt_count, sheet.normal_attempts, sheet.max_retries) == (2, 2, 1)
        assert [(e.attempt_number, e.stderr_tail) for e in sheet.error_history] == [(1, "oops\n"), (2, "oops\n")]
        assert [attempt.cause for attempt in sheet.attempts] == ["exit", "exit"]
        assert Path(sheet.attempts[0].stdout_path).read_text() == "out\n"

    async def test_a_queued_job_is_pending_in_its_state_and_queued_in_lists(self, tmp_path: Path) -> None:
        async with office(tmp_path, max_concurrent_jobs=1) as at:
            first, second = await at.submit(WAITING), await at.submit(OK)
            await at.seen(first, "sheet.started")
            state = await at.client.get_job_status(second)
            assert (state.status, state.waiting_for and state.waiting_for.kind) == ("pending", "slot")
            entries = await at.client.list_jobs()
            assert [entry.status for entry in entries] == ["queued", "running"]
            await at.client.cancel_job(first)

    async def test_a_running_sheet_is_in_progress(self, at: Office) -> None:
        job = await at.submit(WAITING)
        await at.seen(job, "sheet.started")
        state = await at.client.get_job_status(job)
        assert (state.status, state.current_sheet, state.sheets_in_progress) == ("running", 1, [1])
        assert state.sheets["1"].status is SheetStatus.IN_PROGRESS
        assert state.sheets["1"].attempts[0].pid is not None

    async def test_an_estimate_comes_from_earlier_runs(self, at: Office) -> None:
        sheets = "  - {name: a, command: sleep 0.2}\n  - {name: b, command: echo b}\n"
        assert (await at.client.get_job_status(await at.submit(sheets))).eta_seconds is None
        await at.ended("demo")
        second = await at.submit(sheets)
        eta = (await at.client.get_job_status(second)).eta_seconds
        assert eta is not None
        assert 0.0 < eta.p50 <= eta.p90 < 5.0
        assert eta.runs == 1
        assert (await at.ended(second)).eta_seconds is None

    async def test_an_unknown_job_is_an_error_with_candidates(self, at: Office) -> None:
        await at.submit(OK, name="fix-tests")
        for call in (
            at.client.get_job_status,
            at.client.get_errors,
            at.client.diagnose,
            at.client.get_execution_history,
            at.client.recover_job,
            at.client.observer_events,
        ):
            with pytest.raises(api.JobNotFound) as error:
                await call("fix-test-s")
            assert error.value.message == "Job 'fix-test-s' not found"
            assert error.value.data.candidates == ["fix-tests"]

    async def test_tails_of_many_sheets_stay_small(self, at: Office) -> None:
        sheets = "".join(
            f"  - {{name: s{n}, needs: [], command: 'head -c 20000 /dev/zero | tr \\\\0 x'}}\n" for n in range(3)
        )
        job = await at.submit(sheets)
        await at.ended(job)
        state = await at.client.get_job_status(job, output_bytes=10240)
        assert [len(sheet.stdout_tail or "") for sheet in state.sheets.values()] == [10240] * 3
        assert all(sheet.output_truncated for sheet in state.sheets.values())
        assert ALL_TAILS_BYTES // (2 * 1000) < 10240, "with a thousand sheets each gets less"


class TestPauseAndResume:
    async def test_a_paused_job_stops_at_the_boundary_and_goes_on_when_resumed(self, at: Office) -> None:
        job = await at.submit(WAITING)
        await at.seen(job, "sheet.started")
        answer = await at.client.pause_job(job)
        assert (answer.paused, answer.sheets_in_progress) == (True, [1])
        assert (await at.client.get_job_status(job)).status is JobStatus.RUNNING, "what runs is finished"
        go(at)
        await at.seen(job, "job.paused")
        state = await at.client.get_job_status(job)
        assert (state.status, state.holds) == (JobStatus.PAUSED, ["user"])
        assert state.waiting_for is not None
        assert state.waiting_for.kind is api.WaitKind.HOLD
        resumed = await at.client.resume_job(job)
        assert resumed.status == "accepted"
        assert [(change.action, change.why) for change in resumed.changes] == [
            ("keep", "completed"),
            ("run", "has not run yet"),
        ]
        assert (await at.ended(job)).status is JobStatus.COMPLETED

    async def test_domain_failures_are_results(self, at: Office) -> None:
        job = await at.submit(OK)
        await at.ended(job)
        paused = await at.client.pause_job(job)
        assert (paused.paused, paused.reason, paused.error) == (
            False,
            "wrong_state",
            f"Job '{job}' is completed, not running",
        )
        missing = await at.client.pause_job("nothing")
        assert (missing.paused, missing.reason, missing.error) == (False, "not_found", "Job 'nothing' not found")
        resumed = await at.client.resume_job(job)
        assert (resumed.status, resumed.reason, resumed.state) == ("rejected", "wrong_state", "completed")
        assert (await at.client.resume_job("nothing")).reason == "not_found"
        assert (await at.client.modify_job("nothing", "x")).reason == "not_found"
        cancelled = await at.client.cancel_job(job)
        assert (cancelled.cancelled, cancelled.reason, cancelled.state) == (False, "wrong_state", "completed")
        assert (await at.client.cancel_job("nothing")).cancelled is False

    async def test_resume_reads_the_file_again_and_no_reload_does_not(self, at: Office) -> None:
        """The reference kept no copy, so that no_reload silently read the file all the same."""
        path = at.place / "job.yaml"
        text = f"name: x\nworkspace: {at.work}\nsheets: [{{name: a, command: 'echo 1 >> log; exit 1'}}]"
        path.write_text(text)
        job = (await at.client.submit_job(str(path))).job_id
        await at.ended(job)
        path.write_text(text.replace("echo 1", "echo 2"))
        assert (await at.client.resume_job(job, no_reload=True)).changes[0].why == "failed before"
        await at.ended(job)
        assert (await at.client.resume_job(job)).changes[0].why == "its definition changed"
        await at.ended(job)
        assert (at.work / "log").read_text() == "1\n1\n2\n"

    async def test_resume_with_a_file_that_is_wrong_by_now_changes_nothing(self, at: Office) -> None:
        path = at.place / "job.yaml"
        path.write_text(f"name: x\nworkspace: {at.work}\nsheets: [{{name: a, command: exit 1}}]")
        job = (await at.client.submit_job(str(path))).job_id
        before = await at.ended(job)
        path.write_text("name: x\nsheets: [{command: a, timeout: soon}]")
        answer = await at.client.resume_job(job)
        assert (answer.status, answer.reason, answer.job_id, answer.state) == (
            "rejected",
            "invalid_config",
            job,
            "failed",
        )
        assert answer.problems[0].line == 2
        path.unlink()
        assert "cannot read it" in str((await at.client.resume_job(job)).message)
        assert (await at.client.get_job_status(job)).updated_at == before.updated_at

    async def test_modify_a_running_job(self, at: Office) -> None:
        job = await at.submit(WAITING)
        await at.seen(job, "sheet.started")
        text = f"name: x\nworkspace: {at.work}\nsheets:\n{WAITING}  - {{name: c, command: touch c}}\n"
        answer = await at.client.modify_job(job, config_text=text)
        assert (answer.status, answer.applied) == ("accepted", False)
        assert [change.action for change in answer.changes] == ["finish", "run", "run"]
        go(at)
        state = await at.ended(job)
        assert (state.status, state.total_sheets, state.job_name) == (JobStatus.COMPLETED, 3, "demo")
        assert (at.work / "c").exists()


class TestCancel:
    async def test_the_whole_tree_is_gone_when_the_answer_comes(self, at: Office) -> None:
        script = "trap '' TERM; setsid sleep 300 & sleep 300 & echo $$ > pid; wait; wait"
        job = await at.submit(f'  - {{name: a, command: "{script}"}}\n  - {{name: b, command: touch b}}\n')
        await at.seen(job, "sheet.started")
        await until((at.work / "pid").exists)
        answer = await at.client.cancel_job(job, 0.2)
        assert (answer.cancelled, answer.cancelling, answer.state) == (True, False, "cancelled")
        assert (await at.client.top()).processes[1:] == []
        state = await at.client.get_job_status(job)
        assert [sheet.status for sheet in state.sheets.values()] == ["cancelled", "cancelled"]
        assert state.sheets["1"].attempts[0].cause == "cancelled"

    async def test_a_validation_that_runs_is_ended_too(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: 'true', validate: [{command: 'touch checking; sleep 300'}]}\n")
        await at.seen(job, "sheet.started")
        await until((at.work / "checking").exists)
        answer = await at.client.cancel_job(job, 0.2)
        assert answer.state == "cancelled"

    async def test_a_job_that_waits_is_cancelled_at_once(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: exit 1, retry: {max: 1, backoff: 1h}}\n")
        await at.seen(job, "sheet.retry_scheduled")
        state = await at.client.get_job_status(job)
        assert state.waiting_for is not None
        assert (state.status, state.waiting_for.kind) == ("running", "retry")
        assert (await at.client.cancel_job(job)).state == "cancelled"


class TestListAndClear:
    async def test_jobs_that_run_come_first_and_keep_their_progress(self, at: Office) -> None:
        done = await at.submit(OK)
        await at.ended(done)
        running = await at.submit(WAITING)
        await at.seen(running, "sheet.started")
        entries = await at.client.list_jobs()
        assert [(e.job_id, e.progress_completed, e.progress_total) for e in entries] == [(running, 0, 2), (done, 1, 1)]
        assert [e.job_id for e in await at.client.list_jobs([JobStatus.COMPLETED])] == [done]
        assert [e.job_id for e in await at.client.list_jobs([JobStatus.RUNNING])] == [running]
        assert [e.job_id for e in await at.client.list_jobs(limit=0)] == [running]

    async def test_clear_removes_directories_too_and_only_of_ended_jobs(self, at: Office) -> None:
        done, running = await at.submit(OK), await at.submit(WAITING)
        await at.ended(done)
        directory = Path((await at.client.get_job_status(done)).directory)
        assert directory.exists()
        assert (await at.client.clear_jobs(dry_run=True)).job_ids == [done]
        assert directory.exists()
        assert (await at.client.clear_jobs([])).deleted == 0
        assert (await at.client.clear_jobs(job_ids=[])).deleted == 0
        assert (await at.client.clear_jobs(older_than_seconds=60)).deleted == 0
        assert (await at.client.clear_jobs(job_ids=[running, done, "nothing"])).job_ids == [done]
        assert not directory.exists()
        with pytest.raises(api.JobNotFound):
            await at.client.get_job_status(done)
        assert [pattern.sheet for pattern in (await at.client.learning_patterns()).patterns] == ["a"]


class TestErrorsAndHistory:
    async def test_errors_are_one_for_each_failed_attempt(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: 'echo oops 42 >&2; exit 3', retry: {max: 1, backoff: 10ms}}\n")
        await at.ended(job)
        errors = (await at.client.get_errors(job)).errors
        assert [(e.attempt_num, e.code, e.signature, e.last_lines) for e in errors] == [
            (1, "E_EXIT", "exit 3: oops N", ["oops 42"]),
            (2, "E_EXIT", "exit 3: oops N", ["oops 42"]),
        ]

    async def test_history_is_paged_and_says_what_was_started(self, at: Office) -> None:
        job = await at.submit(
            "  - {name: a, command: 'echo no; exit 1', retry: {max: 4, backoff: 1ms}}\n  - {name: b, command: x}\n"
        )
        await at.ended(job)
        first = await at.client.get_execution_history(job, limit=3)
        assert [record.attempt_num for record in first.records] == [5, 4, 3]
        assert first.has_more
        rest = await at.client.get_execution_history(job, before_id=first.records[-1].id)
        assert [record.attempt_num for record in rest.records] == [2, 1]
        assert not rest.has_more
        record = rest.records[0]
        assert (record.command, record.output, record.exit_code, record.cause) == (
            ["sh", "-c", "echo no; exit 1"],
            "no\n",
            1,
            "exit",
        )
        one = await at.client.get_execution_history(job, attempt_num=4, output_bytes=0)
        assert [(r.attempt_num, r.output) for r in one.records] == [(4, None)]
        none = await at.client.get_execution_history(job, sheet_num=2)
        assert (none.records, none.has_history) == ([], True)

    async def test_history_ends_early_when_outputs_are_large(self, at: Office) -> None:
        job = await at.submit(
            "  - {name: a, command: 'head -c 1048576 /dev/zero | tr \\\\0 x; exit 1', retry: {max: 9, backoff: 1ms}}\n"
        )
        await at.ended(job)
        page = await at.client.get_execution_history(job, output_bytes=1048576)
        assert 5 <= len(page.records) < 10
        assert page.has_more


class TestRecover:
    SHEETS = (
        "  - {name: a, command: 'true', validate: [{file: out, fresh: true}, {command: test -s out}]}\n"
        "  - {name: b, command: touch b}\n"
    )

    async def test_outputs_that_were_put_right_by_hand_are_taken(self, at: Office) -> None:
        job = await at.submit(self.SHEETS)
        state = await at.ended(job)
        assert state.cause is api.Cause.INVALID
        no = await at.client.recover_job(job)
        assert [(sheet.recovered, sheet.message.split(":")[0]) for sheet in no.sheets] == [
            (False, "out exists and is fresh")
        ]
        (at.work / "out").write_text("made by hand")
        yes = await at.client.recover_job(job, resume=True)
        assert (yes.sheets[0].recovered, yes.resumed) == (True, True)
        state = await at.ended(job)
        assert (state.status, state.sheets["1"].recovered, state.sheets["1"].attempt_count) == ("completed", True, 1)
        assert state.sheets["1"].validation_passed is True
        assert "sheet.recovered" in await at.events(job)

    async def test_a_dry_run_writes_nothing(self, at: Office) -> None:
        """In the reference it made a file in the workspace."""
        job = await at.submit(self.SHEETS)
        await at.ended(job)
        (at.work / "out").write_text("made by hand")
        seq = (await at.client.status()).seq
        before = sorted(
            (str(path), path.stat().st_mtime_ns) for path in at.place.rglob("*") if "conductor.db" not in path.name
        )
        found = await at.client.recover_job(job, dry_run=True)
        assert found.sheets[0].recovered
        after = sorted(
            (str(path), path.stat().st_mtime_ns) for path in at.place.rglob("*") if "conductor.db" not in path.name
        )
        assert after == before
        assert (await at.client.status()).seq == seq
        assert found.state.status == "failed"

    async def test_stale_outputs_are_refused_by_both(self, at: Office) -> None:
        at.work.mkdir()
        (at.work / "out").write_text("from yesterday")
        os.utime(at.work / "out", (1, 1))
        job = await at.submit(self.SHEETS)
        state = await at.ended(job)
        assert (state.status, state.cause) == ("failed", "invalid")
        assert "stale" in str(state.error_message)
        assert not (await at.client.recover_job(job)).sheets[0].recovered

    async def test_a_running_job_is_an_error(self, at: Office) -> None:
        job = await at.submit(WAITING)
        with pytest.raises(api.JobNotResumable):
            await at.client.recover_job(job)

    async def test_a_workspace_that_is_gone_is_an_error(self, at: Office) -> None:
        job = await at.submit(BAD)
        await at.ended(job)
        at.work.rmdir()
        with pytest.raises(api.WorkspaceNotFound):
            await at.client.recover_job(job)
        assert not at.work.exists()


class TestDiagnose:
    async def test_a_failure_is_explained_with_evidence_and_a_command(self, at: Office) -> None:
        job = await at.submit(
            "  - {name: a, command: 'echo oops >&2; exit 3'}\n  - {name: b, command: [no-such-program]}\n"
        )
        await at.ended(job)
        found = await at.client.diagnose(job)
        assert [finding.code for finding in found.findings] == ["exit_code", "program_missing"]
        first = found.findings[0]
        assert first.evidence == ["oops"]
        assert first.command == f"conductor resume {job}"
        assert found.environment.programs["no-such-program"] is None
        assert found.environment.programs["sh"] is not None
        assert [(entry.kind, entry.cause) for entry in found.timeline] == [("attempt", "exit")]

    async def test_a_job_in_order_has_no_findings(self, at: Office) -> None:
        job = await at.submit(OK)
        await at.ended(job)
        assert (await at.client.diagnose(job)).findings == []


class TestLimits:
    AGENT = "instruments: {agent: {command: [sh, -c, '{prompt}'], limit: {patterns: [Rate limit reached]}}}"

    async def test_a_limit_is_seen_waited_for_lifted_and_not_counted(self, at: Office) -> None:
        prompt = "test -e go && exec touch out; echo Rate limit reached. Try again in 5m"
        job = await at.submit(
            f"  - {{name: a, prompt: '{prompt}', instrument: agent, validate: [{{file: out}}]}}\n", rest=self.AGENT
        )
        await at.seen(job, "sheet.waiting")
        limits = await at.client.rate_limits()
        assert (limits.active_limits, limits.recent_events_count) == (1, 1)
        limit = limits.backends["agent"]
        assert 280 < limit.seconds_remaining <= 301
        assert (limit.evidence, limit.waiting_jobs) == ("Rate limit reached. Try again in 5m", [job])
        state = await at.client.get_job_status(job)
        assert state.waiting_for is not None
        assert (state.status, state.waiting_for.kind, state.waiting_for.instrument) == ("running", "limit", "agent")
        assert state.sheets["1"].rate_limit_expires_at == state.sheets["1"].fire_at is not None
        assert [finding.code for finding in (await at.client.diagnose(job)).findings] == ["rate_limited"]
        go(at)
        assert (await at.client.clear_rate_limits("other")).cleared == 0
        assert (await at.client.clear_rate_limits()).cleared == 1
        state = await at.ended(job)
        assert (state.status, state.rate_limit_waits) == ("completed", 1)
        assert (state.sheets["1"].attempt_count, state.sheets["1"].normal_attempts) == (2, 1)
        assert (await at.client.rate_limits()).active_limits == 0

    async def test_a_limit_ends_by_itself(self, at: Office) -> None:
        prompt = "test -e out && exit; touch out; echo Rate limit reached, retry-after: 1; exit 1"
        job = await at.submit(f"  - {{name: a, prompt: '{prompt}', instrument: agent}}\n", rest=self.AGENT)
        state = await at.ended(job)
        assert (state.status, state.rate_limit_waits) == ("completed", 1)


class TestDaemon:
    async def test_health_answers_before_everything_is_in_order(self, tmp_path: Path) -> None:
        async with office(tmp_path, start=False) as at:
            assert (await at.client.health()).status == "ok"
            ready = await at.client.readiness()
            assert (ready.status, ready.reasons) == ("not_ready", ["recovering"])
            waiting = asyncio.create_task(at.submit(OK))
            await at.desk.conductor.start()
            await at.ended(await waiting)
            assert (await at.client.readiness()).status == "ready"

    async def test_status_and_readiness_count_what_there_is(self, at: Office) -> None:
        running, paused = await at.submit(WAITING), await at.submit(WAITING)
        await at.seen(running, "sheet.started")
        await at.client.pause_job(paused)
        go(at)
        await at.seen(paused, "job.paused")
        await at.ended(running)
        status = await at.client.status()
        assert (status.running_jobs, status.paused_jobs, status.total_jobs_active) == (0, 1, 1)
        assert status.pid == os.getpid()
        assert status.memory_usage_mb > 1
        ready = await at.client.readiness()
        assert (ready.status, ready.running_jobs, ready.child_processes) == ("ready", 0, 0)

    async def test_top_shows_the_processes_of_steps(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: [sleep, '60']}\n")
        await at.seen(job, "sheet.started")
        mine: list[api.ProcessMetric] = []
        while len(mine) < 2:  # the shim and the step, as soon as it has started the step
            top = await at.client.top()
            mine = [process for process in top.processes if process.job_id == job]
        assert {process.sheet_num for process in mine} == {1}
        assert (top.running_jobs, top.active_sheets, top.daemon_pid) == (1, 1, os.getpid())
        assert [progress.job_id for progress in top.job_progress] == [job]
        ready = await at.client.readiness()
        assert (ready.child_processes, ready.job_ids) == (len(mine), [job])

    async def test_failures_of_the_last_hour_raise_the_flag(self, at: Office) -> None:
        assert not (await at.client.readiness()).failure_rate_elevated
        job = await at.submit("  - {name: a, command: exit 1, retry: {max: 4, backoff: 1ms}}\n")
        await at.ended(job)
        assert (await at.client.readiness()).failure_rate_elevated

    async def test_config_is_what_the_daemon_runs_with(self, tmp_path: Path) -> None:
        async with office(tmp_path, max_concurrent_jobs=3) as at:
            config = await at.client.config()
            assert config.max_concurrent_jobs == 3
            assert (config.socket.path, config.socket.permissions) == (str(tmp_path / "s"), 0o600)

    async def test_shutdown_says_how(self, at: Office) -> None:
        answer = await at.client.shutdown()
        assert (answer.shutting_down, answer.pid) == (True, os.getpid())
        await at.client.shutdown(graceful=False)
        assert at.ends == [True, False]

    async def test_the_file_of_snapshots_is_where_it_says(self, at: Office) -> None:
        answer = await at.client.top_stream()
        assert Path(answer.jsonl_path).parent == at.place / "state"
        assert answer.interval_seconds > 0


class TestEvents:
    async def test_processes_are_told_of_newest_first(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: exit 3, retry: {max: 1, backoff: 1ms}}\n")
        await at.ended(job)
        events = (await at.client.events()).events
        assert [(event.event_type, event.exit_code) for event in events] == [
            ("exit", 3),
            ("spawn", None),
            ("exit", 3),
            ("spawn", None),
        ]
        assert {event.job_id for event in events} == {job}
        assert len((await at.client.events(limit=1)).events) == 1

    async def test_a_process_that_we_end_is_killed_and_one_that_others_end_is_signalled(self, at: Office) -> None:
        killed = await at.submit("  - {name: a, command: sleep 60, timeout: 200ms}\n")
        signalled = await at.submit("  - {name: a, command: 'kill -9 $$'}\n")
        await at.ended(killed)
        await at.ended(signalled)
        ends = {
            e.job_id: (e.event_type, e.signal_num) for e in (await at.client.events()).events if e.event_type != "spawn"
        }
        assert ends[killed][0] == "kill"
        assert ends[signalled] == ("signal", 9)

    async def test_files_of_running_jobs_are_observed(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: echo 1 > made}\n" + WAITING.replace("name: a", "name: c"))
        await at.seen(job, "sheet.started", 2)
        events = (await at.client.observer_events(job)).events
        created = [event.data.path for event in events if event.event == "observer.file_created" and event.data]
        assert created == ["made"]
        assert events[0].seq > events[-1].seq
        assert (await at.client.observer_events()).events == events
        await at.client.cancel_job(job)
        assert (await at.client.observer_events(job)).events == [], "only of jobs that have not ended"

    async def test_output_is_streamed_with_its_place(self, at: Office) -> None:
        job = await at.submit("  - {name: a, command: 'echo one; sleep 0.5; echo two; echo three >&2'}\n")
        async with asyncio.timeout(20), at.client.monitor(0, job, include_output=True, until_job_ends=True) as events:
            found = [event async for event in events]
        chunks = [event.data for event in found if event.event == "sheet.output" and event.data is not None]
        out = [chunk for chunk in chunks if chunk.stream == "stdout"]
        assert "".join(str(chunk.text) for chunk in out) == "one\ntwo\n"
        assert len(out) == 2
        assert (out[1].offset, out[1].size) == (4, 4)
        assert [chunk.text for chunk in chunks if chunk.stream == "stderr"] == ["three\n"]
        assert b"three" not in (at.place / "state" / "conductor.db").read_bytes(), (
            "the text is stored once, in its file"
        )

    async def test_a_stream_ends_with_the_job(self, at: Office) -> None:
        job = await at.submit(OK)
        async with asyncio.timeout(20), at.client.monitor(0, job, until_job_ends=True) as events:
            names = [event.event async for event in events]
        assert names[-1] == "job.completed"
        assert events.result == api.StreamEnd(
            reason=api.EndReason.JOB_ENDED, last_seq=(await at.client.status()).seq, status=JobStatus.COMPLETED
        )

    async def test_until_job_ends_needs_a_job(self, at: Office) -> None:
        with pytest.raises(InvalidParamsError):
            async with at.client.monitor(until_job_ends=True) as events:
                await anext(events)

    async def test_streams_are_limited(self, at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("conductord.feed.MAX_STREAMS", 1)
        async with at.client.monitor(0) as first:
            await anext(first)
            with pytest.raises(api.ResourceExhausted):
                async with at.client.monitor(0) as second:
                    await anext(second)


class TestPatterns:
    async def test_patterns_are_computed_from_past_attempts(self, at: Office) -> None:
        script = "test -e tried || { touch tried; echo no 7 >&2; exit 1; }"
        flaky = f"  - {{name: a, command: '{script}', retry: {{max: 2, backoff: 1ms}}}}\n"
        for _ in range(3):
            (at.work / "tried").unlink(missing_ok=True)
            await at.ended(await at.submit(flaky))
        (pattern,) = (await at.client.learning_patterns()).patterns
        assert (pattern.pattern_type, pattern.runs, pattern.success_rate, pattern.flaky_rate) == ("flaky", 6, 0.5, 1.0)
        assert (pattern.quarantine_status, pattern.top_error) == ("validated", "exit 1: no N")
        assert pattern.suggestion is not None
        assert len(pattern.durations) == 6

    async def test_no_attempts_no_patterns(self, at: Office) -> None:
        assert (await at.client.learning_patterns()).patterns == []


async def test_hooks_run_when_a_job_ends_and_only_then(at: Office) -> None:
    hook = f"{sys.executable} -c 'import sys; open(sys.argv[1], \"a\").write(sys.argv[2] + chr(10))'"
    rest = json.dumps({"failed": f"{hook} failed {{job}}:{{state}}", "finished": f"{hook} finished {{state}}"})
    job = await at.submit(BAD, rest=f"on_event: {rest.replace('{job}', '{job}')}")
    await at.ended(job)
    wanted = {"failed": f"{job}:failed\n", "finished": "failed\n"}
    await until(lambda: all((at.work / name).exists() for name in wanted))
    await until(lambda: {name: (at.work / name).read_text() for name in wanted} == wanted)
