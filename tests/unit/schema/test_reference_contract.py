"""The schema keeps the contract of the reference conductor: its methods, what its clients send, and what they read.

The tables are facts about the reference; a key may be added to ours, none may be lost.
"""

from typing import Any, get_args

import msgspec
import pytest

import conductor_api as api
from daemonrpc import StreamMethod, decode_hook, strict

METHODS = {method.name: method for method in api.SERVICE.methods}

TYPED = {
    "daemon.status": "status",
    "job.submit": "submit_job",
    "job.status": "get_job_status",
    "job.pause": "pause_job",
    "job.resume": "resume_job",
    "job.cancel": "cancel_job",
    "job.list": "list_jobs",
    "job.clear": "clear_jobs",
    "daemon.config": "config",
    "daemon.health": "health",
    "daemon.ready": "readiness",
    "job.errors": "get_errors",
    "job.diagnose": "diagnose",
    "job.history": "get_execution_history",
    "job.recover": "recover_job",
    "daemon.rate_limits": "rate_limits",
    "daemon.learning.patterns": "learning_patterns",
}

OTHERS = {
    "job.modify",
    "daemon.shutdown",
    "daemon.top",
    "daemon.top.stream",
    "daemon.events",
    "daemon.observer_events",
    "daemon.monitor.stream",
    "daemon.clear_rate_limits",
}

SENT: list[tuple[str, dict[str, Any]]] = [
    (
        "job.submit",
        {
            "config_path": "/home/ada/job.yaml",
            "fresh": False,
            "self_healing": False,
            "self_healing_auto_confirm": False,
            "client_cwd": "/home/ada",
            "workspace": "/home/ada/work",
            "start_sheet": 2,
        },
    ),
    (
        "job.submit",
        {"config_path": "/j.yaml", "workspace": None, "start_sheet": None, "chain_depth": None, "dry_run": True},
    ),
    ("job.status", {"job_id": "hello", "workspace": None}),
    ("job.status", {"job_id": "hello", "workspace": ""}),
    ("job.pause", {"job_id": "hello"}),
    ("job.pause", {"job_id": "hello", "workspace": ""}),
    ("job.resume", {"job_id": "hello", "workspace": None, "config_path": None, "no_reload": False}),
    ("job.modify", {"job_id": "hello", "config_path": "new.yaml"}),
    ("job.modify", {"job_id": "hello", "config_path": "new.yaml", "workspace": None}),
    ("job.cancel", {"job_id": "hello"}),
    ("job.list", {}),
    ("job.clear", {"statuses": ["completed"], "job_ids": ["hello"], "older_than_seconds": 60.5}),
    ("job.clear", {"statuses": None, "older_than_seconds": None}),
    ("job.errors", {"job_id": "hello", "workspace": None}),
    ("job.diagnose", {"job_id": "hello", "workspace": None}),
    ("job.history", {"job_id": "hello", "workspace": None, "sheet_num": None, "limit": 50}),
    ("job.recover", {"job_id": "hello", "workspace": "", "sheet_num": None, "dry_run": False}),
    ("daemon.shutdown", {"graceful": True}),
    ("daemon.events", {"limit": 50}),
    ("daemon.observer_events", {"job_id": None, "limit": 50}),
    ("daemon.clear_rate_limits", {"instrument": None}),
    ("daemon.learning.patterns", {"limit": 20}),
    ("daemon.monitor.stream", {}),
]

READ: dict[str, str] = {
    "job.submit": "job_id status message",
    "job.pause": "paused error",
    "job.resume": "job_id status message",
    "job.modify": "job_id status message",
    "job.cancel": "cancelled",
    "job.clear": "deleted",
    "job.errors": "state",
    "job.diagnose": "state workspace",
    "job.history": "job_id records has_history",
    "job.recover": "state workspace dry_run sheet_num",
    "daemon.status": "pid uptime_seconds running_jobs total_jobs_active memory_usage_mb version",
    "daemon.health": "status pid uptime_seconds shutting_down",
    "daemon.ready": "status running_jobs memory_mb child_processes accepting_work shutting_down failure_rate_elevated"
    " notifications_degraded uptime_seconds memory_limit_mb process_limit pressure job_ids",
    "daemon.shutdown": "shutting_down",
    "daemon.config": "socket pid_file max_concurrent_jobs",
    "daemon.top": "timestamp daemon_pid system_memory_total_mb system_memory_available_mb system_memory_used_mb"
    " daemon_rss_mb load_avg_1 load_avg_5 load_avg_15 processes gpus pressure_level running_jobs active_sheets"
    " zombie_count zombie_pids job_progress conductor_uptime_seconds",
    "daemon.top.stream": "jsonl_path",
    "daemon.events": "events",
    "daemon.observer_events": "events",
    "daemon.rate_limits": "backends active_limits recent_events_count",
    "daemon.clear_rate_limits": "cleared instrument",
    "daemon.learning.patterns": "patterns",
    "job.status": "job_id job_name config_path config_hash created_at updated_at started_at completed_at total_sheets"
    " last_completed_sheet current_sheet status sheets instruments_used error_message total_retry_count"
    " rate_limit_waits total_input_tokens total_output_tokens total_estimated_cost sheets_in_progress",
}

INNER: list[tuple[type[msgspec.Struct], str]] = [
    (
        api.JobEntry,
        "job_id status config_path workspace submitted_at started_at completed_at current_sheet total_sheets"
        " progress_completed progress_total error_message",
    ),
    (
        api.SheetState,
        "sheet_num status started_at completed_at last_activity_at fire_at rate_limit_expires_at attempt_count"
        " normal_attempts max_retries exit_code exit_signal exit_reason error_message error_category error_code"
        " validation_passed validation_details passed_validations failed_validations last_pass_percentage"
        " instrument_name execution_duration_seconds total_duration_seconds sheet_timeout_seconds"
        " stdout_tail stderr_tail output_truncated error_history success_without_retry",
    ),
    (api.AttemptError, "timestamp error_type error_code error_message attempt_number stdout_tail stderr_tail"),
    (
        api.ExecutionRecord,
        "id job_id sheet_num attempt_num prompt output exit_code duration_seconds executed_at",
    ),
    (api.JobEvent, "job_id sheet_num event data timestamp"),
    (api.SocketConfig, "path permissions backlog"),
    (api.ProcessEvent, "timestamp pid event_type exit_code signal_num job_id sheet_num details"),
    (api.JobProgress, "job_id total_sheets last_completed_sheet current_sheet status"),
    (api.RateLimit, "seconds_remaining"),
    (
        api.Pattern,
        "id pattern_type pattern_name description effectiveness_score priority_score occurrence_count last_seen"
        " quarantine_status trust_score",
    ),
    (
        api.ProcessMetric,
        "pid ppid command state cpu_percent rss_mb vms_mb threads open_fds age_seconds job_id sheet_num",
    ),
]


def keys(struct: Any) -> set[str]:
    return set(struct.__struct_encode_fields__)


def test_the_methods_are_the_25_of_the_reference() -> None:
    assert set(METHODS) == set(TYPED) | OTHERS
    assert len(METHODS) == 25


@pytest.mark.parametrize(("wire", "name"), TYPED.items())
def test_a_typed_method_has_the_name_of_the_reference(wire: str, name: str) -> None:
    assert METHODS[wire].python_name == name
    assert callable(getattr(api.DaemonClient, name))


@pytest.mark.parametrize(("wire", "params"), SENT, ids=lambda value: value if isinstance(value, str) else "")
def test_what_the_clients_of_the_reference_send_is_accepted(wire: str, params: dict[str, Any]) -> None:
    decoder = msgspec.json.Decoder(strict(METHODS[wire].params), dec_hook=decode_hook)
    decoder.decode(msgspec.json.encode(params))


@pytest.mark.parametrize(("wire", "names"), READ.items())
def test_a_result_has_every_key_that_is_read(wire: str, names: str) -> None:
    assert set(names.split()) <= keys(METHODS[wire].result)


@pytest.mark.parametrize(("struct", "names"), INNER, ids=lambda value: getattr(value, "__name__", ""))
def test_what_lies_inside_has_every_key_that_is_read(struct: type[msgspec.Struct], names: str) -> None:
    assert set(names.split()) <= keys(struct)


def test_the_list_of_jobs_is_a_list() -> None:
    assert get_args(METHODS["job.list"].result) == (api.JobEntry,)


def test_the_words_of_the_two_enums_are_those_of_the_reference() -> None:
    jobs = "queued pending running paused completed failed cancelled"
    assert [str(status) for status in api.JobStatus] == jobs.split()
    sheets = "pending ready dispatched in_progress waiting retry_scheduled completed failed skipped cancelled"
    assert [str(status) for status in api.SheetStatus] == sheets.split()


def test_only_codes_that_its_command_line_can_show_are_declared() -> None:
    codes = {error.code for method in METHODS.values() for error in method.errors}
    assert codes == {-32000, -32001, -32004, -32005}


@pytest.mark.parametrize("wire", ["job.submit", "job.pause", "job.resume", "job.modify", "job.cancel"])
def test_domain_failures_of_commands_stand_inside_the_result(wire: str) -> None:
    assert METHODS[wire].errors == ()


def test_the_stream_of_events_is_the_only_stream() -> None:
    streams = [method for method in METHODS.values() if isinstance(method, StreamMethod)]
    assert [(method.name, method.notification) for method in streams] == [("daemon.monitor.stream", "monitor.event")]


def test_health_is_answered_at_once_and_shutdown_by_the_owner_only() -> None:
    health = METHODS["daemon.health"]
    assert (health.handler, health.admission, health.safety) == ("sync", "always", "safe")
    assert METHODS["daemon.shutdown"].access == "owner"


def test_only_the_looks_at_the_daemon_itself_are_for_anybody() -> None:
    """Who may submit a job runs commands as the daemon's user, and what jobs print may be nobody else's business."""
    anybody = [method.name for method in METHODS.values() if method.access == "any"]
    assert anybody == ["daemon.health", "daemon.ready"]


def test_what_may_be_sent_again() -> None:
    safety = {method.name: method.safety for method in METHODS.values()}
    assert safety["job.submit"] == "keyed"
    assert METHODS["job.submit"].key == "request_id"
    assert {name for name, kind in safety.items() if kind == "idempotent"} == {
        "job.pause",
        "job.cancel",
        "daemon.clear_rate_limits",
    }
    assert {name for name, kind in safety.items() if kind == "unsafe"} == {
        "job.resume",
        "job.modify",
        "job.clear",
        "job.recover",
        "daemon.shutdown",
    }
