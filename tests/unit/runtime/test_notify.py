import asyncio
import logging
import os
import time
from pathlib import Path

import pytest

from daemonrpc import ServiceManager
from support.activation import FakeManager, manager_at
from support.waiting import until


@pytest.fixture
def address(socket_dir: Path) -> str:
    return str(socket_dir / "notify")


def from_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> ServiceManager:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return ServiceManager.from_environment()


def test_manager_is_told_each_state(address: str) -> None:
    with manager_at(address) as listening:
        manager = ServiceManager(address)
        manager.status("recovering")
        manager.ready("takes on work")
        manager.ping()
        manager.stopping()
        listening.poll()
    assert listening.heard == [
        {"STATUS": "recovering"},
        {"READY": "1", "STATUS": "takes on work"},
        {"WATCHDOG": "1"},
        {"STOPPING": "1"},
    ]


def test_manager_in_the_abstract_namespace_is_told(address: str) -> None:
    name = f"@{address}"
    with manager_at(name) as listening:
        ServiceManager(name).ready()
        assert listening.has("READY")


def test_status_can_make_no_other_assignment(address: str) -> None:
    with manager_at(address) as listening:
        ServiceManager(address).status("one\nSTOPPING=1\n two")
        listening.poll()
    assert listening.heard == [{"STATUS": "one STOPPING=1 two"}]


def test_without_a_manager_nothing_is_said_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    manager = ServiceManager.from_environment()
    assert manager.watchdog is None
    manager.ready()
    manager.ping()
    manager.stopping()
    assert caplog.records == []


@pytest.mark.parametrize("make", ["nothing", "/nowhere/notify", "vsock:2:1234", "relative"])
def test_manager_that_cannot_be_told_is_one_warning(make: str, address: str, caplog: pytest.LogCaptureFixture) -> None:
    manager = ServiceManager(address if make == "nothing" else make)
    for _ in range(3):
        manager.ready()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "READY=1" in caplog.text


def test_manager_that_is_back_is_told_and_its_next_loss_is_logged_again(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    manager = ServiceManager(address)
    manager.ready()
    with manager_at(address) as listening:
        manager.ready()
        assert listening.has("READY")
    manager.ready()
    assert len(caplog.records) == 2


def test_ping_never_waits_for_a_manager_that_does_not_read(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with manager_at(address):
        manager = ServiceManager(address)
        began = time.monotonic()
        for _ in range(5000):
            manager.ping()
        assert time.monotonic() - began < 30
    assert len(caplog.records) == 1, "the queue was full, or this test shows nothing"


def test_variables_are_read_once_and_not_passed_on(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = str(os.getpid())
    manager = from_environment(monkeypatch, NOTIFY_SOCKET=address, WATCHDOG_USEC="2500000", WATCHDOG_PID=pid)
    assert manager.watchdog == 2.5
    assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & set(os.environ)


@pytest.mark.parametrize(
    ("variables", "watchdog", "warned"),
    [
        ({"WATCHDOG_USEC": "1000"}, 0.001, False),
        ({"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}, None, False),
        ({"WATCHDOG_USEC": "0"}, None, True),
        ({"WATCHDOG_USEC": "soon"}, None, True),
        ({"WATCHDOG_USEC": "9" * 5000}, None, True),
        ({}, None, False),
    ],
)
def test_watchdog_is_served_if_it_is_meant_for_us(
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    variables: dict[str, str],
    watchdog: float | None,
    warned: bool,
) -> None:
    assert from_environment(monkeypatch, NOTIFY_SOCKET=address, **variables).watchdog == watchdog
    assert bool(caplog.records) is warned


async def test_watchdog_is_pinged_while_the_loop_runs_and_not_while_it_hangs(address: str) -> None:
    with manager_at(address) as listening:
        manager = ServiceManager(address, watchdog=0.02)
        async with manager.watched():
            await until(lambda: listening.count("WATCHDOG") >= 5)
            before = _drain(listening)
            time.sleep(0.1)  # noqa: ASYNC251  # the loop hangs, which is the point
            assert _drain(listening) == before
        after = _drain(listening)
        await asyncio.sleep(0.05)
        assert _drain(listening) == after, "no ping once it is over"


def _drain(listening: FakeManager) -> int:
    return listening.count("WATCHDOG")


async def test_without_a_watchdog_nothing_is_pinged(address: str) -> None:
    with manager_at(address) as listening:
        async with ServiceManager(address).watched():
            await asyncio.sleep(0.01)
        assert listening.count("WATCHDOG") == 0


def test_descriptors_are_closed(address: str) -> None:
    with manager_at(address):
        manager = ServiceManager(address)
        manager.ready()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(20):
            manager.ping()
        assert len(os.listdir("/proc/self/fd")) == before
