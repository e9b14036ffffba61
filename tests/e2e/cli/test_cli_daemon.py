"""The verbs for the daemon itself: start stop restart status health ready config doctor top."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any


def test_nothing_answers_before_start(away: Any) -> None:
    for verb in ("status", "health", "ready", "list", "limits", "patterns", "top"):
        done = away(verb)
        assert done.returncode == 3, verb
        assert done.stdout == ""
        assert done.stderr == (
            f"error: the daemon is not running (no socket at {away.socket})\nstart it: conductor start\n"
        )


def test_stopping_what_does_not_run_is_fine(away: Any) -> None:
    done = away("stop")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "the daemon is not running\n")


def test_doctor_without_a_daemon_says_what_is_missing(away: Any) -> None:
    done = away("doctor")
    assert done.returncode == 1
    assert "✗ daemon: not running" in done.stdout
    assert "start it: conductor start" in done.stdout


def test_doctor_sees_before_the_start_that_the_socket_could_be_replaced(away: Any) -> None:
    away.place.chmod(0o770)
    done = away("doctor")
    away.place.chmod(0o700)
    assert f"others may write to {away.place}" in done.stdout
    assert f"chmod go-w {away.place}" in done.stdout


def test_start_waits_until_the_daemon_is_ready(conductor: Any) -> None:
    assert conductor("ready").returncode == 0
    assert conductor.ok("ready") == "ready\n"
    mode = conductor.socket.stat().st_mode & 0o777
    assert mode == 0o600


def test_starting_twice_is_fine_and_starts_nothing(conductor: Any) -> None:
    before = conductor.json("health")["pid"]
    done = conductor("start")
    assert done.returncode == 0
    assert done.stderr == f"the daemon runs already (pid {before})\n"
    assert conductor.json("health")["pid"] == before


def test_health_and_status_name_the_same_process(conductor: Any) -> None:
    health, status = conductor.json("health"), conductor.json("status")
    assert health["status"] == "ok"
    assert health["pid"] == status["pid"]
    os.kill(health["pid"], 0)
    assert status["socket_path"] == str(conductor.socket)
    assert f"pid {status['pid']}" in conductor.ok("status")


def test_the_settings_are_shown_with_their_origin(conductor: Any) -> None:
    config = conductor.json("config", "show")
    assert config["socket"]["path"] == str(conductor.socket)
    assert config["socket"]["permissions"] == 0o600
    assert config["state_dir"] == str(conductor.state)
    lines = conductor.ok("config").splitlines()
    assert any(line.split()[:2] == ["socket.permissions", "0o600"] for line in lines)
    assert any(line.startswith("state_dir") and "CONDUCTOR_STATE_DIR" in line for line in lines)


def test_a_wrong_setting_is_named_with_its_place(away: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "config.yaml"
    wrong.write_text("max_concurrent_jobs: many\n")
    done = away("--config", str(wrong), "config", "check")
    assert done.returncode == 2
    assert f"{wrong}:1:" in done.stderr


def test_top_shows_the_daemon(conductor: Any) -> None:
    snapshot = conductor.json("top")
    pid = conductor.json("health")["pid"]
    assert snapshot["daemon_pid"] == pid
    assert pid in [process["pid"] for process in snapshot["processes"]]
    assert snapshot["system_memory_total_mb"] > 0
    assert str(pid) in conductor.ok("top")


def test_top_names_the_file_of_snapshots_and_the_daemon_writes_it(conductor: Any) -> None:
    path = Path(conductor.ok("top", "--file").strip())
    last = json.loads(path.read_text().splitlines()[-1])
    assert last["daemon_pid"] == conductor.json("health")["pid"]


def test_doctor_is_content_with_a_running_daemon(conductor: Any) -> None:
    checks = conductor.json("doctor")
    assert all(check["ok"] for check in checks), checks
    assert {"socket path", "state directory", "disk", "daemon", "ready"} <= {check["name"] for check in checks}


def test_a_daemon_that_cannot_start_shows_the_end_of_its_log(conductor: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("not a directory")
    done = conductor("start", "--socket", str(blocked / "s.sock"), "--state-dir", str(tmp_path / "state"))
    assert done.returncode == 3
    assert "error: the daemon ended at once with exit code" in done.stderr
    assert str(blocked) in done.stderr


def test_restart_gives_another_process(conductor: Any) -> None:
    before = conductor.json("health")["pid"]
    conductor.ok("restart")
    after = conductor.json("health")["pid"]
    assert after != before


def test_start_in_the_foreground_is_the_daemon_itself(conductor: Any, tmp_path: Path) -> None:
    conductor.ok("stop")
    process = conductor.spawn("start", "--foreground")
    try:
        deadline = time.monotonic() + 20
        while conductor("ready").returncode != 0:
            assert time.monotonic() < deadline
            assert process.poll() is None
        assert conductor.json("health")["pid"] == process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    conductor.ok("start")


def test_stop_returns_when_the_process_is_gone(conductor: Any) -> None:
    pid = conductor.json("health")["pid"]
    conductor.ok("stop")
    assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    assert conductor("health").returncode == 3


def test_two_starts_at_once_give_one_daemon(conductor: Any) -> None:
    racers: list[subprocess.Popen[str]] = [conductor.spawn("start") for _ in range(3)]
    ends = [racer.communicate(timeout=40) for racer in racers]
    assert conductor("health").returncode == 0, ends
    assert [racer.returncode for racer in racers] == [0, 0, 0], ends
    conductor.ok("stop")
