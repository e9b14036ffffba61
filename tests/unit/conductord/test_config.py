"""Settings: where they come from, which wins, and what is said about a wrong one."""

import subprocess
import sys
from pathlib import Path

import pytest

from conductord.config import (
    ConfigError,
    load_settings,
    missing_environment,
    step_environment,
    terminal_environment,
)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(("CONDUCTOR_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def write(directory: Path, text: str) -> Path:
    path = directory / "config.yaml"
    path.write_text(text)
    return path


def problems(flags: dict[str, str | None] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(flags)
    return str(caught.value).splitlines()


def test_defaults_are_below_home_and_in_a_directory_of_our_own(tmp_path: Path) -> None:
    import os

    settings = load_settings()

    assert settings.socket == Path(f"/tmp/conductor-{os.getuid()}/s.sock")
    assert settings.state_dir == tmp_path / ".local/state/conductor"
    assert settings.config_file == tmp_path / ".config/conductor/config.yaml"
    assert settings.socket_permissions == 0o600
    assert set(settings.origins.values()) == {"default"}


def test_xdg_directories_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/config")

    settings = load_settings()

    assert settings.socket == Path("/run/user/7/conductor/s.sock")
    assert settings.state_dir == Path("/state/conductor")
    assert settings.config_file == Path("/config/conductor/config.yaml")


def test_relative_xdg_directories_are_ignored_as_their_specification_demands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "state")

    assert load_settings().state_dir == tmp_path / ".local/state/conductor"


def test_flag_beats_variable_beats_file_beats_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = write(tmp_path, "grace: 1s\nbacklog: 11\nmax_connections: 21\n")
    monkeypatch.setenv("CONDUCTOR_BACKLOG", "12")
    monkeypatch.setenv("CONDUCTOR_MAX_CONNECTIONS", "22")

    settings = load_settings({"config": str(file), "max_connections": "23", "state_dir": None})

    assert (settings.grace, settings.backlog, settings.max_connections) == (1, 12, 23)
    origins = settings.origins
    assert (origins["grace"], origins["backlog"]) == (f"{file}:1", "CONDUCTOR_BACKLOG")
    assert (origins["max_connections"], origins["disk_low"]) == ("flag --max-connections", "default")


def test_every_setting_can_be_written_in_a_file(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "socket: /run/c.sock\nstate_dir: ~/state\nsocket_permissions: 0660\nbacklog: 1\nmax_connections: 2\n"
        "max_concurrent_requests: 3\nmax_concurrent_jobs: 4\nmax_concurrent_sheets: 5\ngrace: 0\n"
        "shutdown_grace: 1m\nevent_retention: 30d\ndisk_low: 1GiB\nlog_level: DEBUG\n"
        "access_log: problems\n",
    )

    settings = load_settings({"config": str(file)})

    assert (settings.socket, settings.state_dir) == (Path("/run/c.sock"), tmp_path / "state")
    assert (settings.socket_permissions, settings.grace, settings.shutdown_grace) == (0o660, 0, 60)
    assert (settings.event_retention, settings.disk_low, settings.log_level) == (30 * 86400, 2**30, "debug")
    assert (settings.max_concurrent_jobs, settings.max_concurrent_sheets) == (4, 5)
    assert settings.access_log == "problems"
    assert "default" not in settings.origins.values()


def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTOR_GRACE", "")

    assert load_settings().grace == 10


def test_variables_that_steps_are_given_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDUCTOR_JOB_ID", "hello#7")

    load_settings()


def test_the_default_file_need_not_exist_and_a_named_one_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings()

    assert problems({"config": str(tmp_path / "none")}) == [f"{tmp_path / 'none'}: there is no such file"]
    monkeypatch.setenv("CONDUCTOR_CONFIG", str(tmp_path / "gone"))
    assert problems() == [f"{tmp_path / 'gone'}: there is no such file"]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_a_file_without_settings_is_fine(tmp_path: Path, text: str) -> None:
    assert load_settings({"config": str(write(tmp_path, text))}).grace == 10


def test_all_problems_of_all_sources_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "grase: 5\nbacklog: 0\nlog_level: loud\nsocket: [x]\nstate_dir: rel\n")
    monkeypatch.setenv("CONDUCTOR_GRACE", "5 parsecs")

    assert problems({"config": str(file), "socket_permissions": "0999", "disk_low": "much"}) == [
        f"{file}:1:1: unknown key 'grase'",
        "  hint: did you mean 'grace'?",
        f"{file}:2:10: in 'backlog': '0' is not a whole number from 1 to 999999",
        f"{file}:3:12: in 'log_level': 'loud' is not a level",
        "  hint: write one of debug, info, warning, error",
        f"{file}:4:9: in 'socket': expected text, found a list",
        f"{file}:5:12: in 'state_dir': 'rel' is not an absolute path",
        "CONDUCTOR_GRACE: '5 parsecs' is not a duration",
        "  hint: write seconds or a number with a unit, as in 90, 5m, 1h30m, 7d",
        "flag --socket-permissions: '0999' is not a mode",
        "  hint: write it in octal, as in 0600",
        "flag --disk-low: 'much' is not a size",
        "  hint: write bytes or a number with a unit, as in 4096, 64KiB, 10MB",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", ":1:1: settings are a mapping, not a list"),
        ("grace: 1\ngrace: 2", ":2:1: key 'grace' is there twice; the first is on line 1"),
        ("grace: [", ":2:1: not YAML: while parsing a flow node: did not find expected node content"),
    ],
)
def test_a_file_that_is_no_settings_file(tmp_path: Path, text: str, problem: str) -> None:
    file = write(tmp_path, text)

    assert problems({"config": str(file)})[0] == f"{file}{problem}"


def test_a_socket_path_that_is_too_long_is_told_before_anything_binds(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "/" + "x" * 120
    assert problems({"socket": long}) == [
        "flag --socket: the path has 121 bytes, a Unix socket may have 107",
        "  hint: choose a shorter one",
    ]
    monkeypatch.setenv("XDG_RUNTIME_DIR", long)
    assert problems() == [
        "XDG_RUNTIME_DIR: the path has 138 bytes, a Unix socket may have 107",
        "  hint: choose a shorter one: CONDUCTOR_SOCKET or --socket",
    ]
    load_settings({"socket": "/run/short.sock"})


def test_paths_of_the_state_directory(tmp_path: Path) -> None:
    settings = load_settings({"state_dir": str(tmp_path)})

    assert settings.database == tmp_path / "conductor.db"
    assert settings.attempt_dir(7, 2, 3) == tmp_path / "jobs" / "7" / "2" / "3"
    assert {settings.log_file.parent, settings.pid_file.parent} == {tmp_path}


def test_steps_see_a_small_base_and_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.setenv("SECRET", "s")
    monkeypatch.setenv("LC_TIME", "de_DE")
    monkeypatch.setenv("TERM", "xterm")

    env = step_environment(("TOKEN", "NOT_THERE"))

    assert {"PATH", "HOME", "TOKEN", "LC_TIME"} <= set(env)
    assert not {"SECRET", "TERM", "NOT_THERE"} & set(env)
    assert missing_environment(("TOKEN", "NOT_THERE")) == ("NOT_THERE",)


def test_the_command_line_may_know_of_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    assert terminal_environment()["NO_COLOR"] == "1"
    assert "FORCE_COLOR" not in terminal_environment()


def test_importing_it_is_light() -> None:
    heavy = "{'asyncio', 'yaml', 'psutil', 'rich', 'logging', 'conductord.yamlfile.fields'}"
    code = f"import sys, conductord.config as c; c.load_settings(); print(sorted({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == "[]"
