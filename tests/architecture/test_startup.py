"""What a process has loaded when it can make its first call: start-up is what a person feels."""

import importlib.util
import subprocess
import sys

import pytest

SLOW = {
    *("asyncio", "concurrent.futures", "dataclasses", "difflib", "email", "importlib.metadata", "json", "logging"),
    *("multiprocessing", "sqlite3", "ssl", "subprocess", "tempfile"),
}


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    code = f"import sys; before = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before), sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def foreign(modules: set[str]) -> set[str]:
    """The packages among them that are not Python's own."""
    return {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "statement",
    [
        "from conductor_api import DaemonClientSync; DaemonClientSync('s')",
        "from daemonrpc import SyncChannel; SyncChannel('s')",
        "import daemonrpc.cli",
    ],
)
def test_the_blocking_client_loads_msgspec_and_nothing_slow(statement: str) -> None:
    modules = loaded_by(statement)
    assert modules & SLOW == set()
    # msgspec takes typing_extensions where it is installed
    assert foreign(modules) <= {"conductor_api", "daemonrpc", "msgspec", "typing_extensions"}
    assert "daemonrpc.server" not in modules
    assert "conductor_api.client" not in modules


def test_the_asynchronous_client_loads_no_server_and_nothing_foreign() -> None:
    modules = loaded_by("from conductor_api import DaemonClient; DaemonClient('s')")
    assert foreign(modules) <= {"conductor_api", "daemonrpc", "msgspec", "typing_extensions"}
    assert "asyncio" in modules
    assert "daemonrpc.server" not in modules
    assert "conductor_api.strategies" not in modules


def test_a_server_runs_without_the_generator_and_the_test_tools() -> None:
    modules = loaded_by("import conductor_api\nfrom daemonrpc import DaemonServer\nconductor_api.request_handler")
    assert foreign(modules) <= {"conductor_api", "daemonrpc", "msgspec", "typing_extensions"}


def test_the_conductors_command_line_starts_light() -> None:
    modules = loaded_by("import conductord.cli.main")
    heavy = {"asyncio", "jinja2", "jsonschema", "logging", "psutil", "rich", "sqlite3", "subprocess", "yaml"}
    assert modules & heavy == set()


def test_a_name_of_the_package_costs_only_its_own_module() -> None:
    assert "conductor_api.types" not in loaded_by("import conductor_api")
    assert "asyncio" not in loaded_by("from conductor_api import SERVICE, JobState, JobNotFound, SubmitJobParams")


def test_the_slow_modules_exist_by_these_names() -> None:
    assert [name for name in SLOW if importlib.util.find_spec(name) is None] == []
