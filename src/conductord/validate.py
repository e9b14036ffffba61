"""Outputs decide success: runs the validations of a sheet after an attempt."""

import asyncio
import itertools
import os
import stat
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from conductord import runner
from conductord.quantities import format_duration
from conductord.runner import Exit, LaunchRequest, StartError
from conductord.spec import CommandRule, ContainsRule, ExitCodeRule, FileRule, JsonRule, RegexRule, Rule
from conductord.supervise import Bounds, Cause, run

CHECKS = "checks"
"""Directory below that of the attempt: one numbered directory for each process that validated it."""
CONTENT_TIMEOUT = 60.0
"""Seconds for looking into all files of a sheet."""
ANSWERS_MAX = 16 * 2**20
"""Bytes of its answers that are read."""
# <linux/time.h>; Python has no name for it.
_CLOCK_REALTIME_COARSE = 5
_CONTENT_SCRIPT = Path(__file__).with_name("contentcheck.py")

ContentRule = ContainsRule | RegexRule | JsonRule


class Check(Struct, frozen=True, kw_only=True):
    """Result of one validation; the fields are those of `validation_details` on the wire."""

    rule_type: str
    """exit_code, file, contains, regex, json or command."""
    description: str
    """The rule in words: `PLAN.md exists and is fresh`."""
    passed: bool
    message: str
    """What was found."""
    path: str | None = None
    pattern: str | None = None


class Evidence(Struct, frozen=True, kw_only=True):
    """What the validations of an attempt look at."""

    directory: Path
    """Attempt directory: stdout is there, and commands of validations keep their output in `checks/`."""
    workspace: Path
    first_start: float
    """Epoch seconds at which the FIRST attempt of this sheet began: what is older is not fresh."""
    exit: Exit | None
    """How the step ended, None when not known: then an `exit_code` rule fails."""
    env: Mapping[str, str]
    """Environment for `command` validations: that of the step."""


async def run_checks(rules: Sequence[Rule], evidence: Evidence) -> list[Check]:
    """One Check for each rule, in order. Never raises for what it finds: a broken check is a failed one.

    What an earlier daemon left running of the same validations is ended first. When cancelled, all its processes end.
    """
    await _end_earlier(evidence.directory / CHECKS)
    content = [rule for rule in rules if isinstance(rule, ContentRule)]
    answers = iter(await _look_into_files(content, evidence) if content else [])
    checks: list[Check] = []
    for rule in rules:
        if isinstance(rule, ContentRule):
            passed, message = next(answers)
        elif isinstance(rule, CommandRule):
            passed, message = await _run_command(rule, evidence)
        elif isinstance(rule, FileRule):
            passed, message = _look_at_file(rule, evidence)
        else:
            passed, message = _look_at_exit(rule, evidence.exit)
        checks.append(_check(rule, passed, message))
    return checks


def _check(rule: Rule, passed: bool, message: str) -> Check:
    pattern = rule.pattern if isinstance(rule, RegexRule) else rule.text if isinstance(rule, ContainsRule) else None
    path = None if isinstance(rule, ExitCodeRule | CommandRule) else rule.path
    return Check(
        rule_type=str(rule.__struct_config__.tag),
        description=describe(rule),
        passed=passed,
        message=message,
        path=path,
        pattern=pattern,
    )


def describe(rule: Rule) -> str:
    """The rule in words."""
    match rule:
        case ExitCodeRule(codes=codes):
            return "exit code is " + " or ".join(map(str, codes))
        case FileRule(path=path, fresh=fresh, min_size=size):
            return f"{path} exists" + (" and is fresh" if fresh else "") + (f", {size} bytes at least" if size else "")
        case ContainsRule(path=path, text=text):
            return f"{_name(path)} contains {_shown(text)}"
        case RegexRule(path=path, pattern=pattern):
            return f"{_name(path)} matches {_shown(pattern)}"
        case JsonRule(path=path, schema=schema):
            return f"{_name(path)} is JSON" + (" and fits its schema" if schema is not None else "")
        case CommandRule(argv=argv):
            return f"{_shown(argv[2] if argv[:2] == ('sh', '-c') else ' '.join(argv))} succeeds"


def _name(path: str | None) -> str:
    return "stdout" if path is None else path


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


# ---------------------------------------------------------------------------- one rule


def _look_at_exit(rule: ExitCodeRule, ended: Exit | None) -> tuple[bool, str]:
    if ended is None:
        return False, "the exit code is not known"
    if ended.exit is None:
        return False, f"ended by signal {ended.signal}"
    return ended.exit in rule.codes, f"exit code {ended.exit}"


def _look_at_file(rule: FileRule, evidence: Evidence) -> tuple[bool, str]:
    try:
        status = (evidence.workspace / rule.path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False, "there is no such file"
    except OSError as error:
        return False, f"cannot be looked at: {error.strerror}"
    if not stat.S_ISREG(status.st_mode):
        return False, "is not a regular file"
    if status.st_size < rule.min_size:
        return False, f"has {status.st_size} bytes"
    age = evidence.first_start - status.st_mtime
    if rule.fresh and age > _clock_step():
        return False, f"is stale: last changed {format_duration(age)} before the first attempt began"
    return True, f"has {status.st_size} bytes"


def _clock_step() -> float:
    """Files are stamped with the kernel's coarse clock, which lags by up to this many seconds."""
    return time.clock_getres(_CLOCK_REALTIME_COARSE) if sys.platform == "linux" else 0.01


async def _run_command(rule: CommandRule, evidence: Evidence) -> tuple[bool, str]:
    directory = _next_directory(evidence.directory / CHECKS)
    request = LaunchRequest(
        directory=directory, argv=rule.argv, workspace=evidence.workspace, env=evidence.env, stdin=None
    )
    passed, message = await _run(request, rule.timeout)
    if passed:
        return True, message
    tail = (runner.read_tail(directory, "stderr", 300) or runner.read_tail(directory, "stdout", 300)).strip()
    last_line = tail.decode(errors="replace").rpartition("\n")[2]
    return False, f"{message}: {last_line}" if last_line else message


async def _look_into_files(rules: Sequence[ContentRule], evidence: Evidence) -> list[tuple[bool, str]]:
    """The answers of `contentcheck`; its failure is the answer to every question that it left open."""
    questions: list[dict[str, object]] = []
    for rule in rules:
        path = evidence.directory / "stdout" if rule.path is None else evidence.workspace / rule.path
        fields = msgspec.to_builtins(rule)
        questions.append({**fields, "file": os.fspath(path)})
    directory = _next_directory(evidence.directory / CHECKS)
    request = LaunchRequest(
        directory=directory,
        argv=(sys.executable, "-I", str(_CONTENT_SCRIPT)),
        workspace=evidence.workspace,
        env={name: text for name, text in evidence.env.items() if name in ("PATH", "HOME")},
        stdin=msgspec.json.encode(questions).decode(),
    )
    _, message = await _run(request, CONTENT_TIMEOUT)
    lines = runner.read_output(directory, "stdout", size=ANSWERS_MAX).split(b"\n")[:-1]
    answers = [msgspec.json.decode(line, type=tuple[bool, str]) for line in lines]
    return answers + [(False, f"could not be checked: {message}")] * (len(rules) - len(answers))


async def _run(request: LaunchRequest, timeout: float) -> tuple[bool, str]:
    """Whether a command exits 0 in time, and how it ended."""
    try:
        outcome = await run(request, Bounds(timeout=timeout, output_limit=64 * 2**20, grace=1.0))
    except StartError as error:
        return False, str(error)
    ended = outcome.exit
    good = outcome.cause is Cause.EXIT and ended is not None and ended.exit == 0
    return good, outcome.message


def _next_directory(parent: Path) -> Path:
    """A new directory; validations may run again after a restart of the daemon, and again for `recover`."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in itertools.count(1):
        try:
            (parent / str(number)).mkdir(mode=0o700)
        except FileExistsError:
            continue
        return parent / str(number)
    raise AssertionError("numbers do not end")


async def _end_earlier(parent: Path) -> None:
    """End what a daemon that was killed left running of its validations: they would run twice, and at once."""
    for directory in _unfinished(parent):
        shim = await asyncio.to_thread(runner.find_shim, directory)
        if shim is not None:
            await runner.kill_tree(shim, directory, 0)


def _unfinished(parent: Path) -> list[Path]:
    """The directories of validations that did not come to their end."""
    if not parent.is_dir():
        return []
    return [directory for directory in sorted(parent.iterdir()) if runner.read_exit(directory) is None]
