"""Knowing a process for certain, and hearing of its end."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from conductord import processes
from conductord.processes import ProcessRef, happens, is_alive, reap, reference, watching


@pytest.fixture
def sleeper() -> Iterator[ProcessRef]:
    """A child of ours that sleeps; whoever ends it need not reap it."""
    child = subprocess.Popen(["sleep", "60"])
    yield processes.born(child.pid)
    child.kill()
    child.wait(timeout=10)


def test_we_are_alive_and_the_same_pid_with_another_start_is_not() -> None:
    me = reference(os.getpid())

    assert me is not None
    assert is_alive(me)
    assert not is_alive(ProcessRef(me.pid, me.start_time + "0"))


def test_a_reference_survives_being_written_down() -> None:
    me = reference(os.getpid())

    assert me is not None
    assert reference(os.getpid()) == ProcessRef(me.pid, str(me.start_time))


def test_a_name_with_spaces_and_parentheses_is_no_riddle() -> None:
    # The name of a process stands in the middle of proc_pid_stat(5), as it is.
    script = "printf 'a) Z (b' > /proc/$$/comm; echo renamed; read line"
    with subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"renamed\n"
        ref = processes.born(child.pid)

        assert is_alive(ref)
        assert reference(child.pid) == ref


def test_a_zombie_is_not_alive() -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert not is_alive(processes.born(pid))
    assert reference(pid) is None

    reap(processes.born(pid))
    with pytest.raises(ProcessLookupError):
        processes.born(pid)


def test_reaping_what_is_not_our_child_is_nothing() -> None:
    reap(ProcessRef(1, "whoever"))


async def test_the_end_of_a_process_sets_the_event(sleeper: ProcessRef) -> None:
    async with watching(sleeper) as gone:
        assert not await happens(gone, 0.05)
        os.kill(sleeper.pid, signal.SIGKILL)
        assert await happens(gone, 10)


async def test_somebody_else_with_the_pid_counts_as_the_end(sleeper: ProcessRef) -> None:
    async with watching(ProcessRef(sleeper.pid, "before")) as gone:
        assert gone.is_set()


async def test_the_end_is_seen_where_the_kernel_gives_no_pidfd(
    sleeper: ProcessRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(pid: int) -> int:
        raise PermissionError(pid)

    monkeypatch.setattr(os, "pidfd_open", forbidden)
    async with watching(sleeper) as gone:
        assert not await happens(gone, 0.05)
        os.kill(sleeper.pid, signal.SIGKILL)
        assert await happens(gone, 10)


async def test_watching_leaves_no_descriptor_and_no_task_behind(sleeper: ProcessRef) -> None:
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(20):
        async with watching(sleeper):
            pass

    assert len(os.listdir("/proc/self/fd")) == before
    assert len(asyncio.all_tasks()) == 1


async def test_waiting_for_an_event_is_bounded() -> None:
    started = time.monotonic()

    assert not await happens(asyncio.Event(), 0.05)

    assert time.monotonic() - started < 5


def test_everyone_is_listed() -> None:
    assert os.getpid() in {process.pid for process in processes.everyone()}
