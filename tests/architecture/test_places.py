"""What is done in one place only: environment, processes, SQL, and where coroutines may be."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv", "os.expandvars"}
PROCESS = re.compile(r"os\.(posix_spawnp?|fork(pty)?|exec[lv]p?e?|spawn\w+|system|popen)|subprocess\.\w+|pty\.\w+")
ASYNC_PROCESS = re.compile(r"(asyncio|loop)\.(create_)?subprocess\w*")
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|WITH)\s+\S")


def users(modules: list[Any], is_meant: Callable[[str], object]) -> dict[str, set[str]]:
    """Which modules name an attribute such as `os.environ`: dotted names by module."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and is_meant(name := ast.unparse(node)):
                found[module.name].add(name)
        for _, origin, names in module.imports():  # `from os import environ` is the same thing
            found[module.name] |= {f"{origin}.{name}" for name in names if is_meant(f"{origin}.{name}")}
    return {name: names for name, names in found.items() if names}


def test_the_environment_is_read_by_the_settings_only(sources: Any) -> None:
    """The shim runs alone in a process of its own: what it passes on is what the runner gave it."""
    found = users(sources.of("conductord"), ENVIRONMENT.__contains__)
    assert set(found) <= {"conductord.config", "conductord.shim"}, found
    assert found["conductord.config"] == {"os.environ"}


def test_the_runtime_reads_its_own_variable_and_those_of_the_service_manager(sources: Any) -> None:
    """One to switch its checks on; and the protocols of sd_listen_fds(3) and sd_notify(3), whose variables it removes,
    so that no child process inherits them.
    """
    found = users(sources.of("daemonrpc", "conductor_api"), ENVIRONMENT.__contains__)
    assert set(found) == {"daemonrpc.server", "daemonrpc.activation", "daemonrpc.notify"}, found
    assert set().union(*found.values()) == {"os.environ"}
    uses = {name: re.findall(r"os\.environ\S+", ast.unparse(sources[name].tree)) for name in found}
    assert uses["daemonrpc.server"] == ["os.environ.get('DAEMONRPC_DEBUG')"]
    assert {name: texts("daemonrpc." + name, "[A-Z]+_[A-Z]+", sources) for name in ("activation", "notify")} == {
        "activation": {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"},
        "notify": {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"},
    }
    for name in ("daemonrpc.activation", "daemonrpc.notify"):
        assert len(uses[name]) == 1
        assert uses[name][0].startswith("os.environ.pop("), uses[name]


def texts(module: str, pattern: str, sources: Any) -> set[str]:
    """The string constants of a module that match as a whole."""
    constants = (node.value for node in ast.walk(sources[module].tree) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and re.fullmatch(pattern, text)}


def test_processes_are_started_in_their_places_only(sources: Any) -> None:
    found = users(sources.of("conductord"), PROCESS.fullmatch)
    assert found.pop("conductord.runner") == {"os.posix_spawn"}
    assert found.pop("conductord.shim") == {"os.posix_spawnp"}
    assert "subprocess.Popen" in found.pop("conductord.cli.daemon_process")
    assert found.pop("conductord.cli.verbs.start") == {"os.execv"}
    assert found == {}
    assert users(sources.of("conductord", "daemonrpc"), ASYNC_PROCESS.match) == {}


def test_the_runtime_starts_no_process(sources: Any) -> None:
    assert users(sources.of("daemonrpc", "conductor_api"), PROCESS.fullmatch) == {}


def test_sql_is_in_the_store_only(sources: Any) -> None:
    wrong = [
        module.place(node)
        for module in sources.of("conductord", "daemonrpc", "conductor_api", "daemonrpc_codegen")
        if not module.name.startswith("conductord.store")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]
    assert wrong == []


def test_the_store_has_sql(sources: Any) -> None:
    """Or the test above would find nothing because it looks for the wrong thing."""
    constants = [
        node.value
        for module in sources.of("conductord")
        if module.name.startswith("conductord.store")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert sum(1 for text in constants if SQL.match(text)) > 10


def test_only_the_dispatch_of_the_core_has_coroutines(sources: Any) -> None:
    core = [
        "errors",
        "message",
        "framing",
        "client_connection",
        "server_connection",
        "method",
        "limits",
        "backlog",
        "params",
    ]
    core += ["values", "encode", "depth", "output", "turns", "server_memory", "observe", "accounting"]
    for name in core:
        tree = sources[f"daemonrpc.{name}"].tree
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)], name


def test_nothing_is_swallowed(sources: Any) -> None:
    """No bare `except:`, no `except Exception: pass` in what runs."""
    wrong = [
        module.place(node)
        for module in sources.of("daemonrpc", "conductord", "conductor_api", "daemonrpc_codegen")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]
    assert wrong == []
