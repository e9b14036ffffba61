"""The daemon put together: its start, its end, and what refuses to start."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from conductor_api import DaemonClient, EndReason
from conductord.conductor import Conductor
from conductord.config import Settings
from conductord.daemon import Daemon
from conductord.store import StoreError
from conductord.tree import MARK
from daemonrpc import DaemonNotRunningError, ServiceManager
from support.activation import listening_at
from support.waiting import until

SLOW = "name: slow\nworkspace: {work}\nsheets: [{{command: 'echo begun; sleep {seconds}; echo done'}}]"


@pytest.fixture
def settings(socket_dir: Path, tmp_path: Path) -> Settings:
    return Settings(
        socket=socket_dir / "s",
        state_dir=tmp_path / "state",
        config_file=tmp_path / "none",
        grace=1.0,
        shutdown_grace=5.0,
    )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[tuple[DaemonClient, asyncio.Task[None]]]:
    """A client of a daemon that serves in this event loop, and the task that is the daemon."""
    daemon = Daemon(settings)
    task = asyncio.create_task(daemon.run())
    async with DaemonClient(settings.socket) as client:
        try:
            async with asyncio.timeout(10):
                while not await is_ready(client):
                    if task.done():
                        await task
                    await asyncio.sleep(0.01)
            yield client, task
        finally:
            daemon.shut_down(False)
            await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 10)


async def is_ready(client: DaemonClient) -> bool:
    try:
        return (await client.readiness()).status == "ready"
    except DaemonNotRunningError:
        return False


def steps_below(place: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK, "").startswith(str(place)) and process.status() != "zombie":
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


async def begun(client: DaemonClient, job: str) -> None:
    async with asyncio.timeout(10), client.monitor(0, job) as events:
        async for event in events:
            if event.event == "sheet.started":
                return


async def test_it_writes_its_pid_and_tidies_up(settings: Settings) -> None:
    async with serving(settings):
        assert int(settings.pid_file.read_text()) == os.getpid()
        assert settings.socket.stat().st_mode & 0o777 == 0o600
    assert not settings.pid_file.exists()
    assert not settings.socket.exists()


async def test_one_state_directory_has_one_daemon(settings: Settings, socket_dir: Path) -> None:
    async with serving(settings) as (client, _):
        with pytest.raises(StoreError, match="another conductord"):
            await Daemon(Settings(**{**settings_dict(settings), "socket": socket_dir / "other"})).run()
        assert (await client.health()).status == "ok"


def settings_dict(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.__struct_fields__}


async def test_sigterm_ends_it_and_leaves_steps_running(settings: Settings, tmp_path: Path) -> None:
    async with serving(settings) as (client, task):
        job = (await client.submit_job(config_text=SLOW.format(work=tmp_path / "w", seconds=30))).job_id
        await begun(client, job)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(3):
            await task
    left = steps_below(tmp_path)
    assert left, "a restart must not kill work"
    for process in left:
        process.kill()


async def test_streams_end_and_say_that_the_daemon_goes_down(settings: Settings) -> None:
    async with serving(settings) as (client, _), client.monitor(0) as events:
        await anext(events)
        await client.shutdown(graceful=False)
        async with asyncio.timeout(5):
            names = [event.event async for event in events]
        assert names[-1] == "daemon.stopping"
        assert events.result is not None
        assert events.result.reason is EndReason.SHUTTING_DOWN


async def test_a_graceful_shutdown_waits_for_what_runs(settings: Settings, tmp_path: Path) -> None:
    text = SLOW.format(work=tmp_path / "w", seconds=0.5) + "\n"
    async with serving(settings) as (client, task):
        job = (await client.submit_job(config_text=text)).job_id
        await begun(client, job)
        await client.shutdown()
        answer = await client.submit_job(config_text=text)
        assert (answer.status, answer.reason) == ("rejected", "shutting_down")
        async with asyncio.timeout(5):
            await task
    async with serving(settings) as (client, _):
        assert (await client.get_job_status(job)).status == "completed"


async def test_a_paused_job_does_not_block_a_shutdown(settings: Settings, tmp_path: Path) -> None:
    """The reference was alive 20 seconds later."""
    async with serving(settings) as (client, task):
        text = SLOW.format(work=tmp_path / "w", seconds=0) + "\n"
        first = (await client.submit_job(config_text=text)).job_id
        await client.pause_job(first)
        await client.shutdown()
        async with asyncio.timeout(2):
            await task


async def test_who_is_in_a_hurry_need_not_wait_for_a_graceful_shutdown(settings: Settings, tmp_path: Path) -> None:
    async with serving(settings) as (client, task):
        job = (await client.submit_job(config_text=SLOW.format(work=tmp_path / "w", seconds=30))).job_id
        await begun(client, job)
        await client.shutdown()
        await asyncio.sleep(0.05)
        assert not task.done()
        await client.shutdown(graceful=False)
        async with asyncio.timeout(3):
            await task
    for process in steps_below(tmp_path):
        process.kill()


async def test_a_graceful_shutdown_does_not_wait_for_ever(settings: Settings, tmp_path: Path) -> None:
    short = Settings(**{**settings_dict(settings), "shutdown_grace": 0.3})
    async with serving(short) as (client, task):
        job = (await client.submit_job(config_text=SLOW.format(work=tmp_path / "w", seconds=30))).job_id
        await begun(client, job)
        await client.shutdown()
        async with asyncio.timeout(3):
            await task
    for process in steps_below(tmp_path):
        process.kill()


async def test_snapshots_are_written_as_top_answers_them(settings: Settings) -> None:
    async with serving(settings) as (client, _):
        path = Path((await client.top_stream()).jsonl_path)
        await until(lambda: path.exists() and path.read_bytes().endswith(b"\n"))
    assert f'"daemon_pid":{os.getpid()}' in path.read_text()


class Heard(ServiceManager):
    """A service manager of which the test reads what it was told."""

    def __init__(self) -> None:
        super().__init__(None)
        self.said: list[str] = []

    def ready(self, status: str = "") -> None:
        self.said.append("ready")

    def stopping(self, status: str = "") -> None:
        self.said.append("stopping")


async def test_service_manager_hears_of_ready_when_the_state_is_in_order_and_not_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon listens earlier, and answers that it recovers."""
    in_order = asyncio.Event()
    start = Conductor.start

    async def slow_start(conductor: Conductor) -> None:
        await in_order.wait()
        await start(conductor)

    monkeypatch.setattr(Conductor, "start", slow_start)
    manager = Heard()
    daemon = Daemon(settings, manager=manager)
    task = asyncio.create_task(daemon.run())
    await until(settings.socket.exists)
    async with DaemonClient(settings.socket) as client:
        assert (await client.readiness()).status != "ready"
        assert manager.said == []
        in_order.set()
        await until(lambda: manager.said)
        assert (await client.readiness()).status == "ready"
        assert manager.said == ["ready"]
        daemon.shut_down(False)
        await asyncio.wait_for(task, 10)
    assert manager.said == ["ready", "stopping"]


async def test_daemon_serves_the_socket_that_it_was_given(settings: Settings) -> None:
    with listening_at(settings.socket) as listener:
        daemon = Daemon(settings, listener.dup())
        task = asyncio.create_task(daemon.run())
        async with DaemonClient(settings.socket) as client:
            assert (await client.health()).status == "ok"
        daemon.shut_down(False)
        await asyncio.wait_for(task, 10)
    assert settings.socket.is_socket()
    assert not settings.socket.with_name("s.lock").exists()
