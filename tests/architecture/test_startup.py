"""What a process has loaded when it can make its first call: start-up is what a person feels."""

import importlib.util
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SLOW = {
    *("asyncio", "concurrent.futures", "dataclasses", "difflib", "email", "importlib.metadata", "json", "logging"),
    *("multiprocessing", "sqlite3", "ssl", "subprocess", "tempfile"),
}

# What may be loaded beyond what msgspec itself loads. Each module costs each start of a command line a fifth of a
# millisecond at the least: a longer list is a decision, not an accident.
CLIENT = {
    *("conductor_api", "conductor_api.client_sync", "conductor_api.errors"),
    *("conductor_api.methods", "conductor_api.types"),
    *("daemonrpc", "daemonrpc.abi", "daemonrpc.busy_poll", "daemonrpc.calling"),
    *("daemonrpc.client_connection", "daemonrpc.client_sync"),
    *("daemonrpc.connect", "daemonrpc.context", "daemonrpc.depth", "daemonrpc.encode", "daemonrpc.errors"),
    *("daemonrpc.framing", "daemonrpc.limits", "daemonrpc.message", "daemonrpc.method", "daemonrpc.output"),
    "daemonrpc.sync_connection",
    *("daemonrpc.trace", "daemonrpc.tries", "daemonrpc.values"),
    *("_contextvars", "_struct", "_weakrefset", "contextvars", "errno", "math", "select", "weakref"),
}
COMMAND_LINE = {
    *CLIENT,
    *("conductord", "conductord.cli", "conductord.cli.exits", "conductord.cli.main", "conductord.cli.options"),
    *("conductord.cli.output", "conductord.cli.session", "conductord.cli.verb_table", "conductord.cli.verbs"),
    *("conductord.config", "conductord.problems", "conductord.quantities"),
}
STANDARD = {"argparse", "copy", "fnmatch", "gettext", "glob", "ipaddress", "locale", "ntpath", "pathlib", "urllib"}
"""Of Python's own, for `conductor`: argparse and pathlib, and what they load, which differs between Pythons."""
CHANCE = {"bisect", "random", "sha2", "sha512"}
"""For the jitter between two tries."""
COMPRESSION = {"bz2", "lzma", "shutil", "zlib"}
"""argparse asks shutil for the width of the terminal."""


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    code = f"import sys; before = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before), sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.fixture
def silent_socket(tmp_path: Path) -> Iterator[str]:
    """A socket at which somebody listens and nobody answers."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        yield str(tmp_path / "s")


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


def test_a_call_of_the_blocking_client_loads_only_what_is_listed(silent_socket: str) -> None:
    modules = loaded_by(f"""
from conductor_api import DaemonClientSync
from daemonrpc import CallTimeoutError
with DaemonClientSync({silent_socket!r}) as client:
    try:
        client.health(timeout=0.01)
    except CallTimeoutError:
        pass
    else:
        raise SystemExit("who answered?")
""")
    assert modules - loaded_by("import msgspec") - CLIENT == set()


@pytest.mark.parametrize("words", [["--timeout", "0.01"], ["--x", "1", "--timeout", "0.01"]], ids=["json", "flags"])
def test_a_call_of_the_daemonrpc_command_loads_nothing_slow(silent_socket: str, words: list[str]) -> None:
    modules = loaded_by(f"""
from daemonrpc.cli import main
if main({["call", silent_socket, "x", *words]!r}) != 124:
    raise SystemExit("who answered?")
""")
    assert modules & SLOW == set()
    assert {name for name in modules if name.startswith(("daemonrpc.server", "daemonrpc.testing"))} == set()


def test_a_verb_of_the_conductor_loads_only_what_is_listed() -> None:
    modules = loaded_by("""
from conductord.cli import main
main(["--socket", "/nowhere/at/all", "status", "--json"])
""")
    rest = modules - loaded_by("import msgspec") - COMMAND_LINE
    ours = {name for name in rest if name.startswith(("conductor", "daemonrpc"))}
    # It failed, since there is no daemon, and has loaded what explains that.
    assert ours == {"conductord.cli.failures", "conductord.cli.verbs.status"}
    assert {name.lstrip("_").partition(".")[0] for name in rest - ours} <= {
        *STANDARD,
        *CHANCE,
        *COMPRESSION,
        "compression",
    }


def test_the_asynchronous_client_loads_no_server_and_nothing_foreign() -> None:
    modules = loaded_by("from conductor_api import DaemonClient; DaemonClient('s')")
    assert foreign(modules) <= {"conductor_api", "daemonrpc", "msgspec", "typing_extensions"}
    assert "asyncio" in modules
    assert "daemonrpc.server" not in modules
    assert modules & {"conductor_api.strategies", "conductor_api.fakes"} == set()


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
