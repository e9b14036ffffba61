"""Outputs decide success: every rule, on real files and with real processes."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from conductord import runner, validate
from conductord.runner import Exit, LaunchRequest
from conductord.spec import CommandRule, ContainsRule, ExitCodeRule, FileRule, JsonRule, RegexRule, Rule
from conductord.validate import Check, Evidence, describe, run_checks

Launch = Callable[..., LaunchRequest]
Living = Callable[[], list[psutil.Process]]
Eventually = Callable[[Callable[[], object]], Awaitable[None]]


def ended(code: int | None, signal: int | None = None) -> Exit:
    return Exit(exit=code, signal=signal, duration=1, utime=0, stime=0, maxrss_kb=0, started=0, ended=1)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    (tmp_path / "attempt").mkdir()
    (tmp_path / "attempt" / "stdout").write_text("hello 42\n")
    (tmp_path / "work").mkdir()
    return Evidence(
        directory=tmp_path / "attempt",
        workspace=tmp_path / "work",
        first_start=time.time(),
        exit=ended(0),
        env={"PATH": os.environ["PATH"], "GREETING": "hi"},
    )


async def check(rule: Rule, evidence: Evidence) -> Check:
    (result,) = await run_checks([rule], evidence)
    return result


def write(evidence: Evidence, name: str, content: str | bytes, *, age: float = 0.0) -> None:
    path = evidence.workspace / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if age:
        os.utime(path, (time.time(), evidence.first_start - age))


async def test_results_come_in_the_order_of_the_rules(evidence: Evidence) -> None:
    write(evidence, "a.json", "{}")
    rules: list[Rule] = [
        CommandRule(argv=("true",)),
        ContainsRule(text="42"),
        FileRule(path="missing"),
        JsonRule(path="a.json"),
        ExitCodeRule(codes=(0,)),
        RegexRule(pattern="^nope"),
    ]

    results = await run_checks(rules, evidence)

    assert [(result.rule_type, result.passed) for result in results] == [
        ("command", True),
        ("contains", True),
        ("file", False),
        ("json", True),
        ("exit_code", True),
        ("regex", False),
    ]


async def test_no_rules_no_processes(evidence: Evidence) -> None:
    assert await run_checks([], evidence) == []
    assert not (evidence.directory / "checks").exists()


@pytest.mark.parametrize(
    ("how", "passed", "message"),
    [
        (ended(0), True, "exit code 0"),
        (ended(3), True, "exit code 3"),
        (ended(1), False, "exit code 1"),
        (ended(None, 9), False, "ended by signal 9"),
        (None, False, "the exit code is not known"),
    ],
)
async def test_exit_codes(evidence: Evidence, how: Exit | None, passed: bool, message: str) -> None:
    seen = Evidence(
        directory=evidence.directory, workspace=evidence.workspace, first_start=0, exit=how, env=evidence.env
    )

    result = await check(ExitCodeRule(codes=(0, 3)), seen)

    assert (result.passed, result.message) == (passed, message)


async def test_a_file_that_the_step_wrote_is_there_and_fresh(evidence: Evidence) -> None:
    write(evidence, "out", "12345")

    result = await check(FileRule(path="out", fresh=True, min_size=5), evidence)

    assert result == Check(
        rule_type="file",
        description="out exists and is fresh, 5 bytes at least",
        passed=True,
        message="has 5 bytes",
        path="out",
    )


async def test_a_file_from_before_the_first_attempt_is_stale(evidence: Evidence) -> None:
    write(evidence, "out", "old", age=90)

    assert (await check(FileRule(path="out"), evidence)).passed
    result = await check(FileRule(path="out", fresh=True), evidence)

    assert not result.passed
    assert result.message == "is stale: last changed 1m30s before the first attempt began"


async def test_the_coarse_clock_of_the_file_system_makes_nothing_stale(evidence: Evidence) -> None:
    for number in range(200):
        at_start = Evidence(
            directory=evidence.directory, workspace=evidence.workspace, first_start=time.time(), exit=None, env={}
        )
        write(evidence, f"out{number}", "x")
        assert (await check(FileRule(path=f"out{number}", fresh=True), at_start)).passed


async def test_a_file_that_is_too_small_missing_or_no_file(evidence: Evidence) -> None:
    write(evidence, "small", "x")
    (evidence.workspace / "folder").mkdir()

    results = await run_checks(
        [FileRule(path="small", min_size=2), FileRule(path="none"), FileRule(path="small/x"), FileRule(path="folder")],
        evidence,
    )

    assert [result.passed for result in results] == [False] * 4
    assert [result.message for result in results] == [
        "has 1 bytes",
        "there is no such file",
        "there is no such file",
        "is not a regular file",
    ]


async def test_text_is_looked_for_in_files_and_in_stdout(evidence: Evidence) -> None:
    write(evidence, "ü.txt", "größer\n")
    write(evidence, "empty", "")

    results = await run_checks(
        [
            ContainsRule(text="größer", path="ü.txt"),
            ContainsRule(text="kleiner", path="ü.txt"),
            ContainsRule(text="hello"),
            ContainsRule(text="x", path="empty"),
            ContainsRule(text="x", path="none"),
            ContainsRule(text="x", path="."),
        ],
        evidence,
    )

    assert [result.passed for result in results] == [True, False, True, False, False, False]
    assert [r.message for r in results[3:]] == ["the file is empty", "there is no such file", "is a directory"]
    assert (results[0].path, results[0].pattern) == ("ü.txt", "größer")


async def test_patterns_are_looked_for_in_files_and_in_stdout(evidence: Evidence) -> None:
    write(evidence, "plan.md", "intro\n## One\n")
    write(evidence, "bytes", b"\xff\xfe ok")

    results = await run_checks(
        [
            RegexRule(pattern="(?m)^## ", path="plan.md"),
            RegexRule(pattern="^## ", path="plan.md"),
            RegexRule(pattern=r"\d+"),
            RegexRule(pattern="ok$", path="bytes"),
        ],
        evidence,
    )

    assert [result.passed for result in results] == [True, False, True, True]
    assert results[2].message == "matches '42'"


async def test_a_pattern_that_backtracks_for_ever_fails_alone(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, living: Living
) -> None:
    monkeypatch.setattr(validate, "CONTENT_TIMEOUT", 1.0)
    write(evidence, "a", "a" * 60 + "!")

    good, bad, after = await run_checks(
        [ContainsRule(text="a", path="a"), RegexRule(pattern="(a+)+$", path="a"), ContainsRule(text="!", path="a")],
        evidence,
    )

    assert good.passed
    assert not bad.passed
    assert bad.message == after.message == "could not be checked: ran longer than 1.0s"
    assert living() == []


@pytest.mark.parametrize(
    ("content", "passed", "message"),
    [
        ('{"a": 1}', True, "is JSON"),
        ("\ufeff[]", True, "is JSON"),
        ("", False, "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{} {}", False, "not JSON: Extra data: line 1 column 4 (char 3)"),
        ("NaN", False, "not JSON: NaN is not a JSON value"),
        (b"\xff", False, "not UTF-8 at byte 0"),
    ],
)
async def test_json_documents(evidence: Evidence, content: str | bytes, passed: bool, message: str) -> None:
    write(evidence, "x.json", content)

    result = await check(JsonRule(path="x.json"), evidence)

    assert (result.passed, result.message) == (passed, message)


async def test_a_deep_json_document_is_a_failed_check(evidence: Evidence) -> None:
    write(evidence, "x.json", "[" * 100_000)

    assert not (await check(JsonRule(path="x.json"), evidence)).passed


async def test_json_schemas(evidence: Evidence) -> None:
    write(evidence, "x.json", '{"n": [1, "two"]}')
    fits = {"properties": {"n": {"type": "array"}}, "required": ["n"]}
    misfits = {"properties": {"n": {"items": {"type": "integer"}}}}

    results = await run_checks(
        [
            JsonRule(path="x.json", schema=fits),
            JsonRule(path="x.json", schema=misfits),
            JsonRule(path="x.json", schema={"$ref": "http://127.0.0.1:9/schema.json"}),
        ],
        evidence,
    )

    assert [(result.passed, result.message) for result in results] == [
        (True, "fits the schema"),
        (False, "does not fit the schema at $.n[1]: 'two' is not of type 'integer'"),
        (False, "the schema refers to 'http://127.0.0.1:9/schema.json', which is not in it"),
    ]


async def test_commands_run_in_the_workspace_with_the_environment_of_the_step(evidence: Evidence) -> None:
    write(evidence, "here", "")

    good, bad, missing = await run_checks(
        [
            CommandRule(argv=("sh", "-c", 'test -e here && test "$GREETING" = hi')),
            CommandRule(argv=("sh", "-c", "echo first; echo 'it is wrong' >&2; exit 4")),
            CommandRule(argv=("no-such-command",)),
        ],
        evidence,
    )

    assert (good.passed, good.message) == (True, "exit code 0")
    assert (bad.passed, bad.message) == (False, "exit code 4: it is wrong")
    assert (missing.passed, missing.message) == (False, "command 'no-such-command': No such file or directory")


async def test_a_command_that_takes_too_long_is_ended_with_its_tree(evidence: Evidence, living: Living) -> None:
    result = await check(CommandRule(argv=("sh", "-c", "sleep 60 & sleep 60"), timeout=0.3), evidence)

    assert (result.passed, result.message) == (False, "ran longer than 0.3s")
    assert living() == []


async def test_checks_can_be_run_again_and_keep_their_output(evidence: Evidence) -> None:
    rule = CommandRule(argv=("echo", "looked"))

    assert (await check(rule, evidence)).passed
    assert (await check(rule, evidence)).passed

    kept = [(evidence.directory / "checks" / name / "stdout").read_text() for name in ("1", "2")]
    assert kept == ["looked\n", "looked\n"]


async def test_what_an_earlier_daemon_left_of_its_checks_is_ended_first(
    evidence: Evidence, living: Living, eventually: Eventually
) -> None:
    left = LaunchRequest(
        directory=evidence.directory / "checks" / "1",
        argv=("sleep", "60"),
        workspace=evidence.workspace,
        env=evidence.env,
    )
    ref = await runner.start(left)
    await eventually(lambda: len(living()) == 2)

    assert (await check(CommandRule(argv=("true",)), evidence)).passed

    assert not runner.is_alive(ref)
    assert living() == []


async def test_cancelled_checks_leave_no_process(evidence: Evidence, living: Living, eventually: Eventually) -> None:
    task = asyncio.create_task(run_checks([CommandRule(argv=("sleep", "60"))], evidence))
    await eventually(lambda: len(living()) == 2)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert living() == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ExitCodeRule(codes=(0, 3)), "exit code is 0 or 3"),
        (FileRule(path="a"), "a exists"),
        (FileRule(path="a", min_size=9), "a exists, 9 bytes at least"),
        (ContainsRule(text="x"), "stdout contains 'x'"),
        (RegexRule(pattern="y" * 100, path="a"), f"a matches '{'y' * 57}...'"),
        (JsonRule(path="a"), "a is JSON"),
        (JsonRule(path="a", schema={}), "a is JSON and fits its schema"),
        (CommandRule(argv=("sh", "-c", "make test")), "'make test' succeeds"),
        (CommandRule(argv=("make", "test")), "'make test' succeeds"),
    ],
)
def test_rules_in_words(rule: Rule, words: str) -> None:
    assert describe(rule) == words
