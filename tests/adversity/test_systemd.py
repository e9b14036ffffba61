"""Under a service manager: its socket is served and left alone, a restart loses no request, and it is told the truth
(RULES 2.10, 5.12; sd_listen_fds(3), sd_notify(3)).
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from conductor_api import DaemonClientSync
from conductord.__main__ import USAGE
from conductord.config import Settings, load_settings
from daemonrpc import (
    ActivationError,
    Channel,
    ConnectionLostError,
    DaemonServer,
    SyncChannel,
    inherited_listener,
    socketwatch,
)
from daemonrpc.socketplace import PATH_LIMIT
from support.activation import FakeManager, listening_at, manager_at, spawn_with
from support.service import HEALTH, Empty, Service
from support.waiting import SECONDS, until

PATIENCE = 20.0
"""Seconds that a process may take to start or to end."""

PROGRAM = """
import asyncio, os, signal, sys
from daemonrpc import DaemonServer, RequestHandler, ServiceManager, inherited_listener

async def mark(params, _context):
    os.write(marks, b"%d\\n" % params[0])
    await asyncio.sleep(0.002)  # so that some are in flight whenever the process is killed
    return params[0]

async def rest(params, _context):
    await asyncio.sleep(0.2)
    return params[0]

async def main():
    handler = RequestHandler()
    handler.register("health", lambda _params, _context: "ok")
    handler.register("pid", lambda _params, _context: os.getpid())
    handler.register("mark", mark)
    handler.register("rest", rest)
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    manager = ServiceManager.from_environment()
    async with manager.watched():
        server = DaemonServer(sys.argv[1], handler, listener=inherited_listener())
        await server.start()
        manager.ready()
        print("ready", flush=True)
        await ending.wait()
        manager.stopping()
        await server.stop(grace=5)

marks = os.open(sys.argv[1] + ".marks", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
asyncio.run(main())
"""


@pytest.fixture
def listener(socket_path: Path) -> Iterator[socket.socket]:
    with listening_at(socket_path) as found:
        socket_path.chmod(0o604)
        yield found


@contextmanager
def ended(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """The process, which is killed if it is left over."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def what_is_at(path: Path) -> tuple[int, int, list[str]]:
    info = path.lstat()
    return info.st_ino, info.st_mode, sorted(file.name for file in path.parent.iterdir())


# -- a listener that is given ------------------------------------------------------------------------------------------


async def test_given_listener_is_served_and_its_file_is_left_alone(
    service: Service, listener: socket.socket, socket_path: Path
) -> None:
    """RULES 2.10: nothing is bound, locked, chmodded or unlinked."""
    before = what_is_at(socket_path)
    async with DaemonServer(socket_path, service.handler, listener=listener.dup()):
        assert what_is_at(socket_path) == before
        async with Channel(socket_path) as client:
            assert await client.call("echo", [1]) == [1]
    assert what_is_at(socket_path) == before


async def test_client_that_connects_between_two_servers_waits_for_the_second(
    service: Service, listener: socket.socket, socket_path: Path
) -> None:
    async with DaemonServer(socket_path, service.handler, listener=listener.dup()), Channel(socket_path) as client:
        assert await client.call("echo", [1]) == [1]
    async with Channel(socket_path) as client:
        waiting = asyncio.create_task(client.call("echo", [2]))
        await asyncio.sleep(0.01)
        async with DaemonServer(socket_path, service.handler, listener=listener.dup()):
            assert await waiting == [2]


async def test_client_that_waits_unaccepted_when_the_server_stops_is_left_to_its_successor(
    service: Service, listener: socket.socket, socket_path: Path
) -> None:
    first = DaemonServer(socket_path, service.handler, listener=listener.dup())
    await first.start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(socket_path))
        client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"echo","params":[3]}\n')
        await first.stop(grace=0)  # without a turn of the loop before, so that the client is not accepted yet
        async with DaemonServer(socket_path, service.handler, listener=listener.dup()):
            client.setblocking(False)
            answer = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 1000), SECONDS)
    assert b'"result":[3]' in answer


async def test_server_with_a_listener_starts_once(service: Service, listener: socket.socket, socket_path: Path) -> None:
    server = DaemonServer(socket_path, service.handler, listener=listener.dup())
    async with server:
        pass
    with pytest.raises(RuntimeError, match="is closed"):
        await server.start()


async def test_listener_elsewhere_is_served_with_a_warning(
    service: Service, listener: socket.socket, socket_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        DaemonServer(socket_path.with_name("t"), service.handler, listener=listener.dup()),
        Channel(socket_path) as client,
    ):
        assert await client.call("echo", [1]) == [1]
    assert f"listens at {socket_path}, as it was told, and not at {socket_path.with_name('t')}" in caplog.text


async def test_listener_that_is_none_is_refused(service: Service, socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        server = DaemonServer(socket_path, service.handler, listener=sock)
        with pytest.raises(ActivationError, match="does not listen"):
            await server.start()
        await server.stop()


def test_this_process_was_started_by_no_manager() -> None:
    """Or the tests here would take sockets that are not theirs."""
    assert inherited_listener() is None


# -- the real systemd-socket-activate ----------------------------------------------------------------------------------


ACTIVATE = shutil.which("systemd-socket-activate")
needs_systemd = pytest.mark.skipif(ACTIVATE is None, reason="systemd-socket-activate is not installed")


@contextmanager
def activated(path: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """systemd-socket-activate listens at the path, and becomes the Python process when somebody connects."""
    command = [str(ACTIVATE), "--listen", str(path), sys.executable, *arguments]
    log = path.parent / "log"
    with log.open("w") as sink, ended(subprocess.Popen(command, stderr=sink, text=True)) as process:
        for _ in range(int(PATIENCE * 100)):
            if "Listening on" in log.read_text():  # the file is there a moment before
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.01)
        yield process


@needs_systemd
def test_connecting_starts_a_server_and_its_end_leaves_the_socket(socket_path: Path) -> None:
    with activated(socket_path, "-c", PROGRAM, str(socket_path)) as process:
        inode = socket_path.stat().st_ino
        with SyncChannel(socket_path, timeout=PATIENCE) as client:
            assert client.call("pid") == process.pid
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert socket_path.stat().st_ino == inode
    assert not socket_path.with_name("s.lock").exists()


def conductor_flags(place: Path) -> list[str]:
    (place / "config.yaml").touch()
    flags = {"socket": place / "s", "state-dir": place / "state", "config": place / "config.yaml"}
    return ["-m", "conductord", *(part for name, value in flags.items() for part in (f"--{name}", str(value)))]


@needs_systemd
def test_connecting_starts_the_conductor_and_its_end_leaves_the_socket(socket_path: Path) -> None:
    with (
        activated(socket_path, *conductor_flags(socket_path.parent)) as process,
        DaemonClientSync(socket_path, timeout=PATIENCE) as client,
    ):
        assert client.health().pid == process.pid
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert socket_path.is_socket()
        assert not socket_path.with_name("s.lock").exists()


# -- a restart loses no request ----------------------------------------------------------------------------------------


class Callers:
    """Clients that call without a pause, and what became of their calls."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.safe = 0
        self.answered: set[int] = set()
        self.unknown: set[int] = set()
        self.failures: list[BaseException] = []
        self._next = 0

    @asynccontextmanager
    async def calling(self, *, safe: int, unsafe: int, slow: int = 0) -> AsyncGenerator[None]:
        async with Channel(self._path, timeout=3 * PATIENCE) as client:
            tasks = [asyncio.create_task(self._call_safe(client)) for _ in range(safe)]
            tasks += [asyncio.create_task(self._call_unsafe(client)) for _ in range(unsafe)]
            tasks += [asyncio.create_task(self._call_slow(client)) for _ in range(slow)]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                results = await asyncio.gather(*tasks, return_exceptions=True)
        self.failures = [result for result in results if not isinstance(result, asyncio.CancelledError)]  # type: ignore[misc]

    async def answers(self, safe: int, unsafe: int) -> None:
        """Returns when so many more calls have been answered."""
        safe, unsafe = self.safe + safe, len(self.answered) + unsafe
        await until(lambda: self.safe >= safe and len(self.answered) >= unsafe, PATIENCE)

    async def _call_safe(self, client: Channel) -> None:
        while True:
            assert await client.call(HEALTH, Empty()) == "ok"
            self.safe += 1

    async def _call_slow(self, client: Channel) -> None:
        while True:
            with suppress(ConnectionLostError):
                assert await client.call("rest", [7]) == 7

    async def _call_unsafe(self, client: Channel) -> None:
        while True:
            self._next += 1
            number = self._next
            try:
                assert await client.call("mark", [number]) == number
            except ConnectionLostError:
                self.unknown.add(number)
            else:
                self.answered.add(number)


async def restart_again_and_again(
    socket_path: Path, listener: socket.socket, restarts: int, number: signal.Signals
) -> Callers:
    callers = Callers(socket_path)
    # What runs longer makes an orderly end last, so that others call meanwhile.
    async with callers.calling(safe=16, unsafe=4, slow=2 if number == signal.SIGTERM else 0):
        for _ in range(restarts):
            with ended(spawn_with([listener], "-c", PROGRAM, str(socket_path))) as process:
                await callers.answers(safe=100, unsafe=10)
                process.send_signal(number)
                await asyncio.to_thread(process.wait, PATIENCE)
    return callers


def check_marks(socket_path: Path, callers: Callers) -> None:
    executed = Counter(map(int, socket_path.with_name("s.marks").read_text().split()))
    assert max(executed.values()) == 1, "no call that may not be repeated ran twice"
    assert callers.answered <= executed.keys()


async def test_killed_and_restarted_daemon_behind_a_listener_fails_no_safe_call(
    socket_path: Path, listener: socket.socket
) -> None:
    """RULES 5.12: who connects meanwhile waits in the backlog, and what was lost in flight is sent again."""
    callers = await restart_again_and_again(socket_path, listener, 5, signal.SIGKILL)
    assert callers.failures == []
    check_marks(socket_path, callers)
    assert callers.unknown, "no call was in flight when the daemon was killed: this test shows too little"


async def test_stopped_and_restarted_daemon_behind_a_listener_fails_no_safe_call(
    socket_path: Path, listener: socket.socket
) -> None:
    """In order: what runs is answered, what is refused as not started is sent again, and waits for the successor.

    Only a call that crosses with the very last moment of a connection is lost as after a kill, and seldom.
    """
    callers = await restart_again_and_again(socket_path, listener, 5, signal.SIGTERM)
    assert callers.failures == []
    check_marks(socket_path, callers)


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_daemon_that_is_killed_two_hundred_times_fails_no_safe_call(
    socket_path: Path, listener: socket.socket
) -> None:
    callers = await restart_again_and_again(socket_path, listener, 200, signal.SIGKILL)
    assert callers.failures == []
    check_marks(socket_path, callers)


# -- what the manager is told ------------------------------------------------------------------------------------------


@pytest.fixture
def manager(socket_dir: Path) -> Iterator[FakeManager]:
    with manager_at(str(socket_dir / "notify")) as found:
        yield found


def test_conductor_tells_the_manager_when_it_is_ready_alive_and_stopping(
    manager: FakeManager, socket_path: Path
) -> None:
    flags = conductor_flags(socket_path.parent)
    with (
        ended(
            spawn_with([], *flags, stderr=subprocess.DEVNULL, NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="200000")
        ) as process,
        DaemonClientSync(socket_path, timeout=PATIENCE) as client,
    ):
        manager.wait_for("READY", seconds=PATIENCE)
        assert client.readiness().status == "ready", "it was said only when it was true"
        assert not manager.has("STOPPING")
        pings = manager.count("WATCHDOG")
        manager.wait_for("WATCHDOG", times=pings + 3)
        process.send_signal(signal.SIGTERM)
        manager.wait_for("STOPPING")
        assert process.wait(PATIENCE) == 0
    states = [name for message in manager.heard for name in message if name in ("READY", "STOPPING")]
    assert states == ["READY", "STOPPING"]


def test_conductor_behind_a_listener_is_ready_when_it_answers(
    manager: FakeManager, socket_path: Path, listener: socket.socket
) -> None:
    flags = conductor_flags(socket_path.parent)
    with DaemonClientSync(socket_path, timeout=PATIENCE) as client:
        for _ in range(2):
            process = spawn_with([listener], *flags, stderr=subprocess.DEVNULL, NOTIFY_SOCKET=manager.address)
            with ended(process):
                assert client.health().pid == process.pid
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE) == 0
    assert manager.has("READY")
    assert manager.has("STOPPING")


def test_conductor_that_cannot_be_activated_says_why(socket_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as internet:
        process = spawn_with([internet], *conductor_flags(socket_path.parent), stderr=subprocess.PIPE)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert errors.startswith("conductord: inherited descriptor 3")
    assert "ListenStream= must be a path" in errors
    assert "Traceback" not in errors


def test_hung_daemon_pings_no_more(manager: FakeManager, socket_path: Path) -> None:
    """What the watchdog is for: stopped as a whole here, so that nothing in the process can ping."""
    process = spawn_with([], "-c", PROGRAM, str(socket_path), NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="100000")
    with ended(process):
        manager.wait_for("READY")
        manager.wait_for("WATCHDOG", times=2)
        process.send_signal(signal.SIGSTOP)
        assert os.waitid(os.P_PID, process.pid, os.WSTOPPED) is not None
        before = manager.count("WATCHDOG")
        with pytest.raises(AssertionError, match="was not said"):
            manager.wait_for("WATCHDOG", times=before + 1, seconds=0.3)
        process.send_signal(signal.SIGCONT)
        manager.wait_for("WATCHDOG", times=before + 1)


# -- the pages that tell how -------------------------------------------------------------------------------------------


ROOT = Path(__file__).parents[2]
ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_units_of_the_conductor_are_right_to_systemd(tmp_path: Path, socket_dir: Path) -> None:
    """With the place of the program filled in, since systemd looks whether it exists."""
    program = f"{sys.executable} -m conductord"
    for unit in (ROOT / "examples" / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("%h/.local/bin/conductord", program))
    (tmp_path / "wrong.service").write_text("[Service]\nExecStart=/bin/true\nWatchdogSecs=1\n")
    assert verify(socket_dir, tmp_path / "conductor.service", tmp_path / "conductor.socket") == ""
    assert "Unknown key 'WatchdogSecs'" in verify(socket_dir, tmp_path / "wrong.service"), "or the check shows nothing"


def verify(runtime_dir: Path, *units: Path) -> str:
    """What systemd says of these units. runtime_dir: short, since other units of the machine have sockets in it."""
    done = subprocess.run(
        [str(ANALYZE), "verify", "--user", *map(str, units)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime_dir)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return "\n".join(line for line in done.stderr.splitlines() if str(units[0].parent) in line or done.returncode)


def test_socket_unit_of_the_conductor_listens_where_its_command_line_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    monkeypatch.setenv("CONDUCTOR_CONFIG", os.devnull)
    monkeypatch.delenv("CONDUCTOR_SOCKET", raising=False)
    unit = (ROOT / "examples" / "systemd" / "conductor.socket").read_text()
    (path,) = re.findall(r"^ListenStream=(.*)$", unit, re.MULTILINE)
    assert path.replace("%t", "/run/user/1") == str(load_settings().socket)


def test_program_of_the_operations_page_is_served_by_a_manager(
    manager: FakeManager, socket_path: Path, listener: socket.socket
) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    (main,) = re.findall(r"```python\n(async def main.*?)```", page, re.DOTALL)
    names = "import asyncio, signal, sys\nfrom daemonrpc import *\n"
    given = "path, handler = sys.argv[1], RequestHandler()\nhandler.register('echo', lambda params, _context: params)\n"
    program = f"{names}{given}{main}asyncio.run(main())\n"
    process = spawn_with([listener], "-c", program, str(socket_path), NOTIFY_SOCKET=manager.address)
    with ended(process), SyncChannel(socket_path, timeout=PATIENCE) as client:
        assert client.call("echo", [1]) == [1]
        manager.wait_for("READY")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert manager.has("STOPPING")


def test_figures_of_the_operations_page_are_those_of_the_runtime() -> None:
    page = " ".join((ROOT / "docs" / "operations.md").read_text().split())
    assert f"looks every {socketwatch.LOOK_SECONDS:g} seconds whether its socket" in page
    assert f"The path may have {PATH_LIMIT} bytes" in page
    unit = (ROOT / "examples" / "systemd" / "conductor.service").read_text()
    (timeout,) = re.findall(r"^TimeoutStopSec=(\d+)s$", unit, re.MULTILINE)
    grace = Settings(socket=Path(), state_dir=Path(), config_file=Path()).shutdown_grace
    assert float(timeout) > 2 * grace + 1
    assert f"RestartPreventExitStatus={USAGE}" in unit


def test_every_refusal_in_the_operations_page_is_one_that_the_runtime_says() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, table = page.partition("## When it refuses to start")
    phrases = [
        phrase for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for phrase in re.findall("`(.+?)`", row)
    ]
    assert len(phrases) > 15
    names = ("activation", "lockfile", "socketfile", "socketplace")
    sources = "".join((ROOT / "src" / "daemonrpc" / f"{name}.py").read_text() for name in names)
    said = re.sub(r'"\s*f?"', "", sources)  # a text may be written over two lines
    assert [phrase for phrase in phrases if phrase not in said] == []
