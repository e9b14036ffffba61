"""Flags of `daemonrpc call`, made from the document of a real server, and their completion in a real bash."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find

from conductor_api import request_handler, strategies
from conductor_api.fakes import FakeDaemonService
from conductor_api.methods import DAEMON_MONITOR_STREAM, JOB_SUBMIT
from daemonrpc import RequestHandler
from daemonrpc.cli import main
from daemonrpc.cli.completion import SCRIPTS, candidates
from daemonrpc.cli.flags import FlagError, method_flags, params_from_flags
from daemonrpc.testing import SocketFor

Output = pytest.CaptureFixture[str]


@pytest.fixture
def fake() -> FakeDaemonService:
    service = FakeDaemonService()
    service.submit_job.returns(JOB_SUBMIT.result_decoder.decode(b'{"job_id": "a#1", "status": "accepted"}'))
    service.list_jobs.returns([])
    return service


@pytest.fixture
def daemon(fake: FakeDaemonService) -> Iterator[str]:
    with SocketFor(request_handler(fake)) as path:
        yield str(path)


def params_of(schema: dict[str, Any], *words: str, name: str = "x") -> dict[str, Any]:
    return params_from_flags(method_flags({"params": [{"name": name, "schema": schema}]}, {}), words)


class TestCall:
    def test_flags_become_params_of_their_types(self, daemon: str, fake: FakeDaemonService) -> None:
        flags = ["--config-path", "-", "--dry-run", "--start-sheet=3", "--variables", '{"a": "b"}', "--no-workspace"]
        assert main(["call", daemon, "job.submit", *flags, "--timeout", "5"]) == 0
        (params,) = fake.submit_job.calls
        assert (params.config_path, params.dry_run, params.start_sheet) == ("-", True, 3)
        assert (params.variables, params.workspace) == ({"a": "b"}, None)

    def test_a_list_is_repeated(self, daemon: str, fake: FakeDaemonService, capsys: Output) -> None:
        assert main(["call", daemon, "job.list", "--statuses", "running", "--statuses", "paused", "--json"]) == 0
        assert [str(status) for status in fake.list_jobs.calls[0].statuses or []] == ["running", "paused"]
        assert capsys.readouterr().out == "[]\n"

    @pytest.mark.parametrize(
        ("flags", "message"),
        [
            (["--confg-path", "x"], "has no flag --confg-path; did you mean '--config-path'?"),
            (["--start-sheet", "3.5"], "--start-sheet: '3.5' is no INT"),
            (["--start-sheet", "true"], "--start-sheet: 'true' is no INT"),
            (["--config-path"], "--config-path needs a value"),
            (["--dry-run=1"], "--dry-run takes no value"),
            (["--dry-run", "--no-dry-run"], "--dry-run is given twice"),
            (["--dry-run", "{}"], "either flags or one JSON text"),
            (["--variables", "a=b"], "'a=b' is no JSON"),
            (["--dry-run", "--timeout", "1", "--fresh=1"], "--fresh takes no value"),
        ],
    )
    def test_a_wrong_flag_is_exit_2_and_nothing_is_called(
        self, daemon: str, fake: FakeDaemonService, capsys: Output, flags: list[str], message: str
    ) -> None:
        assert main(["call", daemon, "job.submit", *flags]) == 2
        assert message in capsys.readouterr().err
        assert fake.submit_job.calls == []

    def test_a_stream_is_printed_as_json_lines(self, daemon: str, fake: FakeDaemonService, capsys: Output) -> None:
        event = find(strategies.job_event(), lambda _: True)
        end = DAEMON_MONITOR_STREAM.result_decoder.decode(b'{"reason": "caught_up", "last_seq": 1}')
        fake.monitor.yields(event, event, result=end)
        assert main(["call", daemon, "daemon.monitor.stream", "--since-seq", "0", "--no-follow"]) == 0
        assert [json.loads(line)["seq"] for line in capsys.readouterr().out.splitlines()] == [event.seq] * 2
        assert (fake.monitor.calls[0].since_seq, fake.monitor.calls[0].follow) == (0, False)

    def test_a_required_flag_that_is_missing_is_named(self, daemon: str, capsys: Output) -> None:
        assert main(["call", daemon, "job.cancel", "--grace-seconds", "1"]) == 2
        assert "missing: --job-id TEXT" in capsys.readouterr().err

    def test_a_value_that_a_closed_enum_lacks_names_the_nearest(self, daemon: str, capsys: Output) -> None:
        assert main(["call", daemon, "job.list", "--statuses", "runing"]) == 2
        assert "did you mean 'running'?" in capsys.readouterr().err

    def test_help_shows_the_flags_with_docs_and_defaults(self, daemon: str, capsys: Output) -> None:
        assert main(["call", daemon, "job.list", "--help"]) == 0
        out = capsys.readouterr().out
        assert "--limit INT  (default 50)\n      How many ended jobs to include." in out
        assert "--statuses {queued,pending," in out

    @pytest.mark.parametrize("words", [["--timeout"], ["--timeout", "nan"], ["--timeout=0"], ["--timeout", "soon"]])
    def test_a_timeout_that_is_none_is_exit_2(self, daemon: str, capsys: Output, words: list[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["call", daemon, "job.list", "--limit", "1", *words])
        assert ended.value.code == 2
        assert "argument --timeout" in capsys.readouterr().err

    def test_help_names_what_comes_back_and_the_options_of_every_call(self, daemon: str, capsys: Output) -> None:
        assert main(["call", daemon, "daemon.monitor.stream", "--help"]) == 0
        out = capsys.readouterr().out
        assert out.startswith(f"usage: daemonrpc call {daemon} daemon.monitor.stream [flags")
        assert "  items JobEvent, one a line\n  -> StreamEnd\n  error -32000: No job is meant" in out
        assert "one of: job.submitted, job.started" in out
        assert "--timeout SECONDS" in out
        assert max(map(len, out.splitlines()[1:])) <= 80
        assert main(["describe", daemon, "job.list"]) == 0
        assert "  -> list of JobEntry\n" in capsys.readouterr().out

    def test_a_daemon_without_a_schema_wants_json(self, capsys: Output) -> None:
        handler = RequestHandler()
        handler.register("echo", lambda params, context: params)
        with SocketFor(handler) as path:
            assert main(["call", str(path), "echo", "--x", "1"]) == 2
            assert "names no params of 'echo': give them as JSON" in capsys.readouterr().err
            assert main(["call", str(path), "echo", '{"x":1}', "--json"]) == 0
            assert capsys.readouterr().out == '{"x":1}\n'


@pytest.mark.parametrize("name", ["timeout", "json", "help"])
def test_a_param_that_is_named_as_an_option_of_ours_has_a_flag_of_its_own(name: str) -> None:
    assert params_of({"type": "integer"}, f"--param-{name}", "4", name=name) == {name: 4}


def test_a_hint_of_an_open_enum_is_no_limit() -> None:
    schema = {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "string"}]}
    assert params_of(schema, "--x", "new") == {"x": "new"}
    with pytest.raises(FlagError, match="'new' is none of: a"):
        params_of({"type": "string", "enum": ["a"]}, "--x", "new")


@pytest.mark.parametrize("schemas", [{}, {"A": {"$ref": "#/components/schemas/A"}}])
def test_a_reference_that_leads_nowhere_is_an_error_that_names_it(schemas: dict[str, Any]) -> None:
    method = {"params": [{"name": "x", "schema": {"$ref": "#/components/schemas/A"}}]}
    with pytest.raises(LookupError, match="#/components/schemas/A leads nowhere"):
        method_flags(method, {"components": {"schemas": schemas}})


class TestCompletion:
    def test_methods_flags_and_values_come_from_the_daemon(self, daemon: str) -> None:
        assert candidates(["call", daemon, "job.l"], []) == ["job.list"]
        assert candidates(["call", daemon, "job.list", "--l"], []) == ["--limit"]
        assert candidates(["call", daemon, "job.list", "--statuses", "p"], []) == ["pending", "paused"]
        assert candidates(["call", daemon[:-1]], []) == [daemon]
        assert candidates(["fuzz", daemon, "--method", "job.l"], []) == ["job.list"]

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            (["--statuses=pa"], ["--statuses=paused"]),  # zsh and fish
            (["--statuses", "=", "pa"], ["paused"]),  # bash
            (["--statuses", "=", "c"], ["completed", "cancelled"]),
        ],
    )
    def test_a_value_behind_an_equals_sign_is_completed(self, daemon: str, words: list[str], found: list[str]) -> None:
        assert candidates(["call", daemon, "job.list", *words], []) == found

    def test_no_daemon_completes_nothing(self, tmp_path: Path) -> None:
        assert candidates(["call", str(tmp_path / "none"), ""], []) == []

    def test_a_real_bash_completes(self, daemon: str) -> None:
        script = (
            'source <(daemonrpc completion bash); COMP_WORDS=(daemonrpc call "$1" "$2"); COMP_CWORD=3;'
            ' _daemonrpc; echo "${COMPREPLY[@]}"; COMP_WORDS=(daemonrpc des); COMP_CWORD=1; _daemonrpc;'
            ' echo "${COMPREPLY[@]}"'
        )
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ended = subprocess.run(
            ["bash", "--norc", "-c", script, "bash", daemon, "job.re"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={**os.environ, "PATH": path},
        )
        assert ended.stdout == "job.resume job.recover\ndescribe\n"

    def test_a_real_fish_completes(self, daemon: str) -> None:
        if shutil.which("fish") is None:
            pytest.skip("fish is not installed")
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        script = f'daemonrpc completion fish | source; complete -C "daemonrpc call {daemon} job.re"'
        ended = subprocess.run(
            ["fish", "--no-config", "-c", script],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={**os.environ, "PATH": path},
        )
        assert ended.stdout == "job.recover\njob.resume\n"

    def test_a_shell_that_is_not_known_is_exit_2(self, capsys: Output) -> None:
        assert main(["completion", "tcsh"]) == 2
        assert "{bash,zsh,fish}" in capsys.readouterr().err
        for shell, script in SCRIPTS.items():
            assert main(["completion", shell]) == 0
            assert capsys.readouterr().out == script
