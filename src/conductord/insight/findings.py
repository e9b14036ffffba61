"""What stands in a job's way, with the evidence and what to do about it. Pure: everything it looks at is handed in."""

from collections.abc import Iterable, Sequence

import msgspec

from conductord.engine.ledger import moment
from conductord.job import Cause, Hold, JobState, SheetState
from conductord.quantities import format_duration
from conductord.store import AttemptRow, JobRow, LimitRow, SheetRow
from conductord.store.statistics import Quantiles

SILENT_AFTER = 300.0
"""Seconds without output after which a running step is worth a word."""
OFTEN = 3
"""Failures of the same kind, or interruptions, that are worth a word."""

ERROR, WARNING, INFO = "error", "warning", "info"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found."""

    code: str
    severity: str
    message: str
    hint: str
    sheet: int | None = None
    evidence: Sequence[str] = ()
    command: str | None = None


class Symptoms(msgspec.Struct, frozen=True, kw_only=True):
    """All that a diagnosis looks at."""

    job: JobRow
    sheets: Sequence[SheetRow]
    attempts: Sequence[AttemptRow]
    """Newest ones of the job, oldest first."""
    last_lines: dict[int, list[str]]
    """Sheet number -> last lines of its newest attempt."""
    failed_checks: dict[int, list[str]]
    """Sheet number -> what its newest validations found wrong."""
    limits: Sequence[LimitRow]
    history: dict[str, Quantiles]
    daemon_holds: frozenset[Hold]
    workspace_exists: bool
    missing_programs: Sequence[str]
    file_changed: bool
    """Whether the job file on disk is another than the one the job runs by."""
    now: float


_FAILURES: dict[Cause, tuple[str, str]] = {
    Cause.EXIT: ("exit_code", "read its output, correct the cause, and resume"),
    Cause.SIGNAL: ("killed", "something outside the conductor killed it: look for the out-of-memory killer"),
    Cause.INVALID: ("validation_failed", "correct the outputs by hand and recover, or resume to run it again"),
    Cause.TIMEOUT: ("timeout", "raise `timeout` in the job file, or make the sheet smaller, and resume"),
    Cause.IDLE: ("idle", "it wrote nothing for too long: raise `idle_timeout`, or see what it waits for"),
    Cause.OUTPUT_LIMIT: ("output_limit", "raise `output_limit`, or let it write into a file"),
    Cause.LIMIT: ("limit_too_long", "wait for the limit to end and resume, or raise `limit.max_wait`"),
    Cause.SPAWN: ("spawn_failed", "install the program or correct `command`, and resume"),
    Cause.INTERRUPTED: ("interrupted", "look at the log of the daemon, and resume"),
    Cause.CANCELLED: ("cancelled", "resume to go on"),
}
"""Cause of a failed sheet -> code of the finding, and what to do."""


def diagnose(symptoms: Symptoms) -> list[Finding]:
    """What was found, the most important first."""
    found = [
        *_failed_sheets(symptoms),
        *_surroundings(symptoms),
        *_waits(symptoms),
        *_repetitions(symptoms),
        *_slow_sheets(symptoms),
        *_file(symptoms),
    ]
    order = {ERROR: 0, WARNING: 1, INFO: 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def _failed_sheets(s: Symptoms) -> Iterable[Finding]:
    for sheet in s.sheets:
        if sheet.state is not SheetState.FAILED or sheet.cause is None:
            continue
        code, hint = _FAILURES[sheet.cause]
        recover = sheet.cause is Cause.INVALID
        verb = f"recover {s.job.job_id} --sheet {sheet.n}" if recover else f"resume {s.job.job_id}"
        yield Finding(
            code=code,
            severity=ERROR,
            sheet=sheet.n,
            message=f"sheet {sheet.n} ({sheet.name}) failed after {sheet.attempts} attempts: {sheet.error}",
            evidence=[*s.failed_checks.get(sheet.n, []), *s.last_lines.get(sheet.n, [])],
            hint=hint,
            command=f"conductor {verb}",
        )


def _surroundings(s: Symptoms) -> Iterable[Finding]:
    if s.job.state is JobState.COMPLETED:
        return
    if not s.workspace_exists and s.job.started is not None:
        yield Finding(
            code="workspace_missing",
            severity=ERROR,
            message=f"the workspace {s.job.workspace} is gone",
            hint="restore it; an empty one is made when the job goes on",
        )
    for program in s.missing_programs:
        yield Finding(
            code="program_missing",
            severity=ERROR,
            message=f"the program {program!r} was not found",
            hint="install it, or correct `command` in the job file; the daemon looks in its own PATH",
        )
    if Hold.RESOURCE in s.daemon_holds:
        yield Finding(
            code="disk_low",
            severity=ERROR,
            message="the disk of the state directory is nearly full, so nothing new starts",
            hint="make room, for example by deleting old jobs",
            command="conductor clear --older-than 7d",
        )


def _waits(s: Symptoms) -> Iterable[Finding]:
    if Hold.USER in s.job.hold_set:
        yield Finding(
            code="paused",
            severity=INFO,
            message="the job is paused by a person",
            hint="resume it when it may go on",
            command=f"conductor resume {s.job.job_id}",
        )
    if s.job.state is JobState.QUEUED and not s.job.hold_set:
        yield Finding(
            code="queued",
            severity=INFO,
            message="the job waits for a place among the running jobs",
            hint="wait, or raise `max_concurrent_jobs` in the settings of the daemon",
            command="conductor list",
        )
    limits = {limit.instrument: limit for limit in s.limits}
    for sheet in s.sheets:
        limit = limits.get(sheet.instrument)
        if sheet.state is SheetState.WAITING and limit is not None:
            yield _limited(sheet, limit, s.now)


def _limited(sheet: SheetRow, limit: LimitRow, now: float) -> Finding:
    left = format_duration(max(0.0, limit.until - now))
    return Finding(
        code="rate_limited",
        severity=WARNING,
        sheet=sheet.n,
        message=f"sheet {sheet.n} ({sheet.name}) waits for the limit of {limit.instrument}, {left} more",
        evidence=[limit.evidence, f"until {moment(limit.until):%Y-%m-%d %H:%M:%SZ} ({limit.reason})"],
        hint="it goes on by itself; lift the limit if you know that it is over",
        command=f"conductor limits clear {limit.instrument}",
    )


def _repetitions(s: Symptoms) -> Iterable[Finding]:
    for sheet in s.sheets:
        mine = [attempt for attempt in s.attempts if attempt.sheet == sheet.n]
        lost = [attempt for attempt in mine if attempt.cause is Cause.INTERRUPTED]
        if len(lost) >= OFTEN:
            yield Finding(
                code="interrupted_often",
                severity=WARNING,
                sheet=sheet.n,
                message=f"sheet {sheet.n} ({sheet.name}) was interrupted {len(lost)} times",
                hint="something ends its processes and their shims: a reboot, or the memory limit of a cgroup",
            )
        signatures = {attempt.signature for attempt in mine if attempt.cause is not None and attempt.counted}
        if len(mine) >= OFTEN and len(signatures) == 1 and None not in signatures and sheet.cause is not None:
            yield Finding(
                code="same_failure",
                severity=WARNING,
                sheet=sheet.n,
                message=f"sheet {sheet.n} ({sheet.name}) failed the same way each time, so retries do not help",
                evidence=sorted(text for text in signatures if text is not None),
                hint="correct the cause before the next attempt",
                command=f"conductor errors {s.job.job_id}",
            )


def _slow_sheets(s: Symptoms) -> Iterable[Finding]:
    for attempt in s.attempts:
        if attempt.ended is not None:
            continue
        name = f"sheet {attempt.sheet} ({attempt.sheet_name})"
        ran, silent = s.now - attempt.started, s.now - (attempt.last_output or attempt.started)
        known = s.history.get(attempt.sheet_name)
        if silent >= SILENT_AFTER:
            yield Finding(
                code="silent",
                severity=WARNING,
                sheet=attempt.sheet,
                message=f"{name} has written nothing for {format_duration(silent)}",
                evidence=s.last_lines.get(attempt.sheet, []),
                hint="see whether it works or waits; an `idle_timeout` would end it",
                command=f"conductor logs {s.job.job_id} {attempt.sheet}",
            )
        if known is not None and ran > 2 * known.p90:
            yield Finding(
                code="slow",
                severity=WARNING,
                sheet=attempt.sheet,
                message=f"{name} has run for {format_duration(ran)}; nine of ten took {format_duration(known.p90)}",
                hint="look at its output",
                command=f"conductor logs {s.job.job_id} {attempt.sheet}",
            )


def _file(s: Symptoms) -> Iterable[Finding]:
    if s.file_changed and s.job.state is not JobState.COMPLETED:
        yield Finding(
            code="file_changed",
            severity=INFO,
            message=f"{s.job.config_path} has changed since the job read it",
            hint="the job goes on by what it read; resume and modify read it again",
        )
