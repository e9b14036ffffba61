"""Diagnosis and patterns as the wire shows them."""

import hashlib
import os
import platform
import shutil
from collections.abc import Mapping
from pathlib import Path

import conductor_api as api
from conductord import machine
from conductord.engine.ledger import moment
from conductord.insight.findings import Finding, Symptoms, diagnose
from conductord.insight.patterns import Result, interpret
from conductord.insight.timeline import Stretch, timeline
from conductord.intake import find_program
from conductord.spec import JobSpec
from conductord.store import JobRow, Store
from conductord.store.statistics import Quantiles, SheetRecord
from conductord.views import attempts as attempt_views
from conductord.views import words
from conductord.views.jobs import Outside, job_state, plan_of

ATTEMPTS_LOOKED_AT = 1000
DURATIONS_SHOWN = 20
_HOLD_EVENTS = ("job.paused", "job.resuming", "job.cancelled", "job.failed", "job.completed")


def symptoms(store: Store, job: JobRow, outside: Outside, programs: Mapping[str, str | None]) -> Symptoms:
    """All that a diagnosis looks at. programs: program -> where it was found."""
    sheets = store.sheets.of_job(job.id)
    attempts = store.attempts.of_job(job.id, ATTEMPTS_LOOKED_AT)
    newest = {attempt.sheet: attempt for attempt in attempts}
    checks = {sheet.n: attempt_views.checks_of(sheet.checks) or [] for sheet in sheets}
    return Symptoms(
        job=job,
        sheets=sheets,
        attempts=attempts,
        last_lines={number: attempt_views.last_lines(attempt) for number, attempt in newest.items()},
        failed_checks={
            number: [f"{check.description}: {check.message}" for check in found if not check.passed]
            for number, found in checks.items()
        },
        limits=store.limits.all(),
        history=store.statistics.quantiles(job.name),
        daemon_holds=outside.holds,
        workspace_exists=os.path.isdir(job.workspace),
        missing_programs=[program for program, place in programs.items() if place is None],
        file_changed=_file_changed(job),
        now=outside.now,
    )


def _file_changed(job: JobRow) -> bool:
    if job.config_path is None:
        return False
    try:
        content = Path(job.config_path).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() != job.file_hash


def find_programs(spec: JobSpec) -> dict[str, str | None]:
    """The programs that the sheets start, each with the place where it is found."""
    programs = sorted({sheet.argv[0] for sheet in spec.sheets if sheet.argv})
    return {program: find_program(program, spec.workspace) for program in programs}


def diagnosis(store: Store, job: JobRow, outside: Outside, surroundings: api.Environment) -> api.Diagnosis:
    """What stands in a job's way."""
    seen = symptoms(store, job, outside, surroundings.programs)
    pauses = store.events.newest(ATTEMPTS_LOOKED_AT, job.id, _HOLD_EVENTS)[::-1]
    stretches = timeline(job, seen.sheets, seen.attempts, pauses, outside.now)
    return api.Diagnosis(
        state=job_state(store, job, outside),
        workspace=job.workspace,
        findings=[_finding(found) for found in diagnose(seen)],
        timeline=[_entry(stretch, outside.now) for stretch in stretches[-ATTEMPTS_LOOKED_AT:]],
        environment=surroundings,
    )


def environment(store: Store, job: JobRow, *, version: str, state_dir: Path) -> api.Environment:
    """What a job runs in."""
    return api.Environment(
        daemon_version=version,
        python_version=platform.python_version(),
        platform=platform.platform(),
        state_dir=str(state_dir),
        workspace=job.workspace,
        workspace_exists=os.path.isdir(job.workspace),
        disk_free_mb=shutil.disk_usage(state_dir).free / 2**20,
        memory_available_mb=machine.memory().available / machine.MIB,
        programs=find_programs(plan_of(store, job)),
    )


def _finding(found: Finding) -> api.Finding:
    return api.Finding(
        code=found.code,
        severity=api.FindingSeverity(found.severity),
        sheet_num=found.sheet,
        message=found.message,
        evidence=list(found.evidence),
        hint=found.hint,
        command=found.command,
    )


def _entry(stretch: Stretch, now: float) -> api.TimelineEntry:
    attempt = stretch.attempt
    return api.TimelineEntry(
        kind=api.TimelineKind.WAIT if attempt is None else api.TimelineKind.ATTEMPT,
        sheet_num=stretch.sheet,
        sheet_name=stretch.sheet_name,
        attempt_num=None if attempt is None else attempt.n,
        status=None if attempt is None else api.AttemptStatus(attempt.state.value),
        cause=None if attempt is None else words.cause(attempt.cause),
        waited_for=None if stretch.waited_for is None else api.WaitKind(stretch.waited_for),
        started_at=moment(stretch.started),
        ended_at=words.time_or_none(stretch.ended),
        duration_seconds=max(0.0, (now if stretch.ended is None else stretch.ended) - stretch.started),
        detail=stretch.detail,
    )


def patterns(store: Store, limit: int, now: float) -> list[api.Pattern]:
    """What past attempts tell, what costs most time first."""
    history: dict[tuple[str, str], dict[str, Quantiles]] = {}
    found: list[api.Pattern] = []
    for record in store.statistics.records(limit):
        key = (record.job_name, record.instrument)
        if key not in history:
            history[key] = store.statistics.quantiles(*key)
        found.append(_pattern(store, record, history[key].get(record.sheet_name), now))
    return found


def _pattern(store: Store, record: SheetRecord, quantiles: Quantiles | None, now: float) -> api.Pattern:
    name = (record.job_name, record.sheet_name, record.instrument)
    results = [Result(*row) for row in store.statistics.newest_results(*name, ATTEMPTS_LOOKED_AT)]
    top = store.statistics.top_signature(*name)
    top_error = None if top is None else top[0]
    reading = interpret(record, results, quantiles, top_error, now)
    return api.Pattern(
        id=f"{record.job_name}/{record.sheet_name}/{record.instrument}",
        pattern_type=api.PatternType(reading.kind),
        pattern_name=f"{record.job_name}/{record.sheet_name}",
        description=reading.description,
        effectiveness_score=reading.success_rate,
        priority_score=reading.lost,
        occurrence_count=record.runs,
        last_seen=moment(record.last_seen),
        quarantine_status=api.PatternStage(reading.stage),
        trust_score=reading.trust,
        job_name=record.job_name,
        sheet=record.sheet_name,
        instrument=record.instrument,
        runs=record.runs,
        success_rate=reading.success_rate,
        flaky_rate=reading.flaky_rate,
        p50=None if quantiles is None else quantiles.p50,
        p90=None if quantiles is None else quantiles.p90,
        durations=[result.seconds for result in results[:DURATIONS_SHOWN]][::-1],
        top_error=top_error,
        mean_cost=record.mean_cost,
        suggestion=reading.suggestion,
    )
