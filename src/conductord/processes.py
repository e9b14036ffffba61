"""Knowing a process for certain: by pid and start time, never by pid alone, and its end without polling."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import psutil
from msgspec import Struct

POLL_SECONDS = 0.1
"""How often to look, where the kernel gives no pidfd (before Linux 5.3, or a sandbox that forbids it)."""


class ProcessRef(Struct, frozen=True):
    """A process, and not another one that got its pid later."""

    pid: int
    start_time: str
    """Opaque: boot and start time of the process. Compared, never computed with."""


def reference(pid: int) -> ProcessRef | None:
    """The process that has this pid now; None when there is none, or only the zombie of one."""
    start = _start_of(pid)
    return None if start is None else ProcessRef(pid, start)


def is_alive(ref: ProcessRef) -> bool:
    """Whether that very process still runs. A zombie does not."""
    return _start_of(ref.pid) == ref.start_time


def born(pid: int) -> ProcessRef:
    """The reference of our own child; it may have ended, but is not reaped, so its pid is still its own."""
    start = _start_of(pid, zombie=True)
    if start is None:
        raise ProcessLookupError(pid)
    return ProcessRef(pid, start)


def _start_of(pid: int, *, zombie: bool = False) -> str | None:
    """When the process began: ticks since boot, and which boot. psutil's epoch time moves with the clock."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except FileNotFoundError:
        return _start_by_psutil(pid) if not os.path.exists("/proc/self/stat") else None
    except ProcessLookupError:
        return None
    # proc_pid_stat(5): the name in parentheses may hold anything, so count from the last one; field 3 is the
    # state, field 22 the start time.
    fields = stat[stat.rindex(b")") + 2 :].split()
    if fields[0] in b"ZX" and not zombie:
        return None
    return f"{_boot_id()}:{fields[19].decode()}"


def _start_by_psutil(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else repr(process.create_time())
    except psutil.NoSuchProcess:
        return None


def _boot_id() -> str:
    """Changes with each start of the machine: the same pid and tick can come again after one."""
    global _boot
    if _boot is None:
        _boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    return _boot


_boot: str | None = None


@contextlib.asynccontextmanager
async def watching(ref: ProcessRef) -> AsyncGenerator[asyncio.Event]:
    """An event that is set once the process has ended; at once when it has ended already."""
    gone = asyncio.Event()
    try:
        fd = os.pidfd_open(ref.pid)
    except ProcessLookupError:
        gone.set()
        yield gone
        return
    except (OSError, AttributeError):
        async with _polling(ref, gone):
            yield gone
        return
    loop = asyncio.get_running_loop()
    # Checked after the descriptor is open: from here on it is certain which process it stands for.
    if is_alive(ref):
        loop.add_reader(fd, gone.set)
    else:
        gone.set()
    try:
        yield gone
    finally:
        loop.remove_reader(fd)
        os.close(fd)


@contextlib.asynccontextmanager
async def _polling(ref: ProcessRef, gone: asyncio.Event) -> AsyncGenerator[None]:
    async def look() -> None:
        while is_alive(ref):  # noqa: ASYNC110  # nobody sets an event for us: that is why this exists
            await asyncio.sleep(POLL_SECONDS)
        gone.set()

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def happens(event: asyncio.Event, timeout: float | None) -> bool:
    """Whether the event comes within `timeout` seconds (None: wait for ever)."""
    try:
        async with asyncio.timeout(timeout):
            await event.wait()
    except TimeoutError:
        return False
    return True


def everyone() -> Iterator[psutil.Process]:
    """All processes of the machine. Not `psutil.process_iter`, whose cache is shared by all threads."""
    for pid in psutil.pids():
        with contextlib.suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


def reap(ref: ProcessRef) -> None:
    """Take the exit status of an ended child, so that it leaves no zombie. Not our child: nothing to do."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(ref.pid, os.WNOHANG)
